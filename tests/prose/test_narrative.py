"""Promises about narrative: a mark behind every fact, a correction beside every error."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest
from factory import countries, event, frame, tiny

from sahel_analysis.evidence.posture import followed, posture_of
from sahel_analysis.evidence.record import EVIDENCE, record, told_claims
from sahel_analysis.prose import judgements, listings, method, narrative, words
from sahel_analysis.prose.markdown import escape
from sahel_analysis.prose.notes import anchor, cited
from sahel_analysis.tables.vocabulary import LIKELIHOODS

LAST = "2030-01-01"
DAYS = ["2012-01-01", "2013-06-01", "2022-09-01", "2023-12-04", "2025-09-01"]
MARK = re.compile(r"\[[^\]]*\]\(#\w+\)")


@pytest.fixture(params=EVIDENCE)
def shown(request, tables):
    """Return each world on the day of the article."""
    return record("2023-12-04", request.param, tables=tables)


def mark(key: str, sign: str = "") -> str:
    """Return the mark of a row."""
    return f"[{anchor(key)}{sign}](#{anchor(key)})"


def told(*events: dict, evidence: str = "checked", **frames) -> str:
    """Return the bottom line of a few events."""
    shown = record(LAST, evidence, tables=tiny(*events, **frames))
    return narrative.bottom_line(shown, posture_of(shown))


@pytest.mark.parametrize(
    ("items", "sentence"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")],
)
def test_a_list_reads_as_a_sentence_lists_it(items, sentence):
    """However many there are."""
    assert words.listed(items) == sentence


def test_the_bottom_line_names_states_with_the_events_behind_them():
    """Leaving first, because that is the news."""
    line = told(
        event("deployment", "2020-01-01", iso3="MLI"),
        event("withdrawal_ordered", "2021-01-01", "niger", counterpart_ids="france"),
        event("deployment", "2022-01-01", "wagner", iso3="MLI"),
    )
    assert line.startswith("As of 1 January 2030, French forces are leaving Ner [e2](#e2)")
    assert "present in Mli [e1](#e1)" in line
    assert "Russia has personnel in Mli [e3](#e3)" in line


def test_a_bottom_line_without_events_says_so():
    """And names the day."""
    line = told()
    assert "No event up to 1 January 2030 records French forces" in line
    assert "records Russian engagement" in line


def test_an_article_report_speaks_by_the_articles_account():
    """Only once."""
    claims = frame("claims", {"claim_id": "CL-001"})
    order = event("withdrawal_ordered", "2021-01-01", "niger", counterpart_ids="france",
                  basis="article", claim_ids="CL-001")  # fmt: skip
    line = told(order, evidence="article", claims=claims)
    assert line.count("by the article's account") == 1
    assert "by the article's account" not in told(event("deployment", "2020-01-01"))


@pytest.mark.parametrize("evidence", EVIDENCE)
@pytest.mark.parametrize("as_of", DAYS)
def test_every_country_named_in_the_bottom_line_is_followed_by_a_mark(as_of, evidence, tables):
    """Of an event of that world."""
    shown = record(as_of, evidence, tables=tables)
    line = narrative.bottom_line(shown, posture_of(shown))
    for name in tables.countries.loc[followed(tables), "name_en"]:
        for found in re.finditer(rf"\b{re.escape(escape(name))}\b(.)", line):
            assert MARK.match(line[found.end() :]), (name, line)


@pytest.mark.parametrize("evidence", EVIDENCE)
@pytest.mark.parametrize("as_of", DAYS)
def test_every_country_followed_is_told_or_named_as_not_covered(as_of, evidence, tables):
    """One paragraph each, with the name in front."""
    shown = record(as_of, evidence, tables=tables)
    posture = posture_of(shown)
    text = narrative.country_by_country(shown, posture)
    for iso3, row in posture.iterrows():
        name = escape(tables.countries.at[iso3, "name_en"])
        assert (f"**{name}.** " in text) == bool(row["covered"])
        assert name in text
    assert ("**Not covered.**" in text) == (not posture["covered"].all())


def test_a_country_paragraph_says_since_when_and_by_which_events(tables):
    """All of those that decide."""
    shown = record("2023-12-04", "checked", tables=tables)
    posture = posture_of(shown)
    text = narrative.country_paragraph(shown, posture, "NER")
    assert "French forces are leaving Niger, on record since 3 August 2023" in text
    for event_id in posture.at["NER", "french_posture_event_ids"]:
        assert mark(event_id) in text


def test_every_claim_told_stands_once_in_the_story_with_its_mark(shown):
    """By theme, in the article's order."""
    text = narrative.what_happened(shown)
    for claim_id in told_claims(shown).index:
        assert len(re.findall(rf"\(#{anchor(claim_id)}\)", text)) == 1


