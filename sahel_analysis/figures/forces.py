"""Force levels: how many French and Russian people, where and when, as sources counted them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
from matplotlib.axes import Axes

from ..evidence.actors import family
from ..prose.markdown import escape
from ..prose.words import value_in_words
from ..tables.dates import day_in_words, in_words
from . import style
from .sheets import HEAD_PT, margins, say_empty, sheet, span
from .stems import Count, draw_stems
from .symbols import Symbol

SEVERAL = "Several countries"
_NOTE = (
    "Hollow: planned or claimed. Arrow: at least or at most. Upright bar: lowest to highest value. "
    "Each lane has its own scale from 0. Counts are not joined: one may be of a whole force, the "
    "next of those at one base."
)
_MARKERS = {"france": ("French", "^"), "russia": ("Russian", "s")}
_LANE_PT = 42.0


@dataclass(frozen=True)
class _Counts:
    """What the chart draws and says: lanes, counts, and one row of `rows` for each figure."""

    lanes: dict[str, str]
    counts: list[Count]
    rows: pd.DataFrame
    days: tuple[date, date]
    as_of: date
    empty: str

    @property
    def names(self) -> list[str]:
        """What the left margin must hold: names of lanes, and the words under them."""
        return [*self.lanes.values(), "scale 0 to 10,000"]

    @property
    def symbols(self) -> list[Symbol]:
        """Signs of the legend."""
        return sorted({count.symbol for count in self.counts}, key=lambda s: (s.whose, s.look))


def _counts(
    figures: pd.DataFrame, actors: pd.DataFrame, countries: pd.DataFrame, as_of: date
) -> _Counts:
    """Return what the chart draws, and why it draws nothing else."""
    as_of = pd.Timestamp(as_of).date()
    families = {root: family(actors, root) for root in _MARKERS}
    names = dict(countries["name_en"])
    figures = figures.sort_values("latest", kind="stable", na_position="last")
    counts, notes, places, owners = [], [], [], []
    for row in figures.itertuples():
        owner = next((root for root in families if row.actor_id in families[root]), "")
        places.append(", ".join(names.get(iso3, iso3) for iso3 in row.iso3) or "region")
        owners.append(_MARKERS[owner][0] if owner else "other")
        lane = row.iso3[0] if len(row.iso3) == 1 else ""
        if row.unit != "people":
            notes.append("left out: no count of people")
        elif not owner:
            notes.append("left out: neither French nor Russian")
        elif pd.isna(row.latest):
            notes.append("left out: no date")
        elif row.latest.date() > as_of:
            notes.append(f"left out: after {day_in_words(as_of)}")
        elif row.iso3 and names.keys().isdisjoint(row.iso3):
            notes.append("left out: none of these countries")
        else:
            soft = row.qualifier in {"planned", "claimed"}
            word, marker = _MARKERS[owner]
            label = f"{word}, planned or claimed" if soft else word
            symbol = Symbol(label, marker, "hollow" if soft else "full", owner)
            values = [v for v in (row.low, row.best, row.high) if not pd.isna(v)]
            # A range without a preferred value is signed at both its ends.
            signed = values[:1] + values[-1:] if pd.isna(row.best) else [row.best]
            start = None if pd.isna(row.earliest) else row.earliest.date()
            days = (start, row.latest.date())
            counts.append(
                Count(lane, symbol, days, values, signed, row.qualifier, value_in_words(row))
            )
            notes.append(label)
    lanes = {key: names[key] for key in names if any(count.lane == key for count in counts)}
    if any(not count.lane for count in counts):
        lanes[""] = SEVERAL
    rows = figures[["date_edtf", "label_en"]].assign(
        where=places, whose=owners, value=[value_in_words(row) for row in figures.itertuples()],
        note=notes,
    )  # fmt: skip
    undated = notes.count("left out: no date")
    more = f"; {undated} without a date in the table" if undated else ""
    empty = f"No such count by {day_in_words(as_of)} in this evidence{more}."
    days = span((count.days[0] or count.days[1] for count in counts), as_of)
    return _Counts(lanes, counts, rows, days, as_of, empty)


@style.figure_style()
def plot_force_levels(
    figures: pd.DataFrame, *, ax: Axes, actors: pd.DataFrame, countries: pd.DataFrame, as_of: date
) -> Axes:
    """Draw counts of French and Russian people in one lane per country, each with its value.

    Parameters
    ----------
    figures : pandas.DataFrame
        Figures, as in ``Record.figures``; others than dated counts of French or Russian people
        are named as left out.
    ax : matplotlib.axes.Axes
        Axes in their final place.
    actors : pandas.DataFrame
        The actors table; families of actors decide who is French or Russian.
    countries : pandas.DataFrame
        Countries that may have a lane, in this order. Counts over several countries, or over the
        region, share the last lane.
    as_of : datetime.date
        Right end of the axis.

    Returns
    -------
    matplotlib.axes.Axes
        The axes given.

    Notes
    -----
    Counts are never joined by lines. Sources count now a whole force, now those who came, stayed
    or left, and a line between the two would show a rise or fall that nobody reported.
    """
    plan = _counts(figures, actors, countries, as_of)
    if not plan.counts:
        return say_empty(ax, plan.empty)
    paper = sheet(ax, plan.names, plan.days, plan.as_of, plan.symbols, [_NOTE])
    height = paper.height / len(plan.lanes)
    for number, (lane, name) in enumerate(plan.lanes.items()):
        stems = [count for count in plan.counts if count.lane == lane]
        draw_stems(paper, name, stems, number * height, height)
    return ax


@style.figure_style()
def force_levels_height_mm(
    figures: pd.DataFrame,
    *,
    actors: pd.DataFrame,
    countries: pd.DataFrame,
    as_of: date,
    width_mm: float = 170.0,
) -> float:
    """Return the height in mm at which `plot_force_levels` has room for most labels."""
    plan = _counts(figures, actors, countries, as_of)
    if not plan.counts:
        return 40.0
    full = width_mm * 72 / 25.4
    bottom = margins(plan.names, plan.symbols, [_NOTE], full)[1]
    total = (bottom + HEAD_PT + len(plan.lanes) * _LANE_PT) * 25.4 / 72
    return float(min(max(round(total), 40), 200))


def force_levels_alt(
    figures: pd.DataFrame, *, actors: pd.DataFrame, countries: pd.DataFrame, as_of: date
) -> str:
    """Return the alternative text of `plot_force_levels`: each lane with its values by date."""
    plan = _counts(figures, actors, countries, as_of)
    out = len(plan.rows) - len(plan.counts)
    left = f" Rows left out and named in the table: {out}." if out else ""
    if not plan.counts:
        return f"Counts of French and Russian people. {plan.empty}{left}"
    texts = [f"Counts of French and Russian people up to {day_in_words(plan.as_of)}."]
    for lane, name in plan.lanes.items():
        told = ", ".join(
            f"{_MARKERS[count.symbol.whose][0]} {count.label} in {count.days[1].year}"
            for count in plan.counts
            if count.lane == lane
        )
        texts.append(f"{name}: {told}.")
    return " ".join(texts) + left


def force_levels_table(
    figures: pd.DataFrame, *, actors: pd.DataFrame, countries: pd.DataFrame, as_of: date
) -> pd.DataFrame:
    """Return the rows of `plot_force_levels`, drawn and left out.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``figure_id``, one row per figure; columns ``Date``, ``Where``, ``Whose``,
        ``Value``, ``What`` (Markdown) and ``On the chart`` (the sign, or why it is left out).
    """
    rows = _counts(figures, actors, countries, as_of).rows
    dates = [in_words(text) for text in rows["date_edtf"]]
    return pd.DataFrame(
        {
            "Date": [text[:1].upper() + text[1:] for text in dates],
            "Where": rows["where"],
            "Whose": rows["whose"],
            "Value": rows["value"],
            "What": [escape(text[:1].upper() + text[1:]) for text in rows["label_en"]],
            "On the chart": rows["note"],
        },
        index=rows.index,
    )
