"""Labels of a map: their lines, their size in print, and the place they get.

All lengths are points (1/72 inch), x to the right and y upwards from the lower left corner of the
axes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from .style import FONT

LEADING = 1.16  # line height over type size
SYMBOL = 0.66  # symbol width over type size
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


def row_starts(spot: Place) -> list[Point]:
    """Return where the lines of a label start, on their base line."""
    x0, _, x1, top = spot.box
    starts = []
    for number, row in enumerate(spot.block.rows):
        spare = x1 - x0 - row_width(row, spot.block.size)
        x = x0 + {"left": 0.0, "center": 0.5, "right": 1.0}[spot.align] * spare
        starts.append((x, top - spot.block.size * (LEADING * number + 0.93)))
    return starts


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
