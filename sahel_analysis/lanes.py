"""Lanes on a time axis: the sheet that charts of events share, measured in points.

A sheet takes over the axes it is given: x is the day number, y runs in points downwards from the
upper edge, so that text, symbols and gaps have the size they have on paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from . import style
from .dates import MONTHS, day_in_words
from .labels import text_width, wrapped
from .symbols import SYMBOL_PT, Symbol, draw_symbol

LINE_PT = 8.2  # type of LABEL_PT with its leading
ROW_PT = (9.2, 15.0)  # least and most height of a row of symbols
_GAP = 2.2
_HALF = SYMBOL_PT / 2 + 0.6
_HEAD_PT = 11.0  # the line above the lanes that says until when
_LANE_PAD = 5.0
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240)


@dataclass(frozen=True)
class Mark:
    """One symbol in one lane.

    Attributes
    ----------
    key : str
        Key of the row it stands for.
    lane : str
        Key of its lane.
    symbol : Symbol
        How it looks.
    earliest, latest : datetime.date
        Bounds of its date; `earliest` None where the start is not known.
    labels : tuple of str
        What may stand beside it, fullest first.
    row, x, align, text
        Set by `packed`: row in the lane, and the label with its place in points.
    """

    key: str
    lane: str
    symbol: Symbol
    earliest: date | None
    latest: date
    labels: tuple[str, ...]
    row: int = 0
    x: float = 0.0
    align: str = "left"
    text: str = ""


@dataclass
class Sheet:
    """Axes laid out in points: lanes at the left named, time axis and legend below.

    Attributes
    ----------
    ax : matplotlib.axes.Axes
        The axes, already shrunk to what the names, ticks and legend leave.
    width, height : float
        Size of the plotting area, points.
    start, end : datetime.date
        Days at the left and the right edge.
    """

    ax: Axes
    width: float
    height: float
    start: date
    end: date
    legend: list[list[tuple[float, Symbol]]] = field(default_factory=list)

    def x(self, day: date | None) -> float:
        """Return points from the left edge; 0 for an unknown or earlier day."""
        if day is None:
            return 0.0
        share = (day - self.start).days / max((self.end - self.start).days, 1)
        return min(max(share, 0.0), 1.0) * self.width


def span(days: Iterable[date], as_of: date, since: date | None = None) -> tuple[date, date]:
    """Return the first and last day of a time axis, with room for a symbol at either end."""
    first = since or min(days, default=as_of - timedelta(days=60))
    length = max((as_of - first).days, 45)
    pad = timedelta(days=max(round(length * 0.02), 1))
    return (as_of - timedelta(days=length) - (timedelta(0) if since else pad)), as_of + pad


def sheet(
    ax: Axes,
    names: Sequence[str],
    days: tuple[date, date],
    as_of: date,
    symbols: Sequence[Symbol] = (),
    extra: Sequence[str] = (),
) -> Sheet:
    """Shrink axes to leave room for names, ticks and legend, and set their units to points.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes in their final place; names, ticks and legend stay within that place.
    names : sequence of str
        Names of the lanes.
    days : tuple of datetime.date
        First and last day.
    as_of : datetime.date
        Cut-off, said above the lanes.
    symbols : sequence of Symbol
        What the legend shows.
    extra : sequence of str
        Sentences under the legend.
    """
    figure_width, figure_height = (inches * 72 for inches in ax.figure.get_size_inches())
    box = ax.get_position()
    left = max((w for name in names for w in _name_widths(name)), default=0.0) + 6
    full_width = box.width * figure_width
    legend = _flow(symbols, full_width)
    notes = [line for text in extra for line in wrapped(text, full_width, style.NOTE_PT)]
    bottom = 2 * LINE_PT + 5 + len(legend) * (LINE_PT + 1) + len(notes) * LINE_PT
    width = full_width - left - 2
    height = box.height * figure_height - bottom - _HEAD_PT
    ax.set_position(
        [
            box.x0 + left / figure_width,
            box.y0 + bottom / figure_height,
            width / figure_width,
            height / figure_height,
        ]
    )
    ax.set(xlim=(0, width), ylim=(height, 0), xticks=[], yticks=[])
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)
    result = Sheet(ax, width, height, *days, legend)
    _draw_ticks(result)
    _draw_cut_off(result, as_of)
    y = height + 2 * LINE_PT + 8
    for row in legend:
        for x, symbol in row:
            draw_symbol(ax, symbol, [x - left + _HALF], [y])
            _text(ax, x - left + 2 * _HALF + _GAP, y, symbol.label)
        y += LINE_PT + 1
    for line in notes:
        _text(ax, -left, y, line, color=style.INK_SOFT, fontsize=style.NOTE_PT)
        y += LINE_PT
    return result


def name_lines(name: str) -> list[str]:
    """Return a lane's name in lines narrow enough for the margin."""
    return wrapped(name, 78, style.HEADING_PT)


