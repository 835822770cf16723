"""Sheets: axes in points, with room for lane names, a time axis, a cut-off line and a legend.

A sheet takes over the axes it is given: x and y run in points from the upper left corner, so that
text, symbols and gaps have the size they have on paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..tables.dates import MONTHS, day_in_words
from . import style
from .labels import text_width, wrapped
from .symbols import SYMBOL_PT, Symbol, draw_symbol

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


def name_lines(name: str) -> list[str]:
    """Return a lane's name in lines narrow enough for the margin."""
    return wrapped(name, 78, style.HEADING_PT)


def _name_widths(name: str) -> list[float]:
    return [text_width(line, style.HEADING_PT, bold=True) for line in name_lines(name)]


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
    for day, upper, lower in ticks(sheet_):
        x = sheet_.x(day)
        ax.plot([x, x], [y, y + 3], color=style.INK_SOFT, linewidth=0.6, clip_on=False)
        ax.plot([x, x], [0, y], color=style.LAND_COLOUR, linewidth=0.6, zorder=0)
        for line, text in enumerate((upper, lower)):
            if text:
                write(ax, x, y + 7.5 + line * LINE_PT, text, ha="center", color=style.INK_SOFT)


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
