"""Lanes: marks packed into rows so that no symbol, bar or label covers another.

Lengths are points, as on the `sheets` that lanes are drawn on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from matplotlib.patches import Rectangle

from . import style
from .labels import text_width
from .sheets import GAP_PT, HALF_PT, HEAD_PT, LINE_PT, Sheet, margins, name_lines, write
from .symbols import Symbol, draw_symbol

ROW_PT = (9.2, 15.0)  # least and most height of a row of symbols
_LANE_PAD = 5.0
_STUMP_PT = 16.0
_PAPER = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 1.2}


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


def ideal_height_mm(
    lanes: dict[str, str],
    marks: Sequence[Mark],
    days: tuple[date, date],
    *,
    width_mm: float,
    symbols: Sequence[Symbol] = (),
    extra: Sequence[str] = (),
    head: float = 0.0,
) -> float:
    """Return the height at which most marks of a chart have room for a short label.

    Parameters
    ----------
    lanes, marks, symbols, extra, head
        As in `sheet` and `draw_lanes`.
    days : tuple of datetime.date
        First and last day.
    width_mm : float
        Width of the axes, millimetres.

    Returns
    -------
    float
        Millimetres, whole; 40 to 200.
    """
    full_width = width_mm * 72 / 25.4
    left, bottom, _, _ = margins(list(lanes.values()), symbols, extra, full_width)
    paper = Sheet(None, full_width - left - 2, 0.0, *days, days[1])
    total = bottom + HEAD_PT
    for lane, name in lanes.items():
        group = [mark for mark in marks if mark.lane == lane]
        shorter, numbers = (rows_needed(group, paper, which) for which in (1, 2))
        rows = min(shorter, numbers + 3) * (ROW_PT[0] + 1.0) + head
        total += max(rows, len(name_lines(name)) * LINE_PT) + _LANE_PAD
    return float(min(max(round(total * 25.4 / 72), 40), 200))


def packed(marks: Sequence[Mark], sheet_: Sheet, rows: int) -> list[Mark]:
    """Return the marks of one lane with rows and labels such that none covers another.

    Each mark takes the first row with room for it and the fullest label there is room for: to
    its right, else to its left, else a shorter one, else none. Only when every row is full do
    two symbols share a place.
    """
    spots: list[tuple[int, float, float]] = []
    placed: list[Mark] = []
    # Where even bare numbers need more rows, symbols take their places before any label does.
    crowded = rows_needed(marks, sheet_, -1) > rows
    for mark in marks:
        left, right = _reach(mark, sheet_)
        bare = ("", 0.0, "left", left, right)
        labels = () if crowded else mark.labels[-1:]
        choices = [*_beside(labels, left, right, sheet_.room), bare]
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
        choices = _beside(
            mark.labels[: None if crowded else -1], *_reach(mark, sheet_), sheet_.room
        )
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
        label = mark.labels[which]
        _, _, _, low, high = next(
            iter(_beside((label,), left, right, sheet_.room)), ("", 0, "", left, right)
        )
        free = [i for i, end in enumerate(ends) if end + GAP_PT <= low]
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
    """Draw named lanes with their marks.

    Parameters
    ----------
    sheet_ : Sheet
        Where to draw.
    lanes : dict of str to str
        Names of the lanes by key, from top to bottom.
    marks : sequence of Mark
        What stands in them, in order of date.
    head : float
        Room kept free above the marks of each lane, points.

    Returns
    -------
    dict of str to float
        The middle of each lane's free room, points from the top.
    """
    groups = [[mark for mark in marks if mark.lane == lane] for lane in lanes]
    shares = share_rows(groups, sheet_, sheet_.height - head * len(lanes))
    packs = [packed(group, sheet_, share) for group, share in zip(groups, shares, strict=True)]
    rows = [max((mark.row for mark in pack), default=0) + 1 for pack in packs]
    # A lane is never lower than its name.
    least = [len(name_lines(name)) * LINE_PT for name in lanes.values()]
    row_height = ROW_PT[1]
    while True:
        tall = [max(n * row_height + head, low) for n, low in zip(rows, least, strict=True)]
        spare = (sheet_.height - sum(tall)) / len(lanes)
        if spare >= _LANE_PAD or row_height <= ROW_PT[0] - 1:
            break
        row_height -= 0.2
    heads, y = {}, 0.0
    points: dict[Symbol, tuple[list[float], list[float]]] = {}
    for (lane, name), pack, count, height in zip(lanes.items(), packs, rows, tall, strict=True):
        height += spare
        _draw_name(sheet_, name, y, height, bool(y))
        first = y + head + (height - head - count * row_height) / 2 + row_height / 2
        heads[lane] = first - row_height / 2 - head / 2
        if not pack:
            write(
                sheet_.ax, 2, first, "no such event recorded", color=style.INK_SOFT, style="italic"
            )
        for mark in pack:
            middle = first + mark.row * row_height
            _draw_span(sheet_, mark, middle)
            xs, ys = points.setdefault(mark.symbol, ([], []))
            xs.append(sheet_.x(mark.latest))
            ys.append(middle)
            if mark.text:
                on_bar = mark.align == "right" and mark.x > _reach(mark, sheet_)[0]
                paper = {"bbox": _PAPER} if on_bar else {}
                write(sheet_.ax, mark.x, middle, mark.text, ha=mark.align, **paper)
        y += height
    for symbol, (xs, ys) in points.items():
        draw_symbol(sheet_.ax, symbol, xs, ys)
    return heads


def _reach(mark: Mark, sheet_: Sheet) -> tuple[float, float]:
    """Return how far a mark's symbol and bar reach, points."""
    x = sheet_.x(mark.latest)
    return min(x - HALF_PT, sheet_.x(mark.earliest)), x + HALF_PT


