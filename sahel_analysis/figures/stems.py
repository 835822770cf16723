"""Stems: counts on one lane, each a stem as high as its value with the value beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot

from . import style
from .labels import text_width
from .sheets import GAP_PT, HALF_PT, LINE_PT, Sheet, write
from .symbols import SYMBOL_PT, Symbol, draw_symbol

_HEADROOM_PT, _FOOT_PT = 12.0, 6.0

Box = tuple[float, float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True)
class Count:
    """One figure on the chart.

    Attributes
    ----------
    lane : str
        Key of its lane.
    symbol : Symbol
        How it looks.
    days : tuple of datetime.date
        Earliest and latest day; the first None where it is not known.
    values : list of float
        Values stated, lowest to highest.
    signed : list of float
        Those of them that carry the symbol.
    qualifier : str
        How the source hedges the value.
    label : str
        The value in words.
    """

    lane: str
    symbol: Symbol
    days: tuple[date | None, date]
    values: list[float]
    signed: list[float]
    qualifier: str
    label: str


def draw_stems(paper: Sheet, name: str, counts: Sequence[Count], top: float, height: float) -> None:
    """Draw one lane of counts on its own scale from 0, with its name and the scale's end.

    Parameters
    ----------
    paper : Sheet
        Where to draw.
    name : str
        Name of the lane.
    counts : sequence of Count
        At least one.
    top, height : float
        Upper edge and height of the lane, points.
    """
    points: dict[Symbol, tuple[list[float], list[float]]] = {}
    ax = paper.ax
    peak = max(count.values[-1] for count in counts) or 1.0
    base = top + height - _FOOT_PT
    scale = (height - _HEADROOM_PT - _FOOT_PT) / peak
    middle = top + height / 2 - LINE_PT / 2
    bold = {"fontsize": style.HEADING_PT, "fontweight": "bold"}
    write(ax, -6, middle, name, ha="right", **bold)
    note = {"fontsize": style.NOTE_PT, "color": style.INK_SOFT}
    write(ax, -6, middle + LINE_PT, f"scale 0 to {peak:,.0f}", ha="right", **note)
    ax.axhline(base, color=style.LAND_EDGE_COLOUR, linewidth=style.LAND_EDGE_PT, zorder=1)
    taken: list[Box] = []
    spots = []
    for count in counts:
        x, ys = paper.x(count.days[1]), [base - value * scale for value in count.signed]
        y = ys[-1]
        line = {"color": count.symbol.edge, "linewidth": 0.7, "zorder": 2}
        ax.plot([x, x], [base, y], **line)
        taken.append((x - 0.5, y, x + 0.5, base))
        if count.days[0] != count.days[1]:
            start = paper.x(count.days[0])
            ax.plot([start, x], [y, y], **line)
            taken.append((start, y - 0.5, x, y + 0.5))
        if count.values[0] != count.values[-1]:
            ends = [base - value * scale for value in (count.values[0], count.values[-1])]
            ax.plot([x, x], ends, **line | {"linewidth": 2.6}, solid_capstyle="butt")
        if count.qualifier in {"at_least", "at_most"}:
            tip = y - 8.5 if count.qualifier == "at_least" else y + 8.5
            ax.plot([x, x], [y, tip], **line)
            head = {"marker": 6 if tip < y else 7, "markersize": 3.5, "markeredgewidth": 0}
            ax.plot([x], [tip], clip_on=False, **head, **line)
            taken.append((x - 2, min(y, tip), x + 2, max(y, tip)))
        xs, heights = points.setdefault(count.symbol, ([], []))
        xs += [x] * len(ys)
        heights += ys
        taken += [(x - HALF_PT, y - HALF_PT, x + HALF_PT, y + HALF_PT) for y in ys]
        spots.append((count, x, y))
    for count, x, y in spots:
        # The hollow sign already says "planned or claimed"; shorter labels find room more often.
        text = count.label.split(" (")[0]
        others = [(left, upper) for _, left, upper in spots if (left, upper) != (x, y)]
        _label(paper, text, (x, y), (top, base), taken, others)
    for symbol, (xs, ys) in points.items():
        draw_symbol(ax, symbol, xs, ys)


def _label(
    paper: Sheet,
    text: str,
    spot: Point,
    lane: tuple[float, float],
    taken: list[Box],
    others: list[Point],
) -> None:
    """Write a value beside its sign where nothing stands and no other sign is nearer; or not."""
    x, y = spot
    wide, half = text_width(text, style.LABEL_PT), LINE_PT / 2 - 0.6
    off, up = HALF_PT + GAP_PT, SYMBOL_PT / 2 + LINE_PT / 2
    right, left, centre = x + off, x - off - wide, max(x - wide / 2, 0.0)
    sides = [(side, y + shift) for shift in (0, -half, half) for side in (right, left)]
    above = [(right, y - up), (left, y - up)]
    for low, wanted in (*sides[:2], (centre, y - up), *sides[2:], *above):
        middle = min(max(wanted, lane[0] + half), lane[1] - half)
        box = (low, middle - half, low + wide, middle + half)
        if low < 0 or box[2] > paper.room or any(_meet(box, other) for other in taken):
            continue
        # Beside a nearer sign the value would seem to be that sign's.
        if all(_gap(box, other) > _gap(box, spot) + 4 for other in others):
            write(paper.ax, low, middle, text)
            taken.append((box[0] - 1, box[1], box[2] + 1, box[3]))
            return


def _gap(box: Box, point: Point) -> float:
    x, y = point
    return hypot(max(box[0] - x, x - box[2], 0.0), max(box[1] - y, y - box[3], 0.0))


def _meet(one: Box, other: Box) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]
