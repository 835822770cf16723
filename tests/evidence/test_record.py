"""Promises about records: what each evidence shows, and which rows a report may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from factory import data_copy, event, frame, put, tiny

from sahel_analysis.errors import DataError
from sahel_analysis.evidence.posture import followed, posture_of
from sahel_analysis.evidence.record import (
    EVIDENCE,
    article_day,
    articles,
    extract,
    one_article,
    public_from,
    record,
    row_digests,
    told_claims,
)
from sahel_analysis.tables.loading import Tables, load_tables

LAST = "2030-01-01"
DAYS = ("2014-01-01", "2022-01-01", "2023-12-04", "2025-06-01")
ARTICLE_DAY = "2023-12-04"


def claim(key: str, day: str = "2023-12-04", **cells: str) -> dict[str, str]:
    """Return a claim as cells."""
    plain = {"source_id": "S-001", "paragraph": "5", "sentence": "2", "attributed_to": "article"}
    told = {"quote": "a phrase of it", "statement_en": "What it says.", "modality": "fact"}
    return {"claim_id": key, "date_edtf": day, **plain, **told, **cells}


def check(key: str, verdict: str = "corroborated", **cells: str) -> dict[str, str]:
    """Return a check as cells."""
    plain = {"credibility": "2", "finding_en": "What others say.", "source_ids": "S-002"}
    plain["checked_on"] = "2024-01-10"
    return {"claim_id": key, "verdict": verdict, **plain, **cells}


def figure(**cells: str) -> dict[str, str]:
    """Return a figure as cells."""
    plain = {"figure_id": "FG-001", "label_en": "soldiers", "unit": "people", "basis": "article"}
    return {"qualifier": "exact", **plain, **cells}


SOURCES = frame(
    "sources",
    {"source_id": "S-001", "reliability": "D", "reliability_basis_en": "unsigned",
     "article_day": ARTICLE_DAY},
    {"source_id": "S-002", "title": "A *title*", "publisher": "Desk", "published_edtf": "2023-12",
     "reliability": "B", "reliability_basis_en": "known", "url": "https://example.org/a_b",
     "state_affiliation": "RUS"},
)  # fmt: skip


def told(verdict: str, same_as: str = "", known_from: str = "", **checked: str) -> Tables:
    """Return tables of one article event with a checked claim and one reference event."""
    return tiny(
        event("withdrawal_completed", "2023-04", basis="article", claim_ids="CL-001"),
        event(
            "deployment", "2023-01-01", source_ids="S-002", same_as=same_as, known_from=known_from
        ),
        claims=frame("claims", claim("CL-001")),
        checks=frame("checks", check("CL-001", verdict, **checked)),
        sources=SOURCES,
    )


def shown(tables: Tables, evidence: str, as_of: str = LAST) -> list[str]:
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
    """An uncertain date counts from its latest day; of figures too, which 1.0.0 showed sooner."""
    tables = tiny(
        event("deployment", "2023-04"),
        figures=frame(
            "figures",
            figure(date_edtf="2023-04", best="1", basis="reference"),
            figure(figure_id="FG-002", best="2", basis="reference"),
        ),
    )
    before, within = (
        record("2023-04-29", "checked", tables=tables),
        record("2023-04-30", "checked", tables=tables),
    )
    assert list(before.figures.index) == ["FG-002"]
    assert list(within.figures.index) == ["FG-001", "FG-002"]
    assert shown(tables, "checked", "2023-04-29") == []
    assert shown(tables, "checked", "2023-04-30") == ["EV-001"]


def test_a_claim_without_a_date_speaks_of_the_day_of_the_article():
    """Before that day, by design, there is no article to tell any; later dates are not told yet."""
    dates = {"CL-001": "", "CL-002": "2023-04", "CL-003": "2023-12-04", "CL-004": "2024"}
    claims = frame("claims", *(claim(key, day) for key, day in dates.items()))
    tables = tiny(claims=claims, sources=SOURCES)
    assert told_claims(record("2023-12-03", "article", tables=tables)).empty
    on_the_day = told_claims(record("2023-12-04", "article", tables=tables))
    assert list(on_the_day.index) == ["CL-001", "CL-002", "CL-003"]


def test_an_unknown_kind_of_evidence_is_refused():
    """With what is allowed."""
    with pytest.raises(ValueError, match="'rumour' is not allowed; expected one of"):
        record(LAST, "rumour", tables=tiny())


def since(tables: Tables, name: str) -> dict[str, str]:
    """Return the day from which each row was public, ISO 8601."""
    return {key: str(day)[:10] for key, day in public_from(tables, name).items()}


def test_a_row_counts_from_the_later_of_its_day_and_the_one_on_which_it_was_known():
    """A month counts from its last day, whichever of the two it is."""
    tables = tiny(
        event("deployment", "2023-01-05"),
        event("deployment", "2023-01-05", known_from="2024-06-20"),
        event("deployment", "2023-01-05", known_from="2024-06"),
        event("deployment", "2023-02", known_from="2023-02-10"),
        sources=SOURCES,
    )
    days = ["2023-01-05", "2024-06-20", "2024-06-30", "2023-02-28"]
    assert list(since(tables, "events").values()) == days
    for key, day in since(tables, "events").items():
        assert key in shown(tables, "checked", day)
        eve = str(pd.Timestamp(day) - pd.Timedelta(days=1))[:10]
        assert key not in shown(tables, "checked", eve)
        assert key not in extract(tables, date.fromisoformat(eve)).events.index


def test_a_figure_without_a_day_counts_from_its_earliest_dated_source():
    """With an open end from its first day, with neither day nor dated source always."""
    plain = {"best": "1", "basis": "reference", "source_ids": "S-001;S-002"}
    cells = [
        {}, {"date_edtf": "2023-03"}, {"date_edtf": "2023-03-05/.."}, {"source_ids": "S-001"},
        {"source_ids": "S-001", "known_from": "2024-02"},
    ]  # fmt: skip
    figures = frame(
        "figures",
        *(figure(**{**plain, "figure_id": f"FG-00{n}", **more}) for n, more in enumerate(cells)),
    )
    days = since(tiny(figures=figures, sources=SOURCES), "figures")
    assert list(days.values()) == ["2023-12-31", "2023-03-31", "2023-03-05", "NaT", "2024-02-29"]


def test_no_row_of_the_article_counts_before_the_articles_day():
    """Whenever it happened; what it foresees counts from the day it speaks of."""
    rest = {"basis": "article", "claim_ids": "CL-001"}
    tables = tiny(
        event("deployment", "2020", **rest),
        event("deployment", "2024-02-01", **rest),
        figures=frame(
            "figures", figure(best="1"), figure(figure_id="FG-002", date_edtf="2020", best="1")
        ),
        claims=frame("claims", claim("CL-001")),
        sources=SOURCES,
    )
    assert since(tables, "events") == {"EV-001": ARTICLE_DAY, "EV-002": "2024-02-01"}
    assert set(since(tables, "figures").values()) == {ARTICLE_DAY}
    assert shown(tables, "article", "2023-12-03") == []
    assert shown(tables, "article", ARTICLE_DAY) == ["EV-001"]


@pytest.mark.parametrize("day", ["2020-01-01", "2023-12-03"])
def test_before_the_articles_day_there_is_no_article(day, tables):
    """No claim, no check, no event and no figure of it is seen."""
    seen = extract(tables, date.fromisoformat(day))
    assert seen.claims.empty
    assert seen.checks.empty
    assert set(seen.events["basis"]) | set(seen.figures["basis"]) == {"reference"}


def test_a_check_counts_from_the_day_set_or_its_earliest_dated_source_or_its_own():
    """In that order."""
    checks = frame(
        "checks",
        check("CL-001", known_from="2024-02"),
        check("CL-002"),
        check("CL-003", source_ids=""),
    )
    days = since(tiny(checks=checks, sources=SOURCES), "checks")
    assert list(days.values()) == ["2024-02-29", "2023-12-31", "2024-01-10"]


def test_a_claim_without_a_visible_check_never_counts_as_sound():
    """Its event waits for the check, and without any check it stays out of checked evidence."""
    tables = told("corroborated", source_ids="")
    assert shown(tables, "checked", "2024-01-09") == ["EV-002"]
    assert shown(tables, "checked", "2024-01-10") == ["EV-002", "EV-001"]
    unchecked = replace(tables, checks=tables.checks[:0])
    assert shown(unchecked, "checked") == ["EV-002"]
    assert shown(unchecked, "article") == ["EV-001"]


def test_an_event_told_twice_is_hidden_only_once_the_better_telling_is_public():
    """Until then the article's own row stands for it, if its claims are checked."""
    tables = told("corroborated", same_as="EV-001", known_from="2024-06-01")
    assert shown(tables, "checked", "2024-05-31") == ["EV-001"]
    assert shown(tables, "checked", "2024-06-01") == ["EV-002"]


