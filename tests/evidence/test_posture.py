"""Promises about posture: what each kind of event does, and what the record shows."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from factory import countries, event, tiny

from sahel_analysis.evidence.posture import (
    posture,
    posture_of,
    posture_series,
)
from sahel_analysis.evidence.record import EVIDENCE, record
from sahel_analysis.tables.loading import Tables, data_folder
from sahel_analysis.tables.vocabulary import FRENCH_STATES, RUSSIAN_STATES

LAST = "2030-01-01"
COLUMNS = ("french_posture", "russian_engagement")
READINGS = data_folder() / "readings" / "posture_points.csv"
with READINGS.open(encoding="utf-8", newline="") as file:
    POINTS = list(csv.DictReader(file))


def french(*events: dict, as_of: str = LAST) -> str:
    """Return Niger's French posture after some events."""
    return posture(as_of, "checked", tiny(*events)).at["NER", "french_posture"]


def russian(*events: dict, as_of: str = LAST) -> str:
    """Return Niger's Russian engagement after some events."""
    return posture(as_of, "checked", tiny(*events)).at["NER", "russian_engagement"]


def niger(*events: dict, as_of: str = LAST) -> pd.Series:
    """Return all that is on record of Niger after some events."""
    return posture(as_of, "checked", tiny(*events)).loc["NER"]


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
        "statement", "assistance", "alliance_formed", "alliance_exit", "presence_disputed",
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


@pytest.mark.parametrize(
    "kind", ["withdrawal_ordered", "statement", "force_level", "presence_disputed", "coup"]
)
def test_orders_denials_and_counts_end_no_russian_deployment(kind):
    """Only its own side ends it; since 2.0.0 its announcement does, see the next test."""
    assert russian(arrives(actors="wagner"), event(kind, "2021-01-01", "wagner")) == "deployed"


def test_a_russian_force_that_says_it_goes_is_gone():
    """By design: in 1.0.0 nothing but the departure itself ended a deployment."""
    assert russian(
        arrives(actors="wagner"), event("withdrawal_announced", "2021-01-01", "wagner")
    ) == ("none_recorded")


def test_what_a_state_ends_includes_what_its_forces_began():
    """A row by Russia ends Wagner and the Africa Corps, one by Wagner not what Russia began."""
    ended = event("withdrawal_completed", "2022-01-01", "russia")
    assert russian(arrives(actors="wagner"), arrives("2021-01-01", "corps"), ended) == (
        "none_recorded"
    )
    ended = event("withdrawal_completed", "2022-01-01", "wagner")
    assert russian(arrives(actors="russia"), ended) == "deployed"


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


def test_a_state_keeps_the_event_with_which_it_began_and_the_newest_last():
    """What lies between them is not named; the day is that of the first."""
    row = niger(
        arrives(),
        event("withdrawal_announced", "2021-02-01"),
        event("force_level", "2021-02-15"),
        event("withdrawal_ordered", "2021-03", "niger", counterpart_ids="france"),
    )
    assert row.french_posture_event_ids == ("EV-002", "EV-004")
    assert (row.french_posture_since, row.french_posture_attested) == ("2021-02-01", "2021-03")


def test_deployed_names_each_force_and_the_event_with_which_the_first_came():
    """In order of time and not of keys; the first is named when its force has gone."""
    corps, wagner = arrives("2021-01-01", "corps"), arrives("2020-01-01", "wagner")
    count = event("force_level", "2022-01-01", "corps")
    assert niger(corps, wagner, count).russian_engagement_event_ids == (
        "EV-002",
        "EV-001",
        "EV-003",
    )
    row = niger(corps, wagner, count, event("withdrawal_completed", "2022-02-01", "wagner"))
    assert row.russian_engagement_event_ids == ("EV-002", "EV-001", "EV-003")
    assert (row.russian_engagement_since, row.russian_engagement_attested) == (
        "2020-01-01", "2022-01-01",
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["presence_attested", "force_level"])
@pytest.mark.parametrize("before", [[], [event("withdrawal_completed", "2020-01-01")]])
def test_a_sighting_or_count_makes_presence_where_none_was_on_record(kind, before):
    """By design, of those who were withdrawn as well: in 1.0.0 a count moved nothing."""
    assert french(*before, event(kind, "2021-01-01")) == "present"
    assert russian(event(kind, "2021-01-01", "wagner")) == "deployed"


