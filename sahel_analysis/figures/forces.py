"""Force levels: how many French and Russian people, where and when, as sources counted them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot

import pandas as pd
from matplotlib.axes import Axes

from ..evidence.actors import family
from ..prose.words import value_in_words
from ..tables import vocabulary
from ..tables.dates import day_in_words
from . import style
from .labels import text_width
from .timelines import (
    GAP_PT,
    HALF_PT,
    HEAD_PT,
    LINE_PT,
    SYMBOL_PT,
    Sheet,
    Symbol,
    draw_symbol,
    margins,
    say_empty,
    sheet,
    span,
    write,
)

_HEADROOM_PT, _FOOT_PT = 12.0, 6.0

Box = tuple[float, float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True)
class _Count:
    """One figure on the chart."""

    lane: str
    symbol: Symbol
    days: tuple[date | None, date]
    values: list[float]
    signed: list[float]
    qualifier: str
    label: str


def _draw_counts(
    paper: Sheet, name: str, counts: Sequence[_Count], top: float, height: float
) -> None:
    """Draw one lane of counts on its own scale from 0, with its name and the scale's end."""
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


_SEVERAL = "Several countries"
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
    counts: list[_Count]
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
            soft = vocabulary.QUALIFIERS[row.qualifier].soft
            word, marker = _MARKERS[owner]
            label = f"{word}, planned or claimed" if soft else word
            symbol = Symbol(label, marker, "hollow" if soft else "full", owner)
            values = [v for v in (row.low, row.best, row.high) if not pd.isna(v)]
            # A range without a preferred value is signed at both its ends.
            signed = values[:1] + values[-1:] if pd.isna(row.best) else [row.best]
            start = None if pd.isna(row.earliest) else row.earliest.date()
            days = (start, row.latest.date())
            counts.append(
                _Count(lane, symbol, days, values, signed, row.qualifier, value_in_words(row))
            )
            notes.append(label)
    lanes = {key: names[key] for key in names if any(count.lane == key for count in counts)}
    if any(not count.lane for count in counts):
        lanes[""] = _SEVERAL
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
        _draw_counts(paper, name, stems, number * height, height)
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