def _name_widths(name: str) -> list[float]:
    return [text_width(line, style.HEADING_PT, bold=True) for line in name_lines(name)]


def packed(marks: Sequence[Mark], sheet_: Sheet, rows: int) -> list[Mark]:
    """Return the marks of one lane with rows and labels such that none covers another.

    Each mark takes the first row with room for it and the fullest label there is room for: to
    its right, else to its left, else a shorter one, else none. Only when every row is full do
    two symbols share a place.
    """
    spots: list[tuple[int, float, float]] = []
    placed: list[Mark] = []
    for mark in marks:
        left, right = _reach(mark, sheet_)
        bare = ("", 0.0, "left", left, right)
        choices = [*_beside(mark.labels[-1:], left, right, sheet_.width), bare]
        free = (
            (row, *choice)
            for choice in choices
            for row in range(rows)
            if _free(_in_row(spots, row), *choice[3:])
        )
        fullest = min(range(rows), key=lambda r: (_overlap(_in_row(spots, r), left, right), r))
        row, text, x, align, low, high = next(free, (fullest, *bare))
        spots.append((row, low, high))
        placed.append(replace(mark, row=row, text=text, x=x, align=align))
    for number, mark in enumerate(placed):
        others = _in_row([*spots[:number], *spots[number + 1 :]], mark.row)
        choices = _beside(mark.labels[:-1], *_reach(mark, sheet_), sheet_.width)
        for text, x, align, low, high in choices:
            if _free(others, low, high):
                spots[number] = (mark.row, low, high)
                placed[number] = replace(mark, text=text, x=x, align=align)
                break
    return placed


def rows_needed(marks: Sequence[Mark], sheet_: Sheet, which: int) -> int:
    """Return how many rows one lane needs for every mark to carry its label number `which`."""
    ends: list[float] = []
    for mark in marks:
        left, right = _reach(mark, sheet_)
        label = mark.labels[min(which, len(mark.labels) - 1)]
        _, _, _, low, high = next(
            iter(_beside((label,), left, right, sheet_.width)), ("", 0, "", left, right)
        )
        free = [i for i, end in enumerate(ends) if end + _GAP <= low]
        if free:
            ends[free[0]] = high
        else:
            ends.append(high)
    return max(len(ends), 1)


