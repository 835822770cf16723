"""Exhibits: the maps and charts of one report, each with title, caption and alternative text."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from ..evidence.posture import posture_series
from ..figures import forces, maps, timelines
from ..figures import verdicts as verdict_bars
from ..prose.captions import map_alt, map_finding, themes
from ..prose.words import capital, counted, in_letters
from ..tables.dates import day_in_words
from ..tables.vocabulary import EVENT_TYPES, POSTURE_THEMES
from .outputs import Output

if TYPE_CHECKING:
    from .report import Report

# Days on which the record turns: Serval, Barkhane at its height, Mali left, the article, Chad left,
# Senegal left.
_TURNING_POINTS = (
    "2013-06-01", "2021-01-01", "2022-09-01", "2023-12-04", "2025-02-15", "2025-09-01",
)  # fmt: skip
_PANELS = 6  # with more, the figure leaves no room on its page for its heading
_MAPS = {
    "french": (maps.plot_french_posture, "Colour and round sign: French forces."),
    "russian": (
        maps.plot_russian_engagement,
        "Colour and hatch: the highest level of Russian engagement in force.",
    ),
    "combined": (maps.plot_combined, "Colour: French forces. Hatch: Russian engagement."),
}
_TIMELINES = {
    "": "Events in order of date, one lane per country.",
    "france": "Movements of French forces, one lane per country.",
    "russia": "Steps of Russian engagement, one lane per country.",
    "others": "Coups, alliances, missions and the forces of others, one lane per country.",
}
_COUNTED = {"france": "French forces", "russia": "Russian personnel"}


def draw_map(report: Report, exhibit: str) -> Output:
    """Return one map of a report's day, evidence and countries.

    Parameters
    ----------
    report : Report
        The report.
    exhibit : str
        ``french``, ``russian``, or ``combined``: French posture as colour, Russian engagement as
        hatch.

    Raises
    ------
    ParameterError
        If there is no such map.
    """
    themes(exhibit)  # says which maps there are
    plot, reading = _MAPS[exhibit]
    rows = {
        "as_of": report.record.as_of,
        "evidence": report.record.evidence,
        "countries": report.tables.countries,
    }
    fig, ax = maps.canvas()
    plot(report.posture, ax=ax, places=report.tables.places, events=report.tables.events, **rows)
    return report.figure(
        fig,
        title=map_finding(report.posture, exhibit=exhibit),
        caption=f"{reading} {report.edition}",
        alt=map_alt(report.posture, exhibit=exhibit, **rows),
    )


def draw_map_pair(report: Report) -> Output:
    """Return the article's map beside the checked one, for a report's day and countries."""
    (article, left), (_, right) = report.twin("article"), report.twin("checked")
    day, countries = article.as_of, report.tables.countries
    fig, axes = maps.canvas(columns=2)
    maps.plot_pair(
        left, right, axes=axes, as_of=day, countries=countries, events=report.tables.events
    )
    states = list(POSTURE_THEMES)
    differ = (left[states] != right[states]).any(axis=1)
    drawn = {"exhibit": "combined", "as_of": day, "countries": countries}
    return report.figure(
        fig,
        title=f"The article and the checked evidence differ on {int(differ.sum())} of "
        f"{len(left)} countries.",
        caption="Left: what the article says and nothing else. Right: its uncontradicted events "
        f"and independent sources. {_MAPS['combined'][1]} As of {day_in_words(day)}.",
        alt=f"Two maps side by side. Left. {map_alt(left, evidence='article', **drawn)} "
        f"Right. {map_alt(right, evidence='checked', **drawn)}",
    )


def draw_map_series(report: Report) -> Output:
    """Return small maps of a report's evidence: the turning points up to its day, and the day.

    After all of them the day takes the place of the last.
    """
    today = report.record.as_of
    days = [day for day in map(date.fromisoformat, _TURNING_POINTS) if day < today]
    days = [*days[: _PANELS - 1], today]
    series = posture_series(days, report.record.evidence, report.tables)
    frames = {day: series.loc[pd.Timestamp(day)].loc[report.countries] for day in days}
    drawn = {"evidence": report.record.evidence, "countries": report.tables.countries}
    fig, axes = maps.canvas(columns=2, rows=math.ceil(max(len(days), 2) / 2))
    for spare in axes[len(days) :]:
        spare.set_axis_off()
    maps.plot_small_multiples(frames, axes=axes[: len(days)], events=report.tables.events, **drawn)
    alts = [map_alt(frame, exhibit="combined", as_of=day, **drawn) for day, frame in frames.items()]
    first, last = (
        int(series.loc[pd.Timestamp(day), "french_posture"].isin(["present", "leaving"]).sum())
        for day in (days[0], days[-1])
    )
    return report.figure(
        fig,
        title=f"From {day_in_words(days[0])} to {day_in_words(today)}: French forces in "
        f"{in_letters(first)} of the countries followed, then in {in_letters(last)}.",
        caption=f"{_MAPS['combined'][1]} {report.edition}",
        alt=f"Maps of one frame, one per date. {' '.join(alts)}",
    )


def draw_timeline(report: Report, side: str) -> Output:
    """Return the timeline of some events of a report.

    Parameters
    ----------
    report : Report
        The report.
    side : str
        As for `Report.events`; of ``france`` and ``russia`` only what moves forces, and what
        raises or lowers engagement.
    """
    events = report.events(side)
    if side in _COUNTED:
        kinds = [kind for kind, about in EVENT_TYPES.items() if side in about.timelines]
        events = events[events["event_type"].isin(kinds)]
    return _chart(
        report,
        timelines.plot_timeline,
        timelines.timeline_height_mm,
        timelines.timeline_alt,
        events,
        title=_busiest(events),
        caption=f"{_TIMELINES[side]} Hollow: announced or ordered. Filled: done.",
    )


def draw_agreements(report: Report) -> Output:
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
        title=f"{capital(counted(signed, 'agreement'))} signed, "
        f"{len(kept) - signed or 'none'} denounced.",
        caption="Agreements by country and partner; filled: signed; hollow: denounced.",
    )


def draw_force_levels(report: Report, side: str) -> Output:
    """Return the chart of numbers of French or Russian people through time; no number is joined.

    Parameters
    ----------
    report : Report
        The report.
    side : str
        ``"france"`` or ``"russia"``.
    """
    counts = report.figures(side)
    return _chart(
        report,
        forces.plot_force_levels,
        forces.force_levels_height_mm,
        forces.force_levels_alt,
        counts,
        title=_years_counted(report, counts, _COUNTED[side]),
        caption="Each count with the range and the hedge of its source.",
    )


def draw_missions(report: Report) -> Output:
    """Return the bars of international missions from launch to end."""
    actors, events = report.tables.actors, report.events()
    launching = events.loc[events["event_type"] == "mission_launched", "actor_ids"]
    missions = [
        actor
        for actor in dict.fromkeys(launching.explode())
        if actors.at[actor, "kind"] == "mission"
    ]
    drawn = {"actors": actors, "as_of": report.record.as_of, "missions": missions}
    fig, ax = timelines.canvas(timelines.missions_height_mm(events, **drawn))
    timelines.plot_missions(events, ax=ax, **drawn)
    return report.figure(
        fig,
        title=f"{capital(counted(len(missions), 'international mission'))} from launch to end.",
        caption=f"Bars from launch to end; open at the right: no end on record. {report.edition}",
        alt=timelines.missions_alt(events, **drawn),
    )


def draw_verdicts(report: Report) -> Output:
    """Return the bars of verdicts on the article's claims, paragraph by paragraph."""
    claims, checks = report.tables.claims, report.tables.checks
    fig, ax = timelines.canvas(verdict_bars.verdicts_height_mm(claims))
    verdict_bars.plot_verdicts(claims, checks, ax=ax)
    counts = checks["verdict"].value_counts()
    return report.figure(
        fig,
        title=f"{counts.get('corroborated', 0)} of {len(claims)} assertions are corroborated, "
        f"{counts.get('contradicted', 0)} are contradicted.",
        caption="Verdicts on the article's assertions by paragraph.",
        alt=verdict_bars.verdicts_alt(claims, checks),
    )


