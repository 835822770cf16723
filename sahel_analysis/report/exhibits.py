"""Exhibits: the maps of one report with title, caption and alternative text."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd

from ..evidence.posture import posture_series
from ..figures import maps
from ..prose.captions import map_alt, map_finding
from ..prose.words import in_letters
from ..tables.dates import day_in_words
from .outputs import Output
from .report import Report

# Days on which the record turns: Serval, Barkhane at its height, Mali left, the article, Chad left,
# Senegal left.
TURNING_POINTS = (
    "2013-06-01", "2021-01-01", "2022-09-01", "2023-12-04", "2025-02-15", "2025-09-01",
)  # fmt: skip

_PANELS = 6  # with more, the figure leaves no room on its page for its heading

_READING = {
    "french": "Colour and round sign: French forces.",
    "russian": "Colour and hatch: the highest level of Russian engagement in force.",
    "combined": "Colour: French forces. Hatch: Russian engagement.",
}


def _map(report: Report, exhibit: str) -> Output:
    """Return one map of the report's record."""
    draw = {
        "french": maps.plot_french_posture,
        "russian": maps.plot_russian_engagement,
        "combined": maps.plot_combined,
    }[exhibit]
    shown = {
        "as_of": report.record.as_of,
        "evidence": report.record.evidence,
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
        caption=f"{_READING[exhibit]} {report.edition}",
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
    """Return small maps of the report's evidence: the turning points up to its day, and the day.

    After all of them the day takes the place of the last.
    """
    today = report.record.as_of
    days = [day for day in map(date.fromisoformat, TURNING_POINTS) if day < today]
    days = [*days[: _PANELS - 1], today]
    series = posture_series(days, report.record.evidence, report.tables)
    frames = {day: series.loc[pd.Timestamp(day)].loc[report.countries] for day in days}
    shown = {"evidence": report.record.evidence, "countries": report.tables.countries}
    fig, axes = maps.canvas(columns=2, rows=math.ceil(max(len(days), 2) / 2))
    for spare in axes[len(days) :]:
        spare.set_axis_off()
    maps.plot_small_multiples(frames, axes=axes[: len(days)], events=report.tables.events, **shown)
    told = " ".join(
        map_alt(frame, exhibit="combined", as_of=day, **shown) for day, frame in frames.items()
    )
    return report.figure(
        fig,
        title=f"From {day_in_words(days[0])} to {day_in_words(today)}: {_change(series, days)}",
        caption=f"{_READING['combined']} {report.edition}",
        alt=f"Maps of one frame, one per date. {told}",
    )


def _change(series: pd.DataFrame, days: list[date]) -> str:
    """Return in how many countries French forces stood on the first and on the last day."""
    first, last = (
        int(series.loc[pd.Timestamp(day), "french_posture"].isin(["present", "leaving"]).sum())
        for day in (days[0], days[-1])
    )
    return f"French forces in {in_letters(first)} of the countries followed, then in {in_letters(last)}."