@pytest.mark.parametrize("kind", ["presence_attested", "force_level", "agreement_signed"])
@pytest.mark.parametrize(
    ("move", "state"), [("withdrawal_announced", "leaving"), ("presence_reduced", "reduced")]
)
def test_a_sighting_or_count_attests_a_state_and_does_not_change_it(kind, move, state):
    """Soldiers counted while they leave are leaving."""
    row = niger(event(move, "2021-01-01"), event(kind, "2022-01-01"))
    assert row.french_posture == state
    assert (row.french_posture_since, row.french_posture_attested) == ("2021-01-01", "2022-01-01")


def test_a_presence_is_reduced_and_may_then_leave_or_return():
    """A state of its own, from which all others are reached."""
    few = event("presence_reduced", "2021-01-01")
    assert french(arrives(), few) == "reduced"
    assert french(event("withdrawal_completed", "2020-06-01"), few) == "reduced"
    assert french(few, event("withdrawal_ordered", "2022-01-01")) == "leaving"
    assert french(few, event("withdrawal_completed", "2022-01-01")) == "withdrawn"
    assert french(few, arrives("2022-01-01")) == "present"


def test_a_state_is_confirmed_for_24_months_after_it_was_last_attested():
    """To the day, on both sides; the state itself stays."""
    events = [
        *(arrives(actors=actor) for actor in ("france", "wagner")),
        *(event("force_level", "2021-03-01", actor) for actor in ("france", "wagner")),
    ]
    for day, confirmed in {"2023-03-01": True, "2023-03-02": False}.items():
        row = niger(*events, as_of=day)
        assert (row.french_posture, row.russian_engagement) == ("present", "deployed")
        assert row.french_posture_confirmed == row.russian_engagement_confirmed == confirmed


def test_forces_under_a_defence_agreement_in_force_stay_confirmed():
    """Present or reduced, until it is denounced; leaving is confirmed by nobody's signature."""
    treaty = event("agreement_signed", "2020-02-01", "niger", counterpart_ids="france")
    for kind in ("deployment", "presence_reduced"):
        assert niger(event(kind, "2020-01-01"), treaty).french_posture_confirmed
    assert not niger(arrives()).french_posture_confirmed
    leaving = event("withdrawal_announced", "2020-03-01")
    assert not niger(arrives(), treaty, leaving).french_posture_confirmed
    ended = event("agreement_denounced", "2020-03-01", "niger", counterpart_ids="france")
    assert not niger(arrives(), treaty, ended, arrives("2020-04-01")).french_posture_confirmed


def test_an_agreement_that_is_no_military_one_confirms_nothing():
    """Mining and police."""
    deal = event("agreement_signed", "2020-02-01", domain="civilian")
    assert not niger(arrives(), deal).french_posture_confirmed


def test_what_is_withdrawn_stays_confirmed():
    """Nobody goes on attesting that soldiers are gone."""
    assert niger(event("withdrawal_completed", "2015-01-01")).french_posture_confirmed


@pytest.mark.parametrize(
    ("actor", "column"), [("france", "french_posture"), ("wagner", "russian_engagement")]
)
def test_a_denial_leaves_a_state_unconfirmed_until_a_sound_row_attests_it(actor, column):
    """A row of low confidence does not; the state and what carries it stay."""
    denied = event("presence_disputed", "2020-03-01", actor)
    weak, sound = (
        event("presence_attested", "2020-04-01", actor, confidence=confidence)
        for confidence in ("low", "moderate")
    )
    cases = [((), False), ((weak,), False), ((sound,), True), ((sound, weak), True)]
    for later, confirmed in cases:
        row = niger(arrives(actors=actor), denied, *later, as_of="2020-05-01")
        assert row[column] in {"present", "deployed"}
        assert row[f"{column}_confirmed"] == confirmed
        assert row[f"{column}_event_ids"][0] == "EV-001"


