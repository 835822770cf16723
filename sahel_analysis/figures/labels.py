"""Labels of a map: their lines, their size in print, and a place where none covers another.

All lengths are points (1/72 inch), x to the right and y upwards from the lower left corner of the
axes. Every candidate position is weighed at once on a raster, one cell a point, where sums under any
box come from summed areas; nothing is random, and equal input gives equal places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from PIL import Image, ImageDraw
from shapely import Geometry, get_parts

from .style import FONT

LEADING = 1.16  # line height over type size
_SYMBOL = 0.66  # symbol width over type size
_GAP = 0.35  # gap after a symbol over type size

Box = tuple[float, float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True)
class Row:
    """One line of a label: text, weight, and a symbol before it ("" for none)."""

    text: str
    bold: bool = False
    symbol: str = ""


@dataclass(frozen=True)
class Block:
    """The lines of one label in one type size.

    Attributes
    ----------
    rows : tuple of Row
        Lines from top to bottom.
    size : float
        Type size, points.
    across : bool
        May run over the border of its country a little.
    optional : bool
        Is placed inside its country or not at all, after all others.
    """

    rows: tuple[Row, ...]
    size: float
    across: bool = True
    optional: bool = False

    @cached_property
    def width(self) -> float:
        """Width of the widest line, points."""
        return max(row_width(row, self.size) for row in self.rows)

    @property
    def height(self) -> float:
        """Height of all lines, points."""
        return len(self.rows) * self.size * LEADING


@dataclass(frozen=True)
class Place:
    """Where a block stands: its box, how bad that is, and for a leader line both its ends."""

    block: Block
    box: Box
    cost: float
    align: str = "center"
    leader: tuple[Point, Point] | None = None


@lru_cache(maxsize=4096)
@lru_cache(maxsize=10_000)  # lines are broken by measuring what is tried, and many recur
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of a text in points, in the typeface of the maps, unhinted."""
    properties = FontProperties(family=FONT, weight="bold" if bold else "normal", size=size)
    return TextToPath().get_text_width_height_descent(text, properties, ismath=False)[0]


def row_width(row: Row, size: float) -> float:
    """Return the width of a line in points, its symbol included."""
    return text_width(row.text, size, row.bold) + (symbol_room(size) if row.symbol else 0)


def symbol_room(size: float) -> float:
    """Return the width that a symbol and the gap after it take, points."""
    return (_SYMBOL + _GAP) * size


def row_starts(spot: Place) -> list[Point]:
    """Return where the lines of a label start, on their base line."""
    x0, _, x1, top = spot.box
    starts = []
    for number, row in enumerate(spot.block.rows):
        spare = x1 - x0 - row_width(row, spot.block.size)
        x = x0 + {"left": 0.0, "center": 0.5, "right": 1.0}[spot.align] * spare
        starts.append((x, top - spot.block.size * (LEADING * number + 0.93)))
    return starts


