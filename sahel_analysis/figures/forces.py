"""Force levels: how many people were there, and how many left, as sources counted them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ..errors import require_one_of
from ..evidence.actors import family
from ..evidence.record import Record, record
from ..prose.words import in_letters, value_in_words
from ..tables import vocabulary
from ..tables.dates import day_in_words
from ..tables.loading import Tables
from . import style
from .frame import Frame, Key, new_axes
from .labels import text_width
from .situation import followed_among, short_date
from .timelines import bar_axes, say

_LANE_PT, _HEAD_PT, _LANES, _YEARS = 46.0, 11.0, 8, 3
_RIGHT_PT = 62.0  # room for the words of the newest count
_WORDS = {
    "france": ("French", style.BASE_COLOUR, "^"),
    "russia": ("Russian", style.RUSSIAN_COLOUR, "s"),
}


def counts(record_: Record, countries: Sequence[str], root: str = "france") -> pd.DataFrame:
    """Return the counts of a state's people in single countries, in order of date.

    Parameters
    ----------
    record_ : Record
        Figures that count.
    countries : sequence of str
        ISO 3166-1 alpha-3 codes.
    root : {"france", "russia"}
        Whose people.

    Returns
    -------
    pandas.DataFrame
        Rows of ``record_.figures`` with ``country`` (ISO 3166-1 alpha-3) and ``value``: the count
        or, of a range, its upper end.
    """
    figures = record_.figures
    kept = (figures["unit"] == "people") & (figures["latest"] <= pd.Timestamp(record_.as_of))
    kept &= figures["actor_id"].isin(family(record_.tables.actors, root))
    kept &= (
        figures["iso3"].map(lambda iso3s: len(iso3s) == 1 and iso3s[0] in countries).astype(bool)
    )
    rows = figures[kept].sort_values("latest", kind="stable")
    measure = rows["measure"] if "measure" in rows else pd.Series("stock", rows.index)
    return rows.assign(
        country=rows["iso3"].str[0],
        value=rows["best"].fillna(rows["high"]).fillna(rows["low"]),
        measure=measure.where(measure != "", "stock"),
    )


@style.figure_style()
def plot_force_levels(
    as_of: str | date,
    evidence: str = "checked",
    countries: str | Sequence[str] = "all",
    tables: Tables | None = None,
    ax: Axes | None = None,
    *,
    root: str = "france",
    width_mm: float = style.COLUMN_MM,
) -> Axes:
    """Draw counts of people who were there as stems upwards, of people who left as arrows down.

    Parameters
    ----------
    as_of : str or datetime.date
        Day, ISO 8601.
    evidence : {"checked", "article"}
        See `posture.posture`.
    countries : str or sequence of str, optional
        ISO 3166-1 alpha-3 codes, or ``"all"``: then the eight with most counts.
    tables : Tables, optional
        Tables already loaded; the package's own without it.
    ax : matplotlib.axes.Axes, optional
        Axes in whose place the chart, its title and its key are drawn.
    root : {"france", "russia"}, optional
        Whose people.
    width_mm : float, optional
        Width of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes of the chart; each country has axes of its own within them.

    Raises
    ------
    ParameterError
        If `as_of` is no day, a country is not followed, or `evidence` or `root` is not one of
        those named.

    Notes
    -----
    Counts are never joined by lines: what lies between two of them nobody counted. A departure is
    never a strength.

    Examples
    --------
    >>> ax = plot_force_levels("2022-09-01", countries="MLI")
    >>> ax.figure.texts[0].get_text()
    'French people counted once; the newest count: about 2,500 in Mali, Jan 2022'
    """
    style.require_canvas(ax, width_mm)
    require_one_of("root", root, _WORDS)
    record_ = record(as_of, evidence, tables=tables)
    wanted = followed_among(record_.tables, countries)
    rows = counts(record_, wanted, root)
    if len(wanted) == 1:  # of one country the last years, if they hold anything
        late = rows["latest"] >= pd.Timestamp(record_.as_of) - pd.DateOffset(years=_YEARS)
        rows = rows[late] if late.sum() > 1 else rows
    busiest = rows["country"].value_counts(sort=True).index[:_LANES]
    lanes = [iso3 for iso3 in wanted if iso3 in busiest]
    frame = _frame(record_, rows, lanes, root)
    if ax is None:
        ax = new_axes(frame, width_mm, max(len(lanes), 1) * _LANE_PT + 14)
    frame.draw(ax)
    if not lanes:
        return say(ax, "No such count on record.")
    names = record_.tables.countries["name_en"]
    left = max(text_width(names[iso3], style.TEXT_PT, True) for iso3 in lanes) + 10
    scale, high = bar_axes(ax, left, rows[["latest"]], pd.Timestamp(record_.as_of), _RIGHT_PT)
    for number, iso3 in enumerate(lanes):
        share = 1 / len(lanes)
        lane = ax.inset_axes((0, 1 - (number + 1) * share, 1, share), transform=ax.transAxes)
        _draw_lane(lane, rows[rows["country"] == iso3], scale, high / len(lanes), root)
        look = {"fontsize": style.TEXT_PT, "fontweight": "bold", "ha": "right", "va": "center"}
        ax.text(-6, (number + 0.6) * high / len(lanes), names[iso3], clip_on=False, **look)
    return ax


def _draw_lane(ax: Axes, rows: pd.DataFrame, scale: object, high: float, root: str) -> None:
    """Draw the counts of one country on a scale of its own from nought; lengths are points."""
    ax.set(xlim=(0, scale.width), ylim=(0, high), xticks=[], yticks=[])
    ax.patch.set_alpha(0)
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set(color=style.RULE_COLOUR, linewidth=style.RULE_PT)
    top = high - _HEAD_PT - 3
    unit = top / max(rows["value"].max(), 1)
    _, colour, marker = _WORDS[root]
    taken: list[tuple[float, float, float, float]] = []
    signs = []
    for row in rows.itertuples():
        x, y = scale(row.latest), max(row.value * unit, 3)
        soft = vocabulary.QUALIFIERS[row.qualifier].soft or row.measure in {"site", "planned"}
        pen = {"color": style.GONE_COLOUR if row.measure == "departure" else colour}
        if row.measure == "departure":
            ax.annotate(
                "", (x, 1), (x, y), arrowprops={"arrowstyle": "-|>", "linewidth": 0.9, **pen}
            )
        else:
            ax.plot([x, x], [0, y], linewidth=0.9, **pen)
            face = style.PAPER if soft else colour
            look = {
                "marker": marker,
                "markersize": 4.6,
                "markerfacecolor": face,
                "linestyle": "none",
            }
            ax.plot([x], [y], clip_on=False, zorder=4, **look, **pen)
        taken.append((x - 3, 0, x + 3, y + 2))
        signs.append((row, x, y, pen["color"]))
    # The newest count and departures first, then the largest: small ones may do without words.
    newest = rows["latest"][rows["measure"] == "stock"].max()
    for row, x, y, pen in sorted(
        signs,
        key=lambda sign: (
            sign[0].measure != "stock" or sign[0].latest != newest,
            sign[0].measure != "departure",
            -sign[0].value,
            sign[1],
        ),
    ):
        _label(ax, _words(row), x, y, pen, (scale.width, high), taken)


def _label(
    ax: Axes,
    text: str,
    x: float,
    y: float,
    colour: str,
    size: tuple[float, float],
    taken: list[tuple[float, float, float, float]],
) -> None:
    """Write a count where it covers nothing: above its sign, else beside it, else not."""
    wide, tall = text_width(text, style.LEAST_PT, True), style.LEAST_PT
    middle = max(x - wide / 2, 0)
    level = min(y, size[1] - tall)
    spots = [(middle, y + 4), (x + 5, level), (x - 5 - wide, level)]
    for left, low in spots:
        box = (left, low, left + wide, low + tall)
        if left < 0 or box[2] > size[0] + _RIGHT_PT or box[3] > size[1] + 1:
            continue
        if not any(_meet(box, other) for other in taken):
            look = {"fontsize": style.LEAST_PT, "fontweight": "bold", "color": colour}
            ax.text(left, low + 1, text, **look)
            taken.append((box[0] - 2, box[1], box[2] + 2, box[3]))
            return


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Tell whether two boxes overlap."""
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]