def test_a_denial_of_one_force_says_nothing_of_another():
    """Who is attested is there, and does not vouch for who is denied."""
    wagner, corps = arrives("2020-01-01", "wagner"), arrives("2020-01-01", "corps")
    denied = event("presence_disputed", "2020-03-01", "wagner")
    as_of = "2020-06-01"
    assert niger(wagner, corps, denied, as_of=as_of).russian_engagement_confirmed
    count = event("force_level", "2020-04-01", "corps")
    gone = event("withdrawal_completed", "2020-05-01", "corps")
    row = niger(wagner, corps, denied, count, gone, as_of=as_of)
    assert (row.russian_engagement, row.russian_engagement_confirmed) == ("deployed", False)
    weak = arrives("2020-04-01", "corps", confidence="low")
    assert not niger(wagner, denied, weak, as_of=as_of).russian_engagement_confirmed


def test_a_denial_of_a_force_that_is_not_on_record_changes_nothing():
    """And does not weigh on those who come later."""
    denied = [event("presence_disputed", "2020-01-01", actor) for actor in ("france", "wagner")]
    row = niger(*denied, as_of="2020-02-01")
    assert (row.french_posture, row.russian_engagement) == ("none_recorded", "none_recorded")
    later = [arrives("2020-02-01", actor, confidence="low") for actor in ("france", "wagner")]
    row = niger(*denied, *later, as_of="2020-03-01")
    assert row.french_posture_confirmed
    assert row.russian_engagement_confirmed


def test_an_agreement_renewed_after_it_lapsed_begins_anew():
    """Within 24 months the old one is attested, later a new one counts from its own day."""
    old = event("agreement_signed", "2020-01-01", "russia")
    soon, late = (event("agreement_signed", day, "russia") for day in ("2022-01-01", "2022-01-02"))
    renewed, begun = niger(old, soon), niger(old, late)
    assert renewed.russian_engagement_since == "2020-01-01"
    assert renewed.russian_engagement_event_ids == ("EV-001", "EV-002")
    assert begun.russian_engagement_since == "2022-01-02"
    assert begun.russian_engagement_event_ids == ("EV-002",)


def test_a_level_that_lapsed_is_on_record_and_unconfirmed():
    """A later visit neither lowers nor confirms an agreement."""
    old = event("agreement_signed", "2020-01-01", "russia")
    row = niger(old, event("visit", "2022-06-01", "russia"), as_of="2022-07-01")
    assert (row.russian_engagement, row.russian_engagement_confirmed) == ("agreement", False)


def test_an_event_known_late_is_folded_in_its_own_place():
    """An arrival of before the departure, told of after it, brings nobody back."""
    late = arrives("2020-06-01", known_from="2023-01-01")
    gone = event("withdrawal_completed", "2021-01-01")
    assert french(gone, late) == "withdrawn"
    days = ["2022-01-01", "2023-01-01"]
    series = posture_series(
        days, "checked", tiny(event("withdrawal_announced", "2021-01-01"), late)
    )
    assert list(series.xs("NER", level="iso3")["french_posture_event_ids"]) == [("EV-001",)] * 2
    order = event("withdrawal_announced", "2020-03-01", known_from="2023-01-01")
    series = posture_series(days, "checked", tiny(arrives(), order))
    assert list(series.xs("NER", level="iso3")["french_posture"]) == ["present", "leaving"]


def test_of_a_side_that_no_event_names_nothing_is_recorded():
    """Tables without any Russian row are tables."""
    assert niger(arrives()).russian_engagement == "none_recorded"
    assert niger(arrives(actors="wagner")).french_posture == "none_recorded"


def test_rows_are_the_countries_in_scope_in_reading_order():
    """One row each, whether covered or not."""
    known = countries("TCD", "MLI", "NER")
    known.loc["MLI", "in_scope"] = False
    assert list(posture(LAST, "checked", tiny(countries=known)).index) == ["TCD", "NER"]


def test_an_unknown_kind_of_evidence_or_day_is_refused():
    """Neither is guessed."""
    with pytest.raises(ValueError, match="'rumour' is not allowed; expected one of 'article'"):
        posture(LAST, "rumour", tiny())
    with pytest.raises(ValueError, match="2023-02-30"):
        posture("2023-02-30", "checked", tiny())


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_a_series_holds_what_posture_gives_for_each_day(evidence, tables):
    """One pass over the events gives the same as one pass per day, on 40 days drawn by lot."""
    first, last = date(2012, 1, 1), date(2026, 3, 1)
    lot = random.Random(12)
    days = [first + timedelta(lot.randrange((last - first).days)) for _ in range(40)]
    series = posture_series(days, evidence, tables)
    assert list(series.index.unique("as_of")) == sorted(set(pd.to_datetime(days)))
    for day in days:
        pd.testing.assert_frame_equal(series.loc[pd.Timestamp(day)], posture(day, evidence, tables))


