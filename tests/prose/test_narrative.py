"""Promises about narrative: short, told once, and rows and a source behind every sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
from factory import countries, event, frame, tiny

from sahel_analysis.evidence.posture import followed, posture_of
from sahel_analysis.evidence.record import EVIDENCE, record, told_claims
from sahel_analysis.prose import judgements, listings, method, narrative, words
from sahel_analysis.prose.bottom_line import bottom_line
from sahel_analysis.prose.markdown import escape
from sahel_analysis.prose.notes import KeySources, lead_to, published_by
from sahel_analysis.tables.vocabulary import LIKELIHOODS

LAST = "2030-01-01"
DAYS = ["2012-01-01", "2013-06-01", "2022-09-01", "2023-12-04", "2025-09-01"]
MARK = re.compile(r"\[[^\]]*\]\(#\w+\)")


@pytest.fixture(params=EVIDENCE)
def known(request, tables):
    """Return each world on the day of the article."""
    return record("2023-12-04", request.param, tables=tables)


@pytest.mark.parametrize(
    ("items", "sentence"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")],
)
def test_a_list_reads_as_a_sentence_lists_it(items, sentence):
    """However many there are."""
    assert words.listed(items) == sentence


@pytest.mark.parametrize("scope", ["region", "NER", "MLI", "TCD", "CAF"])
@pytest.mark.parametrize("as_of", DAYS)
def test_a_story_is_short_and_told_once(scope, as_of, tables):
    """120 words at most, whatever the day; no phase says a sentence of it again."""
    known = record(as_of, "checked", "all" if scope == "region" else scope, tables)
    story = narrative.story(known, scope)
    assert sum(len(line.text.split()) for line in story) <= 120
    told = [
        line.text for phase in narrative.phases(known, scope, story) for line in phase.sentences
    ]
    texts = [*told, *(line.text for line in story)]
    assert len(texts) == len(set(texts))


def test_a_story_drops_its_earliest_sentences(tables):
    """The newest stay."""
    late = narrative.story(record("2026-01-31", tables=tables), "region")
    keys = tables.narrative[tables.narrative["phase_id"].isin(
        tables.phases.query("scope == 'region' and rank == 0").index)].index  # fmt: skip
    assert 0 < len(late) < len(keys)
    assert late[-1].key == record("2026-01-31", tables=tables).tables.narrative.loc[
        lambda rows: rows.index.isin(keys)].sort_values("rank").index[-1]  # fmt: skip


@pytest.mark.parametrize("as_of", DAYS)
def test_every_sentence_rests_on_rows_of_its_evidence(as_of, tables):
    """Of articles' evidence the narrative of other sources tells nothing."""
    for evidence in EVIDENCE:
        known = record(as_of, evidence, tables=tables)
        seen = {*known.events.index, *known.figures.index, *known.tables.claims.index}
        for line in (
            *narrative.sentences_of(known, "region"),
            *narrative.unknowns(known, "region"),
        ):
            assert seen.issuperset(line.rows)


def test_a_phase_that_has_not_ended_is_printed_open(tables):
    """Of one that has, the span says what both ends share once."""
    whens = [
        phase.when
        for phase in narrative.phases(record("2023-12-04", "checked", "NER", tables), "NER")
    ]
    assert whens[-1].startswith("since ")
    assert any(re.fullmatch(r"\d+ \w{3} to \d+ \w{3} \d{4}", when) for when in whens)
    ended = tables.phases.query("scope == 'NER' and rank > 0")["to_latest"]
    early = record(ended.min().date().replace(day=1), "checked", "NER", tables)
    assert all(phase.when.startswith("since") for phase in narrative.phases(early, "NER")[-1:])


def test_every_claim_told_stands_once_in_the_articles_story(known):
    """By theme, a dagger behind what other sources contradict."""
    lines = [line for phase in narrative.article_story(known) for line in phase.sentences]
    assert sorted(line.rows[0] for line in lines) == sorted(told_claims(known).index)
    for line in lines:
        assert ("†" in line.text) == known.contradicts(line.rows[0])


def test_claims_of_a_later_day_are_left_out(tables):
    """The article speaks on its own day at the earliest."""
    assert narrative.article_story(record("2013-06-01", "article", tables=tables)) == []


