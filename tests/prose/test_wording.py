"""Promises about wording: planted faults are found in judgements and narrative, and ours has none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from factory import event, frame, tiny

from sahel_analysis.prose.wording import lint_judgements, lint_narrative

SOUND = {
    "judgement_id": "KJ-001",
    "text_en": "French forces are likely to leave.",
    "likelihood": "likely",
    "confidence": "low",
    "confidence_en": "Our confidence is low.",
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


def test_a_sound_judgement_passes():
    """The lint is silent where nothing is wrong."""
    assert judged() == []
    assert judged(confidence="high", confidence_en="Our confidence is high.") == []


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


PHASE = {
    "phase_id": "PH-001",
    "scope": "NER",
    "rank": "1",
    "title_en": "Exit",
    "from_edtf": "2023-12",
}
TOLD = {"narrative_id": "NA-001", "phase_id": "PH-001", "rank": "1", "row_ids": "EV-001"}


def narrated(text: str, phase: dict[str, str] | None = None, **cells: str) -> list[str]:
    """Return what the lint finds in one sentence of the narrative."""
    rows = tiny(
        event(
            "withdrawal_ordered", "2023-12-04", "niger",
            summary_en="Niger orders 1,500 soldiers to leave.",
        ),
        event("withdrawal_completed", "2023-12-22"),
        claims=frame("claims", {**CLAIM, "modality": "fact"}),
        checks=frame("checks", {"claim_id": "CL-001", "verdict": "contradicted"}),
        figures=frame(
            "figures",
            {"figure_id": "FG-001", "best": "1500", "unit": "people", "date_edtf": "2023-08"},
            {"figure_id": "FG-002", "best": "1300", "unit": "people", "date_edtf": "2023-12-01"},
        ),
        phases=frame("phases", {**PHASE, **(phase or {})}),
        narrative=frame("narrative", {**TOLD, "text_en": text, **cells}),
    )  # fmt: skip
    return [str(problem) for problem in lint_narrative(rows)]


@pytest.mark.parametrize(
    "text",
    [
        "Niger ordered 1,500 soldiers out on 4 December 2023.",
        "On 4 December the French were told to go.",
        "In December 2023 Niger ordered them out.",
    ],
)
def test_a_sentence_that_its_rows_bear_passes(text):
    """Rounder than the rows is right too."""
    assert narrated(text) == []


@pytest.mark.parametrize(
    ("text", "cells", "fault"),
    [
        ("Niger ordered 1,600 soldiers out.", {}, "text_en: '1,600' stands in no row"),
        ("Niger ordered them out on 5 December 2023.", {}, "text_en: '5 December 2023' is the date"),
        ("Niger ordered them out in May 2023.", {}, "text_en: 'May 2023' is the date of no row"),
        ("Niger ordered them out in 2022.", {}, "text_en: '2022' is the date of no row"),
        ("Then Mali ordered them out.", {}, "text_en: 'Mali' stands in no row"),
        ("Niger and four others ordered them out.", {}, "text_en: 'four others' names nobody"),
        ("Niger might order them out.", {}, "text_en: 'might' does not say how likely"),
        ("They are likely to go.", {}, "text_en: 'likely' judges."),
        ("It is so.", {"row_ids": "CL-001"}, "row_ids: 'CL-001' is contradicted; say so"),
        ("They go.", {"row_ids": "EV-077"}, "row_ids: 'EV-077' is no event, figure or claim."),
        ("They go.", {"until_ids": "FG-077"}, "until_ids: 'FG-077' is no event, figure or claim."),
        ("They go.", {"derived": "17=days:EV-001,EV-002"}, "derived: '17=days:EV-001,EV-002' comes"),
    ],
)  # fmt: skip
def test_a_planted_fault_of_a_sentence_is_found(text, cells, fault):
    """One of each kind, by row and column."""
    [line] = narrated(text, **cells)
    assert line.startswith(f"data/narrative.csv NA-001, {fault}")


@pytest.mark.parametrize(
    ("number", "how"),
    [
        ("18", "18=days:EV-001,EV-002"),
        ("2", "2=count:EV-001,EV-002"),
        ("200", "200=minus:FG-001,FG-002"),
        ("2,800", "2800=sum:FG-001,FG-002"),
    ],
)
def test_a_derived_number_is_computed_and_backs_the_sentence(number, how):
    """Days between rows, how many there are, difference and sum."""
    assert narrated(f"Within it there were {number} of them.", derived=how) == []
    assert narrated(f"Within it there were {number} of them.") != [] or number == "2"


def test_a_phase_that_ends_before_it_begins_is_found():
    """By its key."""
    assert narrated("They go.", phase={"to_edtf": "2023-11"}) == [
        "data/phases.csv PH-001, to_edtf: ends before it begins."
    ]


def test_our_narrative_has_no_fault(tables):
    """Every sentence, and all that we say is not known."""
    assert [str(problem) for problem in lint_narrative(tables)] == []


def test_our_judgements_have_no_fault(tables):
    """All of them, whenever they hold."""
    assert [str(problem) for problem in lint_judgements(tables)] == []