def test_claims_of_a_later_day_are_left_out_and_counted(tables):
    """The reader knows that there are more."""
    shown = record("2013-06-01", "article", tables=tables)
    text = narrative.what_happened(shown)
    left = len(tables.claims) - len(told_claims(shown))
    assert f"{left} of the article's {len(tables.claims)} assertions refer to a later day" in text
    assert set(cited(text)) == set(told_claims(shown).index)


def test_a_contradicted_claim_carries_a_dagger_in_an_article_report(tables):
    """And its correction in a checked one."""
    article, checked = (record("2023-12-04", each, tables=tables) for each in EVIDENCE)
    for claim_id in tables.checks.index[tables.checks["verdict"] == "contradicted"]:
        assert narrative.claim_sentence(article, claim_id).endswith(f"{mark(claim_id, '†')}.")
        sentence = narrative.claim_sentence(checked, claim_id)
        check = tables.checks.loc[claim_id]
        assert f"{mark(claim_id, '†')}: *contradicted*. {escape(check.finding_en)}" in sentence
        assert all(mark(source_id) in sentence for source_id in check.source_ids)


@pytest.mark.parametrize("verdict", ["partly", "unverifiable"])
def test_what_is_not_borne_out_is_followed_by_the_finding(verdict, tables):
    """In a checked report; what is corroborated stands alone."""
    checked = record("2023-12-04", "checked", tables=tables)
    for claim_id in tables.checks.index[tables.checks["verdict"] == verdict]:
        finding = escape(tables.checks.at[claim_id, "finding_en"])
        assert finding in narrative.claim_sentence(checked, claim_id)


def test_a_claim_says_whose_it_is_unless_the_article_speaks():
    """Once: a statement that names its speaker is not told twice."""
    plain = {"quote": "a phrase of it", "modality": "opinion"}
    claims = frame(
        "claims",
        {"claim_id": "CL-001", "statement_en": "It is so.", "attributed_to": "article", **plain},
        {"claim_id": "CL-002", "statement_en": "It is so.", "attributed_to": "unnamed analysts",
         **plain},
        {"claim_id": "CL-003", "statement_en": "France says so.", "attributed_to": "France",
         **plain},
    )  # fmt: skip
    shown = record(LAST, "article", tables=tiny(claims=claims))
    assert [narrative.claim_sentence(shown, key) for key in claims.index] == [
        "It is so [c1](#c1).",
        "It is so, according to unnamed analysts [c2](#c2).",
        "France says so [c3](#c3).",
    ]


def test_every_contradicted_claim_is_named_with_its_correction(shown):
    """Gravest first, in either kind of evidence."""
    lines = narrative.contradicted_claims(shown).splitlines()
    checks = shown.tables.checks
    wrong = checks[checks["verdict"] == "contradicted"]
    assert len(lines) == len(wrong)
    gravities = []
    for line in lines:
        claim_id = cited(line)[0] if mark(cited(line)[0], "†") in line else None
        assert escape(wrong.at[claim_id, "finding_en"]) in line
        gravities.append(wrong.at[claim_id, "gravity"])
    assert gravities == sorted(gravities, key=["high", "moderate", "low"].index)


def test_the_difference_over_chad_is_told_in_words(tables):
    """The article has the French expelled; the sources have them there."""
    article, checked = (record("2023-12-04", each, tables=tables) for each in EVIDENCE)
    text = narrative.differences(article, checked, posture_of(article), posture_of(checked))
    [line] = [line for line in text.splitlines() if line.startswith("- **Chad, French forces.**")]
    assert "The article: *withdrawn* [c40†](#c40) [c41†](#c41)" in line
    assert "The checked evidence: *present* [e101](#e101)" in line


