"""Where labels stand on a map: inside their country, or beside it on a leader line.

All lengths are points (1/72 inch), x to the right and y upwards from the lower left corner of the
axes. The work is done on a raster of one cell per point, so that every candidate position is
weighed at once by summed areas; nothing is random, and equal input gives equal places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

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
DEAR = 95  # a cost above this is worth another try
_BESIDE = 40  # what standing outside costs, in points away from the wanted place
_REACH = 110  # longest leader line
_TARGETS = 8  # points of a country that a leader line may end at
_ORDERS = 4  # orders tried before the result is taken as it is
_TRIES = 300  # candidates looked at before giving up

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
    field = _Field(shapes, anchors, size)
    order = sorted(
        blocks,
        key=lambda k: (blocks[k][0].optional, field.room(k, blocks[k]), anchors[k][0], k),
    )
    best, best_rank = {}, (len(blocks) + 1, np.inf)
    for _ in range(_ORDERS):
        found, missing = _attempt(field, order, blocks, anchors, dots)
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
    return {key: best[key] for key in blocks if key in best}


def worst(places: Mapping[str, Place]) -> float:
    """Return the cost of the label that stands worst."""
    return max((spot.cost for spot in places.values()), default=0.0)


def _attempt(
    field: _Field,
    order: Sequence[str],
    blocks: Mapping[str, Sequence[Block]],
    anchors: Mapping[str, Point],
    dots: Sequence[Point],
) -> tuple[dict[str, Place], list[str]]:
    """Place in order; return what was found and the keys that must but could not be placed."""
    field.clear(dots)
    found: dict[str, Place] = {}
    missing = []
    for key in order:
        waiting = [anchors[k] for k in order if k not in found and k != key]
        forms = blocks[key]
        spots = [field.within(key, block, anchors[key]) for block in forms]
        if not any(spots) and not forms[0].optional:
            spots = [field.beside(key, block, list(found.values()), waiting) for block in forms]
        spots = [replace(s, cost=s.cost + 8 * rank) for rank, s in enumerate(spots) if s]
        if spots:
            found[key] = min(spots, key=lambda spot: spot.cost)
            field.take(found[key])
        elif not forms[0].optional:
            missing.append(key)
    return found, missing


class _Field:
    """The raster: which country each cell belongs to, and what is taken."""

    def __init__(
        self,
        shapes: Mapping[str, Geometry],
        anchors: Mapping[str, Point],
        size: tuple[float, float],
    ) -> None:
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
        self.targets = {k: _spread(self.cells == n, anchors[k]) for k, n in self.numbers.items()}

    def clear(self, dots: Sequence[Point]) -> None:
        """Forget everything taken but the dots."""
        self.taken = np.zeros(self.cells.shape, dtype=bool)
        self.sums = None
        for x, y in dots:
            self._block((x - 1, y - 1, x + 1, y + 1))

    def take(self, spot: Place) -> None:
        """Block the box and the leader line of a label."""
        self._block(spot.box)
        if spot.leader is not None:
            (ax, ay), (bx, by) = spot.leader
            for share in np.linspace(0, 1, int(np.hypot(bx - ax, by - ay)) + 2):
                x, y = ax + share * (bx - ax), ay + share * (by - ay)
                self._block((x, y, x, y))

    def blocked(self) -> np.ndarray:
        """Return summed areas of what is taken."""
        if self.sums is None:
            self.sums = _summed(self.taken)
        return self.sums

    def _block(self, box: Box) -> None:
        x0, y0, x1, y1 = (int(round(value)) for value in box)
        rows = slice(max(y0 - _CLEARANCE, 0), max(y1 + _CLEARANCE + 1, 0))
        columns = slice(max(x0 - _CLEARANCE, 0), max(x1 + _CLEARANCE + 1, 0))
        self.taken[rows, columns] = True
        self.sums = None

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

    def within(self, key: str, block: Block, anchor: Point) -> Place | None:
        """Return the best place in the country, or over its border onto plain land or sea."""
        grid = self._grid(block)
        if grid is None:
            return None
        x, y, wide, high = grid
        area = wide * high
        own = _over(self.own[key], *grid)
        dx = x[None, :] + wide / 2 - anchor[0]
        dy = y[:, None] + high / 2 - anchor[1]
        off = np.hypot(dx, 1.6 * dy)  # rather left or right of the wanted place than above or below
        tight = _over(self.own[key], *grid, more=4) < (wide + 8) * (high + 8)
        cost = np.where(own == area, 0.2 * off + 8 * tight, np.inf)
        if block.across and not block.optional:
            across = (own > 0.6 * area) & (own < area) & (_over(self.any, *grid) == own)
            cost[across] = (20 + 0.5 * off + 60 * (1 - own / area))[across]
        cost[_over(self.blocked(), *grid) > 0] = np.inf
        best = int(np.argmin(cost))
        if not np.isfinite(cost.flat[best]):
            return None
        row, column = divmod(best, len(x))
        return Place(block, _box(x[column], y[row], block), float(cost.flat[best]))

    def beside(
        self, key: str, block: Block, found: Sequence[Place], waiting: Sequence[Point]
    ) -> Place | None:
        """Return the best place on free ground with a leader line to the country, or None.

        Keeps off the points in `waiting`, for the labels that are still to come.
        """
        grid = self._grid(block)
        if grid is None:
            return None
        x, y, wide, high = grid[0][::2], grid[1][::2], grid[2], grid[3]
        free = (_over(self.blocked(), x, y, wide, high) == 0) & (
            _over(self.any, x, y, wide, high) == 0
        )
        for point in waiting:
            near = (abs(x[None, :] + wide / 2 - point[0]) < wide / 2 + 6) & (
                abs(y[:, None] + high / 2 - point[1]) < high / 2 + 6
            )
            free &= ~near
        rows, columns = np.nonzero(free)
        x, y = x[columns], y[rows]
        targets = self.targets[key]
        middle = np.stack([x + _PADDING + block.width / 2, y + _PADDING + block.height / 2], axis=1)
        away = np.abs(middle[:, None, :] - targets[None, :, :])
        away = np.hypot(*np.moveaxis(np.maximum(away - (block.width / 2, block.height / 2), 0), 2, 0))
        # A leader to the middle of the country is clearer than one to its edge.
        price = _BESIDE + away + 0.3 * np.hypot(*(targets - targets[0]).T)
        price[(away > _REACH) | (away < 3)] = np.inf
        order = np.argsort(price, axis=None, kind="stable")[:_TRIES]
        order = order[np.isfinite(price.flat[order])]
        led = []
        for flat in order.tolist():
            number, target = divmod(flat, len(targets))
            box = _box(x[number], y[number], block)
            align, start = _start(block, box, tuple(targets[target]))
            led.append((float(price.flat[flat]), box, align, start, targets[target]))
        if not led:
            return None
        starts, ends = np.array([e[3] for e in led]), np.array([e[4] for e in led])
        share = np.linspace(0, 1, _REACH)[None, :, None]
        xy = (starts[:, None, :] * (1 - share) + ends[:, None, :] * share).astype(int)
        xy = np.clip(xy, 0, (self.width - 1, self.height - 1))
        cells = self.cells[xy[:, :, 1], xy[:, :, 0]]
        foreign = ((cells > 0) & (cells != self.numbers[key])).mean(axis=1)
        crossed = foreign * np.hypot(*(ends - starts).T)
        total = np.array([e[0] for e in led]) + 3 * crossed
        for number in np.argsort(total, kind="stable").tolist():
            _, box, align, start, end = led[number]
            leader = (start, (float(end[0]), float(end[1])))
            if not any(_clash(leader, other) for other in found):
                return Place(block, box, float(total[number]), align, leader)
        return None


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


def _box(x: float, y: float, block: Block) -> Box:
    """Return the box of a block whose padded lower left corner is given."""
    x0, y0 = float(x) + _PADDING, float(y) + _PADDING
    return x0, y0, x0 + block.width, y0 + block.height


def _summed(mask: np.ndarray) -> np.ndarray:
    """Return summed areas with a leading row and column of zeros."""
    sums = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1), dtype=np.int32)
    sums[1:, 1:] = mask.cumsum(axis=0, dtype=np.int32).cumsum(axis=1)
    return sums


def _over(
    sums: np.ndarray, x: np.ndarray, y: np.ndarray, wide: int, high: int, more: int = 0
) -> np.ndarray:
    """Return the sum under the box, widened by `more`, at every candidate, shape (len(y), len(x))."""
    bottom, top = (np.clip(edge, 0, sums.shape[0] - 1) for edge in (y - more, y + high + more))
    left, right = (np.clip(edge, 0, sums.shape[1] - 1) for edge in (x - more, x + wide + more))
    high_sums, low_sums = sums[top], sums[bottom]
    return high_sums[:, right] - high_sums[:, left] - low_sums[:, right] + low_sums[:, left]


def _start(block: Block, box: Box, target: Point) -> tuple[str, Point]:
    """Return how the lines of a label align and where its leader starts, by where it leads."""
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