def wrapped(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Return a text broken at spaces into lines no wider than `width` points."""
    lines = [""]
    for word in re.split(r"[ \n]+", text.strip()):  # a no-break space holds
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size, bold) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


_CLEARANCE = 2  # between labels, leaders and dots
_PADDING = 2  # between a label and the borders it keeps off
_MARGIN = 3  # from the edge of the axes
_STEP = 2  # between candidates
_TARGETS = 8  # points of a country that a leader line may end at


class _Sums(NamedTuple):
    """Summed areas of a part of the raster, outside which nothing is; its lower left cell."""

    table: np.ndarray
    x: int
    y: int


class _Grid(NamedTuple):
    """Lower left corners of all candidates for a padded box, and its size; cells."""

    x: np.ndarray
    y: np.ndarray
    wide: int
    high: int


class _Raster:
    """Countries as numbers in cells, and what labels, leader lines and dots have taken."""

    def __init__(
        self,
        shapes: Mapping[str, Geometry],
        anchors: Mapping[str, Point],
        size: tuple[float, float],
        plain: Mapping[str, Geometry],
    ) -> None:
        self.width, self.height = int(size[0]), int(size[1])
        image = Image.new("I", (self.width, self.height), 0)
        pen = ImageDraw.Draw(image)
        # Numbers above zero have colour, numbers below have none.
        self.numbers = {key: -number for number, key in enumerate(plain, start=1)}
        self.numbers |= {key: number for number, key in enumerate(shapes, start=1)}
        for key, shape in (*plain.items(), *shapes.items()):
            for part in get_parts(shape):
                pen.polygon([tuple(xy) for xy in part.exterior.coords], fill=self.numbers[key])
        self.cells = np.asarray(image)
        self.coloured = _summed(self.cells > 0)
        self.own, self.extents = {}, {}
        for key, number in self.numbers.items():
            mask = self.cells == number
            x0, y0, x1, y1 = self.extents[key] = _extent(mask)
            self.own[key] = _summed(mask[y0 : y1 + 1, x0 : x1 + 1], x0, y0)
        self._anchors = anchors
        self._targets: dict[str, np.ndarray] = {}
        self.obstacles: list[Box] = []  # what leader lines go round as well
        self.clear(())

    def targets(self, key: str) -> np.ndarray:
        """Return the points of a country that a leader line may end at."""
        if key not in self._targets:
            mask = self.cells == self.numbers[key]
            self._targets[key] = _spread(mask, self._anchors[key])
        return self._targets[key]

    def clear(self, dots: Sequence[Point | Box]) -> None:
        """Forget everything taken but the dots."""
        self.taken = np.zeros(self.cells.shape, dtype=bool)
        self._sums = None
        for dot in dots:
            x0, y0, x1, y1 = dot if len(dot) == 4 else (*dot, *dot)
            grown = 1 if len(dot) == 2 else 0
            self._block((x0 - grown, y0 - grown, x1 + grown, y1 + grown))

    def take(self, spot: Place) -> None:
        """Take the box and the leader line of a label."""
        self._block(spot.box)
        if spot.leader is not None:
            (ax, ay), (bx, by) = spot.leader
            for share in np.linspace(0, 1, int(np.hypot(bx - ax, by - ay)) + 2):
                x, y = ax + share * (bx - ax), ay + share * (by - ay)
                self._block((x, y, x, y))

    def _block(self, box: Box) -> None:
        x0, y0, x1, y1 = (int(round(value)) for value in box)
        rows = slice(max(y0 - _CLEARANCE, 0), max(y1 + _CLEARANCE + 1, 0))
        columns = slice(max(x0 - _CLEARANCE, 0), max(x1 + _CLEARANCE + 1, 0))
        self.taken[rows, columns] = True
        self._sums = None

    def blocked(self) -> _Sums:
        """Return summed areas of what is taken."""
        if self._sums is None:
            self._sums = _summed(self.taken)
        return self._sums

    def grid(self, key: str, block: Block, reach: int = 0) -> _Grid | None:
        """Return the candidates for a block that touch a country or lie within reach of it.

        With a reach every second candidate of each direction is left out.
        """
        wide = int(np.ceil(block.width)) + 2 * _PADDING
        high = int(np.ceil(block.height)) + 2 * _PADDING
        x0, y0, x1, y1 = self.extents[key]
        step = 2 * _STEP if reach else _STEP
        x = np.arange(_MARGIN, self.width - _MARGIN - wide, step)
        y = np.arange(_MARGIN, self.height - _MARGIN - high, step)
        x = x[(x >= x0 - wide - reach) & (x <= x1 + reach)]
        y = y[(y >= y0 - high - reach) & (y <= y1 + reach)]
        return _Grid(x, y, wide, high) if len(x) and len(y) else None

    def foreign(self, key: str, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Return how far, in points, lines run over coloured countries other than their own."""
        lengths = np.hypot(*(ends - starts).T)
        share = np.linspace(0, 1, int(lengths.max()) + 2)[None, :, None]
        xy = (starts[:, None, :] * (1 - share) + ends[:, None, :] * share).astype(int)
        xy = np.clip(xy, 0, (self.width - 1, self.height - 1))
        cells = self.cells[xy[:, :, 1], xy[:, :, 0]]
        return ((cells > 0) & (cells != self.numbers[key])).mean(axis=1) * lengths


def _over(sums: _Sums, grid: _Grid, more: int = 0) -> np.ndarray:
    """Return the sum under the box at every candidate, shape (len(y), len(x))."""
    x, y, wide, high = grid
    table = sums.table
    x, y = x - sums.x, y - sums.y
    bottom, top = (np.clip(edge, 0, table.shape[0] - 1) for edge in (y - more, y + high + more))
    left, right = (np.clip(edge, 0, table.shape[1] - 1) for edge in (x - more, x + wide + more))
    upper, lower = table[top], table[bottom]
    return upper[:, right] - upper[:, left] - lower[:, right] + lower[:, left]


def _summed(mask: np.ndarray, x: int = 0, y: int = 0) -> _Sums:
    """Return summed areas with a leading row and column of zeros."""
    table = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1), dtype=np.int32)
    inner = table[1:, 1:]
    # Along the rows first: the other order is three times slower.
    np.cumsum(mask, axis=1, dtype=np.int32, out=inner)
    np.cumsum(inner, axis=0, out=inner)
    return _Sums(table, x, y)


