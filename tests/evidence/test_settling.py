"""Promises about settling: which events decide a judgement, and which state they bring about."""

from __future__ import annotations

import pandas as pd
import pytest
from factory import event, tiny

from sahel_analysis.evidence.settling import Settling, brier, calibration, forecasts
from sahel_analysis.tables.vocabulary import EVENT_TYPES

TEXT = "deployment russia NER 2023-12-05/2024-12-31 true"


def settling(*events: dict, text: str = TEXT) -> list[str]:
    """Return the keys of the events that settle a judgement."""
    return list(Settling.parse(text).events(tiny(*events)).index)


def test_an_entry_is_read_into_its_parts():
    """Type, side, country, window and outcome."""
    entry = Settling.parse(TEXT)
    assert (entry.event_type, entry.side, entry.iso3) == ("deployment", "russia", "NER")
    assert (str(entry.first.date()), str(entry.last.date())) == ("2023-12-05", "2024-12-31")
    assert entry.outcome == "true"


@pytest.mark.parametrize(
    ("day", "settles"),
    [
        ("2023-12-04", False), ("2023-12-05", True), ("2024-12-31", True), ("2025-01-01", False),
        ("2023-11/2023-12", True), ("2024-12/2025-01", False),
    ],
)  # fmt: skip
def test_an_event_settles_by_its_latest_possible_day(day, settles):
    """Both ends of the window belong to it."""
    assert settling(event("deployment", day, "russia")) == ["EV-001"] * settles


def test_a_force_settles_for_its_state_on_either_side():
    """Who acts and who is acted upon; a part counts as the whole, the whole not as the part."""
    day = "2024-04-01"
    assert settling(event("deployment", day, "corps"))
    assert settling(event("deployment", day, "niger", counterpart_ids="corps"))
    assert not settling(event("deployment", day, "france"))
    assert not settling(event("deployment", day, "russia"), text=TEXT.replace("russia", "corps"))


@pytest.mark.parametrize(
    "cells", [{"iso3": "MLI"}, {"event_type": "visit"}, {"basis": "article"}], ids=str
)
def test_another_country_or_type_or_the_article_settles_nothing(cells):
    """What the article says is what is judged, never what judges."""
    assert settling({**event("deployment", "2024-04-01", "russia"), **cells}) == []


def test_an_event_of_several_countries_settles_in_each():
    """In the order of the table."""
    events = [event("deployment", day, "russia", iso3="MLI;NER") for day in ("2024-05", "2024-04")]
    assert settling(*events) == ["EV-001", "EV-002"]


@pytest.mark.parametrize(
    ("kind", "side", "column", "state"),
    [
        ("deployment", "france", "french_posture", "present"),
        ("withdrawal_completed", "france", "french_posture", "withdrawn"),
        ("deployment", "russia", "russian_engagement", "deployed"),
        ("agreement_signed", "russia", "russian_engagement", "agreement"),
        ("agreement_signed", "france", "french_posture", ""),
        ("force_level", "france", "french_posture", ""),
        ("presence_attested", "russia", "russian_engagement", ""),
        ("coup", "niger", "russian_engagement", ""),
    ],
)
def test_an_event_brings_about_the_state_of_its_side(kind, side, column, state):
    """A sighting brings about nothing new, nor does what moves no posture."""
    entry = Settling.parse(f"{kind} {side} NER 2023-12-05/2024-12-31 true")
    assert (entry.state, entry.column if entry.state else column) == (state, column)


def test_every_entry_of_the_tables_names_a_type_an_actor_and_a_country_that_exist(tables):
    """So that none can wait for ever for want of a letter."""
    for key, texts in tables.judgements["settles_if"].items():
        for entry in map(Settling.parse, texts):
            assert entry.event_type in EVENT_TYPES, key
            assert entry.side in tables.actors.index, key
            assert entry.iso3 in tables.countries.index, key
            assert entry.first <= entry.last, key


def test_indicator_is_not_seen_then_partly_then_seen():
    """An order to leave is a step to the exit; one that is not public yet does not count."""
    order = event("withdrawal_ordered", "2023-02-01", "niger", counterpart_ids="france")
    exit_ = event("withdrawal_completed", "2023-06-01", known_from="2023-07-01")
    tables = tiny(order, exit_)
    watched = Settling.parse("withdrawal_completed france NER 2023-01-02/2023-12-31 true")
    days = ("2023-01-15", "2023-03-01", "2023-06-15", "2023-07-01")
    statuses = [watched.status(tables, pd.Timestamp(day)) for day in days]
    assert statuses == [
        ("not seen", ""),
        ("partly", "EV-001"),
        ("partly", "EV-001"),
        ("seen", "EV-002"),
    ]


def test_what_was_written_afterwards_is_no_forecast(tables):
    """A forecast was recorded before the first day of its window."""
    made = forecasts(tables)
    rows = tables.judgements.loc[made.index]
    assert (rows["recorded_on"] <= rows["valid_from"]).all()
    assert "KJ-114" not in made.index


def test_nine_settled_forecasts_have_no_score_and_ten_have():
    """Half of certain ones right: a quarter."""
    ten = pd.DataFrame({"likelihood": "likely", "chance": 0.5, "outcome": [1.0, 0.0] * 5})
    assert brier(ten[:9]) is None
    assert brier(ten) == 0.25
    assert calibration(ten).loc["likely"].to_dict() == {"settled": 10, "chance": 0.5, "true": 0.5}
