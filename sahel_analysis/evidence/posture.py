"""Posture: French presence and Russian engagement per country, folded from dated events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import pandas as pd

from ..tables.loading import Tables, load_tables
from .record import Record, visible_events

FRENCH_POSTURES = ("none_recorded", "present", "leaving", "withdrawn")
RUSSIAN_ENGAGEMENTS = ("none_recorded", "contact", "agreement", "assistance", "deployed")

_TO_LEAVING = {"withdrawal_announced", "withdrawal_ordered", "agreement_denounced"}
_FRENCH_TYPES = _TO_LEAVING | {"deployment", "withdrawal_completed"}
_LEVELS = {"visit": "contact", "agreement_signed": "agreement", "assistance": "assistance"}
_ENDS = {"mission_ended", "withdrawal_completed"}
_BELOW = tuple(reversed(RUSSIAN_ENGAGEMENTS[1:-1]))
_RUSSIAN_TYPES = set(_LEVELS) | _ENDS | {"deployment", "agreement_denounced"}


class _French:
    """French posture of one country while events are folded."""

    def __init__(self) -> None:
        self.state, self.since = "none_recorded", ""
        self.deciding: list[str] = []

    def fold(self, kind: str, event_id: str, edtf: str, _forces: tuple[str, ...]) -> None:
        if kind == "deployment":
            target = "present"
        elif kind == "withdrawal_completed":
            target = "withdrawn"
        elif self.state == "withdrawn":
            # Troops that are gone cannot be told to go: a later denunciation changes nothing.
            return
        else:
            target = "leaving"
        if target != self.state:
            self.state, self.since, self.deciding = target, edtf, []
        self.deciding.append(event_id)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(self.deciding)


class _Russian:
    """Russian engagement of one country while events are folded: what is in force, by level."""

    def __init__(self) -> None:
        self.state, self.since = "none_recorded", ""
        # The events behind each level that is in force, and behind each force that is there.
        self.levels: dict[str, list[str]] = {}
        self.forces: dict[str, list[str]] = {}

    def fold(self, kind: str, event_id: str, edtf: str, forces: tuple[str, ...]) -> None:
        if kind == "deployment":
            for force in forces:
                self.forces.setdefault(force, []).append(event_id)
        elif kind in _ENDS:
            for force in forces:
                self.forces.pop(force, None)
        elif kind == "agreement_denounced":
            self.levels.pop("agreement", None)
        else:
            self.levels.setdefault(_LEVELS[kind], []).append(event_id)
        state = (
            "deployed" if self.forces else next(filter(self.levels.get, _BELOW), "none_recorded")
        )
        if state != self.state:
            self.state, self.since = state, edtf

    @property
    def ids(self) -> tuple[str, ...]:
        if self.state == "deployed":
            return tuple(sorted({event_id for ids in self.forces.values() for event_id in ids}))
        return tuple(sorted(self.levels.get(self.state, ())))


def posture(
    as_of: str | date, evidence: str = "checked", tables: Tables | None = None
) -> pd.DataFrame:
    """Return the posture of every country in scope on one day.

    Parameters
    ----------
    as_of : str or datetime.date
        Day, ISO 8601. Events count from their latest possible day.
    evidence : {"checked", "article"}
        ``"article"``: what the article says and nothing else. ``"checked"``: article events that
        are not contradicted, plus events from independent sources.
    tables : Tables, optional
        Tables already loaded; read from the package's own data without it.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``iso3``, one row per country in scope, with columns

        - ``french_posture``: none_recorded, present, leaving or withdrawn;
        - ``russian_engagement``: none_recorded, contact, agreement, assistance or deployed;
        - ``french_posture_event_ids``, ``russian_engagement_event_ids``: tuples of the events
          that decide the state;
        - ``french_posture_since``, ``russian_engagement_since``: EDTF date of the event with
          which the state began, empty for none_recorded;
        - ``covered``: whether any event of this evidence up to that day names the country.

    Raises
    ------
    ValueError
        If `evidence` is not one of the two, or `as_of` is no day.

    Notes
    -----
    The rules stand in the codebook, ``data/README.md``, under the event types.

    Examples
    --------
    The article has Chad rid of French forces; other sources have them there.

    >>> posture("2023-12-04", "article").at["TCD", "french_posture"]
    'withdrawn'
    >>> chad = posture("2023-12-04", "checked").loc["TCD"]
    >>> chad["french_posture"], chad["french_posture_event_ids"]
    ('present', ('EV-101', 'EV-119'))
    """
    return posture_series([as_of], evidence, tables).droplevel("as_of")


def posture_series(
    dates: Iterable[str | date], evidence: str = "checked", tables: Tables | None = None
) -> pd.DataFrame:
    """Return the posture of every country in scope on each of several days, in one pass.

    Parameters
    ----------
    dates : iterable of str or datetime.date
        Days, in any order.
    evidence, tables
        As in `posture`.

    Returns
    -------
    pandas.DataFrame
        As from `posture`, indexed by ``as_of`` (datetime64) and ``iso3``, days in rising order.

    Raises
    ------
    ValueError
        As from `posture`.

    Examples
    --------
    >>> series = posture_series(["2013-06-01", "2022-09-01"])
    >>> series["french_posture"].xs("MLI", level="iso3").to_list()
    ['present', 'withdrawn']
    """
    tables = load_tables() if tables is None else tables
    days = sorted({pd.Timestamp(day) for day in dates})
    events = visible_events(tables, evidence)
    scope = followed(tables)
    french = {iso3: _French() for iso3 in scope}
    russian = {iso3: _Russian() for iso3 in scope}
    first_seen = _first_seen(events)
    steps = _steps(events, tables.actors)
    rows, step = [], next(steps, None)
    for day in days:
        while step and step[0] <= day:
            _, kind, event_id, edtf, iso3s, forces, in_french, in_russian = step
            for folded in (french,) * in_french + (russian,) * in_russian:
                for iso3 in iso3s:
                    if iso3 in folded:
                        folded[iso3].fold(kind, event_id, edtf, forces)
            step = next(steps, None)
        rows += [_row(day, i, french[i], russian[i], first_seen) for i in scope]
    return pd.DataFrame(rows).set_index(["as_of", "iso3"])


def followed(tables: Tables) -> list[str]:
    """Return the countries that reports follow, ISO 3166-1 alpha-3, in reading order."""
    countries = tables.countries
    return list(countries[countries["in_scope"]].sort_values("rank").index)


def posture_of(record: Record) -> pd.DataFrame:
    """Return the posture that a record shows; see `posture`."""
    return posture(record.as_of, record.evidence, record.tables)


def family(actors: pd.DataFrame, root: str) -> frozenset[str]:
    """Return the ids of an actor and of all that descend from it.

    Parameters
    ----------
    actors : pandas.DataFrame
        The actors table.
    root : str
        Key of the ancestor.
    """
    members = {root}
    while True:
        children = set(actors.index[actors["parent_id"].isin(members)])
        if children <= members:
            return frozenset(members)
        members |= children


def _steps(events: pd.DataFrame, actors: pd.DataFrame) -> Iterator[tuple]:
    """Yield what each event that can move a posture does, in order.

    The day, type, id and date of the event, its countries, the Russian forces in it, and whether
    it moves the French and the Russian posture.
    """
    france, russia = family(actors, "france"), family(actors, "russia")
    kinds = events["event_type"]
    military = events["domain"] == "military"
    french = military & kinds.isin(_FRENCH_TYPES)
    french &= _name(events["actor_ids"], france) | (
        (kinds != "deployment") & _name(events["counterpart_ids"], france)
    )
    russian = (military | (kinds == "visit")) & kinds.isin(_RUSSIAN_TYPES)
    by_force = kinds.isin({"deployment", *_ENDS})
    russian &= _name(events["actor_ids"], russia) | (
        ~by_force & _name(events["counterpart_ids"], russia)
    )
    moving = french | russian
    shown = events[moving]
    for *event, actor_ids, in_french, in_russian in zip(
        shown["latest"],
        shown["event_type"].to_numpy(),
        shown.index.to_numpy(),
        shown["date_edtf"].to_numpy(),
        shown["iso3"],
        shown["actor_ids"],
        french[moving],
        russian[moving],
        strict=True,
    ):
        forces = tuple(actor for actor in actor_ids if actor in russia)
        yield *event, forces, in_french, in_russian


def _name(lists: pd.Series, members: frozenset[str]) -> pd.Series:
    """Return which of many tuples name a member of a set."""
    return pd.Series([not members.isdisjoint(ids) for ids in lists], lists.index, dtype="bool")


def _first_seen(events: pd.DataFrame) -> dict[str, pd.Timestamp]:
    """Return the day from which some event names each country."""
    first = events.drop_duplicates("iso3")
    seen: dict[str, pd.Timestamp] = {}
    for latest, iso3s in zip(first["latest"], first["iso3"], strict=True):
        for iso3 in iso3s:
            seen.setdefault(iso3, latest)
    return seen


def _row(day: pd.Timestamp, iso3: str, french: _French, russian: _Russian, seen: dict) -> dict:
    """Return one country's row of the result."""
    return {
        "as_of": day,
        "iso3": iso3,
        "french_posture": french.state,
        "french_posture_event_ids": french.ids,
        "french_posture_since": french.since,
        "russian_engagement": russian.state,
        "russian_engagement_event_ids": russian.ids,
        "russian_engagement_since": russian.since,
        "covered": iso3 in seen and seen[iso3] <= day,
    }
