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
_STEP = 2  # raster cells between candidates
_INSIDE, _ACROSS, _BESIDE = 0, 1, 2

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
    """The lines of one label in one type size; `across` allows it to run over its own border."""

    rows: tuple[Row, ...]
    size: float
    across: bool = True

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
    blocks: Mapping[str, Block],
    shapes: Mapping[str, Geometry],
    anchors: Mapping[str, Point],
    size: tuple[float, float],
    dots: Sequence[Point] = (),
) -> dict[str, Place]:
    """Find a place for each block so that none covers another, a dot, or leaves the axes.

    Parameters
    ----------
    blocks : mapping of str to Block
        What is to be placed, by key.
    shapes : mapping of str to shapely.Geometry
        Outline of every country that carries colour, in points; at least the keys of `blocks`.
    anchors : mapping of str to (float, float)
        Where each label would best be centred, and where its leader line ends, in points.
    size : (float, float)
        Width and height of the axes, points.
    dots : sequence of (float, float), optional
        Points that no label may cover.

    Returns
    -------
    dict of str to Place
        In the order of `blocks`. A key is missing where nothing was free.
    """
    field = _Field(shapes, size)
    order = sorted(blocks, key=lambda key: (field.room(key, blocks[key]), anchors[key][0], key))
    best: dict[str, Place] = {}
    for _ in range(len(blocks) + 1):
        found, failed = _attempt(field, order, blocks, anchors, dots)
        if len(found) > len(best) or not best:
            best = found
        if failed is None:
            break
        order.remove(failed)
        order.insert(0, failed)  # whoever found no room chooses first next time
    return {key: best[key] for key in blocks if key in best}


def _attempt(
    field: _Field,
    order: Sequence[str],
    blocks: Mapping[str, Block],
    anchors: Mapping[str, Point],
    dots: Sequence[Point],
) -> tuple[dict[str, Place], str | None]:
    """Place in order; return what was found and the first key that found nothing."""
    field.clear(dots)
    found: dict[str, Place] = {}
    failed = None
    for key in order:
        small = [anchors[k] for k in order if k not in found and k != key]
        spot = field.find(key, blocks[key], anchors[key], list(found.values()), small)
        if spot is None:
            failed = failed or key
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
                for ring in part.interiors:
                    pen.polygon([tuple(xy) for xy in ring.coords], fill=0)
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

    def room(self, key: str, block: Block) -> float:
        """Return how many positions lie wholly inside the country; many more where none does."""
        grid = self._grid(block)
        inside = 0 if grid is None else int((_over(self.own[key], *grid) == grid[2] * grid[3]).sum())
        return inside or np.inf

    def _grid(self, block: Block) -> tuple[np.ndarray, np.ndarray, int, int] | None:
        """Return the lower left corners of all candidates and the size of the box, in cells."""
        wide, high = int(np.ceil(block.width)) + 1, int(np.ceil(block.height)) + 1
        x = np.arange(_MARGIN, self.width - _MARGIN - wide, _STEP)
        y = np.arange(_MARGIN, self.height - _MARGIN - high, _STEP)
        return (x, y, wide, high) if len(x) and len(y) else None

    def find(
        self, key: str, block: Block, anchor: Point, found: list[Place], small: list[Point]
    ) -> Place | None:
        """Return the best place for one label, or None."""
        grid = self._grid(block)
        if grid is None:
            return None
        x, y, wide, high = grid
        area = wide * high
        own = _over(self.own[key], *grid) / area
        others = _over(self.any, *grid) / area - own
        free = _over(_summed(np.asarray(self.taken)), *grid) == 0
        dx = x[None, :] + wide / 2 - anchor[0]
        dy = y[:, None] + high / 2 - anchor[1]
        off = np.hypot(dx, 1.6 * dy)  # rather left or right of the wanted place than above or below
        gap = np.hypot(np.maximum(abs(dx) - wide / 2, 0), np.maximum(abs(dy) - high / 2, 0))

        cost = np.full(own.shape, np.inf)
        beside = (own < 0.1) & (others < 0.04) & (gap > 3)
        cost[beside] = (40 + gap + 300 * others + 60 * own)[beside]
        if block.across:
            across = (own > 0.62) & (others < 0.2)
            cost[across] = np.minimum(cost, 14 + 0.5 * off + 100 * others)[across]
        inside = own == 1
        cost[inside] = (0.2 * off)[inside]
        cost[~free] = np.inf
        kind = np.where(inside, _INSIDE, np.where(own > 0.5, _ACROSS, _BESIDE))

        best, best_cost = None, np.inf
        for flat in np.argsort(cost, axis=None, kind="stable")[:1200]:
            row, column = np.unravel_index(flat, cost.shape)
            if cost[row, column] >= best_cost:
                break
            x0, y0 = float(x[column]), float(y[row])
            box = (x0, y0, x0 + wide, y0 + high)
            if kind[row, column] != _BESIDE:
                return Place(box) if best is None or cost[row, column] < best_cost else best
            if any(_inside(point, box, 4) for point in small):
                continue
            spot = _with_leader(box, anchor)
            crossed = self._crossed(key, spot.leader, found)
            if crossed is not None and cost[row, column] + crossed < best_cost:
                best, best_cost = spot, cost[row, column] + crossed
        return best

    def _crossed(self, key: str, leader: tuple[Point, Point], found: list[Place]) -> float | None:
        """Return how many cells of other coloured countries a leader crosses; None if barred."""
        for other in found:
            if _meets(leader, other.box) or (other.leader and _cross(leader, other.leader)):
                return None
        steps = np.linspace(0, 1, max(int(np.hypot(*np.subtract(*leader))), 2))[:, None]
        xy = (np.array(leader[0]) * (1 - steps) + np.array(leader[1]) * steps).astype(int)
        xy = np.clip(xy, 0, (self.width - 1, self.height - 1))
        cells = self.cells[xy[:, 1], xy[:, 0]]
        return float(0.8 * ((cells > 0) & (cells != self.numbers[key])).sum())


def _summed(mask: np.ndarray) -> np.ndarray:
    """Return summed areas with a leading row and column of zeros."""
    sums = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1), dtype=np.int32)
    sums[1:, 1:] = mask.cumsum(axis=0, dtype=np.int32).cumsum(axis=1)
    return sums


def _over(sums: np.ndarray, x: np.ndarray, y: np.ndarray, wide: int, high: int) -> np.ndarray:
    """Return the sum under the box at every candidate, shape (len(y), len(x))."""
    top, low = sums[y + high], sums[y]
    return top[:, x + wide] - top[:, x] - low[:, x + wide] + low[:, x]


def _inside(point: Point, box: Box, margin: float = 0) -> bool:
    x0, y0, x1, y1 = box
    return x0 - margin < point[0] < x1 + margin and y0 - margin < point[1] < y1 + margin


def _with_leader(box: Box, anchor: Point) -> Place:
    """Return the place with a leader from the side of the box that faces the anchor."""
    x0, y0, x1, y1 = box
    if x0 + 4 <= anchor[0] <= x1 - 4:
        return Place(box, "center", ((anchor[0], y0 if anchor[1] < y0 else y1), anchor))
    y = min(max(anchor[1], y0 + 3), y1 - 3)
    if anchor[0] < x0 + 4:
        return Place(box, "left", ((x0 - 1, y), anchor))
    return Place(box, "right", ((x1 + 1, y), anchor))


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
