"""A map as a raster: which country each cell belongs to, what is taken, and sums under boxes.

One cell is one point. Sums of any box come from summed areas, for all candidates at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw
from shapely import Geometry, get_parts

from .labels import Block, Box, Place, Point

CLEARANCE = 2  # between labels, leaders and dots
PADDING = 2  # between a label and the borders it keeps off
_MARGIN = 3  # from the edge of the axes
_STEP = 2  # between candidates
_TARGETS = 8  # points of a country that a leader line may end at


class Sums(NamedTuple):
    """Summed areas of a part of the raster, outside which nothing is; its lower left cell."""

    table: np.ndarray
    x: int
    y: int


class Grid(NamedTuple):
    """Lower left corners of all candidates for a padded box, and its size; cells."""

    x: np.ndarray
    y: np.ndarray
    wide: int
    high: int


class Raster:
    """Countries as numbers in cells, and what labels, leader lines and dots have taken.

    Parameters
    ----------
    shapes : mapping of str to shapely.Geometry
        Outline of every country that carries colour, points.
    anchors : mapping of str to (float, float)
        Where leader lines would best end.
    size : (float, float)
        Width and height of the axes, points.
    plain : mapping of str to shapely.Geometry
        Outlines of countries without colour, on which any label may stand, points.
    """

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
        self.clear(())

    def targets(self, key: str) -> np.ndarray:
        """Return the points of a country that a leader line may end at."""
        if key not in self._targets:
            mask = self.cells == self.numbers[key]
            self._targets[key] = _spread(mask, self._anchors[key])
        return self._targets[key]

    def clear(self, dots: Sequence[Point]) -> None:
        """Forget everything taken but the dots."""
        self.taken = np.zeros(self.cells.shape, dtype=bool)
        self._sums = None
        for x, y in dots:
            self._block((x - 1, y - 1, x + 1, y + 1))

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
        rows = slice(max(y0 - CLEARANCE, 0), max(y1 + CLEARANCE + 1, 0))
        columns = slice(max(x0 - CLEARANCE, 0), max(x1 + CLEARANCE + 1, 0))
        self.taken[rows, columns] = True
        self._sums = None

    def blocked(self) -> Sums:
        """Return summed areas of what is taken."""
        if self._sums is None:
            self._sums = _summed(self.taken)
        return self._sums

    def grid(self, key: str, block: Block, reach: int = 0) -> Grid | None:
        """Return the candidates for a block that touch a country or lie within reach of it.

        With a reach every second candidate of each direction is left out.
        """
        wide = int(np.ceil(block.width)) + 2 * PADDING
        high = int(np.ceil(block.height)) + 2 * PADDING
        x0, y0, x1, y1 = self.extents[key]
        step = 2 * _STEP if reach else _STEP
        x = np.arange(_MARGIN, self.width - _MARGIN - wide, step)
        y = np.arange(_MARGIN, self.height - _MARGIN - high, step)
        x = x[(x >= x0 - wide - reach) & (x <= x1 + reach)]
        y = y[(y >= y0 - high - reach) & (y <= y1 + reach)]
        return Grid(x, y, wide, high) if len(x) and len(y) else None

    def foreign(self, key: str, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Return how far, in points, lines run over coloured countries other than their own."""
        lengths = np.hypot(*(ends - starts).T)
        share = np.linspace(0, 1, int(lengths.max()) + 2)[None, :, None]
        xy = (starts[:, None, :] * (1 - share) + ends[:, None, :] * share).astype(int)
        xy = np.clip(xy, 0, (self.width - 1, self.height - 1))
        cells = self.cells[xy[:, :, 1], xy[:, :, 0]]
        return ((cells > 0) & (cells != self.numbers[key])).mean(axis=1) * lengths


def over(sums: Sums, grid: Grid, more: int = 0) -> np.ndarray:
    """Return the sum under the box at every candidate, shape (len(y), len(x)).

    `more` widens the box on every side.
    """
    x, y, wide, high = grid
    table = sums.table
    x, y = x - sums.x, y - sums.y
    bottom, top = (np.clip(edge, 0, table.shape[0] - 1) for edge in (y - more, y + high + more))
    left, right = (np.clip(edge, 0, table.shape[1] - 1) for edge in (x - more, x + wide + more))
    upper, lower = table[top], table[bottom]
    return upper[:, right] - upper[:, left] - lower[:, right] + lower[:, left]


def _summed(mask: np.ndarray, x: int = 0, y: int = 0) -> Sums:
    """Return summed areas with a leading row and column of zeros."""
    table = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1), dtype=np.int32)
    inner = table[1:, 1:]
    # Along the rows first: the other order is three times slower.
    np.cumsum(mask, axis=1, dtype=np.int32, out=inner)
    np.cumsum(inner, axis=0, out=inner)
    return Sums(table, x, y)


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
