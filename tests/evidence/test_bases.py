"""Promises about bases: from when to when a place is in use, and to whom it passes."""

from __future__ import annotations

import pytest
from factory import event, frame, tiny

from sahel_analysis.evidence.bases import bases
from sahel_analysis.evidence.record import record

PLACES = frame(
    "places",
    *(
        {"place_id": key, "name_en": key.title(), "kind": "town", "iso3": iso3, "lon": lon,
         "lat": "14", "precision": "town"}
        for key, iso3, lon in (("niamey", "NER", "2"), ("gao", "MLI", "0"), ("arlit", "NER", "7"))
    ),
)  # fmt: skip


def at(place: str, kind: str, day: str, actors: str = "france", **cells: str) -> dict:
    """Return an event at a place."""
    iso3 = PLACES.at[place, "iso3"]
    return event(kind, day, actors, place_id=place, **{"iso3": iso3, **cells})


def known(*events: dict, as_of: str = "2024-01-01", root: str = "france"):
    """Return the bases after some events."""
    return bases(record(as_of, "checked", tables=tiny(*events, places=PLACES)), root)


def test_a_deployment_at_a_place_opens_a_base():
    """Until something ends it, it is in use."""
    row = known(at("niamey", "deployment", "2013-01-01")).loc["niamey"]
    assert (row.in_use, row.opened, row.closed) == (True, "2013-01-01", "")
    assert row.event_ids == ("EV-001",)


@pytest.mark.parametrize("kind", ["base_handover", "withdrawal_completed"])
def test_a_handover_ends_it_and_says_to_whom_it_passed(kind):
    """The actors acted upon take it over, the state's own do not."""
    end = at("niamey", kind, "2023-12-22", "barkhane", counterpart_ids="niger;france")
    row = known(at("niamey", "deployment", "2013-01-01"), end).loc["niamey"]
    assert (row.in_use, row.closed, row.to) == (False, "2023-12-22", ("niger",))


def test_a_handover_without_an_opening_is_known_too():
    """Many bases enter the record only when they are given up."""
    row = known(at("gao", "base_handover", "2022-08-15")).loc["gao"]
    assert (row.in_use, row.opened, row.closed) == (False, "", "2022-08-15")


def test_a_mission_that_ends_takes_its_own_forces_alone():
    """Others who stand at the same place stay."""
    both = (at("niamey", "deployment", "2013-01-01"),
            at("niamey", "deployment", "2014-01-01", "barkhane"))  # fmt: skip
    end = at("niamey", "mission_ended", "2020-01-01", "barkhane")
    assert known(*both, end).at["niamey", "in_use"]
    assert not known(both[1], end).at["niamey", "in_use"]


def test_a_completed_withdrawal_ends_every_base_of_its_country():
    """A base that no row names as handed over is not in use in a country that all have left."""
    opened = [at(place, "deployment", "2013-01-01") for place in ("niamey", "arlit", "gao")]
    frame_ = known(*opened, at("niamey", "withdrawal_completed", "2023-12-22"))
    assert frame_["in_use"].to_dict() == {"niamey": False, "arlit": False, "gao": True}
    assert frame_["closed"].to_dict() == {"niamey": "2023-12-22", "arlit": "", "gao": ""}


def test_russian_forces_leave_one_by_one():
    """One force that goes leaves the bases of the others."""
    rows = known(
        at("gao", "deployment", "2022-01-01", "wagner"),
        at("niamey", "deployment", "2022-01-01", "corps", iso3="NER"),
        event("withdrawal_completed", "2023-01-01", "wagner", iso3="MLI;NER"),
        root="russia",
    )
    assert rows["in_use"].to_dict() == {"gao": False, "niamey": True}


@pytest.mark.parametrize("kind", ["mission_ended", "withdrawal_announced"])
def test_what_ends_a_russian_force_ends_its_sites(kind):
    """Wagner's camps in Mali did not outlive its going; the ministry's corps stays at its own."""
    rows = known(
        at("gao", "deployment", "2022-01-01", "wagner"),
        at("niamey", "deployment", "2022-01-01", "corps", iso3="MLI"),
        event(kind, "2023-06-06", "wagner", iso3="MLI"),
        root="russia",
    )
    assert rows["in_use"].to_dict() == {"gao": False, "niamey": True}


def test_a_count_attests_a_base_and_opens_none():
    """A number without an arrival makes no base."""
    count = at("gao", "force_level", "2015-01-01")
    row = known(at("gao", "deployment", "2013-01-01"), count, as_of="2016-06-01").loc["gao"]
    assert (row.confirmed, row.event_ids) == (True, ("EV-001", "EV-002"))
    assert known(count).empty


def test_a_dispute_unsettles_the_sites_until_a_row_of_weight():
    """A weak sighting does not settle it."""
    came = at("gao", "deployment", "2023-01-01", "wagner")
    denied = event("presence_disputed", "2023-06-01", "wagner", iso3="MLI")
    seen = at("gao", "presence_attested", "2023-07-01", "wagner")

    def sure(*events: dict) -> bool:
        return known(came, denied, *events, root="russia").at["gao", "confirmed"]

    assert not sure()
    assert not sure({**seen, "confidence": "low"})
    assert sure(seen)


def test_a_place_held_for_days_is_no_base():
    """A landing is not a base."""
    rows = known(at("gao", "deployment", "2022-01-01"), at("gao", "base_handover", "2022-01-09"))
    assert rows.empty


def test_a_base_opened_again_is_in_use_again():
    """The newest word counts."""
    first = at("gao", "deployment", "2013-01-01"), at("gao", "base_handover", "2014-01-01")
    row = known(*first, at("gao", "deployment", "2015-01-01")).loc["gao"]
    assert (row.in_use, row.opened, row.closed) == (True, "2015-01-01", "")


@pytest.mark.parametrize(("as_of", "confirmed"), [("2014-12-31", True), ("2015-01-02", False)])
def test_a_base_is_confirmed_for_two_years(as_of, confirmed):
    """What no row has seen for longer is not sure any more."""
    rows = known(at("gao", "deployment", "2013-01-01"), as_of=as_of)
    assert rows.at["gao", "confirmed"] == confirmed


def test_events_of_other_states_open_no_base():
    """An American base is not a French one."""
    assert known(at("niamey", "deployment", "2013-01-01", "denmark")).empty