def test_a_judgement_shows_what_it_cites_only_once_it_is_public():
    """Of another country's event a brief sees nothing before everybody does."""
    judgements = frame(
        "judgements",
        {
            "judgement_id": "KJ-001",
            "scope": "NER",
            "valid_from": "2023-01-01",
            "event_ids": "EV-001",
        },
    )
    tables = tiny(event("deployment", "2023-06-01", iso3="MLI"), judgements=judgements)
    assert extract(tables, date(2023, 5, 31), "NER").events.empty
    assert list(extract(tables, date(2023, 6, 1), "NER").events.index) == ["EV-001"]


@pytest.mark.parametrize("day", DAYS)
def test_no_extract_holds_a_row_that_was_not_public(day, tables):
    """Nor does a brief's, whatever its judgements cite."""
    stamp = pd.Timestamp(day)
    for country in ["all", *followed(tables)]:
        seen = extract(tables, stamp.date(), country)
        for name in ("events", "figures", "checks"):
            days = public_from(tables, name).loc[getattr(seen, name).index]
            assert not (days > stamp).any(), (country, name)
        assert (seen.judgements["valid_from"] <= stamp).all()


@pytest.mark.parametrize("evidence", EVIDENCE)
@pytest.mark.parametrize("day", DAYS)
def test_the_record_of_one_country_has_the_posture_of_the_whole_record(day, evidence, tables):
    """With its reasons and its days."""
    whole = posture_of(record(day, evidence, tables=tables))
    for country in followed(tables):
        own = posture_of(record(day, evidence, country, tables))
        assert own.loc[country].equals(whole.loc[country]), country


