"""Promises of the exhibits with the real rows, at any day and for any countries.

That nothing overlaps or is cut off is promised of the figures, in `tests/figures`.
"""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial

import pytest

from sahel_analysis import Report
from sahel_analysis.report.parameters import date_range, scope

EXHIBITS = (
    *(partial(Report.map, kind=kind) for kind in ("combined", "french", "russian")),
    Report.map_series, Report.timeline, Report.agreements, Report.missions,
    Report.exit_ladder, *(partial(Report.force_levels, side=side) for side in ("france", "russia")),
)  # fmt: skip


def report_at_random(seed: int, tables) -> Report:
    """Return a report of a random day and selection; every third takes all countries."""
    dice = random.Random(seed)
    first, last = date_range(tables)
    followed = list(scope(tables))
    size = len(followed) if seed % 3 == 0 else dice.randint(1, len(followed))
    asked = {
        "as_of": first + timedelta(days=dice.randrange((last - first).days + 1)),
        "evidence": "article" if seed % 4 == 3 else "checked",
        "countries": sorted(dice.sample(followed, size), key=followed.index),
    }
    return Report("Trial", tables=tables, **asked)


@pytest.mark.parametrize("seed", range(33))
def test_an_exhibit_has_caption_and_alternative_text_or_is_left_out(seed, tables):
    """Each in turn; where too little is on record there is none, and it never fails."""
    report = report_at_random(seed, tables)
    exhibit = EXHIBITS[seed % len(EXHIBITS)]
    shown = exhibit(report)
    if report.has_little:
        assert shown is None
        return
    if shown is not None and "image/svg+xml" in shown.data:
        told = shown.metadata["image/svg+xml"]
        assert report.edition in told["caption"]
        assert len(told["alt"]) > 20


def test_a_country_brief_shows_its_bases(tables):
    """The region's map is that of all countries."""
    brief = Report("T", as_of="2022-09-01", country="MLI", tables=tables).map()
    assert "Kidal" in brief.metadata["image/svg+xml"]["alt"]
    region = Report("T", as_of="2022-09-01", tables=tables).map()
    assert "Djibouti" in region.metadata["image/svg+xml"]["alt"]


def test_counts_of_nobody_are_no_chart(tables):
    """Of Togo no number of people is on record."""
    report = Report("T", country="TGO", tables=tables)
    assert not report.has_little
    assert report.force_levels() is None
