"""Timelines: events by country, and agreements signed and denounced by country and partner.

Every chart has companions computed from the same plan: its height, its alternative text and its
table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd
from matplotlib.axes import Axes

from ..evidence.actors import family, whose
from . import style
from .plans import Plan, make_plan
from .sheets import say_empty
from .symbols import SYMBOLS, Symbol

PARTNERS = {
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
) -> Plan:
    lanes = dict(countries["name_en"])
    owners = whose(events, actors)

    def choose(row: object) -> tuple[Sequence[str], Sequence[Symbol], str]:
        keys = [iso3 for iso3 in lanes if iso3 in row.iso3]
        if row.event_type == "force_level":
            return keys, (), "left out: a count of forces, not an event in time"
        if not keys:
            return (), (), "left out: names none of these countries"
        return keys, [SYMBOLS[owners[row.Index], row.event_type]] * len(keys), ""

    return make_plan(events, lanes, choose, as_of, since=since, named=True)


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


def timeline_table(
    events: pd.DataFrame,
    *,
    actors: pd.DataFrame,
    countries: pd.DataFrame,
    as_of: date,
    since: date | None = None,
) -> pd.DataFrame:
    """Return the rows of `plot_timeline`, drawn and left out.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``event_id``, one row per event; columns ``Sign`` (number on the chart),
        ``Date``, ``Where``, ``What`` (Markdown) and ``On the chart`` (kind of sign, or why the
        row is left out).
    """
    return _timeline(events, actors, countries, as_of, since).table()


def _agreements(
    events: pd.DataFrame, actors: pd.DataFrame, countries: pd.DataFrame, as_of: date
) -> Plan:
    families = {root: family(actors, root) for root in PARTNERS if root != "other"}
    kinds = {"agreement_signed": _SIGNED, "agreement_denounced": _DENOUNCED}
    names = dict(countries["name_en"])
    lanes = {f"{i}|{p}": f"{names[i]}, {PARTNERS[p]}" for i in names for p in PARTNERS}

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

    plan = make_plan(events, lanes, choose, as_of)
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


def agreements_table(
    events: pd.DataFrame, *, actors: pd.DataFrame, countries: pd.DataFrame, as_of: date
) -> pd.DataFrame:
    """Return the rows of `plot_agreements`, drawn and left out; columns as in `timeline_table`."""
    return _agreements(events, actors, countries, as_of).table()