@pytest.fixture(scope="module")
def points(tables):
    """Return the checked posture on every day that an editor read, in one pass."""
    return posture_series([point["day"] for point in POINTS], "checked", tables)


@pytest.mark.parametrize("point", POINTS, ids=lambda point: f"{point['iso3']}-{point['day']}")
def test_posture_agrees_with_an_editors_reading(point, points):
    """Each point was read off its sources, not off the fold."""
    found = points.loc[(pd.Timestamp(point["day"]), point["iso3"]), list(COLUMNS)]
    assert found.to_dict() == {column: point[column] for column in COLUMNS}, point["note_en"]


def test_readings_cover_the_frame_and_rest_on_sources(tables):
    """203 points: every country followed, every year, each with sources that exist."""
    assert len(POINTS) == 203
    assert list(POINTS[0]) == ["iso3", "day", *COLUMNS, "source_ids", "note_en"]
    followed = set(tables.countries.index[tables.countries["in_scope"]])
    assert {point["iso3"] for point in POINTS} == followed
    assert {point["day"][:4] for point in POINTS} == {str(year) for year in range(2012, 2027)}
    assert len({(point["iso3"], point["day"]) for point in POINTS}) == len(POINTS)
    for point in POINTS:
        assert point["french_posture"] in FRENCH_STATES
        assert point["russian_engagement"] in RUSSIAN_STATES
        assert set(point["source_ids"].split(";")) <= set(tables.sources.index)
        assert point["note_en"]


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
    for column in COLUMNS:
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
        for column in COLUMNS:
            ids = row[f"{column}_event_ids"]
            assert bool(ids) == (row[column] != "none_recorded"), iso3
            assert list(ids) == [key for key in shown.events.index if key in ids], iso3
            for event_id in ids:
                assert iso3 in shown.events.at[event_id, "iso3"]
            if ids:
                dates = shown.events["date_edtf"]
                since, attested = row[f"{column}_since"], row[f"{column}_attested"]
                assert (since, attested) == (dates[ids[0]], dates[ids[-1]]), iso3


def without_checks(tables: Tables, *claim_ids: str) -> Tables:
    """Return the tables without the checks of some claims."""
    return replace(tables, checks=tables.checks.drop(index=list(claim_ids)))


def test_a_claim_that_lost_its_check_never_counts_as_sound(tables):
    """Without the verdicts on its expulsion Chad stays present in checked evidence."""
    broken = without_checks(tables, "CL-040", "CL-041")
    chad, whole = (posture("2023-12-04", "checked", each).loc["TCD"] for each in (broken, tables))
    assert chad["french_posture"] == "present"
    assert chad.equals(whole)


@pytest.mark.parametrize(
    ("as_of", "iso3", "column", "expected"),
    [
        ("2023-12-04", "SDN", "russian_engagement", ("deployed", False)),
        ("2025-03-01", "CIV", "french_posture", ("reduced", True)),
        *(
            (f"{year}-12-04", "DJI", "french_posture", ("present", True))
            for year in range(2014, 2024)
        ),
    ],
)
def test_what_is_disputed_or_under_treaty_is_told_apart(as_of, iso3, column, expected, tables):
    """Wagner in Sudan is denied, the French in Djibouti stand under a treaty."""
    row = posture(as_of, "checked", tables).loc[iso3]
    assert (row[column], row[f"{column}_confirmed"]) == expected


def test_the_articles_own_event_moves_niger(tables):
    """The document of 4 December 2023 begins an agreement again; the day before none was alive."""
    before, after = (
        posture(day, "checked", tables).loc["NER"] for day in ("2023-12-03", "2023-12-05")
    )
    assert (before.russian_engagement, before.russian_engagement_confirmed) == ("agreement", False)
    assert (after.russian_engagement, after.russian_engagement_confirmed) == ("agreement", True)
    assert after.russian_engagement_since == "2023-12-04"
    assert before.russian_engagement_since < after.russian_engagement_since
