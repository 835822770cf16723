"""Exhibits: the maps and charts of one report, each with caption and alternative text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from ..figures import forces, maps, timelines, verdicts
from ..figures.situation import alt_text
from ..figures.style import PHONE_MM
from ..tables.dates import bounds
from .outputs import Output

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .report import Report

_PANELS = 6  # with more, the figure leaves no room on its page for its heading


def draw_map(report: Report, kind: str) -> Output:
    """Return one map of a report's day, evidence and countries.

    Parameters
    ----------
    report : Report
        The report.
    kind : str
        As for `figures.plot_map`.

    Raises
    ------
    ParameterError
        If there is no such map.
    """
    shown = maps.situation(*_asked(report), kind, report.tables)
    return _figure(report, partial(maps.draw_map, shown), _alt(shown))


def draw_map_series(report: Report) -> Output:
    """Return small maps of a report's evidence: the end of each phase of the region, and its day."""
    today = report.record.as_of
    phases = report.tables.phases
    ends = phases["to_edtf"][(phases["scope"] == "region") & (phases["to_edtf"] != "")]
    days = sorted({bounds(end)[1] for end in ends})
    days = [*[day for day in days if day < today][1 - _PANELS :], today]
    _, evidence, countries = _asked(report)
    panels = [maps.situation(day, evidence, countries, tables=report.tables) for day in days]
    alts = [_alt(each) for each in panels]
    ax = maps.draw_series(panels)
    return _figure(report, ax, f"Small maps, one per day. {' '.join(alts)}")


def draw_timeline(report: Report) -> Output:
    """Return what happened on a line of time, the latest events in words."""
    ax = timelines.plot_timeline(*_asked(report), report.tables)
    return _figure(report, ax, timelines.timeline_alt(report.record, report.countries))


def draw_exits(report: Report) -> Output:
    """Return the exits of French forces, from the order to the last unit."""
    ax = timelines.plot_exits(*_asked(report), report.tables)
    return _figure(report, ax, timelines.exits_alt(report.record, report.countries))


def draw_agreements(report: Report) -> Output:
    """Return the agreements with France and Russia from signature to denunciation."""
    ax = timelines.plot_agreements(*_asked(report), report.tables)
    rows = timelines.agreements(report.record, report.countries)
    return _figure(report, ax, timelines.bars_alt(rows, "agreements"))


def draw_missions(report: Report) -> Output:
    """Return the bars of international missions from launch to end."""
    ax = timelines.plot_missions(*_asked(report), report.tables)
    rows = timelines.missions(report.record, report.countries)
    return _figure(report, ax, timelines.bars_alt(rows, "missions"))


def draw_force_levels(report: Report, side: str) -> Output:
    """Return the counts of people of one side, ``france`` or ``russia``, and of those who left."""
    ax = forces.plot_force_levels(*_asked(report), report.tables, root=side)
    return _figure(report, ax, forces.force_levels_alt(report.record, report.countries, side))


def draw_verdicts(report: Report) -> Output:
    """Return the bars of verdicts on the article's claims, paragraph by paragraph."""
    day = report.record.as_of
    ax = verdicts.plot_verdicts(day, report.tables)
    return _figure(report, ax, verdicts.verdicts_alt(day, report.tables))


def _alt(shown: maps.Situation) -> str:
    """Return the alternative text of a map."""
    return alt_text(shown.record, shown.rows, shown.sites, shown.themes)


def _asked(report: Report) -> tuple[date, str, list[str]]:
    """Return day, evidence and countries of a report."""
    return report.record.as_of, report.record.evidence, report.countries


def _figure(report: Report, drawn: Axes | Callable[..., Axes], alt: str) -> Output:
    """Return a drawing, which holds its title, with the edition below; a function draws two widths."""
    narrow = None
    if callable(drawn):
        narrow = drawn(width_mm=PHONE_MM).figure
        drawn = drawn()
    return report.figure(drawn.figure, caption=report.edition, alt=alt, narrow=narrow)
