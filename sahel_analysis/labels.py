"""Where labels stand on a map: inside their country, or beside it on a leader line.

All lengths are points (1/72 inch), x to the right and y upwards from the lower left corner of the
axes. The work is done on a raster of one cell per point, so that every candidate position is
weighed at once by summed areas; nothing is random, and equal input gives equal places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from PIL import Image, ImageDraw
from shapely import Geometry, get_parts

from .style import FONT

LEADING = 1.16  # line height over type size
SYMBOL = 0.66  # symbol width over type size
_GAP = 0.35  # gap after a symbol over type size
_MARGIN = 3  # from the edge of the axes
_CLEARANCE = 2  # between labels, leaders and dots
_PADDING = 2  # between a label and the borders it keeps off
_STEP = 2  # raster cells between candidates
_REACH = 110  # longest leader line
_LANDING = 5  # how far a leader line reaches into its country
_TRIES = 600  # candidates looked at before giving up

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

    @property
    def width(self) -> float:
        """Width of the widest line, points."""
        return max(row_width(row, self.size) for row in self.rows)

    @property
    def height(self) -> float:
        """Height of all lines, points."""
        return len(self.rows) * self.size * LEADING


@dataclass(frozen=True)
class Place:
    """Where a block stands: its box, and for a leader line both its ends."""

    block: Block
    box: Box
    align: str = "center"
    leader: tuple[Point, Point] | None = None


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return the width of a text in points, in the typeface of the maps, unhinted."""
    properties = FontProperties(family=FONT, weight="bold" if bold else "normal", size=size)
    return TextToPath().get_text_width_height_descent(text, properties, ismath=False)[0]


def row_width(row: Row, size: float) -> float:
    """Return the width of a line in points, its symbol included."""
    return text_width(row.text, size, row.bold) + (symbol_room(size) if row.symbol else 0)


def symbol_room(size: float) -> float:
    """Return the width that a symbol and the gap after it take, points."""
    return (SYMBOL + _GAP) * size


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Return a text broken at spaces into lines no wider than `width` points."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def place(
    blocks: Mapping[str, Sequence[Block]],
    shapes: Mapping[str, Geometry],
    anchors: Mapping[str, Point],
    size: tuple[float, float],
    dots: Sequence[Point] = (),
) -> dict[str, Place]:
    """Find a place for each label so that none covers another, a dot, or leaves the axes.

    Parameters
    ----------
    blocks : mapping of str to sequence of Block
        What is to be placed: for each key the forms it may take, the best first.
    shapes : mapping of str to shapely.Geometry
        Outline of every country that carries colour, in points; at least the keys of `blocks`.
    anchors : mapping of str to (float, float)
        Where each label would best be centred, and what its leader line points at, in points.
    size : (float, float)
        Width and height of the axes, points.
    dots : sequence of (float, float), optional
        Points that no label may cover.

    Returns
    -------
    dict of str to Place
        In the order of `blocks`. A key is missing where nothing good was free.
    """
    field = _Field(shapes, size)
    order = sorted(
        blocks,
        key=lambda k: (blocks[k][0].optional, field.room(k, blocks[k]), anchors[k][0], k),
    )
    best: dict[str, Place] = {}
    for _ in range(len(blocks) + 1):
        found, failed = _attempt(field, order, blocks, anchors, dots)
        if len(found) > len(best):
            best = found
        if failed is None or failed == order[0]:
            break
        order.remove(failed)
        order.insert(0, failed)  # whoever found no room chooses first next time
    return {key: best[key] for key in blocks if key in best}


def _attempt(
    field: _Field,
    order: Sequence[str],
    blocks: Mapping[str, Sequence[Block]],
    anchors: Mapping[str, Point],
    dots: Sequence[Point],
) -> tuple[dict[str, Place], str | None]:
    """Place in order; return what was found and the first key that found nothing."""
    field.clear(dots)
    found: dict[str, Place] = {}
    failed = None
    for key in order:
        waiting = [anchors[k] for k in order if k not in found and k != key]
        spots = [field.find(key, block, anchors[key], list(found.values()), waiting, number)
                 for number, block in enumerate(blocks[key])]  # fmt: skip
        _, spot = min(spots, key=lambda s: s[0])
        if spot is None:
            failed = failed if blocks[key][0].optional else failed or key
            continue
        found[key] = spot
        field.take(spot)
    return found, failed


