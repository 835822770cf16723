"""Diagrams: the charts of one report with title, caption and alternative text."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from . import charts, forces, timelines
from . import missions as mission_bars
from .display import Output
from .narrative import in_letters
from .report import Report
from .sheets import canvas


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
        title=f"{signed} agreements signed, {len(kept) - signed} denounced.",
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
    name = report.tables.actors.at[root, "name_en"]
    return _chart(
        report,
        forces.plot_force_levels,
        forces.force_levels_height_mm,
        forces.force_levels_alt,
        report.figures(root),
        title=f"No source counts the people of {name} year by year.",
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
    shown = {"actors": actors, "as_of": report.world.as_of, "missions": chosen}
    height = mission_bars.missions_height_mm(events, **shown)
    fig, ax = canvas(height)
    mission_bars.plot_missions(events, ax=ax, **shown)
    return report.figure(
        fig,
        title=f"{len(chosen)} international missions from launch to end.",
        caption=f"Bars from launch to end; open at the right: no end on record. {report.edition}",
        alt=mission_bars.missions_alt(events, **shown),
    )


def verdicts(report: Report) -> Output:
    """Return the bars of verdicts on the article's claims, paragraph by paragraph."""
    claims, checks = report.tables.claims, report.tables.checks
    fig, ax = canvas(charts.verdicts_height_mm(claims))
    charts.plot_verdicts(claims, checks, ax=ax)
    counts = checks["verdict"].value_counts()
    return report.figure(
        fig,
        title=f"{counts['corroborated']} of {len(claims)} assertions are corroborated, "
        f"{counts['contradicted']} are contradicted.",
        caption="Verdicts on the article's assertions by paragraph.",
        alt=charts.verdicts_alt(claims, checks),
    )


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
    """Return how many events there are and which year saw most of those whose year is known."""
    years = events["latest"].dt.year[events["earliest"].dt.year == events["latest"].dt.year]
    if len(events) < 2 or years.empty:
        return f"{in_letters(len(events)).capitalize()} event{'' if len(events) == 1 else 's'}."
    counts = years.value_counts().sort_index(ascending=False)
    return f"{len(events)} events, most of all in {counts.idxmax()}: {in_letters(counts.max())}."


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
        "as_of": report.world.as_of,
    }
    fig, ax = canvas(height_mm(rows, **shown))
    plot(rows, ax=ax, **shown)
    return report.figure(
        fig, title=title, caption=f"{caption} {report.edition}", alt=alt(rows, **shown)
    )
