"""Timelines of events and agreements, and bars of missions, drawn in named lanes.

Every chart has companions computed from the same rows: its height and its alternative text. Axes are
laid out in points, so that text, symbols and gaps have the size they have on paper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ..evidence.actors import family, whose
from ..tables import vocabulary
from ..tables.dates import MONTHS, day_in_words, in_words
from . import style
from .labels import text_width, wrapped

# Shapes tell families apart without colour: French rows are triangles and crosses, Russian rows
# are four-sided, all others are round or many-sided.
_FACES = {"france": style.FRENCH_COLOURS["present"], "russia": style.RUSSIAN_COLOURS["deployed"]}
# Outlines and text need more contrast than the map's fill: the dark blue of the same Tol scheme.
EDGES = {"france": "#004488", "russia": style.RUSSIAN_COLOURS["deployed"]}
OTHER_FACE = "#A9A9A9"
SYMBOL_PT = 6.2


@dataclass(frozen=True)
class Symbol:
    """One entry of the legend.

    Attributes
    ----------
    label : str
        Legend text.
    marker : str
        Matplotlib marker.
    look : str
        ``full``: done; ``hollow``: announced or ordered; ``crossed``: ended or denounced.
    whose : str
        ``france``, ``russia`` or ``other``.
    """

    label: str
    marker: str | tuple[int, int, int]
    look: str
    whose: str

    @property
    def edge(self) -> str:
        """Colour of the outline."""
        return EDGES.get(self.whose, style.INK)

    @property
    def face(self) -> str:
        """Colour of the fill; paper unless the thing is done."""
        if self.look != "full":
            return style.PAPER
        return _FACES.get(self.whose, OTHER_FACE if self.marker != "*" else style.INK)


def _group(whose: str, rows: dict[str, tuple[str, object, str]]) -> dict[tuple[str, str], Symbol]:
    return {(whose, kind): Symbol(*row, whose) for kind, row in rows.items()}


SYMBOLS: dict[tuple[str, str], Symbol] = {
    **_group(
        "other",
        {
            "coup": ("coup", "*", "full"),
        },
    ),
    **_group(
        "france",
        {
            "deployment": ("French forces sent or stationed", "^", "full"),
            "withdrawal_announced": ("French withdrawal announced or ordered", "v", "hollow"),
            "base_handover": ("French base handed over", "<", "full"),
            "withdrawal_completed": ("French withdrawal completed", "v", "full"),
            "mission_launched": ("French operation launched", ">", "full"),
            "mission_ended": ("French operation ended", ">", "crossed"),
            "agreement_signed": ("agreement with France signed", "P", "full"),
            "agreement_denounced": ("agreement with France denounced", "X", "hollow"),
            "visit": ("French visit or statement", "4", "full"),
            "statement": ("French visit or statement", "4", "full"),
            "assistance": ("French assistance", "1", "full"),
        },
    ),
    **_group(
        "russia",
        {
            "visit": ("Russian visit or talks", "d", "full"),
            "agreement_signed": ("agreement with Russia signed", "D", "full"),
            "agreement_denounced": ("agreement with Russia denounced", "D", "crossed"),
            "assistance": ("Russian assistance", (4, 1, 0), "full"),
            "deployment": ("Russian personnel deployed", "s", "full"),
            "withdrawal_announced": ("Russian withdrawal announced or ordered", "s", "hollow"),
            "withdrawal_completed": ("Russian mission or deployment ended", "s", "crossed"),
            "mission_launched": ("Russian personnel deployed", "s", "full"),
            "mission_ended": ("Russian mission or deployment ended", "s", "crossed"),
            "base_handover": ("Russian mission or deployment ended", "s", "crossed"),
            "statement": ("Russian statement", (4, 2, 0), "full"),
        },
    ),
    **_group(
        "other",
        {
            "agreement_signed": ("other agreement signed", "o", "full"),
            "agreement_denounced": ("other agreement denounced", "o", "crossed"),
            "alliance_formed": ("alliance formed", "p", "full"),
            "alliance_exit": ("alliance left or dissolved", "p", "crossed"),
            "deployment": ("other force or mission sent", "h", "full"),
            "mission_launched": ("other force or mission sent", "h", "full"),
            "withdrawal_announced": ("other withdrawal announced or ordered", "h", "hollow"),
            "base_handover": ("other base handed over", (8, 1, 0), "full"),
            "withdrawal_completed": ("other withdrawal or mission ended", "h", "crossed"),
            "mission_ended": ("other withdrawal or mission ended", "h", "crossed"),
            "visit": ("other visit or statement", ".", "full"),
            "statement": ("other visit or statement", ".", "full"),
            "assistance": ("other assistance", (6, 1, 0), "full"),
        },
    ),
}  # by owner and kind of event type, in the order of the legend


def symbol_of(owner: str, event_type: str) -> Symbol:
    """Return how an event is drawn; a type without a sign of its own gets a plain one.

    Parameters
    ----------
    owner : str
        ``france``, ``russia`` or ``other``; see `whose`.
    event_type : str
        A word of `vocabulary.EVENT_TYPES`.
    """
    word = vocabulary.EVENT_TYPES[event_type]
    own = SYMBOLS.get((owner, word.kind))
    return own or Symbol(f"{_ADJECTIVES[owner]}{word.full}", "8", "full", owner)


def draw_symbol(ax: Axes, symbol: Symbol, x: list[float], y: list[float]) -> None:
    """Draw one symbol at one or several points, in data units, over whatever lies there.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw in.
    symbol : Symbol
        What to draw.
    x, y : list of float
        Places.
    """
    lines_only = symbol.marker in {"1", "4"} or (
        isinstance(symbol.marker, tuple) and symbol.marker[1] == 2
    )
    size = SYMBOL_PT * (1.25 if symbol.marker == "*" or isinstance(symbol.marker, tuple) else 1)
    common = {"linestyle": "none", "clip_on": False, "zorder": 4}
    ax.plot(
        x,
        y,
        marker=symbol.marker,
        markersize=size * (0.85 if symbol.marker in {"s", "D"} else 1),
        markerfacecolor=symbol.face,
        markeredgecolor=symbol.edge,
        markeredgewidth=1.2 if lines_only else 0.8,
        **common,
    )
    if symbol.look == "crossed":
        ax.plot(
            x,
            y,
            marker="x",
            markersize=SYMBOL_PT * 0.5,
            markeredgecolor=symbol.edge,
            markeredgewidth=0.8,
            **common,
        )


LINE_PT = 8.2  # type of LABEL_PT with its leading
GAP_PT = 2.2
HALF_PT = SYMBOL_PT / 2 + 0.6  # half a symbol with its outline
HEAD_PT = 11.0  # the line above the lanes that says until when
_NAME_PT = 78.0
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240)


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
    as_of : datetime.date
        Cut-off; labels stay to its left.
    """

    ax: Axes
    width: float
    height: float
    start: date
    end: date
    as_of: date

    @property
    def room(self) -> float:
        """Points from the left edge to the line of the cut-off: where labels may stand."""
        return self.x(self.as_of) - GAP_PT

    def x(self, day: date | None) -> float:
        """Return points from the left edge; 0 for an unknown or earlier day."""
        if day is None:
            return 0.0
        share = (day - self.start).days / max((self.end - self.start).days, 1)
        return min(max(share, 0.0), 1.0) * self.width