def share_rows(lanes: Sequence[Sequence[Mark]], sheet_: Sheet, height: float) -> list[int]:
    """Return the number of rows of each lane that fits a height, for the fullest labels it can."""
    room = max(int((height - len(lanes) * _LANE_PAD) // ROW_PT[0]), len(lanes))
    for which in range(max((len(m.labels) for lane in lanes for m in lane), default=1)):
        wanted = [rows_needed(marks, sheet_, which) for marks in lanes]
        if sum(wanted) <= room:
            return wanted
    while sum(wanted) > room:
        fullest = max(range(len(wanted)), key=lambda i: (wanted[i], -i))
        wanted[fullest] -= 1
    return wanted


def draw_lanes(
    sheet_: Sheet, lanes: dict[str, str], marks: Sequence[Mark], *, head: float = 0.0
) -> dict[str, float]:
    """Draw named lanes with their marks; return the upper edge of each lane in points.

    Parameters
    ----------
    sheet_ : Sheet
        Where to draw.
    lanes : dict of str to str
        Names of the lanes by key, from top to bottom.
    marks : sequence of Mark
        What stands in them, in order of date.
    head : float
        Room kept free at the top of each lane, points.
    """
    groups = [[mark for mark in marks if mark.lane == lane] for lane in lanes]
    rows = share_rows(groups, sheet_, sheet_.height - head * len(lanes))
    # A lane is never lower than its name.
    least = [len(name_lines(name)) * LINE_PT for name in lanes.values()]
    fixed = len(lanes) * (head + _LANE_PAD)
    row_height = min((sheet_.height - fixed) / sum(rows), ROW_PT[1])
    tall = [max(n * row_height + head, low) + _LANE_PAD for n, low in zip(rows, least, strict=True)]
    spare = max(sheet_.height - sum(tall), 0.0) / len(lanes)
    tops, y = {}, 0.0
    points: dict[Symbol, tuple[list[float], list[float]]] = {}
    for (lane, name), group, count, height in zip(lanes.items(), groups, rows, tall, strict=True):
        tops[lane] = y
        height += spare
        _draw_name(sheet_, name, y, height, bool(y))
        first = y + head + (height - head - count * row_height) / 2 + row_height / 2
        if not group:
            _text(sheet_.ax, 2, first, "no such event recorded", color=style.INK_SOFT, style="italic")
        for mark in packed(group, sheet_, count):
            middle = first + mark.row * row_height
            _draw_span(sheet_, mark, middle)
            xs, ys = points.setdefault(mark.symbol, ([], []))
            xs.append(sheet_.x(mark.latest))
            ys.append(middle)
            if mark.text:
                _text(sheet_.ax, mark.x, middle, mark.text, ha=mark.align)
        y += height
    for symbol, (xs, ys) in points.items():
        draw_symbol(sheet_.ax, symbol, xs, ys)
    return tops


def say_empty(ax: Axes, sentence: str) -> Axes:
    """Draw a sentence instead of a chart that would have nothing to show."""
    ax.set_axis_off()
    width = ax.get_position().width * ax.figure.get_size_inches()[0] * 72
    lines = "\n".join(wrapped(sentence, width * 0.9, style.HEADING_PT))
    ax.text(
        0.5, 0.5, lines, transform=ax.transAxes, ha="center", va="center",
        fontsize=style.HEADING_PT, color=style.INK_SOFT,
    )  # fmt: skip
    return ax


def _reach(mark: Mark, sheet_: Sheet) -> tuple[float, float]:
    """Return how far a mark's symbol and bar reach, points."""
    x = sheet_.x(mark.latest)
    return min(x - _HALF, sheet_.x(mark.earliest)), x + _HALF


def _width(text: str) -> float:
    return text_width(text, style.LABEL_PT)


def _beside(labels: Sequence[str], left: float, right: float, width: float) -> list[tuple]:
    """Return (text, x, alignment, low, high) of each label right and left of a mark, if inside."""
    found = []
    for text in labels:
        wide = _width(text)
        if right + _GAP + wide <= width:
            x = right + _GAP
            found.append((text, x, "left", left, x + wide))
        if left - _GAP - wide >= 0:
            x = left - _GAP
            found.append((text, x, "right", x - wide, right))
    return found


def _in_row(spots: Sequence[tuple[int, float, float]], row: int) -> list[tuple[float, float]]:
    return [(low, high) for place, low, high in spots if place == row]


def _free(taken: list[tuple[float, float]], low: float, high: float) -> bool:
    return all(high + _GAP <= start or end + _GAP <= low for start, end in taken)


def _overlap(taken: list[tuple[float, float]], low: float, high: float) -> float:
    return sum(max(min(high, end) - max(low, start), 0.0) for start, end in taken)


def _text(ax: Axes, x: float, y: float, text: str, **options: object) -> None:
    """Write one line, centred on y, at x points."""
    options = {"fontsize": style.LABEL_PT, "ha": "left", "zorder": 5} | options
    ax.text(x, y, text, va="center_baseline", clip_on=False, **options)


def _draw_name(sheet_: Sheet, name: str, top: float, height: float, line: bool) -> None:
    """Write the name of a lane in the left margin and rule it off from the lane above."""
    lines = name_lines(name)
    y = top + height / 2 - (len(lines) - 1) * LINE_PT / 2
    for number, part in enumerate(lines):
        _text(
            sheet_.ax, -6, y + number * LINE_PT, part,
            ha="right", fontsize=style.HEADING_PT, fontweight="bold",
        )  # fmt: skip
    if line:
        sheet_.ax.axhline(top, color=style.LAND_EDGE_COLOUR, linewidth=style.LAND_EDGE_PT, zorder=1)


def _draw_span(sheet_: Sheet, mark: Mark, y: float) -> None:
    """Draw the days an uncertain date may mean, as an open bar; nothing for a plain day."""
    if mark.earliest == mark.latest:
        return
    x, end = sheet_.x(mark.earliest), sheet_.x(mark.latest)
    sheet_.ax.add_patch(
        Rectangle(
            (x, y - 1.4), end - x, 2.8,
            facecolor=style.PAPER, edgecolor=mark.symbol.edge, linewidth=0.6, zorder=3,
        )  # fmt: skip
    )
    if mark.earliest is None or mark.earliest < sheet_.start:
        # The bar goes on to the left of the axis: its end is masked, an arrow head points there.
        sheet_.ax.plot(
            [x], [y], marker=8, color=mark.symbol.edge, markersize=4.5,
            linestyle="none", clip_on=False, zorder=4, markeredgewidth=0,
        )  # fmt: skip


def _flow(symbols: Sequence[Symbol], width: float) -> list[list[tuple[float, Symbol]]]:
    """Return the legend in columns of equal width: rows of (x, symbol)."""
    unique = list({(s.label, s.marker): s for s in symbols}.values())
    if not unique:
        return []
    widest = max(_width(symbol.label) for symbol in unique) + 2 * _HALF + _GAP + 10
    columns = max(int((width + 10) // widest), 1)
    rows = -(-len(unique) // columns)
    return [
        [(column * widest, unique[column * rows + row])
         for column in range(columns) if column * rows + row < len(unique)]
        for row in range(rows)
    ]  # fmt: skip


def _draw_cut_off(sheet_: Sheet, as_of: date) -> None:
    """Draw the line at the cut-off day and say the day above it."""
    x = sheet_.x(as_of)
    sheet_.ax.plot(
        [x, x], [0, sheet_.height], color=style.INK_SOFT, linewidth=0.6, linestyle=(0, (2, 2)), zorder=1,
        clip_on=False,
    )  # fmt: skip
    _text(
        sheet_.ax, sheet_.width, -_HEAD_PT / 2, f"as of {day_in_words(as_of)}",
        ha="right", color=style.INK_SOFT, fontsize=style.NOTE_PT,
    )  # fmt: skip


def _draw_ticks(sheet_: Sheet) -> None:
    """Draw ticks at the starts of days, months or years, whichever the span has room for."""
    ax, y = sheet_.ax, sheet_.height
    for day, upper, lower in ticks(sheet_):
        x = sheet_.x(day)
        ax.plot([x, x], [y, y + 3], color=style.INK_SOFT, linewidth=0.6, clip_on=False)
        ax.plot([x, x], [0, y], color=style.LAND_COLOUR, linewidth=0.6, zorder=0)
        for line, text in enumerate((upper, lower)):
            if text:
                _text(ax, x, y + 7.5 + line * LINE_PT, text, ha="center", color=style.INK_SOFT)


def ticks(sheet_: Sheet) -> list[tuple[date, str, str]]:
    """Return (day, upper text, lower text) of the ticks of a sheet.

    Months where they have room, with the year under the first and under each January; else
    years; half-months where fewer than three months would be ticked.
    """
    first, last = sheet_.start, sheet_.end
    per_day = sheet_.width / max((last - first).days, 1)
    step = next(s for s in _MONTH_STEPS if s * 30.4 * per_day >= 26 or s == _MONTH_STEPS[-1])
    found: list[date] = []
    for year in range(first.year, last.year + 1):
        for month in range(1, 13):
            if ((year * 12 + month - 1) % step) == 0:
                found += [date(year, month, 1)] + ([date(year, month, 15)] if step == 1 and
                                                   14 * per_day >= 40 else [])
    found = [day for day in found if first <= day <= last]
    inside = [d for d in found if 8 <= sheet_.x(d) <= sheet_.width - 8]
    if step >= 12:
        return [(day, str(day.year), "") for day in inside]
    halves = any(day.day != 1 for day in inside)
    texts = []
    for number, day in enumerate(inside):
        month = MONTHS[day.month - 1][:3]
        new_year = number == 0 or day.year != inside[number - 1].year
        texts.append((day, f"{day.day} {month}" if halves else month, str(day.year) if new_year else ""))
    return texts
