"""Bases: where forces of a state stood by a day, and where, when and to whom they left."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field

import pandas as pd

from ..tables.vocabulary import EVENT_TYPES
from .actors import family
from .record import Record

CONFIRMED_MONTHS = 24  # a base counts as confirmed for so long after a row last saw forces there
_LEAST_DAYS = 30  # a place held for less was no base

_OPENS = {"deployment", "presence_attested"}
_ATTESTS = {"force_level", "presence_reduced"}
_HANDS_OVER = {"base_handover", "withdrawal_completed"}
_READ = [
    "event_type", "date_edtf", "latest", "iso3", "place_id", "actor_ids", "counterpart_ids",
    "confidence",
]  # fmt: skip


@dataclass
class _Base:
    """One place while events are folded."""

    forces: set[str] = field(default_factory=set)
    opened: str = ""
    attested: pd.Timestamp | None = None
    closed: str = ""
    closed_on: pd.Timestamp | None = None
    to: tuple[str, ...] = ()
    event_ids: list[str] = field(default_factory=list)
    opened_on: pd.Timestamp | None = None
    disputed: bool = False

    @property
    def held(self) -> pd.Timedelta | None:
        """How long it was held, None where either end is not on record."""
        if self.opened_on is None or self.closed_on is None:
            return None
        return self.closed_on - self.opened_on

    def open(self, event: object, forces: set[str]) -> None:
        """Take into account that forces came or were seen."""
        if not self.forces:
            self.opened, self.opened_on = event.date_edtf, event.latest
            self.closed, self.closed_on, self.to = "", None, ()
        self.forces |= forces
        self.attest(event)

    def attest(self, event: object) -> None:
        """Take into account that forces are still there."""
        self.attested = event.latest
        self.disputed = self.disputed and event.confidence == "low"
        self.event_ids.append(event.Index)

    def close(self, event: object, to: tuple[str, ...] = (), *, here: bool = True) -> None:
        """Take into account that all left: this place, or only the country it lies in."""
        self.forces = set()
        if here:
            self.closed, self.closed_on, self.to = event.date_edtf, event.latest, to
        self.event_ids.append(event.Index)


def bases(record: Record, root: str = "france") -> pd.DataFrame:
    """Return the bases of a state's forces: in use, handed over, or left without a day on record.

    Parameters
    ----------
    record : Record
        The events that count.
    root : str, optional
        Key of the state: ``france`` or ``russia``. Its forces are the actors that descend from it.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``place_id``, in the order in which the bases were opened, with columns

        - ``name_en``, ``iso3``, ``lon``, ``lat``, ``precision``, ``within``: as in ``places``;
          ``within`` is empty where the place lies in no larger one;
        - ``in_use``: whether forces are there on the record's day;
        - ``confirmed``: whether a row has seen them there within `CONFIRMED_MONTHS` months, and
          nobody has disputed since that they are in the country;
        - ``opened``, ``closed``: EDTF dates; ``closed`` is empty for a base in use, and for one
          whose country all forces left without a row that names the place;
        - ``attested``, ``closed_on``: latest possible days, ``NaT`` where there is none;
        - ``forces``: keys of the forces that are there;
        - ``to``: keys of the actors to whom it passed;
        - ``event_ids``: the events behind it, in order.

    Notes
    -----
    A base is in use from a deployment or sighting at a place to a handover or a completed
    withdrawal there, or until the mission of the only forces there ends; a count at the place
    attests it. What ends the stay of forces in a country ends their bases there: the French leave
    as a whole, the Russians force by force, as in `posture.posture`. A place held for less than a
    month is left out once it is left.
    """
    events = record.events
    actors = record.tables.actors
    forces = family(actors, root)
    places = record.tables.places
    folded: dict[str, _Base] = {}
    # Most events move no base, and a row costs by its columns.
    ends = {kind for kind, facts in EVENT_TYPES.items() if facts.ends_russian}
    kinds = _OPENS | _ATTESTS | _HANDS_OVER | ends | {"mission_ended", "presence_disputed"}
    events = events[(events["domain"] == "military") & events["event_type"].isin(kinds)]
    for event in events[_READ].itertuples():
        acting = forces.intersection(event.actor_ids)
        if not acting:
            continue
        here = event.place_id if event.place_id in places.index else ""
        kind = event.event_type
        if kind in _OPENS and here:
            folded.setdefault(here, _Base()).open(event, acting)
        elif kind in _ATTESTS and here in folded and folded[here].forces:
            folded[here].attest(event)
        elif kind == "presence_disputed":
            for place_id, base in folded.items():
                if places.at[place_id, "iso3"] in event.iso3 and base.forces <= acting:
                    base.disputed = True
        elif kind in _HANDS_OVER and here:
            to = tuple(actor for actor in event.counterpart_ids if actor not in forces)
            folded.setdefault(here, _Base()).close(event, to)
        elif kind == "mission_ended" and here in folded and folded[here].forces:
            _leave(folded[here], acting, event)
        if root == "france":
            gone = forces if kind == "withdrawal_completed" else frozenset()
        else:
            ends = EVENT_TYPES[kind].ends_russian == "deployed"
            gone = _with_descendants(acting, actors) if ends else frozenset()
        for place_id, base in folded.items():
            if base.forces & gone and places.at[place_id, "iso3"] in event.iso3:
                _leave(base, gone, event, here=False)
    return _frame(folded, places, pd.Timestamp(record.as_of))


def _leave(base: _Base, gone: Set[str], event: object, *, here: bool = True) -> None:
    """Take some forces away from a base, and close it where none is left."""
    base.forces = base.forces - gone
    if not base.forces:
        base.close(event, here=here)


def _with_descendants(keys: set[str], actors: pd.DataFrame) -> frozenset[str]:
    """Return actors and all that descend from them."""
    return frozenset().union(*(family(actors, key) for key in keys))


def _frame(folded: dict[str, _Base], places: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the folded bases as rows."""
    least = pd.Timedelta(days=_LEAST_DAYS)
    folded = {
        place_id: base
        for place_id, base in folded.items()
        if base.forces or not base.held or base.held >= least
    }
    frame = places.reindex(pd.Index(folded, name="place_id"))
    within = frame["within"] if "within" in frame else pd.Series("", frame.index)
    since = day - pd.DateOffset(months=CONFIRMED_MONTHS)
    rows = folded.values()
    return frame[["name_en", "iso3", "lon", "lat", "precision"]].assign(
        within=within,
        in_use=[bool(base.forces) for base in rows],
        confirmed=[
            base.attested is not None and base.attested >= since and not base.disputed
            for base in rows
        ],
        opened=[base.opened for base in rows],
        closed=[base.closed for base in rows],
        attested=pd.to_datetime([base.attested for base in rows]),
        closed_on=pd.to_datetime([base.closed_on for base in rows]),
        forces=[tuple(sorted(base.forces)) for base in rows],
        to=[base.to for base in rows],
        event_ids=[tuple(base.event_ids) for base in rows],
    )
