"""Promises about posture: what each kind of event does, and what the record shows."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from factory import countries, event, tiny

from sahel_analysis.evidence.posture import (
    posture,
    posture_of,
    posture_series,
)
from sahel_analysis.evidence.record import EVIDENCE, record
from sahel_analysis.tables.vocabulary import FRENCH_STATES, RUSSIAN_STATES

LAST = "2030-01-01"
with (Path(__file__).parent / "turning_points.csv").open(encoding="utf-8", newline="") as file:
    POINTS = list(csv.DictReader(file))


def french(*events: dict, as_of: str = LAST) -> str:
    """Return Niger's French posture after some events."""
    return posture(as_of, "checked", tiny(*events)).at["NER", "french_posture"]


def russian(*events: dict, as_of: str = LAST) -> str:
    """Return Niger's Russian engagement after some events."""
    return posture(as_of, "checked", tiny(*events)).at["NER", "russian_engagement"]


def arrives(day: str = "2020-01-01", actors: str = "france", **cells: str) -> dict:
    """Return a deployment."""
    return event("deployment", day, actors, **cells)


def test_without_events_nothing_is_recorded_and_nothing_covered():
    """Silence is told from absence."""
    row = posture(LAST, "checked", tiny()).loc["NER"]
    assert (row.french_posture, row.russian_engagement) == ("none_recorded", "none_recorded")
    assert (row.french_posture_event_ids, row.french_posture_since) == ((), "")
    assert not row.covered


@pytest.mark.parametrize("actor", ["france", "barkhane", "barkhane_north"])
def test_a_french_deployment_makes_presence(actor):
    """What a part of France does counts as done by France, however deep the part."""
    assert french(arrives(actors=actor)) == "present"


@pytest.mark.parametrize("before", [[], [arrives()]])
@pytest.mark.parametrize("kind", ["withdrawal_announced", "withdrawal_ordered"])
def test_an_announced_or_ordered_withdrawal_means_leaving(kind, before):
    """An order to leave implies that somebody was there."""
    order = event(kind, "2021-01-01", "niger", counterpart_ids="france")
    assert french(*before, order) == "leaving"


def test_the_end_of_a_defence_agreement_with_france_means_leaving():
    """A denounced agreement takes the ground from under the troops."""
    end = event("agreement_denounced", "2021-01-01", "niger", counterpart_ids="france")
    assert french(arrives(), end) == "leaving"


@pytest.mark.parametrize("before", [[], [arrives()], [event("withdrawal_ordered", "2020-02-01")]])
def test_a_completed_withdrawal_means_withdrawn_from_any_state(before):
    """The last soldier out settles it."""
    assert french(*before, event("withdrawal_completed", "2021-01-01")) == "withdrawn"


def test_troops_that_are_gone_cannot_be_told_to_go():
    """An order after the withdrawal changes nothing, and troops that come back are present."""
    gone = event("withdrawal_completed", "2021-01-01")
    order = event("withdrawal_ordered", "2022-01-01", "niger", counterpart_ids="france")
    assert french(gone, order) == "withdrawn"
    assert french(gone, arrives("2023-01-01")) == "present"


@pytest.mark.parametrize(
    "kind",
    [
        "coup", "base_handover", "mission_launched", "mission_ended", "agreement_signed", "visit",
        "statement", "assistance", "alliance_formed", "alliance_exit", "force_level",
    ],
)  # fmt: skip
@pytest.mark.parametrize(("before", "state"), [([], "none_recorded"), ([arrives()], "present")])
def test_the_end_of_an_operation_or_of_one_base_is_no_withdrawal(kind, before, state):
    """Other French events move no French posture."""
    assert french(*before, event(kind, "2021-01-01")) == state


def test_only_military_rows_move_the_french_posture():
    """A civilian deployment or order moves nothing."""
    assert french(arrives(domain="civilian")) == "none_recorded"
    assert french(arrives(), event("withdrawal_ordered", "2021-01-01", domain="political")) == (
        "present"
    )


def test_what_others_do_leaves_the_french_posture_alone():
    """Danes sent home and Russians arriving say nothing of the French."""
    danes = event("withdrawal_ordered", "2021-01-01", "niger", counterpart_ids="denmark")
    assert french(arrives(), danes, arrives("2021-02-01", "wagner")) == "present"


def test_a_force_is_deployed_by_its_own_act():
    """A deployment at which France only looks on is not a French one."""
    assert french(arrives(actors="denmark", counterpart_ids="france")) == "none_recorded"