def _extent(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Return the box around the cells of a country; the whole raster where it has none."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return 0, 0, mask.shape[1], mask.shape[0]
    return columns[0], rows[0], columns[-1], rows[-1]


def _spread(mask: np.ndarray, anchor: Point) -> np.ndarray:
    """Return points of a country for leader lines to end at, far from each other, anchor first."""
    for depth in (7, 4, 2, 0):  # keep off the border as far as there is room to
        inner = mask.copy()
        for axis in (0, 1):
            for shift in (-depth, depth):
                inner &= np.roll(mask, shift, axis=axis)
        if inner.any():
            break
    rows, columns = np.nonzero(inner)
    cells = np.stack([columns, rows], axis=1)[:: max(len(rows) // 2000, 1)] + 0.5
    points = [np.array(anchor)]
    nearest = np.full(len(cells), np.inf)
    while len(cells) and len(points) < _TARGETS:
        nearest = np.minimum(nearest, np.hypot(*(cells - points[-1]).T))
        if nearest.max() < 6:
            break
        points.append(cells[int(nearest.argmax())])
    return np.array(points)


DEAR = 110  # a cost above this is worth another try
_HOPELESS = 260  # a cost above this is worse than no label
_BESIDE = 40  # what standing outside costs, in points away from the wanted place
_REACH = 110  # longest leader line, and as a share of the width of the axes
_REACH_SHARE = 0.24
_LEAST_REACH = 40  # on an inset
_OVER_SIGN = 30  # what a leader line over a sign costs
_NARROWER = 8  # what each further form of a label costs
_ORDERS = 3  # orders tried before the result is taken as it is
_TRIES = 150  # candidates with leader lines that are looked at


def place(
    blocks: Mapping[str, Sequence[Block]],
    shapes: Mapping[str, Geometry],
    anchors: Mapping[str, Point],
    size: tuple[float, float],
    dots: Sequence[Point | Box] = (),
    plain: Mapping[str, Geometry] | None = None,
    orders: int = _ORDERS,
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
    dots : sequence of (float, float) or (float, float, float, float), optional
        Points and boxes that no label may cover.
    plain : mapping of str to shapely.Geometry, optional
        Outlines of countries without colour that may have a label too, if an optional one.
    orders : int, optional
        How many orders are tried before the best result is taken as it is.

    Returns
    -------
    dict of str to Place
        In the order of `blocks`. A key is missing where nothing good was free.
    """
    raster = _Raster(shapes, anchors, size, plain or {})
    needed = [key for key in blocks if not blocks[key][0].optional]
    raster.obstacles = [dot for dot in dots if len(dot) == 4]
    order = sorted(needed, key=lambda k: (_room(raster, k, blocks[k]), anchors[k][0], k))
    best, best_rank = {}, (len(blocks) + 1, np.inf)
    for _ in range(orders):
        placed = _attempt(raster, order, blocks, anchors, dots)
        missing = [key for key in order if key not in placed]
        rank = (len(missing), worst(placed))
        if rank < best_rank:
            best, best_rank = placed, rank
        if rank <= (0, DEAR):
            break
        # Whoever found no room, or poor room, chooses first next time.
        poor = missing[0] if missing else max(placed, key=lambda k: placed[k].cost)
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
    raster: _Raster,
    order: Sequence[str],
    blocks: Mapping[str, Sequence[Block]],
    anchors: Mapping[str, Point],
    dots: Sequence[Point | Box],
) -> dict[str, Place]:
    """Place labels in order; return those for which there was room."""
    raster.clear(dots)
    placed: dict[str, Place] = {}
    for key in order:
        spot = _best_within(raster, key, blocks[key], anchors[key])
        if spot is None:
            waiting = [anchors[k] for k in order if k not in placed and k != key]
            others = list(placed.values())
            spot = _least([_beside(raster, key, b, others, waiting) for b in blocks[key]])
        if spot is not None:
            placed[key] = spot
            raster.take(spot)
    return placed


def _best_within(raster: _Raster, key: str, forms: Sequence[Block], anchor: Point) -> Place | None:
    """Return the best place in or across the country for any form of a label."""
    return _least([_within(raster, key, block, anchor) for block in forms])


def _least(spots: Sequence[Place | None]) -> Place | None:
    """Return the cheapest place; every further form of a label costs a little more."""
    costed = [replace(s, cost=s.cost + _NARROWER * n) for n, s in enumerate(spots) if s]
    return min(costed, key=lambda spot: spot.cost, default=None)


def _room(raster: _Raster, key: str, forms: Sequence[Block]) -> float:
    """Return how many positions lie wholly inside the country; infinite where none does."""
    inside = 0
    for block in forms:
        if grid := raster.grid(key, block):
            inside += int((_over(raster.own[key], grid) == grid.wide * grid.high).sum())
    return inside or np.inf


def _within(raster: _Raster, key: str, block: Block, anchor: Point) -> Place | None:
    """Return the best place in the country, or over its border onto plain land or sea."""
    grid = raster.grid(key, block)
    if grid is None:
        return None
    x, y, wide, high = grid
    area = wide * high
    own = _over(raster.own[key], grid)
    dx = x[None, :] + wide / 2 - anchor[0]
    dy = y[:, None] + high / 2 - anchor[1]
    off = np.hypot(dx, 1.6 * dy)  # rather left or right of the wanted place than above or below
    tight = _over(raster.own[key], grid, more=4) < (wide + 8) * (high + 8)
    cost = np.where(own == area, 0.2 * off + 8 * tight, np.inf)
    if block.across and not block.optional:
        across = (own > 0.6 * area) & (own < area) & (_over(raster.coloured, grid) == own)
        cost[across] = (20 + 0.5 * off + 60 * (1 - own / area))[across]
    cost[_over(raster.blocked(), grid) > 0] = np.inf
    best = int(np.argmin(cost))
    if not np.isfinite(cost.flat[best]):
        return None
    row, column = divmod(best, len(x))
    return Place(block, _box(x[column], y[row], block), float(cost.flat[best]))


def _beside(
    raster: _Raster, key: str, block: Block, placed: Sequence[Place], waiting: Sequence[Point]
) -> Place | None:
    """Return the best place on free ground with a leader line to the country, or None.

    Keeps off the points in `waiting`, for the labels that are still to come.
    """
    reach = min(_REACH, max(_REACH_SHARE * raster.width, _LEAST_REACH))
    grid = raster.grid(key, block, reach=int(reach))
    if grid is None:
        return None
    x, y, wide, high = grid
    free = (_over(raster.blocked(), grid) == 0) & (_over(raster.coloured, grid) == 0)
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
    hidden = None  # the best whose line runs over a sign, for want of a better one
    for number in np.argsort(total, kind="stable").tolist():
        if total[number] > _HOPELESS:
            break
        align, start = starts[number]
        leader = (start, (float(ends[number][0]), float(ends[number][1])))
        if any(_clash(leader, other) for other in placed):
            continue
        spot = Place(block, boxes[number], float(total[number]), align, leader)
        if not any(_meets(leader, box) for box in raster.obstacles):
            return spot
        hidden = hidden or replace(spot, cost=spot.cost + _OVER_SIGN)
    return hidden


def _box(x: float, y: float, block: Block) -> Box:
    """Return the box of a block whose padded lower left corner is given."""
    x0, y0 = float(x) + _PADDING, float(y) + _PADDING
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
        least, most = least - _CLEARANCE, most + _CLEARANCE
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