def _busiest(events: pd.DataFrame) -> str:
    """Return how many events there are, and how many of them in the fullest year.

    An event counts in a year only if all the days that it may mean lie there.
    """
    number = capital(counted(len(events), "event"))
    years = events["latest"].dt.year[events["earliest"].dt.year == events["latest"].dt.year]
    if len(events) < 2 or years.empty:
        return f"{number}."
    counts = years.value_counts().sort_index(ascending=False)
    return f"{number}, {counts.max()} of them in {counts.idxmax()}."


def _years_counted(report: Report, figures: pd.DataFrame, people: str) -> str:
    """Return for how many of the years some figure gives a number of people."""
    day = pd.Timestamp(report.record.as_of)
    dated = figures[(figures["unit"] == "people") & (figures["latest"] <= day)]
    years = sorted(set(dated["latest"].dt.year))
    if not years:
        return f"No dated number of {people}."
    if len(years) == 1:
        return f"Numbers of {people} are on record for {years[0]} alone."
    return (
        f"Numbers of {people} are on record for {len(years)} of the {years[-1] - years[0] + 1} "
        f"years from {years[0]} to {years[-1]}."
    )


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
    drawn = {
        "actors": report.tables.actors,
        "countries": report.tables.countries.loc[lanes],
        "as_of": report.record.as_of,
    }
    fig, ax = timelines.canvas(height_mm(rows, **drawn))
    plot(rows, ax=ax, **drawn)
    return report.figure(
        fig, title=title, caption=f"{caption} {report.edition}", alt=alt(rows, **drawn)
    )