def test_a_claim_says_whose_it_is_unless_the_article_speaks():
    """Once: a statement that names its speaker is not told twice."""
    plain = {"quote": "a phrase of it", "modality": "opinion", "theme": "coup"}
    claims = frame(
        "claims",
        {"claim_id": "CL-001", "statement_en": "It is so.", "attributed_to": "article", **plain},
        {"claim_id": "CL-002", "statement_en": "It is so.", "attributed_to": "unnamed analysts",
         **plain},
        {"claim_id": "CL-003", "statement_en": "France says so.", "attributed_to": "France",
         **plain},
    )  # fmt: skip
    sources = frame("sources", {"source_id": "S-001", "article_day": "2023-12-04"})
    themes = frame("themes", {"theme_id": "TH-001", "theme": "coup", "label_en": "The coup"})
    known = record(LAST, "article", tables=tiny(claims=claims, sources=sources, themes=themes))
    [phase] = narrative.article_story(known)
    assert [line.text for line in phase.sentences] == [
        "It is so.",
        "It is so, according to unnamed analysts.",
        "France says so.",
    ]


@pytest.mark.parametrize("as_of", DAYS)
def test_every_mark_leads_to_a_key_source_of_its_day_and_to_rows(as_of, tables):
    """Six to eight of them; a sentence has one at most, and names its rows."""
    known = record(as_of, tables=tables)
    lines = [line for phase in narrative.phases(known, "region") for line in phase.sentences]
    sources = KeySources(known, lines)
    assert len(sources.numbers) <= 8
    early = published_by(tables, known.as_of)
    assert early.issuperset(sources.numbers)
    for line in lines:
        text = sources.marked(line)
        marks = re.findall(r"\]\(#source-(\d+)\)", text)
        assert len(marks) <= 1
        assert set(map(int, marks)) <= set(sources.numbers.values())
        assert f'rows="{";".join(line.rows)}"' in text
        assert lead_to(line.rows, known.tables)
    for number in sources.numbers.values():
        assert sources.listed().count(f"{{#source-{number}}}") == 1


def test_tables_for_readers_hold_every_row_they_are_given(known):
    """With marks in the last column."""
    events = listings.event_table(known, known.events)
    figures = listings.figure_table(known, known.figures)
    posture = listings.posture_table(known, posture_of(known))
    assert len(events) == len(known.events)
    assert len(figures) == len(known.figures)
    states = posture_of(known)[["french_posture", "russian_engagement"]]
    assert len(posture) == (states != "none_recorded").any(axis="columns").sum()
    assert events["Notes"].map(MARK.match).notna().all()
    assert figures["Notes"].map(MARK.match).notna().all()


def test_the_table_of_posture_names_no_country_without_rows(tables):
    """An empty world has an empty table; what nobody attests any more says since when."""
    assert listings.posture_table(*both("2012-01-01", "article", tables)).empty
    table = listings.posture_table(*both("2023-12-04", "checked", tables)).set_index("Country")
    assert "not attested since 2020" in table.at["Mauritania", "French forces"]
    assert "disputed" in table.at["Sudan", "Russian engagement"]
    assert "dormant agreement" in table.at["Chad", "Russian engagement"]


def both(day: str, evidence: str, tables) -> tuple:
    """Return a record and its posture."""
    known = record(day, evidence, tables=tables)
    return known, posture_of(known)


@pytest.mark.parametrize("evidence", EVIDENCE)
@pytest.mark.parametrize("as_of", DAYS)
def test_judgements_in_force_are_told_with_chance_rival_and_basis(as_of, evidence, tables):
    """Those of the day and the evidence and no others; since when, where that was before."""
    known = record(as_of, evidence, tables=tables)
    held = judgements.in_force(known, ["region", "article", *followed(tables)])
    assert (held["evidence"] == evidence).all()
    assert (held["valid_from"] <= pd.Timestamp(as_of)).all()
    table = judgements.judgement_table(held, known.as_of)
    basis = judgements.key_judgements(held, known).splitlines()
    assert len(table) == len(held) == len(basis)
    for line, cells, row in zip(basis, table.itertuples(), held.itertuples(), strict=True):
        assert f'[**{escape(row.text_en)}**]{{.horizon rows="{row.Index}"}}' in cells.Judgement
        assert ("held since" in cells.Judgement) == (row.valid_from < pd.Timestamp(as_of))
        assert ("low=" in cells.Chance) == bool(row.likelihood)
        assert MARK.search(line)
        assert "new" not in cells.Judgement.split("**")[-1]


