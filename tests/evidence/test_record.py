"""Promises about records: what each evidence shows, and which rows a report may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from factory import event, frame, tiny
from sahel_analysis.batch.matrix import expand

from sahel_analysis.evidence.posture import posture_of
from sahel_analysis.evidence.record import extract, record, row_digests, told_claims
from sahel_analysis.prose.listings import naming
from sahel_analysis.report.parameters import scope
from sahel_analysis.report.report import Report

LAST = "2030-01-01"
DAYS = ("2014-01-01", "2022-01-01", "2023-12-04", "2025-06-01")


def claim(key: str, day: str = "2023-12-04", **cells: str) -> dict[str, str]:
    """Return a claim as cells."""
    plain = {"source_id": "S-001", "paragraph": "5", "sentence": "2", "attributed_to": "article"}
    told = {"quote": "a phrase of it", "statement_en": "What it says.", "modality": "fact"}
    return {"claim_id": key, "date_edtf": day, **plain, **told, **cells}


def check(key: str, verdict: str = "corroborated", **cells: str) -> dict[str, str]:
    """Return a check as cells."""
    plain = {"credibility": "2", "finding_en": "What others say.", "source_ids": "S-002"}
    return {"claim_id": key, "verdict": verdict, **plain, **cells}


def figure(**cells: str) -> dict[str, str]:
    """Return a figure as cells."""
    plain = {"figure_id": "FG-001", "label_en": "soldiers", "unit": "people", "basis": "article"}
    return {"qualifier": "exact", **plain, **cells}


SOURCES = frame(
    "sources",
    {"source_id": "S-001", "reliability": "D", "reliability_basis_en": "unsigned"},
    {"source_id": "S-002", "title": "A *title*", "publisher": "Desk", "published_edtf": "2023-12",
     "reliability": "B", "reliability_basis_en": "known", "url": "https://example.org/a_b",
     "state_affiliation": "RUS"},
)  # fmt: skip


def told(verdict: str, same_as: str = "") -> object:
    """Return tables of one article event with a checked claim and one reference event."""
    return tiny(
        event("withdrawal_completed", "2023-04", basis="article", claim_ids="CL-001"),
        event("deployment", "2023-01-01", source_ids="S-002", same_as=same_as),
        claims=frame("claims", claim("CL-001")),
        checks=frame("checks", check("CL-001", verdict)),
        sources=SOURCES,
    )


def shown(tables: object, evidence: str, as_of: str = LAST) -> list[str]:
    """Return the keys of the events that a record shows."""
    return list(record(as_of, evidence, tables=tables).events.index)


@pytest.mark.parametrize("verdict", ["corroborated", "partly", "contradicted", "unverifiable"])
def test_article_evidence_is_the_article_and_nothing_else(verdict):
    """Right or wrong."""
    assert shown(told(verdict), "article") == ["EV-001"]


@pytest.mark.parametrize("verdict", ["corroborated", "partly", "unverifiable"])
def test_checked_evidence_adds_references_to_what_is_not_contradicted(verdict):
    """What could not be verified stays."""
    assert shown(told(verdict), "checked") == ["EV-002", "EV-001"]


def test_checked_evidence_leaves_out_what_is_contradicted():
    """One contradicted claim is enough to drop an event."""
    assert shown(told("contradicted"), "checked") == ["EV-002"]


def test_one_occurrence_told_twice_is_one_in_checked_evidence():
    """The reference row stands for the article's; in article evidence the article speaks."""
    tables = told("corroborated", same_as="EV-001")
    assert shown(tables, "checked") == ["EV-002"]
    assert shown(tables, "article") == ["EV-001"]


def test_figures_follow_the_same_rules():
    """A number that sources contradict is not in checked evidence."""
    figures = frame("figures", figure(best="5000", claim_ids="CL-001"))
    claims, checks = (
        frame("claims", claim("CL-001")),
        frame("checks", check("CL-001", "contradicted")),
    )
    tables = tiny(figures=figures, claims=claims, checks=checks)
    assert list(record(LAST, "article", tables=tables).figures.index) == ["FG-001"]
    assert record(LAST, "checked", tables=tables).figures.empty