@pytest.mark.parametrize(
    ("actors", "kind", "level"),
    [
        ("russia", "visit", "contact"),
        ("russia", "agreement_signed", "agreement"),
        ("russia", "assistance", "assistance"),
        ("wagner", "deployment", "deployed"),
    ],
)
def test_each_russian_event_has_its_level(actors, kind, level):
    """Contact, agreement, assistance, deployment."""
    assert russian(event(kind, "2020-01-01", actors)) == level


def test_the_highest_level_in_force_counts():
    """A later visit does not lower an agreement."""
    signed = event("agreement_signed", "2020-01-01", "niger", counterpart_ids="russia")
    assert russian(signed, event("visit", "2021-01-01", "russia")) == "agreement"


@pytest.mark.parametrize("domain", ["civilian", "political"])
def test_a_visit_counts_in_any_domain_and_an_agreement_only_in_the_military_one(domain):
    """A memorandum on mining or nuclear power is no military agreement."""
    assert russian(event("visit", "2020-01-01", "russia", domain=domain)) == "contact"
    deal = event("agreement_signed", "2020-01-01", "russia", domain=domain)
    assert russian(deal) == "none_recorded"


def test_a_denounced_agreement_falls_back_to_what_is_still_in_force():
    """The visit of before still counts as contact."""
    visit, signed = (event(kind, "2020-01-01", "russia") for kind in ("visit", "agreement_signed"))
    end = event("agreement_denounced", "2021-01-01", "niger", counterpart_ids="russia")
    assert russian(visit, signed, end) == "contact"


@pytest.mark.parametrize("kind", ["mission_ended", "withdrawal_completed"])
def test_the_departure_of_one_force_does_not_end_that_of_another(kind):
    """Deployments are kept per force."""
    wagner, corps = arrives("2020-01-01", "wagner"), arrives("2021-01-01", "corps")
    end = event(kind, "2022-01-01", "wagner")
    assert russian(wagner, end) == "none_recorded"
    assert russian(wagner, corps, end) == "deployed"


@pytest.mark.parametrize("kind", ["withdrawal_announced", "statement", "force_level", "coup"])
def test_words_and_counts_end_no_russian_deployment(kind):
    """What was announced has not happened."""
    assert russian(arrives(actors="wagner"), event(kind, "2021-01-01", "wagner")) == "deployed"


def test_a_french_withdrawal_ends_no_russian_deployment():
    """Each side's departures are its own."""
    gone = event("withdrawal_completed", "2021-01-01", "france", counterpart_ids="russia")
    assert russian(arrives(actors="wagner"), gone) == "deployed"


def test_a_date_counts_from_its_latest_possible_day():
    """A month is not yet drawn on its last day but one."""
    gone = event("withdrawal_completed", "2023-04")
    assert french(gone, as_of="2023-04-29") == "none_recorded"
    assert french(gone, as_of="2023-04-30") == "withdrawn"


def test_on_one_day_arrivals_come_before_departures():
    """The order of rows in the table does not matter."""
    day = "2021-01-01"
    events = [event("withdrawal_completed", day), event("withdrawal_ordered", day), arrives(day)]
    assert french(*events) == french(*reversed(events)) == "withdrawn"


def test_an_event_counts_in_each_country_that_it_names_and_in_no_other():
    """Two countries, one deployment."""
    both = posture(LAST, "checked", tiny(arrives(iso3="NER;MLI")))
    assert list(both["french_posture"]) == ["present", "present"]
    one = posture(LAST, "checked", tiny(arrives(iso3="MLI")))
    assert list(one["french_posture"]) == ["none_recorded", "present"]
    assert list(one["covered"]) == [False, True]


def test_a_state_keeps_the_events_that_decide_it_and_when_it_began():
    """The order adds itself to the announcement; the state began with the first."""
    events = tiny(
        arrives(),
        event("withdrawal_announced", "2021-02-01"),
        event("withdrawal_ordered", "2021-03", "niger", counterpart_ids="france"),
    )
    row = posture(LAST, "checked", events).loc["NER"]
    assert row.french_posture_event_ids == ("EV-002", "EV-003")
    assert row.french_posture_since == "2021-02-01"


def test_rows_are_the_countries_in_scope_in_reading_order():
    """One row each, whether covered or not."""
    known = countries("TCD", "MLI", "NER")
    known.loc["MLI", "in_scope"] = False
    assert list(posture(LAST, "checked", tiny(countries=known)).index) == ["TCD", "NER"]