def canvas(height_mm: float, *, width_mm: float = 170.0) -> tuple[Figure, Axes]:
    """Return an empty figure with axes that fill it, for one chart.

    Parameters
    ----------
    height_mm : float
        Height; each chart says what it needs, see e.g. ``timelines.timeline_height_mm``.
    width_mm : float, optional
        Width; 170 fills the text width of an A4 page.

    Returns
    -------
    matplotlib.figure.Figure, matplotlib.axes.Axes
        Without pyplot, so that nothing is kept or shown.
    """
    width, height = width_mm * 72 / 25.4, height_mm * 72 / 25.4
    with style.figure_style():
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        ax = figure.add_axes((1 / width, 2 / height, 1 - 2 / width, 1 - 3 / height))
    return figure, ax


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
    full_width = box.width * figure_width
    left, bottom, legend, notes = margins(names, symbols, extra, full_width)
    width = full_width - left - 2
    height = box.height * figure_height - bottom - HEAD_PT
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
    result = Sheet(ax, width, height, *days, as_of)
    _draw_ticks(result)
    _draw_cut_off(result)
    y = height + 2 * LINE_PT + 8
    for row in legend:
        for x, symbol in row:
            draw_symbol(ax, symbol, [x - left + HALF_PT], [y])
            write(ax, x - left + 2 * HALF_PT + GAP_PT, y, symbol.label)
        y += LINE_PT + 1
    for line in notes:
        write(ax, -left, y, line, color=style.INK_SOFT, fontsize=style.NOTE_PT)
        y += LINE_PT
    return result