@pytest.mark.parametrize("as_of", DAYS)
def test_every_difference_of_the_two_maps_is_told_and_no_other(as_of, tables):
    """By country and side."""
    article, checked = (record(as_of, each, tables=tables) for each in EVIDENCE)
    left, right = posture_of(article), posture_of(checked)
    text = narrative.differences(article, checked, left, right)
    for iso3 in left.index:
        name = escape(tables.countries.at[iso3, "name_en"])
        states = ["french_posture", "russian_engagement"]
        differs = (left.loc[iso3, states] != right.loc[iso3, states]).any()
        assert (name in MARK.sub("", text)) == differs


def test_the_year_before_is_told_by_who_acts(tables):
    """Each event of it once; the earlier ones are counted."""
    shown = record("2023-12-04", "checked", tables=tables)
    text = listings.last_year(shown, shown.events)
    recent = shown.events[shown.events["latest"] > pd.Timestamp("2022-12-04")]
    assert text.count("\n- ") == len(recent)
    assert f"{len(shown.events) - len(recent)} earlier events are listed" in text
    for title in ("French forces", "Russia", "Governments, alliances and missions"):
        assert f"### {title}\n" in text


def test_tables_for_readers_hold_every_row_they_are_given(shown):
    """With marks in the last column."""
    events = listings.event_table(shown, shown.events)
    figures = listings.figure_table(shown, shown.figures)
    posture = listings.posture_table(shown, posture_of(shown))
    assert len(events) == len(shown.events)
    assert len(figures) == len(shown.figures)
    assert len(posture) == len(followed(shown.tables))
    assert events["Notes"].map(MARK.match).notna().all()
    assert figures["Notes"].map(MARK.match).notna().all()


def test_a_country_without_rows_is_not_covered_and_not_empty(tables):
    """Grey on the map, in words in the table."""
    shown = record("2012-01-01", "article", tables=tables)
    table = listings.posture_table(shown, posture_of(shown)).set_index("Country")
    assert table.at["Mali", "French forces"] == "not covered"
    assert table.at["Mali", "Notes"] == ""


@pytest.mark.parametrize("evidence", EVIDENCE)
@pytest.mark.parametrize("as_of", DAYS)
def test_judgements_in_force_are_told_with_measure_and_basis(as_of, evidence, tables):
    """Those of the day and the evidence and no others, each with a mark."""
    shown = record(as_of, evidence, tables=tables)
    scopes = ["region", "article", *followed(tables)]
    text = judgements.key_judgements(shown, scopes)
    held = judgements.in_force(shown, scopes)
    assert (held["evidence"] == evidence).all()
    assert (held["valid_from"] <= pd.Timestamp(as_of)).all()
    if held.empty:
        assert text.startswith("We hold no key judgement for")
        return
    assert len(text.splitlines()) == len(held)
    for line, row in zip(text.splitlines(), held.itertuples(), strict=True):
        assert line.startswith(f"- **{escape(row.text_en)}**")
        assert ("per cent" in line) == bool(row.likelihood)
        assert ("Confidence: " in line) == bool(row.confidence)
        assert MARK.search(line)


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


def test_the_method_counts_what_was_used_and_left_out(shown):
    """The numbers are those of the world."""
    used = method._rows_used(shown)
    assert used["Events"].startswith(f"{len(shown.events)} of {len(shown.tables.events)} ")
    assert f"{len(shown.tables.claims)} assertions" in method.sources_and_method(shown)


def test_hostile_names_and_summaries_stay_text():
    """No cell of a table becomes Markdown or HTML."""
    text = "*b* [x](#y) <script>alert(1)</script>"
    known = countries("NER")
    known.loc["NER", "name_en"] = text
    rows = tiny(event("deployment", "2029-06-01", summary_en=text), countries=known)
    shown = record(LAST, "checked", tables=rows)
    posture = posture_of(shown)
    for out in (
        narrative.bottom_line(shown, posture),
        narrative.country_by_country(shown, posture),
        listings.last_year(shown, shown.events),
        " ".join(listings.event_table(shown, shown.events).iloc[0]),
    ):
        assert escape(text) in out
        assert text not in out


def test_equal_tables_give_equal_words(tables):
    """Nothing depends on the order of a set."""
    for evidence in EVIDENCE:
        texts = []
        for _ in range(2):
            shown = record("2023-12-04", evidence, tables=tables)
            posture = posture_of(shown)
            texts.append(
                narrative.bottom_line(shown, posture)
                + narrative.country_by_country(shown, posture)
                + listings.last_year(shown, shown.events)
            )
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
