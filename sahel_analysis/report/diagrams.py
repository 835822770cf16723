"""Diagrams: the charts of one report with title, caption and alternative text."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ..figures import forces, timelines
from ..figures import verdicts as verdict_bars
from ..figures.timelines import canvas
from .outputs import Output
from .report import Report


def timeline(report: Report) -> Output:
    """Return the timeline of all events that name the countries shown."""
    return _timeline(report, report.events(), "Events in order of date, one lane per country.")


def french_timeline(report: Report) -> Output:
    """Return the timeline of the movements of French forces."""
    events = report.events("france")
    moves = events[events["event_type"].isin(_MOVES)]
    return _timeline(report, moves, "Movements of French forces, one lane per country.")


def russian_timeline(report: Report) -> Output:
    """Return the timeline of Russian visits, agreements, assistance and deployments."""
    events = report.events("russia")
    steps = events[events["event_type"].isin(_STEPS)]
    return _timeline(report, steps, "Steps of Russian engagement, one lane per country.")


def realignment_timeline(report: Report) -> Output:
    """Return the timeline of coups, alliances, missions and the forces of others."""
    text = "Coups, alliances, missions and the forces of others, one lane per country."
    return _timeline(report, report.realignment(), text)


def agreements(report: Report) -> Output:
    """Return the chart of agreements signed and denounced."""
    events = report.events()
    kept = events[events["event_type"].isin(["agreement_signed", "agreement_denounced"])]
    signed = int((kept["event_type"] == "agreement_signed").sum())
    return _chart(
        report,
        timelines.plot_agreements,
        timelines.agreements_height_mm,
        timelines.agreements_alt,
        kept,
        title=f"{_counted(signed, 'agreement')} signed, {len(kept) - signed or 'none'} denounced.",
        caption="Agreements by country and partner; filled: signed; hollow: denounced.",
    )


def force_levels(report: Report, root: str) -> Output:
    """Return the chart of numbers of an actor's people through time; no number is joined.

    Parameters
    ----------
    report : Report
        The report.
    root : str
        ``"france"`` or ``"russia"``.
    """
    counts = report.figures(root)
    return _chart(
        report,
        forces.plot_force_levels,
        forces.force_levels_height_mm,
        forces.force_levels_alt,
        counts,
        title=_years_counted(report, counts, _FORCES[root]),
        caption="Each count with the range and the hedge of its source.",
    )


def missions(report: Report) -> Output:
    """Return the bars of international missions from launch to end."""
    actors = report.tables.actors
    events = report.events()
    started = events[events["event_type"] == "mission_launched"]
    kinds = actors["kind"]
    chosen = list(
        dict.fromkeys(
            actor for cell in started["actor_ids"] for actor in cell if kinds[actor] == "mission"
        )
    )
    shown = {"actors": actors, "as_of": report.record.as_of, "missions": chosen}
    height = timelines.missions_height_mm(events, **shown)
    fig, ax = canvas(height)
    timelines.plot_missions(events, ax=ax, **shown)
    return report.figure(
        fig,
        title=f"{_counted(len(chosen), 'international mission')} from launch to end.",
        caption=f"Bars from launch to end; open at the right: no end on record. {report.edition}",
        alt=timelines.missions_alt(events, **shown),
    )


def verdicts(report: Report) -> Output:
    """Return the bars of verdicts on the article's claims, paragraph by paragraph."""
    claims, checks = report.tables.claims, report.tables.checks
    fig, ax = canvas(verdict_bars.verdicts_height_mm(claims))
    verdict_bars.plot_verdicts(claims, checks, ax=ax)
    counts = checks["verdict"].value_counts()
    return report.figure(
        fig,
        title=f"{counts['corroborated']} of {len(claims)} assertions are corroborated, "
        f"{counts['contradicted']} are contradicted.",
        caption="Verdicts on the article's assertions by paragraph.",
        alt=verdict_bars.verdicts_alt(claims, checks),
    )


_FORCES = {"france": "French forces", "russia": "Russian personnel"}

# What moves forces, and what raises or lowers engagement; the rest is in the tables.
_MOVES = {
    "deployment", "withdrawal_announced", "withdrawal_ordered", "withdrawal_completed",
    "agreement_denounced", "base_handover",
}  # fmt: skip
_STEPS = {
    "visit", "agreement_signed", "assistance", "deployment", "mission_ended",
    "withdrawal_announced", "withdrawal_completed",
}  # fmt: skip


def _timeline(report: Report, events: pd.DataFrame, text: str) -> Output:
    """Return a timeline of some events."""
    return _chart(
        report,
        timelines.plot_timeline,
        timelines.timeline_height_mm,
        timelines.timeline_alt,
        events,
        title=_busiest(events),
        caption=f"{text} Hollow: announced or ordered. Filled: done.",
    )


def _busiest(events: pd.DataFrame) -> str:
    """Return how many events there are, and how many of them in the fullest year.

    An event counts in a year only if all the days that it may mean lie there.
    """
    told = _counted(len(events), "event")
    years = events["latest"].dt.year[events["earliest"].dt.year == events["latest"].dt.year]
    if len(events) < 2 or years.empty:
        return f"{told}."
    counts = years.value_counts().sort_index(ascending=False)
    return f"{told}, {counts.max()} of them in {counts.idxmax()}."


def _years_counted(report: Report, figures: pd.DataFrame, forces: str) -> str:
    """Return for how many of the years some figure gives a number of people."""
    day = pd.Timestamp(report.record.as_of)
    dated = figures[(figures["unit"] == "people") & (figures["latest"] <= day)]
    years = sorted(set(dated["latest"].dt.year))
    if not years:
        return f"No dated number of {forces}."
    if len(years) == 1:
        return f"Numbers of {forces} are on record for {years[0]} alone."
    span = years[-1] - years[0] + 1
    return (
        f"Numbers of {forces} are on record for {len(years)} of the {span} years from "
        f"{years[0]} to {years[-1]}."
    )


def _counted(number: int, noun: str) -> str:
    """Return a number of things: ``No events``, ``1 event``, ``2 events``."""
    return f"{number or 'No'} {noun}{'' if number == 1 else 's'}"


def _chart(
    report: Report,
    plot: Callable,
    height_mm: Callable,
    alt: Callable,
    rows: pd.DataFrame,
    *,
    title: str,
    caption: str,
) -> Output:
    """Return a chart whose functions share the arguments of lanes by country."""
    named = {iso3 for cell in rows["iso3"] for iso3 in cell}
    lanes = [iso3 for iso3 in report.countries if iso3 in named] or report.countries[:1]
    shown = {
        "actors": report.tables.actors,
        "countries": report.tables.countries.loc[lanes],
        "as_of": report.record.as_of,
    }
    fig, ax = canvas(height_mm(rows, **shown))
    plot(rows, ax=ax, **shown)
    return report.figure(
        fig, title=title, caption=f"{caption} {report.edition}", alt=alt(rows, **shown)
    )