def test_an_unknown_kind_of_evidence_or_day_is_refused():
    """Neither is guessed."""
    with pytest.raises(ValueError, match="'rumour' is not allowed; expected 'article' or"):
        posture(LAST, "rumour", tiny())
    with pytest.raises(ValueError, match="2023-02-30"):
        posture("2023-02-30", "checked", tiny())


def test_a_series_holds_what_posture_gives_for_each_day(tables):
    """One pass over the events gives the same as one pass per day."""
    days = ["2023-12-04", "2013-06-01", "2022-09-01"]
    series = posture_series(days, "checked", tables)
    assert list(series.index.unique("as_of")) == sorted(pd.to_datetime(days))
    for day in days:
        pd.testing.assert_frame_equal(series.loc[day], posture(day, "checked", tables))


@pytest.fixture(scope="module")
def points(tables):
    """Return the checked posture on every day of the turning points, in one pass."""
    return posture_series([point["as_of"] for point in POINTS], "checked", tables)


@pytest.mark.parametrize(
    "point", POINTS, ids=lambda p: f"{p['iso3']}-{p['as_of']}-{p['posture'][:6]}"
)
def test_posture_agrees_with_the_record_at_the_turning_points(point, points):
    """Each point was read off its sources, not off the fold."""
    found = points.loc[(pd.Timestamp(point["as_of"]), point["iso3"]), point["posture"]]
    assert found == point["expected"], point["why_en"]


def test_turning_points_cover_the_frame_and_rest_on_sources(tables):
    """At least 60 points, every country followed among them, each with sources that exist."""
    assert len(POINTS) >= 60
    followed = set(tables.countries.index[tables.countries["in_scope"]])
    assert {point["iso3"] for point in POINTS} == followed
    for point in POINTS:
        assert point["expected"] in {*FRENCH_STATES, *RUSSIAN_STATES}
        assert set(point["source_ids"].split(";")) <= set(tables.sources.index)


@pytest.mark.parametrize(
    ("as_of", "iso3", "state"),
    [
        ("2022-03-01", "MLI", "leaving"),
        ("2022-09-01", "MLI", "withdrawn"),
        ("2023-12-04", "NER", "leaving"),
        ("2024-01-01", "NER", "withdrawn"),
        ("2023-12-04", "TCD", "present"),
        ("2025-02-15", "TCD", "withdrawn"),
        ("2025-08-01", "SEN", "withdrawn"),
    ],
)
def test_french_forces_leave_when_they_left(as_of, iso3, state, tables):
    """The turning points that every reader knows."""
    assert posture(as_of, "checked", tables).at[iso3, "french_posture"] == state


def test_russian_forces_are_in_burkina_faso_by_march_2024(tables):
    """The first contingent of the Africa Corps came in January."""
    assert posture("2024-03-01", "checked", tables).at["BFA", "russian_engagement"] == "deployed"


def test_the_article_has_its_own_map(tables):
    """What the article says and nothing else, Chad's expulsion included, with the ids behind it."""
    drawn = posture("2023-12-04", "article", tables)
    french = drawn["french_posture"]
    assert french[["NER", "MLI", "BFA", "TCD"]].tolist() == [*["leaving"] * 3, "withdrawn"]
    assert set(french.drop(["NER", "MLI", "BFA", "TCD"])) == {"none_recorded"}
    russian = drawn["russian_engagement"]
    assert russian[["NER", "MLI", "CAF", "SDN"]].tolist() == [
        "agreement", "assistance", "deployed", "deployed",
    ]  # fmt: skip
    assert set(russian.drop(["NER", "MLI", "CAF", "SDN"])) == {"none_recorded"}
    for column in ("french_posture", "russian_engagement"):
        told = drawn[drawn[column] != "none_recorded"]
        assert told[f"{column}_event_ids"].map(len).gt(0).all()
        assert {
            tables.events.at[i, "basis"] for ids in told[f"{column}_event_ids"] for i in ids
        } == {"article"}


@pytest.mark.parametrize("evidence", EVIDENCE)
@pytest.mark.parametrize(
    "as_of", ["2013-06-01", "2021-01-01", "2022-09-01", "2023-12-04", "2025-09-01"]
)
def test_no_country_is_in_a_state_that_its_events_do_not_support(as_of, evidence, tables):
    """The deciding events are visible, past, and name the country; without them no state is."""
    shown = record(as_of, evidence, tables=tables)
    for iso3, row in posture_of(shown).iterrows():
        for column in ("french_posture", "russian_engagement"):
            ids = row[f"{column}_event_ids"]
            assert bool(ids) == (row[column] != "none_recorded"), iso3
            for event_id in ids:
                assert iso3 in shown.events.at[event_id, "iso3"]
