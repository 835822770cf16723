"""Exhibits: maps and charts of one report with title, caption and alternative text."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from matplotlib.figure import Figure

from . import charts, forces, maps, style, timelines
from . import missions as mission_bars
from .captions import map_alt, map_finding
from .chronicle import EVENT_TYPES
from .dates import day_in_words
from .display import Output
from .posture import posture_series
from .report import Report

# Days on which the record turns: Serval, Barkhane at its height, Mali left, the article, Chad left,
# Senegal left.
TURNING_POINTS = (
    "2013-06-01", "2021-01-01", "2022-09-01", "2023-12-04", "2025-02-15", "2025-09-01",
)  # fmt: skip

_READING = {
    "french": "Colour and round sign: French forces.",
    "russian": "Colour and hatch: the highest level of Russian engagement in force.",
    "combined": "Colour: French forces. Hatch: Russian engagement.",
}


def _map(report: Report, exhibit: str) -> Output:
    """Return one map of the report's world."""
    draw = {
        "french": maps.plot_french_posture,
        "russian": maps.plot_russian_engagement,
        "combined": maps.plot_combined,
    }[exhibit]
    shown = {
        "as_of": report.world.as_of,
        "evidence": report.world.evidence,
        "countries": report.tables.countries,
    }
    fig, ax = maps.canvas()
    draw(
        report.posture,
        ax=ax,
        places=report.tables.places,
        events=report.tables.events,
        **shown,
    )
    return report.figure(
        fig,
        title=map_finding(report.posture, exhibit=exhibit),
        caption=f"{_READING[exhibit]} {_edition(report)}",
        alt=map_alt(report.posture, exhibit=exhibit, **shown),
    )


def french_map(report: Report) -> Output:
    """Return the map of French posture."""
    return _map(report, "french")


def russian_map(report: Report) -> Output:
    """Return the map of Russian engagement."""
    return _map(report, "russian")


def combined_map(report: Report) -> Output:
    """Return the map of both: French posture as colour, Russian engagement as hatch."""
    return _map(report, "combined")


def worlds_map(report: Report) -> Output:
    """Return the article's map beside the checked one, for the report's day and countries."""
    (article, left), (_, right) = report.twin("article"), report.twin("checked")
    fig, axes = maps.canvas(columns=2)
    maps.plot_pair(
        left,
        right,
        axes=axes,
        as_of=article.as_of,
        countries=report.tables.countries,
        events=report.tables.events,
    )
    states = ["french_posture", "russian_engagement"]
    differ = (left[states] != right[states]).any(axis=1)
    told = [
        map_alt(
            frame,
            exhibit="combined",
            as_of=article.as_of,
            evidence=evidence,
            countries=report.tables.countries,
        )
        for evidence, frame in (("article", left), ("checked", right))
    ]
    return report.figure(
        fig,
        title=f"The article and the checked evidence differ on {int(differ.sum())} of "
        f"{len(left)} countries.",
        caption=f"Left: what the article says and nothing else. Right: its uncontradicted events "
        f"and independent sources. {_READING['combined']} As of {day_in_words(article.as_of)}.",
        alt=f"Two maps side by side. Left. {told[0]} Right. {told[1]}",
    )


def turning_points_map(report: Report) -> Output:
    """Return small maps of the checked evidence, one per turning point from 2013 to 2025."""
    series = posture_series(TURNING_POINTS, report.world.evidence, report.tables)
    frames = {
        day.date(): series.loc[day].loc[report.countries]
        for day in pd.to_datetime(list(TURNING_POINTS))
    }
    fig, axes = maps.canvas(columns=2, rows=3)
    maps.plot_small_multiples(
        frames,
        axes=axes,
        evidence=report.world.evidence,
        countries=report.tables.countries,
        events=report.tables.events,
    )
    told = " ".join(
        map_alt(
            frame,
            exhibit="combined",
            as_of=day,
            evidence=report.world.evidence,
            countries=report.tables.countries,
        )
        for day, frame in frames.items()
    )
    return report.figure(
        fig,
        title="Twelve years of movement, the same map six times.",
        caption=f"{_READING['combined']} {report.world.evidence.capitalize()} evidence.",
        alt=f"Six maps of one frame, one per date. {told}",
    )


def _edition(report: Report) -> str:
    """Return the line that says which world a figure draws."""
    return (
        f"As of {day_in_words(report.world.as_of)}, {report.world.evidence} evidence, "
        f"{report.place[0].lower() + report.place[1:] if len(report.countries) > 8 else report.place}."
    )


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
    fig, ax = _sheet(height)
    mission_bars.plot_missions(events, ax=ax, **shown)
    return report.figure(
        fig,
        title=f"{len(chosen)} international missions from launch to end.",
        caption=f"Bars from launch to end; open at the right: no end on record. {_edition(report)}",
        alt=mission_bars.missions_alt(events, **shown),
    )


def verdicts(report: Report) -> Output:
    """Return the bars of verdicts on the article's claims, paragraph by paragraph."""
    claims, checks = report.tables.claims, report.tables.checks
    fig, ax = _sheet(charts.verdicts_height_mm(claims))
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
    kinds = events["event_type"].value_counts()
    told = f"{len(events)} events" if len(events) != 1 else "One event"
    most = f", most often: {EVENT_TYPES[kinds.index[0]].lower()}" if len(events) > 1 else ""
    return _chart(
        report,
        timelines.plot_timeline,
        timelines.timeline_height_mm,
        timelines.timeline_alt,
        events,
        title=f"{told}{most}.",
        caption=f"{text} Hollow: announced or ordered. Filled: done.",
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
    shown = {
        "actors": report.tables.actors,
        "countries": report.tables.countries.loc[lanes],
        "as_of": report.world.as_of,
    }
    fig, ax = _sheet(height_mm(rows, **shown))
    plot(rows, ax=ax, **shown)
    return report.figure(
        fig, title=title, caption=f"{caption} {_edition(report)}", alt=alt(rows, **shown)
    )


def _sheet(height_mm: float) -> tuple[Figure, object]:
    """Return a figure of the text's width with one pair of axes that fills it."""
    with style.figure_style():
        fig = Figure(figsize=(170 / 25.4, height_mm / 25.4), dpi=72)
        return fig, fig.add_axes((0.005, 0.01, 0.99, 0.98))