def _width(text: str) -> float:
    return text_width(text, style.LABEL_PT)


def _beside(labels: Sequence[str], left: float, right: float, width: float) -> list[tuple]:
    """Return (text, x, alignment, low, high) of each label right of, left of or on a mark."""
    found = []
    for text in labels:
        wide = _width(text)
        if right + GAP_PT + wide <= width:
            x = right + GAP_PT
            found.append((text, x, "left", left, x + wide))
        if left - GAP_PT - wide >= 0:
            x = left - GAP_PT
            found.append((text, x, "right", x - wide, right))
        # A long bar may be interrupted by its own label; a stump of it must stay to be seen.
        if right - left - 2 * HALF_PT >= wide + _STUMP_PT:
            found.append((text, right - 2 * HALF_PT - GAP_PT, "right", left, right))
    return found


def _in_row(spots: Sequence[tuple[int, float, float]], row: int) -> list[tuple[float, float]]:
    return [(low, high) for place, low, high in spots if place == row]


def _free(taken: list[tuple[float, float]], low: float, high: float) -> bool:
    return all(high + GAP_PT <= start or end + GAP_PT <= low for start, end in taken)


def _overlap(taken: list[tuple[float, float]], low: float, high: float) -> float:
    return sum(max(min(high, end) - max(low, start), 0.0) for start, end in taken)


def _draw_name(sheet_: Sheet, name: str, top: float, height: float, line: bool) -> None:
    """Write the name of a lane in the left margin and rule it off from the lane above."""
    lines = name_lines(name)
    y = top + height / 2 - (len(lines) - 1) * LINE_PT / 2
    for number, part in enumerate(lines):
        write(
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
            (x, y - 1.4),
            end - x,
            2.8,
            facecolor=style.PAPER,
            edgecolor=mark.symbol.edge,
            linewidth=0.6,
            zorder=3,
        )  # fmt: skip
    )
    if mark.earliest is None or mark.earliest < sheet_.start:
        # The bar goes on to the left of the axis: its end is masked, an arrow head points there.
        sheet_.ax.plot(
            [x], [y], marker=8, color=mark.symbol.edge, markersize=4.5,
            linestyle="none", clip_on=False, zorder=4, markeredgewidth=0,
        )  # fmt: skip