def test_what_was_judged_after_the_tables_end_is_told_on_their_last_day(tables):
    """And never before."""
    last = tables.events["latest"].max().date()
    later = judgements.recorded_since(record(last, tables=tables), ["region"])
    assert len(later) > 0
    assert "Written afterwards" not in judgements.written_afterwards(later)
    before = record(last - timedelta(days=1), tables=tables)
    assert judgements.recorded_since(before, ["region"]).empty
    held = judgements.in_force(before, ["region"])
    assert "Written afterwards, on 24 November 2026" in judgements.written_afterwards(held)


def test_a_judgement_that_has_lapsed_is_not_told(tables):
    """Each day has one of its kind."""
    lapsed = tables.judgements[tables.judgements["valid_to"].notna()].iloc[0]
    last, next_ = lapsed.valid_to.date(), (lapsed.valid_to + pd.Timedelta(days=1)).date()
    for day, there in ((last, True), (next_, False)):
        held = judgements.in_force(record(day, lapsed.evidence, tables=tables), [lapsed.scope])
        assert (lapsed.name in held.index) == there


def test_the_words_of_likelihood_are_those_of_the_scale():
    """Seven words, bands that meet."""
    bands = [(likely.low, likely.high) for likely in LIKELIHOODS.values()]
    assert bands == [(1, 5), (5, 20), (20, 45), (45, 55), (55, 80), (80, 95), (95, 99)]
    assert len(judgements.words_of_judgement()) == 7


def test_the_method_counts_what_was_used_and_left_out(known):
    """The numbers are those of the world."""
    used = method._rows_used(known)
    assert used["Events"].startswith(f"{len(known.events)} of {len(known.tables.events)} ")
    assert f"{len(known.tables.claims)} assertions" in method.sources_and_method(known)


def test_hostile_names_and_summaries_stay_text():
    """No cell of a table becomes Markdown or HTML."""
    text = "*b* [x](#y) <script>alert(1)</script>"
    named = countries("NER")
    named.loc["NER", "name_en"] = text
    rows = tiny(event("withdrawal_completed", "2029-12-01", summary_en=text), countries=named)
    known = record(LAST, "checked", tables=rows)
    lines = bottom_line(known, "NER")
    out = KeySources(known, lines).text(lines)
    for words_ in (out, " ".join(listings.event_table(known, known.events).iloc[0])):
        assert escape(text) in words_ or escape(text[0].lower() + text[1:]) in words_
        assert text not in words_


def test_equal_tables_give_equal_words(tables):
    """Nothing depends on the order of a set."""
    for evidence in EVIDENCE:
        texts = []
        for _ in range(2):
            known = record("2023-12-04", evidence, tables=tables)
            lines = [*bottom_line(known, "region"), *narrative.story(known, "region")]
            texts.append(KeySources(known, lines).text(lines))
        assert texts[0] == texts[1]


def test_a_gap_stands_while_the_rows_bear_it(tables):
    """Each point goes, or changes, with the rows that it is computed from."""

    def gaps(**changed: pd.DataFrame) -> str:
        return method.gaps(record("2023-12-04", "checked", tables=replace(tables, **changed)))

    claims, figures = tables.claims, tables.figures
    assert "We infer 2023 from its events" in gaps()
    assert "year" not in gaps(claims=claims.assign(date_basis="stated"))
    assert "guess" in gaps()
    assert "guess" not in gaps(claims=claims.assign(modality="fact"))
    named = claims.assign(attributed_to=claims["attributed_to"].replace("unnamed analysts", "X"))
    assert "analysts" in gaps()
    assert "analysts" not in gaps(claims=named)
    assert "It gives one number of French troops" in gaps()
    assert "It gives no number of French troops." in gaps(figures=figures.iloc[:0])
    troops = figures.index[(figures["basis"] == "article") & (figures["subject"] == "troops")]
    ours = figures.copy()
    ours.at[troops[0], "iso3"] = ("NER",)
    assert "number of French troops" not in gaps(figures=ours)
