"""Posture: French presence and Russian engagement per country, folded from dated events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from .evidence import World, visible_events
from .tables import Tables, load_tables

FRENCH_POSTURES = ("none_recorded", "present", "leaving", "withdrawn")
RUSSIAN_ENGAGEMENTS = ("none_recorded", "contact", "agreement", "assistance", "deployed")

_TO_LEAVING = {"withdrawal_announced", "withdrawal_ordered", "agreement_denounced"}
_FRENCH_TYPES = _TO_LEAVING | {"deployment", "withdrawal_completed"}
_LEVELS = {"visit": "contact", "agreement_signed": "agreement", "assistance": "assistance"}
_ENDS = {"mission_ended", "withdrawal_completed"}
_RUSSIAN_TYPES = set(_LEVELS) | _ENDS | {"deployment", "agreement_denounced"}


@dataclass
class _French:
    """French posture of one country while events are folded."""

    state: str = "none_recorded"
    ids: tuple[str, ...] = ()
    since: str = ""

    def fold(self, kind: str, event_id: str, edtf: str) -> None:
        if kind == "deployment":
            target = "present"
        elif kind == "withdrawal_completed":
            target = "withdrawn"
        else:
            # Troops that are gone cannot be told to go: a later denunciation changes nothing.
            target = "withdrawn" if self.state == "withdrawn" else "leaving"
            if self.state == "withdrawn":
                return
        if target == self.state:
            self.ids += (event_id,)
        else:
            self.state, self.ids, self.since = target, (event_id,), edtf


@dataclass
class _Russian:
    """Russian engagement of one country while events are folded: what is in force, by level."""

    in_force: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    state: str = "none_recorded"
    since: str = ""

    def fold(self, kind: str, event_id: str, edtf: str, forces: tuple[str, ...]) -> None:
        if kind == "deployment":
            deployed = self.in_force.setdefault("deployed", {})
            for force in forces:
                deployed[force] = (*deployed.get(force, ()), event_id)
        elif kind in _ENDS:
            for force in forces:
                self.in_force.get("deployed", {}).pop(force, None)
        elif kind == "agreement_denounced":
            self.in_force.pop("agreement", None)
        else:
            level = self.in_force.setdefault(_LEVELS[kind], {})
            level[""] = (*level.get("", ()), event_id)
        state = next(
            (s for s in reversed(RUSSIAN_ENGAGEMENTS) if self.in_force.get(s)), "none_recorded"
        )
        if state != self.state:
            self.state, self.since = state, edtf

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(sorted({i for ids in self.in_force.get(self.state, {}).values() for i in ids}))


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
    """
    tables = load_tables() if tables is None else tables
    days = sorted({pd.Timestamp(day) for day in dates})
    events = visible_events(tables, evidence)
    scope = followed(tables)
    steps = _steps(events, tables.actors)
    first_seen = _first_seen(events)
    french = {iso3: _French() for iso3 in scope}
    russian = {iso3: _Russian() for iso3 in scope}
    rows, position = [], 0
    for day in days:
        while position < len(steps) and steps[position][0] <= day:
            _, kind, event_id, edtf, iso3s, in_french, forces, in_russian = steps[position]
            for iso3 in iso3s:
                if iso3 not in french:
                    continue
                if in_french:
                    french[iso3].fold(kind, event_id, edtf)
                if in_russian:
                    russian[iso3].fold(kind, event_id, edtf, forces)
            position += 1
        rows += [_row(day, i, french[i], russian[i], first_seen) for i in scope]
    return pd.DataFrame(rows).set_index(["as_of", "iso3"])


def followed(tables: Tables) -> list[str]:
    """Return the countries that reports follow, ISO 3166-1 alpha-3, in reading order."""
    countries = tables.countries
    return list(countries[countries["in_scope"]].sort_values("rank").index)


def posture_of(world: World) -> pd.DataFrame:
    """Return the posture that a world of evidence shows; see `posture`."""
    return posture(world.as_of, world.evidence, world.tables)


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


def _steps(events: pd.DataFrame, actors: pd.DataFrame) -> list[tuple]:
    """Return what each event that can move a posture does, in order."""
    france, russia = family(actors, "france"), family(actors, "russia")
    kinds = events["event_type"]
    military = events["domain"] == "military"
    moving = events[(military & kinds.isin(_FRENCH_TYPES | _RUSSIAN_TYPES)) | (kinds == "visit")]
    steps = []
    columns = (
        "latest",
        "event_type",
        "date_edtf",
        "iso3",
        "actor_ids",
        "counterpart_ids",
        "domain",
    )
    for event_id, latest, kind, edtf, iso3s, actor_ids, others, domain in zip(
        moving.index, *(moving[column] for column in columns), strict=True
    ):
        acting_french = not france.isdisjoint(actor_ids)
        french = (
            domain == "military"
            and kind in _FRENCH_TYPES
            and (acting_french or (kind != "deployment" and not france.isdisjoint(others)))
        )
        forces = tuple(actor for actor in actor_ids if actor in russia)
        by_force = kind == "deployment" or kind in _ENDS
        russian = kind in _RUSSIAN_TYPES and bool(
            forces or (not by_force and not russia.isdisjoint(others))
        )
        if french or russian:
            steps.append((latest, kind, event_id, edtf, iso3s, french, forces, russian))
    return steps


def _first_seen(events: pd.DataFrame) -> dict[str, pd.Timestamp]:
    """Return the day from which some event names each country."""
    seen: dict[str, pd.Timestamp] = {}
    for latest, iso3s in zip(events["latest"], events["iso3"], strict=True):
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