def _name_lines(name: str) -> list[str]:
    """Return a lane's name in lines narrow enough for the margin."""
    return wrapped(name, 78, style.HEADING_PT)


def _name_widths(name: str) -> list[float]:
    return [text_width(line, style.HEADING_PT, bold=True) for line in _name_lines(name)]


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


def write(ax: Axes, x: float, y: float, text: str, **options: object) -> None:
    """Write one line, centred on y, at x points."""
    options = {"fontsize": style.LABEL_PT, "ha": "left", "zorder": 5} | options
    ax.text(x, y, text, va="center_baseline", clip_on=False, **options)


def margins(
    names: Sequence[str], symbols: Sequence[Symbol], extra: Sequence[str], width: float
) -> tuple[float, float, list[list[tuple[float, Symbol]]], list[str]]:
    """Return the left and lower margin in points, the legend in rows, the notes in lines."""
    left = max((w for name in names for w in _name_widths(name)), default=0.0) + 6
    legend = _flow(symbols, width)
    notes = [line for text in extra for line in wrapped(text, width, style.NOTE_PT)]
    bottom = 2 * LINE_PT + 5 + len(legend) * (LINE_PT + 1) + len(notes) * LINE_PT
    return left, bottom, legend, notes


def _flow(symbols: Sequence[Symbol], width: float) -> list[list[tuple[float, Symbol]]]:
    """Return the legend in columns of equal width: rows of (x, symbol)."""
    unique = list({(s.label, s.marker): s for s in symbols}.values())
    if not unique:
        return []
    widest = (
        max(text_width(symbol.label, style.LABEL_PT) for symbol in unique)
        + 2 * HALF_PT
        + GAP_PT
        + 10
    )
    columns = max(int((width + 10) // widest), 1)
    rows = -(-len(unique) // columns)
    return [
        [(column * widest, unique[column * rows + row])
         for column in range(columns) if column * rows + row < len(unique)]
        for row in range(rows)
    ]  # fmt: skip


def _draw_cut_off(sheet_: Sheet) -> None:
    """Draw the line at the cut-off day and say the day above it."""
    x = sheet_.x(sheet_.as_of)
    sheet_.ax.plot(
        [x, x],
        [0, sheet_.height],
        color=style.INK_SOFT,
        linewidth=style.EDGE_PT,
        linestyle=(0, (2, 2)),
        zorder=1,
        clip_on=False,
    )
    write(
        sheet_.ax, sheet_.width, -HEAD_PT / 2, f"as of {day_in_words(sheet_.as_of)}",
        ha="right", color=style.INK_SOFT, fontsize=style.NOTE_PT,
    )  # fmt: skip


def _draw_ticks(sheet_: Sheet) -> None:
    """Draw ticks at the starts of days, months or years, whichever the span has room for."""
    ax, y = sheet_.ax, sheet_.height
    for day, upper, lower in _ticks(sheet_):
        x = sheet_.x(day)
        ax.plot([x, x], [y, y + 3], color=style.INK_SOFT, linewidth=0.6, clip_on=False)
        ax.plot([x, x], [0, y], color=style.LAND_COLOUR, linewidth=0.6, zorder=0)
        for line, text in enumerate((upper, lower)):
            if text:
                write(ax, x, y + 7.5 + line * LINE_PT, text, ha="center", color=style.INK_SOFT)


def _ticks(sheet_: Sheet) -> list[tuple[date, str, str]]:
    """Return (day, upper text, lower text) of the ticks of a sheet."""
    first, last = sheet_.start, sheet_.end
    per_day = sheet_.width / max((last - first).days, 1)
    step = next(s for s in _MONTH_STEPS if s * 30.4 * per_day >= 26 or s == _MONTH_STEPS[-1])
    found: list[date] = []
    for year in range(first.year, last.year + 1):
        for month in range(1, 13):
            if ((year * 12 + month - 1) % step) == 0:
                found += [date(year, month, 1)] + (
                    [date(year, month, 15)] if step == 1 and 14 * per_day >= 40 else []
                )
    found = [day for day in found if first <= day <= last]
    inside = [d for d in found if 8 <= sheet_.x(d) <= sheet_.width - 8]
    if step >= 12:
        return [(day, str(day.year), "") for day in inside]
    halves = any(day.day != 1 for day in inside)
    texts = []
    for number, day in enumerate(inside):
        month = MONTHS[day.month - 1][:3]
        new_year = number == 0 or day.year != inside[number - 1].year
        upper = f"{day.day} {month}" if halves else month
        texts.append((day, upper, str(day.year) if new_year else ""))
    return texts


_ROW_PT = (9.2, 15.0)  # least and most height of a row of symbols
_LANE_PAD = 5.0
_STUMP_PT = 16.0
_PAPER = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 1.2}


@dataclass(frozen=True)
class _Mark:
    """One symbol in one lane."""

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


def _ideal_height_mm(
    lanes: dict[str, str],
    marks: Sequence[_Mark],
    days: tuple[date, date],
    *,
    width_mm: float,
    symbols: Sequence[Symbol] = (),
    extra: Sequence[str] = (),
    head: float = 0.0,
) -> float:
    """Return the height at which most marks of a chart have room for a short label."""
    full_width = width_mm * 72 / 25.4
    left, bottom, _, _ = margins(list(lanes.values()), symbols, extra, full_width)
    paper = Sheet(None, full_width - left - 2, 0.0, *days, days[1])
    total = bottom + HEAD_PT
    for lane, name in lanes.items():
        group = [mark for mark in marks if mark.lane == lane]
        shorter, numbers = (_rows_needed(group, paper, which) for which in (1, 2))
        rows = min(shorter, numbers + 3) * (_ROW_PT[0] + 1.0) + head
        total += max(rows, len(_name_lines(name)) * LINE_PT) + _LANE_PAD
    return float(min(max(round(total * 25.4 / 72), 40), 200))


def _packed(marks: Sequence[_Mark], sheet_: Sheet, rows: int) -> list[_Mark]:
    """Return the marks of one lane with rows and labels such that none covers another."""
    spots: list[tuple[int, float, float]] = []
    placed: list[_Mark] = []
    # Where even bare numbers need more rows, symbols take their places before any label does.
    crowded = _rows_needed(marks, sheet_, -1) > rows
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


def _rows_needed(marks: Sequence[_Mark], sheet_: Sheet, which: int) -> int:
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


def _share_rows(lanes: Sequence[Sequence[_Mark]], sheet_: Sheet, height: float) -> list[int]:
    """Return the number of rows of each lane that fits a height, for the fullest labels it can."""
    room = max(int((height - len(lanes) * _LANE_PAD) // _ROW_PT[0]), len(lanes))
    for which in range(max((len(m.labels) for lane in lanes for m in lane), default=1)):
        wanted = [_rows_needed(marks, sheet_, which) for marks in lanes]
        if sum(wanted) <= room:
            return wanted
    while sum(wanted) > room:
        fullest = max(range(len(wanted)), key=lambda i: (wanted[i], -i))
        wanted[fullest] -= 1
    return wanted


def _draw_lanes(
    sheet_: Sheet, lanes: dict[str, str], marks: Sequence[_Mark], *, head: float = 0.0
) -> dict[str, float]:
    """Draw named lanes with their marks."""
    groups = [[mark for mark in marks if mark.lane == lane] for lane in lanes]
    shares = _share_rows(groups, sheet_, sheet_.height - head * len(lanes))
    packs = [_packed(group, sheet_, share) for group, share in zip(groups, shares, strict=True)]
    rows = [max((mark.row for mark in pack), default=0) + 1 for pack in packs]
    # A lane is never lower than its name.
    least = [len(_name_lines(name)) * LINE_PT for name in lanes.values()]
    row_height = _ROW_PT[1]
    while True:
        tall = [max(n * row_height + head, low) for n, low in zip(rows, least, strict=True)]
        spare = (sheet_.height - sum(tall)) / len(lanes)
        if spare >= _LANE_PAD or row_height <= _ROW_PT[0] - 1:
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


def _reach(mark: _Mark, sheet_: Sheet) -> tuple[float, float]:
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
    lines = _name_lines(name)
    y = top + height / 2 - (len(lines) - 1) * LINE_PT / 2
    for number, part in enumerate(lines):
        write(
            sheet_.ax, -6, y + number * LINE_PT, part,
            ha="right", fontsize=style.HEADING_PT, fontweight="bold",
        )  # fmt: skip
    if line:
        sheet_.ax.axhline(top, color=style.LAND_EDGE_COLOUR, linewidth=style.LAND_EDGE_PT, zorder=1)


def _draw_span(sheet_: Sheet, mark: _Mark, y: float) -> None:
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


_OPEN_BARS = (
    "An open bar covers all days that an imprecise date may mean; its symbol stands at the last."
)
_LONGEST_ALT = 12  # kinds of sign a lane's sentence names; beyond, the table must do
_ADJECTIVES = {"france": "French ", "russia": "Russian ", "other": ""}


@dataclass(frozen=True)
class _LaneChart:
    """What a chart draws and says: lanes by key, marks, and one row of `rows` for each event."""

    lanes: dict[str, str]
    marks: list[_Mark]
    rows: pd.DataFrame
    days: tuple[date, date]
    symbols: list[Symbol]
    as_of: date
    head: float = 0.0

    @property
    def extra(self) -> list[str]:
        """Sentences under the legend."""
        return [_OPEN_BARS] if any(mark.earliest != mark.latest for mark in self.marks) else []

    @property
    def empty(self) -> str:
        """What a chart without marks says."""
        return f"No such event by {day_in_words(self.as_of)} in this evidence."

    def height_mm(self, width_mm: float) -> float:
        """Return the height that gives the marks room; see `ideal_height_mm`."""
        if not self.marks:
            return 40.0
        return _ideal_height_mm(
            self.lanes, self.marks, self.days, width_mm=width_mm,
            symbols=self.symbols, extra=self.extra, head=self.head,
        )  # fmt: skip

    def draw(self, ax: Axes) -> tuple[Sheet, dict[str, float]]:
        """Draw lanes and marks; return the sheet and the free room above each lane's marks."""
        names = list(self.lanes.values())
        paper = sheet(ax, names, self.days, self.as_of, self.symbols, self.extra)
        return paper, _draw_lanes(paper, self.lanes, self.marks, head=self.head)

    def alt(self, kind: str) -> str:
        """Return the alternative text: what, how many, and the count of each sign in each lane."""
        out = int((self.rows["number"] == 0).sum())
        left = f" Rows left out and named in the table: {out}." if out else ""
        if not self.marks:
            return f"{kind}. {self.empty}{left}"
        drawn = len({mark.key for mark in self.marks})
        texts = [
            f"{kind} with {drawn} event{'s' if drawn > 1 else ''} up to {day_in_words(self.as_of)}."
        ]
        for lane, name in self.lanes.items():
            counts: dict[str, int] = {}
            for mark in self.marks:
                if mark.lane == lane:
                    counts[mark.symbol.label] = counts.get(mark.symbol.label, 0) + 1
            told = ", ".join(f"{label} {count}" for label, count in counts.items())
            if len(counts) > _LONGEST_ALT:
                told = f"{sum(counts.values())} events of {len(counts)} kinds"
            texts.append(f"{name}: {told or 'none'}.")
        bars = len({mark.key for mark in self.marks if mark.earliest != mark.latest})
        if bars:
            texts.append(f"Imprecise dates, drawn as bars: {bars}.")
        return " ".join(texts) + left + " The table lists every event."


def _lane_chart(
    events: pd.DataFrame,
    lanes: dict[str, str],
    choose: Callable[[object], tuple[Sequence[str], Sequence[Symbol], str]],
    as_of: date,
    *,
    since: date | None = None,
    named: bool = False,
    head: float = 0.0,
) -> _LaneChart:
    """Return the plan of a chart."""
    as_of = pd.Timestamp(as_of).date()
    since = pd.Timestamp(since).date() if since is not None else None
    events = events.sort_values("latest", kind="stable", na_position="last")
    notes, numbers, places, marks = [], [], [], []
    for row in events.itertuples():
        keys, symbols, reason = choose(row)
        if pd.isna(row.latest):
            reason = "left out: no latest day"
        elif row.latest.date() > as_of:
            reason = f"left out: after {day_in_words(as_of)}"
        elif since and row.latest.date() < since:
            reason = f"left out: before {day_in_words(since)}"
        number = 0 if reason else max(numbers, default=0) + 1
        numbers.append(number)
        notes.append(reason or symbols[0].label)
        places.append("; ".join(lanes[key] for key in keys) if keys else "–")
        if number:
            earliest = None if pd.isna(row.earliest) else row.earliest.date()
            for key, symbol in zip(keys, symbols, strict=True):
                labels = _labels(number, symbol, row, named)
                marks.append(_Mark(row.Index, key, symbol, earliest, row.latest.date(), labels))
    rows = events[["date_edtf", "summary_en"]].assign(number=numbers, note=notes, where=places)
    order = rows["number"].where(rows["number"] > 0, len(rows) + 1).sort_values(kind="stable").index
    days = span((mark.earliest or mark.latest for mark in marks), as_of, since)
    ranks = {symbol: rank for rank, symbol in enumerate(dict.fromkeys(SYMBOLS.values()))}
    listed = sorted(
        dict.fromkeys(mark.symbol for mark in marks),
        key=lambda symbol: ranks.get(symbol, len(ranks)),
    )
    return _LaneChart(lanes, marks, rows.loc[order], days, listed, as_of, head)


def _labels(number: int, symbol: Symbol, row: object, named: bool) -> tuple[str, ...]:
    """Return the labels of a mark, fullest first; the number alone comes last."""
    word = vocabulary.EVENT_TYPES[row.event_type]
    adjective = _ADJECTIVES[symbol.whose] if named else ""
    when = in_words(row.date_edtf)
    for month in MONTHS:
        when = when.replace(month, month[:3])
    return (
        f"{number} {adjective}{word.full if named else word.short}, {when}",
        f"{number} {word.short}",
        f"{number}",
    )


_BAR_PT, _BAR_ROOM_PT = 4.0, 9.0
_SYMBOLS = {
    "mission_launched": Symbol("launched", ">", "full", "other"),
    "deployment": Symbol("launched", ">", "full", "other"),
    "agreement_denounced": Symbol("agreement denounced by the host", "X", "hollow", "other"),
    "withdrawal_announced": Symbol("exit announced or ordered", "v", "hollow", "other"),
    "withdrawal_completed": Symbol("staff left", "v", "full", "other"),
    "mission_ended": Symbol("ended", "s", "full", "other"),
}


def _missions(
    events: pd.DataFrame, actors: pd.DataFrame, as_of: date, missions: Sequence[str]
) -> _LaneChart:
    # The acronym by which a mission is known is shorter than its name.
    lanes = {m: (actors.at[m, "aliases"] or (actors.at[m, "name_en"],))[0] for m in missions}

    def choose(row: object) -> tuple[Sequence[str], Sequence[Symbol], str]:
        keys = [m for m in lanes if m in row.actor_ids or m in row.counterpart_ids]
        if not keys:
            return (), (), "left out: names none of these missions"
        kind = vocabulary.EVENT_TYPES[row.event_type].kind
        if kind not in _SYMBOLS:
            return keys, (), "left out: neither launch, denunciation nor end"
        return keys, [_SYMBOLS[kind]] * len(keys), ""

    return _lane_chart(events, lanes, choose, as_of, head=_BAR_ROOM_PT)


@style.figure_style()
def plot_missions(
    events: pd.DataFrame, *, ax: Axes, actors: pd.DataFrame, as_of: date, missions: Sequence[str]
) -> Axes:
    """Draw missions as bars from launch to end, with what happened to them below.

    Parameters
    ----------
    events : pandas.DataFrame
        Events, as in ``Record.events``.
    ax : matplotlib.axes.Axes
        Axes in their final place.
    actors : pandas.DataFrame
        The actors table; names the missions.
    as_of : datetime.date
        Right end of the axis.
    missions : sequence of str
        Keys of the missions, in the order of their lanes.

    Returns
    -------
    matplotlib.axes.Axes
        The axes given.

    Raises
    ------
    KeyError
        If a mission is not among the actors.

    Notes
    -----
    A bar fades in from the left where no launch is recorded, fades where a date is imprecise,
    and ends in an arrow where the mission is still open on the day of the cut-off.
    """
    plan = _missions(events, actors, as_of, missions)
    if not plan.marks:
        return say_empty(ax, plan.empty)
    paper, heads = plan.draw(ax)
    for lane, y in heads.items():
        marks = [mark for mark in plan.marks if mark.lane == lane]
        if marks:
            _draw_mission(paper, y, marks, plan.as_of)
    return ax


def _draw_mission(paper: Sheet, y: float, marks: Sequence[_Mark], as_of: date) -> None:
    """Draw the bar of one mission at height y."""
    launches = [mark for mark in marks if mark.symbol.label == "launched"]
    ends = [mark for mark in marks if mark.symbol.label == "ended"]
    if launches:
        start = paper.x(launches[0].latest)
        _fade(paper, y, paper.x(launches[0].earliest), start)
    else:
        start = paper.x(ends[0].earliest if ends else as_of) * 0.4
        _fade(paper, y, 0.0, start)
    if ends:
        stop = max(start, paper.x(ends[-1].earliest))
        _fade(paper, y, paper.x(ends[-1].latest), stop)
    else:
        stop = paper.x(as_of)
        paper.ax.plot(
            [stop], [y], marker=9, markersize=6, color=style.INK_SOFT, clip_on=False, zorder=3,
            linestyle="none", markeredgewidth=0,
        )  # fmt: skip
    _bar(paper, y, start, stop, OTHER_FACE)
    for mark in marks:  # a notch shows which point of the bar a symbol below speaks of
        x = paper.x(mark.latest)
        ends = [y - _BAR_PT / 2, y + _BAR_PT / 2]
        paper.ax.plot([x, x], ends, color=style.INK, linewidth=style.EDGE_PT, zorder=3)


def _fade(paper: Sheet, y: float, pale: float, dark: float) -> None:
    """Draw a bar that fades in from paper at one end to grey at the other."""
    steps = 8
    for step in range(steps):
        grey = 255 - round((255 - int(OTHER_FACE[1:3], 16)) * (step + 0.5) / steps)
        x = pale + (dark - pale) * step / steps
        _bar(
            paper,
            y,
            x,
            pale + (dark - pale) * (step + 1) / steps,
            f"#{grey:02X}{grey:02X}{grey:02X}",
        )


def _bar(paper: Sheet, y: float, start: float, stop: float, colour: str) -> None:
    low, high = min(start, stop), max(start, stop)
    if high > low:
        patch = Rectangle(
            (low, y - _BAR_PT / 2), high - low, _BAR_PT, facecolor=colour, linewidth=0, zorder=2
        )
        paper.ax.add_patch(patch)


@style.figure_style()
def missions_height_mm(
    events: pd.DataFrame,
    *,
    actors: pd.DataFrame,
    as_of: date,
    missions: Sequence[str],
    width_mm: float = 170.0,
) -> float:
    """Return the height in mm at which `plot_missions` has room for most labels."""
    return _missions(events, actors, as_of, missions).height_mm(width_mm)


def missions_alt(
    events: pd.DataFrame, *, actors: pd.DataFrame, as_of: date, missions: Sequence[str]
) -> str:
    """Return the alternative text of `plot_missions`: what happened to each."""
    plan = _missions(events, actors, as_of, missions)
    told = {mark.lane for mark in plan.marks}
    ended = {mark.lane for mark in plan.marks if mark.symbol.label == "ended"}
    still = [name for lane, name in plan.lanes.items() if lane in told - ended]
    tail = f" No end recorded by {day_in_words(plan.as_of)}: {', '.join(still)}." if still else ""
    return plan.alt("Bars of missions") + tail


_PARTNERS = {
    "russia": "Russia",
    "france": "France",
    "european_union": "European Union",
    "united_states": "United States",
    "other": "others",
}
_SIGNED, _DENOUNCED = ("signed", "o", "full"), ("denounced", "X", "hollow")


def _timeline(
    events: pd.DataFrame,
    actors: pd.DataFrame,
    countries: pd.DataFrame,
    as_of: date,
    since: date | None,
) -> _LaneChart:
    lanes = dict(countries["name_en"])
    owners = whose(events, actors)

    def choose(row: object) -> tuple[Sequence[str], Sequence[Symbol], str]:
        keys = [iso3 for iso3 in lanes if iso3 in row.iso3]
        if not vocabulary.EVENT_TYPES[row.event_type].is_drawn:
            return keys, (), "left out: a count of forces, not an event in time"
        if not keys:
            return (), (), "left out: names none of these countries"
        return keys, [symbol_of(owners[row.Index], row.event_type)] * len(keys), ""

    return _lane_chart(events, lanes, choose, as_of, since=since, named=True)


@style.figure_style()
def plot_timeline(
    events: pd.DataFrame,
    *,
    ax: Axes,
    actors: pd.DataFrame,
    countries: pd.DataFrame,
    as_of: date,
    since: date | None = None,
) -> Axes:
    """Draw events in one lane per country, one symbol per kind of event.

    Parameters
    ----------
    events : pandas.DataFrame
        Events, as in ``Record.events``.
    ax : matplotlib.axes.Axes
        Axes in their final place; names, ticks and legend stay within it.
    actors : pandas.DataFrame
        The actors table; families of actors decide what is French and what Russian.
    countries : pandas.DataFrame
        Countries that get a lane, in this order: rows of the countries table.
    as_of : datetime.date
        Right end of the axis.
    since : datetime.date, optional
        Left end; earlier events are named as left out. Without it: the first event.

    Returns
    -------
    matplotlib.axes.Axes
        The axes given.

    Notes
    -----
    Hollow: announced or ordered. Filled: done. Crossed: ended. An event that names three
    countries stands in three lanes under one number, which the table takes up.
    """
    plan = _timeline(events, actors, countries, as_of, since)
    if not plan.marks:
        return say_empty(ax, plan.empty)
    plan.draw(ax)
    return ax


@style.figure_style()
def timeline_height_mm(
    events: pd.DataFrame,
    *,
    actors: pd.DataFrame,
    countries: pd.DataFrame,
    as_of: date,
    since: date | None = None,
    width_mm: float = 170.0,
) -> float:
    """Return the height in mm at which `plot_timeline` has room for most labels."""
    return _timeline(events, actors, countries, as_of, since).height_mm(width_mm)


def timeline_alt(
    events: pd.DataFrame,
    *,
    actors: pd.DataFrame,
    countries: pd.DataFrame,
    as_of: date,
    since: date | None = None,
) -> str:
    """Return the alternative text of `plot_timeline`: each lane with the count of each sign."""
    return _timeline(events, actors, countries, as_of, since).alt("Timeline")


def _agreements(
    events: pd.DataFrame, actors: pd.DataFrame, countries: pd.DataFrame, as_of: date
) -> _LaneChart:
    families = {root: family(actors, root) for root in _PARTNERS if root != "other"}
    kinds = {"agreement_signed": _SIGNED, "agreement_denounced": _DENOUNCED}
    names = dict(countries["name_en"])
    lanes = {f"{i}|{p}": f"{names[i]}, {_PARTNERS[p]}" for i in names for p in _PARTNERS}

    def choose(row: object) -> tuple[Sequence[str], Sequence[Symbol], str]:
        sides = {*row.actor_ids, *row.counterpart_ids}
        found = [root for root, members in families.items() if not members.isdisjoint(sides)]
        partners = found or ["other"]
        pairs = [(i, p) for i in names if i in row.iso3 for p in partners]
        keys = [f"{iso3}|{partner}" for iso3, partner in pairs]
        if row.event_type not in kinds:
            return keys, (), "left out: neither signed nor denounced"
        if not keys:
            return (), (), "left out: names none of these countries"
        return keys, [Symbol(*kinds[row.event_type], _owner(p)) for _, p in pairs], ""

    plan = _lane_chart(events, lanes, choose, as_of)
    used = {mark.lane for mark in plan.marks}
    legend = [Symbol(*look, "other") for look in (_SIGNED, _DENOUNCED)
              if any(mark.symbol.label == look[0] for mark in plan.marks)]  # fmt: skip
    kept = {lane: name for lane, name in lanes.items() if lane in used}
    return replace(plan, lanes=kept, symbols=legend)


def _owner(partner: str) -> str:
    return partner if partner in {"france", "russia"} else "other"


@style.figure_style()
def plot_agreements(
    events: pd.DataFrame, *, ax: Axes, actors: pd.DataFrame, countries: pd.DataFrame, as_of: date
) -> Axes:
    """Draw agreements signed and denounced, one lane per country and partner.

    Parameters
    ----------
    events : pandas.DataFrame
        Events, as in ``Record.events``; other types than the two are named as left out.
    ax : matplotlib.axes.Axes
        Axes in their final place.
    actors : pandas.DataFrame
        The actors table; families of actors decide who the partner is.
    countries : pandas.DataFrame
        Countries shown, in this order. A pair without an event has no lane.
    as_of : datetime.date
        Right end of the axis.

    Returns
    -------
    matplotlib.axes.Axes
        The axes given.
    """
    plan = _agreements(events, actors, countries, as_of)
    if not plan.marks:
        return say_empty(ax, plan.empty)
    plan.draw(ax)
    return ax


@style.figure_style()
def agreements_height_mm(
    events: pd.DataFrame,
    *,
    actors: pd.DataFrame,
    countries: pd.DataFrame,
    as_of: date,
    width_mm: float = 170.0,
) -> float:
    """Return the height in mm at which `plot_agreements` has room for most labels."""
    return _agreements(events, actors, countries, as_of).height_mm(width_mm)


def agreements_alt(
    events: pd.DataFrame, *, actors: pd.DataFrame, countries: pd.DataFrame, as_of: date
) -> str:
    """Return the alternative text of `plot_agreements`: each pair of country and partner."""
    return _agreements(events, actors, countries, as_of).alt("Agreements by country and partner")
