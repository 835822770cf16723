"""Promises about wording: five planted faults are found, and ours has none."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from factory import event, frame, tiny
from narrative_lint import block_text, lint_narrative, sentences_of

from sahel_analysis.evidence.posture import posture_of
from sahel_analysis.evidence.record import EVIDENCE, record
from sahel_analysis.prose import judgements, listings, method, narrative
from sahel_analysis.prose.wording import lint_judgements

SOUND = {
    "judgement_id": "KJ-001",
    "text_en": "French forces are likely to leave.",
    "likelihood": "likely",
    "basis_en": "The order stands.",
    "alternative_en": "They stay.",
    "indicators_en": "Aircraft leaving.",
    "event_ids": "EV-001",
}
CLAIM = {"claim_id": "CL-001", "quote": "a phrase of it", "statement_en": "It is so."}
TABLES = tiny(
    event("withdrawal_ordered", "2023-12-04", summary_en="Niger orders 1,500 soldiers to leave."),
    claims=frame(
        "claims",
        {**CLAIM, "modality": "fact"},
        {**CLAIM, "claim_id": "CL-002", "modality": "forecast"},
    ),
)


def judged(**cells: str) -> list[str]:
    """Return what the lint finds in one judgement."""
    rows = replace(TABLES, judgements=frame("judgements", {**SOUND, **cells}))
    return [str(problem) for problem in lint_judgements(rows)]


def told(text: str) -> list[str]:
    """Return what the lint finds in a piece of narrative."""
    return [str(problem) for problem in lint_narrative(text, "briefing", TABLES)]


def test_a_sound_judgement_and_a_sound_sentence_pass():
    """The lint is silent where nothing is wrong."""
    assert judged() == []
    assert judged(likelihood="", confidence="low", text_en="French forces leave.") == []
    assert told("Niger ordered 1,500 soldiers out on 4 December 2023 [e1](#e1).") == []


@pytest.mark.parametrize(
    ("cells", "told_"),
    [
        ({"alternative_en": "They might stay."}, "alternative_en: 'might' does not say how likely"),
        ({"text_en": "With confidence, they are likely to leave."}, "stand in one sentence"),
        ({"basis_en": "There are 4,000 of them."}, "basis_en: '4,000' stands in no claim, event"),
        ({"text_en": "French forces are very likely to leave."}, "holds 'very likely'; expected"),
        ({"text_en": "They said they are likely to leave."}, "'said' reports; put what others"),
    ],
    ids=["hedge", "likelihood and confidence", "number", "wrong word", "reported fact"],
)
def test_five_planted_faults_are_found_in_a_judgement(cells, told_):
    """One of each kind."""
    assert any(line.startswith("data/judgements.csv KJ-001") and told_ in line
               for line in judged(**cells))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told_"),
    [
        ("Niger may turn to Moscow [e1](#e1).", "'may' does not say how likely it is"),
        ("We have high confidence that they are likely to leave.", "stand in one sentence"),
        ("France has 1,500 soldiers in Niger.", "'1,500' has no mark behind it"),
        ("- **They are unlikely to stay.** *Likely, 55 to 80 per cent; new.* So it is. [e1](#e1)",
         "the judgement holds ['unlikely']; its measure expects ['likely']"),
        ("Niger ordered them out and they are likely to go [e1](#e1).", "judges among facts"),
    ],
    ids=["hedge", "likelihood and confidence", "number", "wrong word", "reported fact"],
)  # fmt: skip
def test_five_planted_faults_are_found_in_narrative(text, told_):
    """One of each kind."""
    assert any(line.startswith("briefing line 1: ") and told_ in line for line in told(text))


@pytest.mark.parametrize("hedge", ["may", "might", "could", "possibly", "perhaps", "potentially",
                                   "maybe", "seems", "apparently", "arguably"])  # fmt: skip
def test_every_vague_hedge_is_found(hedge):
    """At the beginning of a sentence as within it."""
    assert told(f"Niger {hedge} turn.")
    assert hedge == "may" or told(f"{hedge.capitalize()} Niger turns.")


@pytest.mark.parametrize(
    "text",
    [
        "In May 2023 and on 3 May the army moved.",
        "“France may leave”, it says [c1](#c1).",
        "Moscow warns that a war could follow [e1](#e1).",
        "According to unnamed analysts the alliance might run short [c1](#c1).",
        "The alliance might run short of means [c2](#c2).",
        "No soldier could serve there; what was meant could not be found.",
        "A deployment dated perhaps December 2023 [e1](#e1).",
    ],
)
def test_months_quotations_and_what_others_expect_are_not_hedges_of_ours(text):
    """What a forecast of the article says, it says in its own name."""
    assert told(text) == []


def test_a_mark_of_a_fact_excuses_no_hedge():
    """Only forecasts, opinions, aims and allegations may be reported as open."""
    assert told("Niger might turn to Moscow [c1](#c1).")


@pytest.mark.parametrize("word", ["probable", "probably", "highly improbable", "remote"])
def test_words_of_the_other_row_are_found(word):
    """The two rows of ICD 203 are not mixed."""
    assert any("other ICD 203 row; use '" in line for line in told(f"It is {word} here."))


def test_a_likelihood_of_ours_among_facts_says_that_it_is_ours():
    """Then the reader can tell the two apart."""
    assert told("That is likely.")
    assert told("That is the likely cause, in our reading.") == []


@pytest.mark.parametrize(
    "text",
    [
        "On 4 December 2023, in 2022-09 and from 17 to 19 July 2019 it moved.",
        "Air Base 201, the G5 Sahel and the Mi-8 follow ICD 203.",
        "It carries 48 of its 82 assertions; 3 earlier events are listed.",
        "There are 1,500 of them [e1](#e1).",
        "There are 1,500. Some have gone. [e1](#e1)",
    ],
)
def test_dates_names_and_counts_of_our_rows_need_no_mark(text):
    """A mark behind a full stop vouches for what stands before it."""
    assert told(text) == []


def test_a_mark_within_a_sentence_vouches_for_no_other():
    """Not for the one before."""
    assert told("There are 1,500. Some have gone [e1](#e1).")
    assert told("Some have gone [e1](#e1). There are 1,500.")
    assert told("There are 1,500 [e1](#e1). Then 2,000 came. [e1](#e1)") == []


def test_a_year_that_counts_people_is_a_number():
    """2000 soldiers are not the year 2000."""
    assert told("There were 2000 soldiers.")


def test_a_mark_that_leads_nowhere_is_found():
    """Every mark is a promise."""
    assert told("They left [e77](#e77).") == [
        "briefing line 1: the mark 'e77' leads to no row. In: 'They left.'"
    ]


def test_sentences_keep_their_marks():
    """Those within, and those behind the full stop."""
    found = sentences_of(block_text("- **A\\.** B [c1](#c1). C\\. [s2](#s2) [s3](#s3) D"))
    assert [(s.text, s.marks) for s in found] == [
        ("A.", ()),
        ("B.", ("c1",)),
        ("C.", ("s2", "s3")),
        ("D", ()),
    ]


def pieces(as_of: str, evidence: str, tables) -> dict[str, str]:
    """Return everything the narrative functions say of a day, by name."""
    shown = record(as_of, evidence, tables=tables)
    posture = posture_of(shown)
    both = [record(as_of, each, tables=tables) for each in EVIDENCE]
    scopes = ["region", "article", *posture.index]
    frames = {
        "event_table": listings.event_table(shown, shown.events),
        "figure_table": listings.figure_table(shown, shown.figures),
        "posture_table": listings.posture_table(shown, posture),
        "rivals": judgements.rivals(shown, scopes).drop(columns="Judgement"),
    }
    return {
        "bottom_line": narrative.bottom_line(shown, posture),
        "country_by_country": narrative.country_by_country(shown, posture),
        "what_happened": narrative.what_happened(shown),
        "contradicted_claims": narrative.contradicted_claims(shown),
        "differences": narrative.differences(*both, *map(posture_of, both)),
        "last_year": listings.last_year(shown, shown.events),
        "key_judgements": judgements.key_judgements(shown, scopes),
        "gaps": method.gaps(shown),
        "sources_and_method": method.sources_and_method(shown),
        **{name: rows_as_lines(table) for name, table in frames.items()},
    }


def rows_as_lines(table: pd.DataFrame) -> str:
    """Return a table as Markdown, one row a line."""
    return "\n".join(" | ".join(row) for row in table.itertuples(index=False))


@pytest.mark.parametrize("evidence", EVIDENCE)
@pytest.mark.parametrize("as_of", ["2013-06-01", "2022-09-01", "2023-12-04", "2025-09-01"])
def test_our_narrative_has_no_fault(as_of, evidence, tables):
    """Whatever the day and the evidence."""
    found = [
        str(problem)
        for name, text in pieces(as_of, evidence, tables).items()
        for problem in lint_narrative(text, name, tables)
    ]
    assert found == []


def test_our_judgements_have_no_fault(tables):
    """All of them, whenever they hold."""
    assert [str(problem) for problem in lint_judgements(tables)] == []
