"""Exhibits: the maps and charts of one report, each with caption and alternative text.

The finding, the day, the evidence and the credit stand in the picture itself.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ..evidence.record import EVIDENCE
from ..figures import forces, maps, situation, timelines
from ..figures import verdicts as verdict_bars
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
    "combined": "French forces and Russian engagement.",
    "french": "French forces and their bases.",
    "russian": "Russian engagement.",
    "bases": "French bases and Russian sites.",
}
_TIMELINES = {
    "": "What happened of late.",
    "france": "What moved French forces of late.",
    "russia": "What moved Russian engagement of late.",
    "others": "Coups, alliances, missions and the forces of others.",
}
_COUNTED = {"france": "Counts of French forces.", "russia": "Counts of Russian personnel."}


def draw_map(report: Report, kind: str) -> Output:
    """Return one map of a report's day, evidence and countries.

    Parameters
    ----------
    report : Report
        The report.
    kind : str
        ``combined``, ``french``, ``russian``, or ``bases``: every base by name.

    Raises
    ------
    ParameterError
        If there is no such map.
    """
    shown = _situation(report, kind=kind)
    ax = maps.draw_map(shown)
    return report.figure(ax.figure, caption=f"{_MAPS[kind]} {report.edition}", alt=_map_alt(shown))


def draw_map_pair(report: Report) -> Output:
    """Return the article's map beside the checked one, for a report's day and countries."""
    left, right = (_situation(report, evidence=evidence) for evidence in EVIDENCE)
    ax = maps.plot_map_pair(report.record.as_of, report.countries, report.tables)
    return report.figure(
        ax.figure,
        caption="Left: what the article says and nothing else. Right: its uncontradicted events "
        "and independent sources.",
        alt=f"Two maps side by side. Left. {_map_alt(left)} Right. {_map_alt(right)}",
    )


def draw_map_series(report: Report) -> Output:
    """Return small maps of a report's evidence: the turning points up to its day, and the day.

    After all of them the day takes the place of the last.
    """
    today = report.record.as_of
    days = [day for day in map(date.fromisoformat, _TURNING_POINTS) if day < today]
    shown = [_situation(report, day=day) for day in (*days[: _PANELS - 1], today)]
    ax = maps.draw_series(shown)
    return report.figure(
        ax.figure,
        caption=f"The days on which the record turns. {report.edition}",
        alt=f"Maps of one frame, one per date. {' '.join(_map_alt(each) for each in shown)}",
    )


def draw_timeline(report: Report, side: str) -> Output:
    """Return the timeline of some events of a report; `side` is as for `Report.events`."""
    ax = timelines.plot_timeline(**_asked(report), side=side)
    alt = timelines.timeline_alt(report.record, report.countries, side)
    return report.figure(ax.figure, caption=f"{_TIMELINES[side]} {report.edition}", alt=alt)


def draw_exits(report: Report) -> Output:
    """Return the exits of French forces, country by country, from order to last unit."""
    ax = timelines.plot_exits(**_asked(report))
    alt = timelines.exits_alt(report.record, report.countries)
    caption = f"French exits and the coming of Russians. {report.edition}"
    return report.figure(ax.figure, caption=caption, alt=alt)


def draw_agreements(report: Report) -> Output:
    """Return the chart of agreements signed and denounced."""
    ax = timelines.plot_agreements(**_asked(report))
    rows = timelines.agreements(report.record, report.countries)
    caption = f"Agreements by country and partner. {report.edition}"
    return report.figure(ax.figure, caption=caption, alt=timelines.bars_alt(rows, "agreements"))


def draw_missions(report: Report) -> Output:
    """Return the bars of international missions from launch to end."""
    ax = timelines.plot_missions(**_asked(report))
    rows = timelines.missions(report.record, report.countries)
    alt = timelines.bars_alt(rows, "international missions")
    return report.figure(ax.figure, caption=f"International missions. {report.edition}", alt=alt)


def draw_force_levels(report: Report, side: str) -> Output:
    """Return counts of the people of ``france`` or ``russia`` through time, those who left apart."""
    ax = forces.plot_force_levels(**_asked(report), root=side)
    alt = forces.force_levels_alt(report.record, report.countries, side)
    return report.figure(ax.figure, caption=f"{_COUNTED[side]} {report.edition}", alt=alt)


def draw_verdicts(report: Report) -> Output:
    """Return the bars of verdicts on the article's claims, paragraph by paragraph."""
    day, tables = report.record.as_of, report.tables
    return report.figure(
        verdict_bars.plot_verdicts(day, tables).figure,
        caption="Verdicts on the article's assertions by paragraph.",
        alt=verdict_bars.verdicts_alt(day, tables),
    )


def _asked(report: Report) -> dict[str, object]:
    """Return the arguments that all charts of a report share."""
    return {
        "as_of": report.record.as_of,
        "evidence": report.record.evidence,
        "countries": report.countries,
        "tables": report.tables,
    }


def _situation(
    report: Report, *, kind: str = "combined", evidence: str = "", day: date | None = None
) -> maps.Situation:
    """Return what a map of a report is drawn from, on its day and evidence or on another."""
    asked = _asked(report)
    asked |= {"evidence": evidence or asked["evidence"], "as_of": day or asked["as_of"]}
    return maps.situation(**asked, kind=kind)


def _map_alt(shown: maps.Situation) -> str:
    """Return the alternative text of a map from its rows."""
    return situation.alt_text(shown.record, shown.rows, shown.sites, shown.themes)
