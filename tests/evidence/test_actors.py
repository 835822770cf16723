"""Promises about actors: families, and whose an event is."""

import pytest
from factory import ACTORS, event, frame

from sahel_analysis.evidence.actors import concerning, family, whose


def owner(kind: str, actors: str, others: str = "") -> str:
    """Return whose one event is."""
    row = event(kind, "2023-01-01", actors, counterpart_ids=others)
    [found] = whose(frame("events", {"event_id": "EV-001", **row}), ACTORS)
    return found


def test_a_family_reaches_to_the_last_descendant():
    """A force of a force of France is French."""
    assert family(ACTORS, "france") == {"france", "barkhane", "barkhane_north"}


@pytest.mark.parametrize(
    ("actor", "expected"),
    [("barkhane", "france"), ("wagner", "russia"), ("niger", "other")],
)
def test_a_child_counts_as_its_parent(actor, expected):
    """What a force does, the state to which it belongs has done."""
    assert owner("deployment", actor) == expected


@pytest.mark.parametrize("kind", ["deployment", "mission_launched"])
def test_forces_sent_to_help_a_state_are_the_senders(kind):
    """A deployment against or for France is not a French deployment."""
    assert owner(kind, "denmark", "france") == "other"


def test_who_acts_decides_before_who_is_acted_upon():
    """And France before Russia."""
    assert owner("visit", "russia", "france") == "russia"
    assert owner("visit", "niger", "russia;france") == "france"


@pytest.mark.parametrize("kind", ["coup", "alliance_formed", "alliance_exit"])
def test_coups_and_alliances_are_nobodys(kind):
    """Whoever takes part."""
    assert owner(kind, "france") == "other"


def test_events_that_concern_an_actor_are_those_in_which_its_family_takes_part():
    """On either side; a family of others is left out."""
    rows = frame(
        "events",
        {
            "event_id": "EV-001",
            **event("withdrawal_ordered", "2023", "niger", counterpart_ids="barkhane"),
        },
        {"event_id": "EV-002", **event("visit", "2023", "russia")},
    )
    assert list(concerning(rows, ACTORS, "france").index) == ["EV-001"]
    assert list(concerning(rows, ACTORS, "russia").index) == ["EV-002"]
    assert list(concerning(rows, ACTORS, "denmark").index) == []