def test_a_world_ends_on_its_day():
    """An event of uncertain date counts from its latest day, a figure from its earliest."""
    tables = tiny(
        event("deployment", "2023-04"),
        figures=frame(
            "figures",
            figure(date_edtf="2023-04", best="1"),
            figure(figure_id="FG-002", best="2"),
        ),
        claims=frame("claims", claim("CL-001")),
    )
    before, within = (
        record("2023-03-31", "article", tables=tables),
        record("2023-04-15", "article", tables=tables),
    )
    assert list(before.figures.index) == ["FG-002"]
    assert list(within.figures.index) == ["FG-001", "FG-002"]
    assert shown(tables, "checked", "2023-04-29") == []
    assert shown(tables, "checked", "2023-04-30") == ["EV-001"]


def test_a_claim_without_a_date_speaks_of_the_day_of_the_article():
    """It is not told before."""
    claims = frame("claims", claim("CL-001", ""), claim("CL-002", "2023-04"), claim("CL-003"))
    tables = tiny(claims=claims)
    assert list(told_claims(record("2023-12-03", "article", tables=tables)).index) == ["CL-002"]
    assert len(told_claims(record("2023-12-04", "article", tables=tables))) == 3


def test_an_unknown_kind_of_evidence_is_refused():
    """With what is allowed."""
    with pytest.raises(ValueError, match="'rumour' is not allowed; expected 'article' or"):
        record(LAST, "rumour", tables=tiny())


@pytest.mark.parametrize("evidence", ["article", "checked"])
@pytest.mark.parametrize("day", DAYS)
def test_extract_of_a_brief_shows_what_the_whole_tables_show(tables, day, evidence):
    """Posture with its reasons, events and figures of the country."""
    whole = record(day, evidence, tables=tables)
    postures = posture_of(whole)
    for country in scope(tables):
        asked = {"as_of": day, "evidence": evidence, "country": country, "lang": "en"}
        report = Report("country_brief", asked, tables)
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
    assert "2023-12-04_checked_en/country_brief_GAB" in seen
    assert "2023-12-04_checked_en/country_brief_SDN" not in seen


def test_claim_of_the_article_is_seen_by_every_report(tables):
    """Each counts them."""
    seen = changed(tables, "claims", tables.claims.index[0], "statement_en", "Something else.")
    assert seen == set(hashes(tables))


def test_signature_prints_the_hash_that_decides_on_freshness(tables):
    """One hash, not two that can disagree."""
    (job,) = expand(tables, {"notebook": ["country_brief"], "country": ["TCD"]})
    told = Report("country_brief", job.values, tables).signature().data["text/markdown"]
    assert extract(tables, job.parameters.as_of, "TCD").sha256 in told


@pytest.mark.parametrize("countries", ["all", "NER", ["NER", "MLI"]])
def test_extract_of_an_extract_is_the_extract(tables, countries):
    """So the other evidence can be read from the rows of a report."""
    once = extract(tables, date(2023, 12, 4), countries)
    assert extract(once, date(2023, 12, 4), countries).sha256 == once.sha256


def test_several_countries_bring_the_rows_that_name_none(tables):
    """What is said of the whole region belongs to a report on several countries."""
    regional = {key for key, named in tables.events["iso3"].items() if not named}
    assert regional
    assert regional <= set(extract(tables, date(2025, 6, 1), ["NER", "MLI"]).events.index)
    assert regional.isdisjoint(extract(tables, date(2025, 6, 1), "NER").events.index)


def test_digests_of_rows_tell_which_row_changed(tables):
    """One cell, one row."""
    events = tables.events.copy()
    events.at["EV-012", "summary_en"] = "Something else."
    before, after = row_digests(tables)[0], row_digests(replace(tables, events=events))[0]
    changed = {
        (name, key)
        for name in before
        for key in before[name]
        if before[name][key] != after[name][key]
    }
    assert changed == {("events", "EV-012")}


@pytest.mark.parametrize("day", ["04/12/2023", "20231204", None, 20231204, "2023-W49-1"])
def test_a_day_in_another_form_is_refused(day):
    """Neither is guessed."""
    with pytest.raises(ValueError, match="is not a day; expected one of the calendar"):
        record(day, tables=tiny())
