"""Verdicts: how the claims of each paragraph of the article fared."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from . import style
from .labels import text_width
from .timelines import GAP_PT, LINE_PT, say_empty, write

# Colour, hatch: dense ink for what is wrong, none for what holds; grey prints keep the order.
VERDICT_LOOKS = {
    "corroborated": (style.FRENCH_COLOURS["present"], ""),
    "partly": (style.FRENCH_COLOURS["leaving"], "///"),
    "contradicted": (style.FRENCH_COLOURS["withdrawn"], "xxx"),
    "unverifiable": (style.PAPER, "---"),
    "not checked": (style.NOT_COVERED_COLOUR, ""),
}
_ROW_PT, _BAR_PT, _TOP_PT, _BOTTOM_PT = 15.0, 10.5, 16.0, 3.0
_EMPTY = "No such claim in this evidence."


def _tally(claims: pd.DataFrame, checks: pd.DataFrame) -> pd.DataFrame:
    """Return counts, one row per paragraph, one column per verdict that occurs."""
    verdicts = claims.index.to_series().map(checks["verdict"]).fillna("not checked")
    counts = pd.crosstab(claims["paragraph"].astype("int64"), verdicts)
    return counts[[verdict for verdict in VERDICT_LOOKS if verdict in counts]]


@style.figure_style()
def plot_verdicts(claims: pd.DataFrame, checks: pd.DataFrame, *, ax: Axes) -> Axes:
    """Draw the verdicts on the claims of each paragraph as stacked bars, each part with its count.

    Parameters
    ----------
    claims : pandas.DataFrame
        Claims, indexed by ``claim_id``; one bar per paragraph that occurs.
    checks : pandas.DataFrame
        Checks, indexed by ``claim_id``. A claim without one is drawn as not checked.
    ax : matplotlib.axes.Axes
        Axes in their final place; names, counts and legend stay within it.

    Returns
    -------
    matplotlib.axes.Axes
        The axes given.
    """
    if claims.empty:
        return say_empty(ax, _EMPTY)
    tally = _tally(claims, checks)
    inches = ax.figure.get_size_inches()
    box = ax.get_position()
    width, height = box.width * inches[0] * 72, box.height * inches[1] * 72
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.set_axis_off()
    names = {paragraph: f"Paragraph {paragraph}" for paragraph in tally.index}
    left = max(text_width(name, style.HEADING_PT, bold=True) for name in names.values()) + 6
    most = int(tally.sum(axis=1).max())
    unit = (width - left - text_width(f"{most} claims", style.LABEL_PT) - 2 * GAP_PT) / most
    _draw_legend(ax, list(tally.columns), left)
    row = (height - _TOP_PT - _BOTTOM_PT) / len(tally)
    bar = min(_BAR_PT, row - 2)
    for number, (paragraph, counts) in enumerate(tally.iterrows()):
        y = _TOP_PT + (number + 0.5) * row
        write(ax, left - 6, y, names[paragraph], ha="right", fontsize=style.HEADING_PT,
              fontweight="bold")  # fmt: skip
        x = left
        for verdict, count in counts.items():
            if not count:
                continue
            _part(ax, verdict, x, y - bar / 2, count * unit, bar)
            text = str(count)
            wide = text_width(text, style.LABEL_PT)
            if wide + 4 <= count * unit:
                middle = x + count * unit / 2
                # Paper behind the number: a hatch through a digit makes it another digit.
                low = (middle - wide / 2 - 1.6, y - LINE_PT / 2 + 0.4)
                ax.add_patch(Rectangle(low, wide + 3.2, LINE_PT - 0.8, facecolor=style.PAPER,
                                       linewidth=0, zorder=4))  # fmt: skip
                write(ax, middle, y, text, ha="center")
            x += count * unit
        total = int(counts.sum())
        noun = "claim" if total == 1 else "claims"
        write(ax, x + 2 * GAP_PT, y, f"{total} {noun}", color=style.INK_SOFT)
    return ax


def _part(ax: Axes, verdict: str, x: float, y: float, width: float, height: float) -> None:
    """Draw one part of a bar."""
    colour, hatch = VERDICT_LOOKS[verdict]
    ax.add_patch(
        Rectangle(
            (x, y),
            width,
            height,
            facecolor=colour,
            edgecolor=style.INK,
            hatch=hatch,
            hatchcolor=style.hatch_on(colour),
            linewidth=style.EDGE_PT,
            zorder=3,
        )  # fmt: skip
    )


def _draw_legend(ax: Axes, verdicts: list[str], x: float) -> None:
    """Draw a swatch and a word for each verdict in one line above the bars."""
    for verdict in verdicts:
        _part(ax, verdict, x, 2, 14, 7)
        write(ax, x + 14 + GAP_PT, 5.5, verdict)
        x += 14 + GAP_PT + text_width(verdict, style.LABEL_PT) + 12


def verdicts_height_mm(claims: pd.DataFrame) -> float:
    """Return the height in mm that `plot_verdicts` needs for these claims."""
    rows = claims["paragraph"].nunique()
    return float(max(round((rows * _ROW_PT + _TOP_PT + _BOTTOM_PT) * 25.4 / 72), 20))


def verdicts_alt(claims: pd.DataFrame, checks: pd.DataFrame) -> str:
    """Return the alternative text of `plot_verdicts`: totals, then each paragraph."""
    if claims.empty:
        return f"Verdicts by paragraph. {_EMPTY}"
    tally = _tally(claims, checks)
    totals = _told(tally.sum())
    texts = [f"Stacked bars of verdicts on {len(claims)} claims by paragraph: {totals}."]
    texts += [f"Paragraph {paragraph}: {_told(counts)}." for paragraph, counts in tally.iterrows()]
    return " ".join(texts)


def _told(counts: pd.Series) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
