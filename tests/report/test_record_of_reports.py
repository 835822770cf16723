"""Promises about the record of a report: it shows what the whole tables show, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sahel_analysis.batch.jobs import expand
from sahel_analysis.evidence.posture import posture_of
from sahel_analysis.evidence.record import extract, one_article, record
from sahel_analysis.prose.listings import naming
from sahel_analysis.report.parameters import scope
from sahel_analysis.report.report import Report

DAYS = ("2014-01-01", "2022-01-01", "2023-12-04", "2025-06-01")


@pytest.mark.parametrize("evidence", ["article", "checked"])
@pytest.mark.parametrize("day", DAYS)
def test_extract_of_a_brief_shows_what_the_whole_tables_show(tables, day, evidence):
    """Posture with its reasons, events and figures of the country."""
    whole = record(day, evidence, tables=tables)
    postures = posture_of(whole)
    for country in scope(tables):
        asked = {"as_of": day, "evidence": evidence, "country": country}
        report = Report("{place}, {day}", **asked, tables=tables)
        assert report.posture.loc[country].equals(postures.loc[country])
        for name in ("events", "figures"):
            expected = naming(getattr(whole, name), [country], regions=False)
            assert list(getattr(report, name)().index) == list(expected.index)
        report.cover(), report.notes(), report.signature()


def hashes(tables) -> dict[str, str]:
    """Return the hash of what each report of two days can see."""
    jobs = expand(tables, {"as_of": ["2022-01-01", "2023-12-04"]})
    return {
        job.path: extract(tables, job.parameters.as_of, job.parameters.country or "all").sha256
        for job in jobs
    }


def changed(tables, table: str, key: str, column: str, value: object) -> set[str]:
    """Return the reports that see a change of one cell."""
    frame = getattr(tables, table).copy()
    frame.at[key, column] = value
    before, after = hashes(tables), hashes(replace(tables, **{table: frame}))
    return {path for path, told in before.items() if after[path] != told}


def test_cell_of_one_countrys_event_is_seen_by_its_brief_and_all_region_reports(tables):
    """And by no other country's brief."""
    events = tables.events
    mali = events[[cell == ("MLI",) for cell in events["iso3"]]]
    early = mali[(mali["latest"] < "2022-01-01") & (mali["basis"] == "reference")].index[-1]
    seen = changed(tables, "events", early, "summary_en", "Something else.")
    briefs = {path for path in seen if "country_brief" in path}
    assert {path.split("_")[-1] for path in briefs} == {"MLI"}
    assert len(briefs) == 2
    assert {path.split("/")[1] for path in seen - briefs} == {
        "briefing", "french_withdrawal", "russian_engagement", "regional_realignment",
        "source_audit",
    }  # fmt: skip


def test_later_event_is_not_seen_by_earlier_reports(tables):
    """An edition of 2022 stays as it is when a row of 2023 changes."""
    events = tables.events
    late = events[(events["latest"] > "2022-06-01") & (events["latest"] < "2023-12-01")]
    key = late[late["basis"] == "reference"].index[0]
    seen = changed(tables, "events", key, "summary_en", "Something else.")
    assert seen
    assert not any(path.startswith("2022") for path in seen)


def test_row_of_one_country_is_seen_by_briefs_that_name_it(tables):
    """Gabon's row changes nothing for Sudan."""
    seen = changed(tables, "countries", "GAB", "label_lon", 1.0)
    assert "2023-12-04_checked/country_brief_GAB" in seen
    assert "2023-12-04_checked/country_brief_SDN" not in seen


def test_claim_of_the_article_is_seen_by_every_report_of_its_day(tables):
    """Each counts them; an edition dated before the article was out sees none."""
    seen = changed(tables, "claims", tables.claims.index[0], "statement_en", "Something else.")
    assert seen == {path for path in hashes(tables) if path >= "2023-12-04"}


def test_signature_prints_the_hash_that_decides_on_freshness(tables):
    """One hash, not two that can disagree."""
    (job,) = expand(tables, {"notebook": ["country_brief"], "country": ["TCD"]})
    told = Report("{place}", **job.values, tables=tables).signature().data["text/markdown"]
    assert extract(one_article(tables), job.parameters.as_of, "TCD").sha256 in told
