"""Promises about marks and notes: every mark leads to its row, and the row to its sources."""

from __future__ import annotations

import re
from datetime import date

import pytest
from factory import event, frame, tiny

from sahel_analysis.prose.notes import (
    anchor,
    cited,
    claim_note,
    event_note,
    figure_note,
    key_of,
    marks,
    notes,
    row_marks,
    source_note,
)
from sahel_analysis.prose.words import value_in_words


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


@pytest.mark.parametrize("key", ["CL-040", "EV-101", "FG-002", "S-007", "KJ-012"])
def test_an_anchor_leads_back_to_its_key(key):
    """No two rows share an anchor."""
    assert key_of(anchor(key)) == key


def test_the_mark_of_a_contradicted_claim_carries_a_dagger():
    """And that of no other."""
    assert marks(["CL-001"], told("contradicted")) == "[c1†](#c1)"
    assert marks(["CL-001", "S-002"], told("partly")) == "[c1](#c1) [s2](#s2)"


def test_an_event_is_marked_by_its_claims_and_by_itself_where_references_tell_it():
    """So that the note can give both."""
    tables = told("corroborated")
    assert row_marks(tables.events.loc["EV-001"], tables) == "[c1](#c1)"
    assert row_marks(tables.events.loc["EV-002"], tables) == "[e2](#e2)"


def test_marks_are_collected_once_in_their_order():
    """However often a row is cited."""
    assert cited("a [e2](#e2) b [c1†](#c1), [e2](#e2). [web](https://example.org)") == [
        "EV-002",
        "CL-001",
    ]


def test_notes_follow_every_mark_to_its_sources():
    """An event brings its claims, a claim the sources of its check; claims first, sources last."""
    tables = told("contradicted")
    assert [key for key, _ in notes(["EV-001"], tables)] == ["c1", "e1", "s2"]
    assert [key for key, _ in notes(["EV-002"], tables)] == ["e2", "s2"]


def test_every_mark_within_the_notes_leads_to_a_note(tables):
    """The walk ends at a source each time."""
    every = [*tables.claims.index, *tables.events.index, *tables.figures.index]
    found = notes(every, tables)
    anchors = {key for key, _ in found}
    assert len(anchors) == len(found)
    for key, text in found:
        led = set(re.findall(r"\(#(\w+)\)", text))
        assert led <= anchors
        if key[0] == "e":
            assert led, f"'{key}' rests on nothing"


def test_a_claims_note_gives_place_phrase_verdict_and_finding():
    """All that a reader needs to find and weigh it."""
    note = claim_note("CL-001", told("contradicted"))
    assert "paragraph 5, sentence 2: “a phrase of it”" in note
    assert "**Contradicted**, credibility 2" in note
    assert note.endswith("What others say\\. [s2](#s2)")


def test_an_unchecked_claim_says_so():
    """Silence is not approval."""
    tables = tiny(claims=frame("claims", claim("CL-001", attributed_to="Moscow")))
    assert claim_note("CL-001", tables).endswith("attributed to Moscow. Not checked.")


def test_an_events_note_gives_date_summary_and_confidence():
    """With the precision of the date kept."""
    note = event_note("EV-001", told("corroborated"))
    assert note.startswith("April 2023: ")
    assert "Confidence: high. [c1](#c1)" in note


def test_a_sources_note_gives_title_publisher_date_trust_and_address():
    """Table text cannot become Markdown."""
    note = source_note("S-002", told("corroborated"))
    assert note.startswith("“A \\*title\\*”, Desk, December 2023. Reliability B: known.")
    assert "State-affiliated: RUS." in note
    assert "https" in note
    assert source_note("S-001", told("partly")).startswith("Untitled, publisher unknown, undated.")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"best": "5000", "qualifier": "about"}, "about 5,000"),
        ({"low": "200", "high": "350"}, "200 to 350"),
        ({"low": "1300", "qualifier": "at_least"}, "at least 1,300"),
        ({"high": "200", "qualifier": "at_most"}, "at most 200"),
        ({"best": "100", "qualifier": "planned"}, "100 (planned)"),
        ({"best": "2013", "unit": "year"}, "2013"),
    ],
)
def test_a_value_keeps_the_hedge_of_its_source(cells, words):
    """Ranges stay ranges, and a year has no thousands."""
    [row] = frame("figures", figure(**cells)).itertuples()
    assert value_in_words(row) == words


def test_a_figures_note_names_what_is_counted():
    """With value and date."""
    tables = tiny(
        figures=frame("figures", figure(best="5000", date_edtf="2023", source_ids="S-002"))
    )
    assert figure_note("FG-001", tables) == "Soldiers: 5,000, 2023. [s2](#s2)"


def test_a_source_of_a_later_day_is_named_by_key_alone():
    """No edition tells what had not appeared."""
    sources = frame(
        "sources", {"source_id": "S-001", "title": "Later", "published_edtf": "2024-01"}
    )
    rows = tiny(event("deployment", "2023-12-04", source_ids="S-001"), sources=sources)
    late = dict(notes(["EV-001"], rows, date(2023, 12, 31)))["s1"]
    assert late == "S-001 of the table of sources; it appeared after the day of this edition."
    assert "Later" in dict(notes(["EV-001"], rows, date(2024, 1, 1)))["s1"]
    assert "Later" in dict(notes(["EV-001"], rows))["s1"]
