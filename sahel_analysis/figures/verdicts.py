"""Verdicts: how the claims of each paragraph of the article fared."""

from __future__ import annotations

from datetime import date

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from ..evidence.record import record, told_claims
from ..tables.dates import day_in_words
from ..tables.loading import Tables, require_tables
from . import style
from .frame import Frame, Key, new_axes
from .timelines import say

_ROW_PT = 14.0
_UNCHECKED = "not checked"


def tally(as_of: str | date, tables: Tables) -> pd.DataFrame:
    """Return how many claims of each paragraph got which verdict.

    Parameters
    ----------
    as_of : str or datetime.date
        Day; claims that speak of a later one are left out.
    tables : Tables
        Claims and checks. A claim without a check is not checked.

    Returns
    -------
    pandas.DataFrame
        Counts, one row per paragraph, one column per verdict that occurs.
    """
    claims = told_claims(record(as_of, "checked", tables=tables))
    verdicts = claims.index.to_series().map(tables.checks["verdict"]).fillna(_UNCHECKED)
    counts = pd.crosstab(claims["paragraph"].astype("int64"), verdicts)
    return counts[[verdict for verdict in style.VERDICT_COLOURS if verdict in counts]]


@style.figure_style()
def plot_verdicts(
    as_of: str | date,
    tables: Tables | None = None,
    ax: Axes | None = None,
    *,
    width_mm: float = style.COLUMN_MM,
) -> Axes:
    """Draw the verdicts on the claims of each paragraph as stacked bars, each part with its count.

    Parameters
    ----------
    as_of : str or datetime.date
        Day; claims that speak of a later one are left out.
    tables : Tables, optional
        Tables already loaded; the package's own without it.
    ax : matplotlib.axes.Axes, optional
        Axes in whose place the chart, its title and its key are drawn.
    width_mm : float, optional
        Width of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes of the chart.

    Raises
    ------
    ParameterError
        If `as_of` is no day.

    Examples
    --------
    >>> ax = plot_verdicts("2023-12-04")
    >>> ax.figure.texts[1].get_text()
    'Verdicts by paragraph, 4 December 2023.'
    """
    style.require_canvas(ax, width_mm)
    counts = tally(as_of, require_tables(tables))
    frame = _frame(counts, as_of)
    if ax is None:
        ax = new_axes(frame, width_mm, max(len(counts), 2) * _ROW_PT)
    frame.draw(ax)
    if counts.empty:
        return say(ax, "No assertion of the article speaks of this day or before.")
    ax.set_axis_off()
    left = pd.Series(0, counts.index)
    for verdict, count in counts.items():
        fill = style.VERDICT_COLOURS[verdict]
        edge = {"edgecolor": style.INK, "linewidth": 0.5}
        bars = ax.barh(counts.index.astype(str), count, left=left, height=0.72, color=fill, **edge)
        ink = style.PAPER if verdict == "contradicted" else style.INK
        labels = [str(number) if number else "" for number in count]
        look = {"fontsize": style.LEAST_PT, "color": ink}
        ax.bar_label(bars, labels, label_type="center", **look)
        left += count
    for y, (paragraph, total) in enumerate(left.items()):
        name = {"fontsize": style.TEXT_PT, "fontweight": "bold", "ha": "right", "va": "center"}
        ax.text(-0.15, y, f"Paragraph {paragraph}", **name)
        look = {"fontsize": style.LEAST_PT, "color": style.INK_SOFT, "va": "center"}
        ax.text(total + 0.15, y, f"{total} claim{'' if total == 1 else 's'}", **look)
    ax.set(xlim=(-0.17 * left.max(), 1.13 * left.max()), ylim=(len(counts) - 0.4, -0.6))
    ax.set(xticks=[], yticks=[])
    return ax


def verdicts_alt(as_of: str | date, tables: Tables) -> str:
    """Return the alternative text of `plot_verdicts`: totals, then each paragraph.

    Parameters are those of `tally`.
    """
    counts = tally(as_of, tables)
    rows = [f"Paragraph {number}: {_counted(row)}." for number, row in counts.iterrows()]
    return " ".join(["Stacked bars of verdicts.", f"{_frame(counts, as_of).title}.", *rows])


def _counted(row: pd.Series) -> str:
    """Return counts in words, none of nothing."""
    return ", ".join(f"{count} {verdict}" for verdict, count in row.items() if count)


def _frame(counts: pd.DataFrame, as_of: str | date) -> Frame:
    """Return the words and the key around the bars."""
    total = counts.sum()
    title = "No assertion of the article to check"
    if len(counts):
        title = f"Of {int(total.sum())} assertions of the article: {_counted(total.astype(int))}"
    handles = [
        Patch(
            facecolor=style.VERDICT_COLOURS[verdict],
            edgecolor=style.INK,
            linewidth=0.5,
            label=verdict,
        )
        for verdict in counts
    ]
    subtitle = f"Verdicts by paragraph, {day_in_words(pd.Timestamp(as_of).date())}."
    return Frame(title, subtitle, [Key("", handles, len(handles))] if handles else [])