class _Field:
    """The raster: which country each cell belongs to, and what is taken."""

    def __init__(self, shapes: Mapping[str, Geometry], size: tuple[float, float]) -> None:
        self.width, self.height = int(size[0]), int(size[1])
        image = Image.new("I", (self.width, self.height), 0)
        pen = ImageDraw.Draw(image)
        self.numbers = {key: number for number, key in enumerate(shapes, start=1)}
        for key, shape in shapes.items():
            for part in get_parts(shape):
                pen.polygon([tuple(xy) for xy in part.exterior.coords], fill=self.numbers[key])
        self.cells = np.asarray(image)
        self.any = _summed(self.cells > 0)
        self.own = {key: _summed(self.cells == n) for key, n in self.numbers.items()}
        self.clear(())

    def clear(self, dots: Sequence[Point]) -> None:
        """Forget everything taken but the dots."""
        self.taken = Image.new("1", (self.width, self.height), 0)
        for x, y in dots:
            self._block((x - 1, y - 1, x + 1, y + 1))

    def take(self, spot: Place) -> None:
        """Block the box and the leader line of a label."""
        self._block(spot.box)
        if spot.leader is not None:
            ImageDraw.Draw(self.taken).line(spot.leader, fill=1, width=2 * _CLEARANCE + 1)

    def _block(self, box: Box) -> None:
        x0, y0, x1, y1 = box
        near = (x0 - _CLEARANCE, y0 - _CLEARANCE, x1 + _CLEARANCE, y1 + _CLEARANCE)
        ImageDraw.Draw(self.taken).rectangle(near, fill=1)

    def room(self, key: str, forms: Sequence[Block]) -> float:
        """Return how many positions lie wholly inside the country; infinite where none does."""
        inside = 0
        for block in forms:
            if grid := self._grid(block):
                inside += int((_over(self.own[key], *grid) == grid[2] * grid[3]).sum())
        return inside or np.inf

    def _grid(self, block: Block) -> tuple[np.ndarray, np.ndarray, int, int] | None:
        """Return the lower left corners of all candidates and the size of the box, in cells."""
        wide = int(np.ceil(block.width)) + 2 * _PADDING
        high = int(np.ceil(block.height)) + 2 * _PADDING
        x = np.arange(_MARGIN, self.width - _MARGIN - wide, _STEP)
        y = np.arange(_MARGIN, self.height - _MARGIN - high, _STEP)
        return (x, y, wide, high) if len(x) and len(y) else None

    def find(
        self,
        key: str,
        block: Block,
        anchor: Point,
        found: Sequence[Place],
        waiting: Sequence[Point],
        rank: int,
    ) -> tuple[float, Place | None]:
        """Return the cost and the best place of one form of a label, or infinity and None."""
        grid = self._grid(block)
        if grid is None:
            return np.inf, None
        x, y, wide, high = grid
        area = wide * high
        own = _over(self.own[key], *grid) / area
        others = _over(self.any, *grid) / area - own
        dx = x[None, :] + wide / 2 - anchor[0]
        dy = y[:, None] + high / 2 - anchor[1]
        off = np.hypot(dx, 1.6 * dy)  # rather left or right of the wanted place than above or below
        gap = np.hypot(np.maximum(abs(dx) - wide / 2, 0), np.maximum(abs(dy) - high / 2, 0))

        inside = own == 1
        cost = np.where(inside, 0.2 * off, np.inf)
        beside = (own + others == 0) & (gap < _REACH)
        if not block.optional:
            cost[beside] = 40 + gap[beside]
            if block.across:
                across = ~inside & (own > 0.62) & (others < 0.2)
                cost[across] = (14 + 0.5 * off + 100 * others)[across]
        cost[_over(_summed(np.asarray(self.taken)), *grid) > 0] = np.inf
        cost += 8 * rank

        best, best_cost = None, np.inf
        for flat in np.argsort(cost, axis=None, kind="stable")[:_TRIES]:
            row, column = divmod(int(flat), len(x))
            price = cost[row, column]
            if price >= best_cost:
                break
            x0, y0 = x[column] + _PADDING, y[row] + _PADDING
            box = (float(x0), float(y0), x0 + block.width, y0 + block.height)
            if not beside[row, column]:
                return price, Place(block, box)
            if any(_covers(box, point) for point in waiting):
                continue
            spot, crossed = self._led(key, block, box, anchor)
            if price + crossed < best_cost and not any(_clash(spot.leader, o) for o in found):
                best, best_cost = spot, price + crossed
        return best_cost, best

    def _led(self, key: str, block: Block, box: Box, anchor: Point) -> tuple[Place, float]:
        """Return a place with its leader, ended just inside the country, and what it crosses."""
        align, start = _start(box, anchor)
        steps = max(int(np.hypot(anchor[0] - start[0], anchor[1] - start[1])), 2)
        xy = np.linspace(start, anchor, steps + 1)
        columns, rows = np.clip(xy.astype(int), 0, (self.width - 1, self.height - 1)).T
        cells = self.cells[rows, columns]
        own = np.flatnonzero(cells == self.numbers[key])
        end = min(own[0] + _LANDING, steps) if len(own) else steps
        crossed = np.count_nonzero((cells[:end] > 0) & (cells[:end] != self.numbers[key]))
        leader = (start, (float(xy[end][0]), float(xy[end][1])))
        return Place(block, box, align, leader), 2.0 * crossed


def _summed(mask: np.ndarray) -> np.ndarray:
    """Return summed areas with a leading row and column of zeros."""
    sums = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1), dtype=np.int32)
    sums[1:, 1:] = mask.cumsum(axis=0, dtype=np.int32).cumsum(axis=1)
    return sums


def _over(sums: np.ndarray, x: np.ndarray, y: np.ndarray, wide: int, high: int) -> np.ndarray:
    """Return the sum under the box at every candidate, shape (len(y), len(x))."""
    top, low = sums[y + high], sums[y]
    return top[:, x + wide] - top[:, x] - low[:, x + wide] + low[:, x]


def _covers(box: Box, point: Point) -> bool:
    """Tell whether a box comes near a point."""
    x0, y0, x1, y1 = box
    return x0 - 6 < point[0] < x1 + 6 and y0 - 6 < point[1] < y1 + 6


def _start(box: Box, anchor: Point) -> tuple[str, Point]:
    """Return how lines of a label align and where its leader starts, by where the anchor lies."""
    x0, y0, x1, y1 = box
    if x0 + 4 <= anchor[0] <= x1 - 4:
        return "center", (anchor[0], y0 if anchor[1] < y0 else y1)
    y = min(max(anchor[1], y0 + 3), y1 - 3)
    return ("left", (x0 - 1, y)) if anchor[0] < x0 + 4 else ("right", (x1 + 1, y))


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