def test_tables_without_an_article_are_tables():
    """Nothing is held against a day that is not there."""
    tables = tiny(event("deployment", "2020-01-01"))
    assert pd.isna(article_day(tables))
    assert shown(tables, "checked", "2020-01-01") == ["EV-001"]
    assert shown(tables, "article") == []


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


def test_one_article_leaves_the_first_as_if_the_others_were_not_there(tables):
    """Neither their claims nor their events and figures, whichever day and evidence."""
    first, *others = articles(tables)
    assert others
    seen = one_article(tables)
    assert one_article(seen, first) is seen
    assert articles(seen) == [first]
    assert set(seen.claims["source_id"]) == set(seen.sentences["source_id"]) == {first}
    for other in others:
        foreign = set(tables.claims.index[tables.claims["source_id"] == other])
        assert foreign
        alone = one_article(tables, other)
        assert set(alone.claims.index) == set(alone.checks.index) == foreign
        for frame_ in (seen.events, seen.figures):
            assert foreign.isdisjoint(key for cell in frame_["claim_ids"] for key in cell)
        day = article_day(alone).date()
        kept = record(day, "article", tables=tables, article=other).events
        assert set(kept["claim_ids"].explode()) <= foreign
    with pytest.raises(ValueError, match="article: 'S-002' is not allowed; expected one of S-001"):
        one_article(tables, "S-002")


@pytest.mark.parametrize("key", ["S-001", "S-341", "S-901"])
def test_faults_in_an_article_s_rows_name_the_article(key, tables, tmp_path):
    """Five planted: by file, row, column and article."""
    folder = data_copy(tmp_path)
    alone = one_article(tables, key)
    claims = list(alone.claims.index[:3])
    check = alone.checks.index[alone.checks["verdict"] == "corroborated"][0]
    sentence = alone.sentences.index[0]
    put(folder / "claims.csv", claims[0], theme="nothing")
    put(folder / "claims.csv", claims[1], sentence="99")
    put(folder / "claims.csv", claims[2], date_basis="stated", date_edtf="")
    put(folder / "checks.csv", check, gravity="high")
    put(folder / "sentences.csv", sentence, sentence="98")
    with pytest.raises(DataError) as caught:
        load_tables(folder)
    told = {str(problem) for problem in caught.value.problems}
    for place in (
        f"claims.csv {claims[0]}, theme", f"claims.csv {claims[1]}, sentence",
        f"claims.csv {claims[2]}, date_basis", f"checks.csv {check}, gravity",
    ):  # fmt: skip
        assert any(
            line.startswith(f"data/{place}: ") and f"(article {key})" in line for line in told
        )
    assert all(f"(article {key})" in line for line in told)
