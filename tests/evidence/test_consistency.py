"""Promises about consistency: each rule between rows is named in one sentence when it is broken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from factory import event, frame, tiny

from sahel_analysis.evidence.consistency import inconsistencies
from sahel_analysis.tables.loading import Tables

FRENCH_LEAVE = "withdrawal_completed france NER 2023-12-05/2024-01-31 true"
RUSSIANS_COME = "deployment russia NER 2023-12-05/2023-12-31 true"
_SEEN = {"phrase_seen": "a phrase of it", "source_type": "news_agency"}
_JUDGED = {"scope": "NER", "evidence": "checked", "valid_from": "2023-12-04"}
# Rows that break no rule, by table and key.
SOUND = {
    "sources": {
        "S-001": {"article_day": "2023-12-04", "published_edtf": "2023-12", "reliability": "D"},
        "S-002": {"agency": "reuters", "published_edtf": "2020-01-01", "reliability": "B", **_SEEN},
        "S-003": {"publisher": "Le Monde", "published_edtf": "2020-01", "reliability": "A", **_SEEN},
        "S-004": {"agency": "desk", "published_edtf": "2019", "reliability": "C", **_SEEN},
        "S-005": {
            "published_edtf": "2023-09-24", "reliability": "B", "state_affiliation": "FRA",
            "source_type": "official_statement", "url": "https://example.org/5",
        },
        "S-006": {"publisher": "a leaflet", "reliability": "A"},
        "S-007": {"agency": "afp", "published_edtf": "2024-06-01", "reliability": "A", **_SEEN},
        "S-008": {"agency": "reuters", "published_edtf": "2019", "reliability": "A", **_SEEN},
        "S-010": {"publisher": "Gazette", "published_edtf": "2023-11-30", "reliability": "C", **_SEEN},
        "S-009": {
            "published_edtf": "2019", "reliability": "B", "state_affiliation": "NER",
            "source_type": "official_document",
        },
    },
    "claims": {"CL-001": {"source_id": "S-001"}, "CL-002": {"source_id": "S-001"}},
    "checks": {
        "CL-001": {"verdict": "corroborated", "source_ids": "S-002", "checked_on": "2024-07-01"},
        "CL-002": {"verdict": "contradicted", "source_ids": "S-002", "checked_on": "2024-07-01"},
    },
    "events": {
        "EV-001": event("deployment", "2020-01-01", "barkhane", source_ids="S-002;S-003"),
        "EV-002": event("withdrawal_announced", "2023-09-24", source_ids="S-005"),
        "EV-003": event("withdrawal_completed", "2023-12-22", source_ids="S-002;S-003;S-010"),
    },
    "places": {"niamey": {"name_en": "Niamey", "iso3": "NER", "lon": "2.1", "lat": "13.5"}},
    "figures": {
        "FG-001": {
            "label_en": "French soldiers in Niger", "date_edtf": "2023-10", "best": "1400",
            "unit": "people", "measure": "stock", "basis": "reference", "source_ids": "S-002;S-005",
        },
    },
    "judgements": {
        "KJ-001": {
            **_JUDGED, "valid_to": "2023-12-21", "event_ids": "EV-002", "claim_ids": "CL-001",
            "settles_if": FRENCH_LEAVE, "horizon_end": "2024-01-31", "outcome": "true",
            "settled_by": "EV-003", "question": "french-stay",
        },
        "KJ-002": {
            **_JUDGED, "valid_to": "2023-12-31", "event_ids": "EV-002",
            "settles_if": RUSSIANS_COME, "horizon_end": "2023-12-31", "outcome": "false",
            "question": "russians-come",
        },
    },
}  # fmt: skip


def tables_with(changes: dict[tuple[str, str], dict[str, str] | None]) -> Tables:
    """Return the sound tables with cells of some rows changed; None takes a row away."""
    frames = {}
    for name, rows in SOUND.items():
        rows = dict(rows)
        for (table, key), cells in changes.items():
            if table == name and cells is None:
                del rows[key]
            elif table == name:
                rows[key] = {**rows.get(key, {}), **cells}
        column = "claim_id" if name == "checks" else f"{name.removesuffix('s')}_id"
        frames[name] = frame(name, *({column: key, **cells} for key, cells in rows.items()))
    return tiny(**frames)


def sentences(changes: dict[tuple[str, str], dict[str, str] | None]) -> list[str]:
    """Return what is said of the sound tables after some changes."""
    return [str(problem) for problem in inconsistencies(tables_with(changes))]


def test_of_sound_rows_nothing_is_said():
    """Otherwise the tests below would count faults of their own rows."""
    assert sentences({}) == []


def test_the_tables_of_this_repository_are_consistent(tables):
    """Each break was mended in the tables, none was allowed by the rule."""
    assert [str(problem) for problem in inconsistencies(tables)] == []


def test_tables_of_events_alone_are_consistent():
    """Nothing is asked of tables that are empty."""
    assert inconsistencies(tiny(event("deployment", "2020-01-01", confidence="moderate"))) == []


EVENT, FIGURE, LEAVE, COME = (
    ("events", "EV-001"), ("figures", "FG-001"), ("judgements", "KJ-001"), ("judgements", "KJ-002"),
)  # fmt: skip
BROKEN = {
    "'high' on one source of grade C": (
        {EVENT: {"source_ids": "S-004"}},
        "data/events.csv EV-001, confidence: 'high' needs two independent sources of grade A or B, "
        "or the acting party's own document; S-004 are neither.",
    ),
    "'high' on two papers with one agency's text": (
        {EVENT: {"source_ids": "S-002;S-008"}},
        "data/events.csv EV-001, confidence: 'high' needs two independent sources",
    ),
    "'high' on another state's document": (
        {EVENT: {"source_ids": "S-009"}, ("sources", "S-009"): {"phrase_seen": "a phrase"}},
        "data/events.csv EV-001, confidence: 'high' needs two independent sources",
    ),
    "an event on a source that nobody can find": (
        {EVENT: {"source_ids": "S-006", "confidence": "moderate"}},
        "data/events.csv EV-001, source_ids: rests on S-006 alone, which nobody can find again: "
        "no address, no date, no phrase.",
    ),
    "a figure on a source that nobody can find": (
        {FIGURE: {"source_ids": "S-006"}},
        "data/figures.csv FG-001, source_ids: rests on S-006 alone",
    ),
    "an event known before its first source": (
        {EVENT: {"source_ids": "S-007", "confidence": "moderate"}},
        "data/events.csv EV-001, known_from: counts as known on 1 January 2020, but its first "
        "source, S-007, is of 1 June 2024.",
    ),
    "a figure known before its first source": (
        {FIGURE: {"source_ids": "S-007"}},
        "data/figures.csv FG-001, known_from: counts as known on 31 October 2023, but its first",
    ),
    "a departure entered as a strength": (
        {FIGURE: {"label_en": "French soldiers who left Niger"}},
        "data/figures.csv FG-001, measure: 'stock' is a strength, but the label says 'left'; "
        "expected 'departure'.",
    ),
    "a count that does not say what it counts": (
        {FIGURE: {"measure": ""}},
        "data/figures.csv FG-001, measure: is empty; a count of people says what it counts.",
    ),
    "a claim without a check": (
        {("checks", "CL-002"): None},
        "data/checks.csv CL-002, claim_id: the claim has no check, so that no checked report uses",
    ),
    "a check older than its source": (
        {("checks", "CL-001"): {"source_ids": "S-007", "checked_on": "2024-02-01"}},
        "data/checks.csv CL-001, checked_on: lies before its source S-007 appeared.",
    ),
    "a check older than the article": (
        {("checks", "CL-001"): {"checked_on": "2023-12-03"}},
        "data/checks.csv CL-001, checked_on: lies before the article appeared.",
    ),
    "a judgement on a contradicted claim": (
        {LEAVE: {"claim_ids": "CL-001;CL-002"}},
        "data/judgements.csv KJ-001, claim_ids: 'CL-002' is contradicted; no judgement rests on it.",
    ),
    "a judgement on an event that was not public": (
        {LEAVE: {"event_ids": "EV-002;EV-003"}},
        "data/judgements.csv KJ-001, event_ids: 'EV-003' was public only from 22 December 2023 on.",
    ),
    "a judgement held after what it foresees": (
        {LEAVE: {"valid_to": "2024-04-09"}},
        "data/judgements.csv KJ-001, valid_to: EV-003 settled it on 22 December 2023, and it is "
        "held on.",
    ),
    "a judgement held on the very day": (
        {LEAVE: {"valid_to": "2023-12-22"}},
        "data/judgements.csv KJ-001, valid_to: EV-003 settled it on 22 December 2023, and it is",
    ),
    "a judgement without an end that was settled": (
        {LEAVE: {"valid_to": ""}},
        "data/judgements.csv KJ-001, valid_to: EV-003 settled it on 22 December 2023, and it is",
    ),
    "a judgement that foresees what is there": (
        {
            COME: {
                "settles_if": RUSSIANS_COME.replace(
                    "deployment russia", "withdrawal_ordered france"
                )
            }
        },
        "data/judgements.csv KJ-002, settles_if: foresees on 4 December 2023 what has come about: "
        "NER is 'leaving'.",
    ),
    "a judgement whose state comes about while it is held": (
        {
            COME: {"settles_if": RUSSIANS_COME.replace("2023-12-05", "2023-12-11")},
            ("events", "EV-004"): event(
                "presence_attested", "2023-12-10", "wagner", source_ids="S-002;S-003;S-010"
            ),
        },
        "data/judgements.csv KJ-002, settles_if: foresees on 10 December 2023 what has come about: "
        "NER is 'deployed'.",
    ),
    "an event type that there is not": (
        {LEAVE: {"settles_if": FRENCH_LEAVE.replace("withdrawal", "withdrawl")}},
        "data/judgements.csv KJ-001, settles_if: 'withdrawl_completed' is no event type",
    ),
    "an actor that there is not": (
        {LEAVE: {"settles_if": FRENCH_LEAVE.replace("france", "franc")}},
        "data/judgements.csv KJ-001, settles_if: 'franc' is no actor",
    ),
    "a country that there is not": (
        {LEAVE: {"settles_if": FRENCH_LEAVE.replace("NER", "NEX")}},
        "data/judgements.csv KJ-001, settles_if: 'NEX' is no country",
    ),
    "a window that opens too soon": (
        {LEAVE: {"settles_if": FRENCH_LEAVE.replace("2023-12-05", "2023-12-04")}},
        "data/judgements.csv KJ-001, settles_if: the window of 'withdrawal_completed france NER' "
        "does not open after valid_from.",
    ),
    "a window beyond the horizon": (
        {LEAVE: {"horizon_end": "2023-12-31"}},
        "data/judgements.csv KJ-001, settles_if: the window of 'withdrawal_completed france NER' "
        "runs beyond horizon_end.",
    ),
    "two judgements of one scope and question at once": (
        {COME: {"question": "french-stay"}},
        "data/judgements.csv KJ-002, question: 'french-stay' is answered by KJ-001 at the same time.",
    ),
    "an outcome that its event does not bear out": (
        {LEAVE: {"outcome": "false"}},
        "data/judgements.csv KJ-001, settled_by: 'EV-003' does not settle it as 'false'.",
    ),
    "an outcome by an event that is not its own": (
        {COME: {"settled_by": "EV-003"}},
        "data/judgements.csv KJ-002, settled_by: 'EV-003' does not settle it as 'false'.",
    ),
    "an outcome without the event that settled it": (
        {LEAVE: {"settled_by": ""}},
        "data/judgements.csv KJ-001, outcome: 'true' is settled by no event and no absence.",
    ),
    "an outcome by an absence that shows the contrary": (
        {COME: {"outcome": "true"}},
        "data/judgements.csv KJ-002, outcome: 'true' is settled by no event and no absence.",
    ),
    "an outcome by an absence before the window has ended": (
        {COME: {"horizon_end": "2024-01-01"}},
        "data/judgements.csv KJ-002, outcome: 'false' is settled by no event and no absence.",
    ),
    "no outcome of what an event settled": (
        {LEAVE: {"outcome": "", "settled_by": ""}},
        "data/judgements.csv KJ-001, outcome: is empty, but EV-003 settled it.",
    ),
    "an event long after its last source": (
        {EVENT: {"date_edtf": "2020-12-31", "source_ids": "S-002;S-003"}},
        "data/events.csv EV-001, date_edtf: '2020-12-31' lies more than 60 days after its last",
    ),
    "a source opened before it was published": (
        {("sources", "S-007"): {"accessed": "2024-05-31"}},
        "data/sources.csv S-007, accessed: lies before the document was published.",
    ),
    "a check of another century": (
        {("checks", "CL-001"): {"checked_on": "2099-01-01"}},
        "data/checks.csv CL-001, checked_on: lies more than a year after today.",
    ),
    "a judgement written before the day it speaks from": (
        {LEAVE: {"recorded_on": "2023-12-03"}},
        "data/judgements.csv KJ-001, recorded_on: lies before valid_from.",
    ),
    "a judgement on the article that rests on other sources": (
        {LEAVE: {"evidence": "article", "claim_ids": "CL-002", "valid_to": ""}},
        "data/judgements.csv KJ-001, event_ids: 'EV-002' is no event of the article's telling.",
    ),
    "a retelling in another country": (
        {
            EVENT: {"same_as": "EV-004"},
            ("events", "EV-004"): event(
                "deployment", "2020-01-01", "barkhane", iso3="MLI", source_ids="S-002;S-003"
            ),
        },
        "data/events.csv EV-001, same_as: 'EV-004' is in MLI; it cannot be the same event.",
    ),
    "a retelling of another type": (
        {("events", "EV-001"): {"same_as": "EV-002"}},
        "data/events.csv EV-001, same_as: 'EV-002' is of type 'withdrawal_announced'; it cannot",
    ),
    "a retelling of another year": (
        {("events", "EV-001"): {"same_as": "EV-002", "event_type": "withdrawal_announced"}},
        "data/events.csv EV-001, same_as: 'EV-002' is of 24 September 2023; it cannot be the same",
    ),
    "a place outside its country": (
        {("places", "niamey"): {"lon": "13.5", "lat": "2.1"}},
        "data/places.csv niamey, lon: 2.1 N 13.5 E lies outside NER; mend lon or lat.",
    ),
}


@pytest.mark.parametrize(("changes", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_rule_that_is_broken_is_named_in_one_sentence(changes, expected):
    """File, row, column and what is wrong; no second sentence for the same fault."""
    [sentence] = sentences(changes)
    assert sentence.startswith(expected)


ALLOWED = {
    "the acting party's own document": {EVENT: {"source_ids": "S-005", "known_from": "2023-09-24"}},
    "less than 'high' on one source": {EVENT: {"source_ids": "S-004", "confidence": "moderate"}},
    "a source nobody can find beside another": {EVENT: {"source_ids": "S-002;S-003;S-006"}},
    "a later source where known_from says so": {
        EVENT: {"source_ids": "S-007", "confidence": "moderate", "known_from": "2024-06-01"}
    },
    "a later source where a reason is given": {
        EVENT: {
            "source_ids": "S-007", "confidence": "moderate", "known_from_basis_en": "A speech.",
        }
    },
    "an earlier source beside a later one": {EVENT: {"source_ids": "S-002;S-003;S-007"}},
    "departures that say so": {
        FIGURE: {"label_en": "French soldiers who left Niger", "measure": "departure"}
    },
    "one question answered by one judgement after another": {
        COME: {"question": "french-stay", "valid_from": "2023-12-22", "settles_if": (
            RUSSIANS_COME.replace("2023-12-05", "2023-12-23")
        )}
    },
    "one question in two countries": {COME: {"question": "french-stay", "scope": "MLI"}},
    "the article's own judgements": {
        LEAVE: {"evidence": "article", "claim_ids": "CL-002", "valid_to": "", "event_ids": ""}
    },
    "an open judgement": {COME: {"outcome": "", "horizon_end": "2025-12-31"}},
}  # fmt: skip


@pytest.mark.parametrize("changes", ALLOWED.values(), ids=ALLOWED)
def test_what_is_no_fault_is_not_named(changes):
    """Each of these is near to a fault of the list above."""
    assert sentences(changes) == []


def test_the_judgement_of_version_1_is_named(tables):
    """That the French would leave Niger was held for months after the last had gone."""
    old = frame(
        "judgements",
        {
            "judgement_id": "KJ-018", "scope": "NER", "evidence": "checked", "claim_ids": "CL-036",
            "valid_from": "2023-12-04", "valid_to": "2024-04-09", "question": "french-leave",
            "horizon_end": "2024-01-31", "outcome": "true", "settled_by": "EV-212",
            "settles_if": FRENCH_LEAVE,
        },
    )  # fmt: skip
    [sentence] = map(str, inconsistencies(replace(tables, judgements=old)))
    assert sentence == (
        "data/judgements.csv KJ-018, valid_to: EV-212 settled it on 22 December 2023, and it is "
        "held on."
    )


def test_checks_that_went_missing_are_named(tables):
    """Each claim by itself."""
    lost = replace(tables, checks=tables.checks.drop(index=["CL-040", "CL-041"]))
    named = [str(problem) for problem in inconsistencies(lost)]
    assert [sentence.split(",")[0] for sentence in named] == [
        "data/checks.csv CL-040", "data/checks.csv CL-041",
    ]  # fmt: skip
