"""Where labels stand on a map: inside their country, or beside it on a leader line.

Every candidate position is weighed at once on a raster; nothing is random, and equal input gives
equal places. Lengths and directions are those of `labels`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from shapely import Geometry

from .labels import LEADING, Block, Box, Place, Point, row_width
from .raster import CLEARANCE, PADDING, Raster, over

DEAR = 110  # a cost above this is worth another try
_HOPELESS = 260  # a cost above this is worse than no label
_BESIDE = 40  # what standing outside costs, in points away from the wanted place
_REACH = 110  # longest leader line, and as a share of the width of the axes
_REACH_SHARE = 0.24
_NARROWER = 8  # what each further form of a label costs
_ORDERS = 3  # orders tried before the result is taken as it is
_TRIES = 150  # candidates with leader lines that are looked at


def place(
    blocks: Mapping[str, Sequence[Block]],
    shapes: Mapping[str, Geometry],
    anchors: Mapping[str, Point],
    size: tuple[float, float],
    dots: Sequence[Point] = (),
    plain: Mapping[str, Geometry] | None = None,
) -> dict[str, Place]:
    """Find a place for each label so that none covers another, a dot, or leaves the axes.

    Parameters
    ----------
    blocks : mapping of str to sequence of Block
        What is to be placed: for each key the forms it may take, the best first.
    shapes : mapping of str to shapely.Geometry
        Outline of every country that carries colour, in points. Each key of `blocks` must be in
        it or in `plain`.
    anchors : mapping of str to (float, float)
        Where each label would best be centred, and what its leader line points at, in points.
    size : (float, float)
        Width and height of the axes, points.
    dots : sequence of (float, float), optional
        Points that no label may cover.
    plain : mapping of str to shapely.Geometry, optional
        Outlines of countries without colour that may have a label too, if an optional one.

    Returns
    -------
    dict of str to Place
        In the order of `blocks`. A key is missing where nothing good was free.
    """
    raster = Raster(shapes, anchors, size, plain or {})
    needed = [key for key in blocks if not blocks[key][0].optional]
    order = sorted(needed, key=lambda k: (_room(raster, k, blocks[k]), anchors[k][0], k))
    best, best_rank = {}, (len(blocks) + 1, np.inf)
    for _ in range(_ORDERS):
        found = _attempt(raster, order, blocks, anchors, dots)
        missing = [key for key in order if key not in found]
        rank = (len(missing), worst(found))
        if rank < best_rank:
            best, best_rank = found, rank
        if rank <= (0, DEAR):
            break
        # Whoever found no room, or poor room, chooses first next time.
        poor = missing[0] if missing else max(found, key=lambda k: found[k].cost)
        if poor == order[0]:
            break
        order.remove(poor)
        order.insert(0, poor)
    raster.clear(dots)
    for spot in best.values():
        raster.take(spot)
    for key in blocks:
        if key not in needed and (spot := _best_within(raster, key, blocks[key], anchors[key])):
            best[key] = spot
            raster.take(spot)
    return {key: best[key] for key in blocks if key in best}


def worst(places: Mapping[str, Place]) -> float:
    """Return the cost of the label that stands worst."""
    return max((spot.cost for spot in places.values()), default=0.0)


def _attempt(
    raster: Raster,
    order: Sequence[str],
    blocks: Mapping[str, Sequence[Block]],
    anchors: Mapping[str, Point],
    dots: Sequence[Point],
) -> dict[str, Place]:
    """Place labels in order; return those for which there was room."""
    raster.clear(dots)
    found: dict[str, Place] = {}
    for key in order:
        spot = _best_within(raster, key, blocks[key], anchors[key])
        if spot is None:
            waiting = [anchors[k] for k in order if k not in found and k != key]
            others = list(found.values())
            spot = _least([_beside(raster, key, b, others, waiting) for b in blocks[key]])
        if spot is not None:
            found[key] = spot
            raster.take(spot)
    return found


def _best_within(raster: Raster, key: str, forms: Sequence[Block], anchor: Point) -> Place | None:
    """Return the best place in or across the country for any form of a label."""
    return _least([_within(raster, key, block, anchor) for block in forms])


def _least(spots: Sequence[Place | None]) -> Place | None:
    """Return the cheapest place; every further form of a label costs a little more."""
    costed = [replace(s, cost=s.cost + _NARROWER * n) for n, s in enumerate(spots) if s]
    return min(costed, key=lambda spot: spot.cost, default=None)


def _room(raster: Raster, key: str, forms: Sequence[Block]) -> float:
    """Return how many positions lie wholly inside the country; infinite where none does."""
    inside = 0
    for block in forms:
        if grid := raster.grid(key, block):
            inside += int((over(raster.own[key], grid) == grid.wide * grid.high).sum())
    return inside or np.inf


def _within(raster: Raster, key: str, block: Block, anchor: Point) -> Place | None:
    """Return the best place in the country, or over its border onto plain land or sea."""
    grid = raster.grid(key, block)
    if grid is None:
        return None
    x, y, wide, high = grid
    area = wide * high
    own = over(raster.own[key], grid)
    dx = x[None, :] + wide / 2 - anchor[0]
    dy = y[:, None] + high / 2 - anchor[1]
    off = np.hypot(dx, 1.6 * dy)  # rather left or right of the wanted place than above or below
    tight = over(raster.own[key], grid, more=4) < (wide + 8) * (high + 8)
    cost = np.where(own == area, 0.2 * off + 8 * tight, np.inf)
    if block.across and not block.optional:
        across = (own > 0.6 * area) & (own < area) & (over(raster.coloured, grid) == own)
        cost[across] = (20 + 0.5 * off + 60 * (1 - own / area))[across]
    cost[over(raster.blocked(), grid) > 0] = np.inf
    best = int(np.argmin(cost))
    if not np.isfinite(cost.flat[best]):
        return None
    row, column = divmod(best, len(x))
    return Place(block, _box(x[column], y[row], block), float(cost.flat[best]))


def _beside(
    raster: Raster, key: str, block: Block, found: Sequence[Place], waiting: Sequence[Point]
) -> Place | None:
    """Return the best place on free ground with a leader line to the country, or None.

    Keeps off the points in `waiting`, for the labels that are still to come.
    """
    reach = min(_REACH, _REACH_SHARE * raster.width)
    grid = raster.grid(key, block, reach=int(reach))
    if grid is None:
        return None
    x, y, wide, high = grid
    free = (over(raster.blocked(), grid) == 0) & (over(raster.coloured, grid) == 0)
    for point in waiting:
        near_x = abs(x[None, :] + wide / 2 - point[0]) < wide / 2 + 6
        near_y = abs(y[:, None] + high / 2 - point[1]) < high / 2 + 6
        free &= ~(near_x & near_y)
    rows, columns = np.nonzero(free)
    targets = raster.targets(key)
    middle = np.stack([x[columns] + wide / 2, y[rows] + high / 2], axis=1)
    outside = abs(middle[:, None, :] - targets[None, :, :]) - (block.width / 2, block.height / 2)
    away = np.hypot(*np.moveaxis(np.maximum(outside, 0), 2, 0))
    # A leader to the middle of the country is clearer than one to its edge.
    price = _BESIDE + away + 0.3 * np.hypot(*(targets - targets[0]).T)
    price[(away > reach) | (away < 3)] = np.inf
    order = np.argsort(price, axis=None, kind="stable")[:_TRIES]
    order = order[np.isfinite(price.flat[order])]
    if not len(order):
        return None
    numbers, ends = order // len(targets), targets[order % len(targets)]
    boxes = [_box(x[columns[n]], y[rows[n]], block) for n in numbers]
    starts = [_start(block, box, tuple(end)) for box, end in zip(boxes, ends, strict=True)]
    crossed = raster.foreign(key, np.array([start for _, start in starts]), ends)
    total = price.flat[order] + 3 * crossed
    for number in np.argsort(total, kind="stable").tolist():
        if total[number] > _HOPELESS:
            break
        align, start = starts[number]
        leader = (start, (float(ends[number][0]), float(ends[number][1])))
        if not any(_clash(leader, other) for other in found):
            return Place(block, boxes[number], float(total[number]), align, leader)
    return None


def _box(x: float, y: float, block: Block) -> Box:
    """Return the box of a block whose padded lower left corner is given."""
    x0, y0 = float(x) + PADDING, float(y) + PADDING
    return x0, y0, x0 + block.width, y0 + block.height


def _start(block: Block, box: Box, target: Point) -> tuple[str, Point]:
    """Return how lines of a label align and where its leader starts, by where it leads."""
    x0, y0, x1, y1 = box
    x, y = target
    aside = max(x0 - x, x - x1, 0)
    apart = max(y0 - y, y - y1, 0)
    if aside > apart:
        line = block.size * LEADING / 2  # to the middle of the first or the last line
        level = min(max(y, y0 + line), y1 - line)
        return ("left", (x0 - 1.5, level)) if x < x0 else ("right", (x1 + 1.5, level))
    row = block.rows[0] if y > y1 else block.rows[-1]
    reach = row_width(row, block.size) / 2 - 3
    middle = (x0 + x1) / 2
    return "center", (min(max(x, middle - reach), middle + reach), y1 if y > y1 else y0)


def _clash(leader: tuple[Point, Point], other: Place) -> bool:
    """Tell whether a leader meets the label of another place or crosses its leader."""
    return _meets(leader, other.box) or bool(other.leader and _cross(leader, other.leader))


def _meets(leader: tuple[Point, Point], box: Box) -> bool:
    """Tell whether a line comes within the clearance of a box (Liang-Barsky clipping)."""
    (ax, ay), (bx, by) = leader
    low, high = 0.0, 1.0
    for start, step, least, most in ((ax, bx - ax, box[0], box[2]), (ay, by - ay, box[1], box[3])):
        least, most = least - CLEARANCE, most + CLEARANCE
        if step == 0:
            if not least <= start <= most:
                return False
            continue
        ends = sorted(((least - start) / step, (most - start) / step))
        low, high = max(low, ends[0]), min(high, ends[1])
    return low <= high


def _cross(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    """Tell whether two lines cross."""

    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    (a, b), (c, d) = first, second
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