def _words(row: object) -> str:
    """Return what stands beside a count."""
    value = value_in_words(row).replace(" (claimed)", " claimed").replace(" (planned)", " planned")
    return f"{value} {'gone' if row.measure == 'departure' else ''}".strip()


def _frame(record_: Record, rows: pd.DataFrame, lanes: Sequence[str], root: str) -> Frame:
    """Return the words and the key around the counts."""
    adjective, colour, marker = _WORDS[root]
    drawn = rows[rows["country"].isin(lanes)]
    stocks = drawn[drawn["measure"] == "stock"]
    title = f"No dated count of {adjective} people on record"
    if len(stocks):
        newest = stocks.sort_values("latest", kind="stable").iloc[-1]
        name = record_.tables.countries.at[newest["country"], "name_en"]
        number = len(stocks)
        often = {1: "once", 2: "twice"}.get(number, f"{in_letters(number)} times")
        title = (
            f"{adjective} people counted {often}; the newest count: "
            f"{value_in_words(newest)} in {name}, {short_date(newest['date_edtf'])}"
        )
    phrase = vocabulary.EVIDENCE[record_.evidence].phrase
    subtitle = (
        f"Each country on a scale of its own from nought. {day_in_words(record_.as_of)}, {phrase}."
    )
    base = {"marker": marker, "color": colour, "linestyle": "none", "markersize": 4.6}
    handles = [Line2D([], [], label=f"{adjective} people there", **base)]
    if (drawn["measure"].isin(["site", "planned"])).any() or drawn["qualifier"].map(
        lambda word: vocabulary.QUALIFIERS[word].soft
    ).any():
        hollow = {"markerfacecolor": style.PAPER, "label": "one site, planned or claimed"}
        handles.append(Line2D([], [], **base, **hollow))
    if (drawn["measure"] == "departure").any():
        arrow = {"marker": "v", "color": style.GONE_COLOUR, "linestyle": "none"}
        handles.append(Line2D([], [], markersize=4.6, label="people who left", **arrow))
    out = len(rows) - len(drawn)
    note = f"Counts of {out} further rows stand in the table." if out else ""
    return Frame(title, subtitle, [Key("", handles, len(handles))], note=note)


def force_levels_alt(record_: Record, countries: Sequence[str], root: str = "france") -> str:
    """Return the alternative text of `plot_force_levels`: every count by country and day.

    Parameters are those of `counts`.
    """
    rows = counts(record_, countries, root)
    parts = [f"Counts of {_WORDS[root][0]} people up to {day_in_words(record_.as_of)}."]
    for iso3 in countries:
        own = rows[rows["country"] == iso3]
        if len(own):
            told = "; ".join(
                f"{_words(row)}{' at one site' if row.measure == 'site' else ''}, "
                f"{short_date(row.date_edtf)}"
                for row in own.itertuples()
            )
            parts.append(f"{record_.tables.countries.at[iso3, 'name_en']}: {told}.")
    return " ".join(parts)
