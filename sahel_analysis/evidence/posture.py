"""French presence and Russian engagement of each country, folded from dated events.

The rules stand in the codebook, ``data/README.md``, "Posture".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..errors import ParameterError, require_one_of, shown
from ..tables.dates import iso_day
from ..tables.loading import Tables, require_tables
from ..tables.vocabulary import EVENT_TYPES, RUSSIAN_STATES
from .actors import FRANCE, RUSSIA, concerning, family
from .record import EVIDENCE, Record, one_article, record, visible_events

LEAST_EVENTS = 2  # with fewer a country has too little to tell for a report
CONFIRMED_MONTHS = 24  # for so long a state counts as confirmed after a row last attested it
_THERE = {"present", "leaving", "reduced"}
_BY_TREATY = {"present", "reduced"}  # states that a defence agreement in force confirms


class Status(NamedTuple):
    """What is on record of one side in one country on one day; see `posture`."""

    state: str = "none_recorded"
    since: str = ""
    attested: str = ""
    confirmed: bool = False
    event_ids: tuple[str, ...] = ()


class _Step(NamedTuple):
    """What one event does in the fold; sorts in the order in which events count."""

    latest: pd.Timestamp
    rank: int
    event_id: str
    kind: str
    edtf: str
    forces: tuple[str, ...]  # those of the state that act
    is_sure: bool  # of more than low confidence


# What an event does, and the days from which on and until which it is shown.
_Shown = tuple[_Step, pd.Timestamp, pd.Timestamp]


@dataclass
class _Attested:
    """A statement on record: the event with which it began and the newest that says so."""

    first: _Step
    newest: _Step

    def lapsed(self, day: pd.Timestamp) -> bool:
        """Return whether no event has said so for two years before a day."""
        return self.newest.latest < _two_years_before(day)


@cache
def _two_years_before(day: pd.Timestamp) -> pd.Timestamp:
    """Return the day from which on a row still confirms what it says."""
    return day - pd.DateOffset(months=CONFIRMED_MONTHS)


@dataclass
class _French:
    """French posture of one country while events are folded."""

    state: str = "none_recorded"
    attested: _Attested | None = None
    disputed: bool = False
    treaty: bool = False  # whether a defence agreement is in force under which forces stand

    def fold(self, step: _Step) -> None:
        """Take one event into account."""
        if step.kind == "presence_disputed":
            self.disputed = self.state in _THERE
            return
        if step.kind == "agreement_signed":
            self.treaty = True
        elif step.kind == "agreement_denounced":
            self.treaty = False
        target = self._target(step.kind)
        if not target:
            return
        self.disputed = self.disputed and not step.is_sure
        if target != self.state:
            self.state, self.attested = target, _Attested(step, step)
        else:
            self.attested.newest = step

    def _target(self, kind: str) -> str:
        """Return the state after an event; empty where the event says nothing of the forces."""
        to = EVENT_TYPES[kind].french
        if self.state in _THERE and (EVENT_TYPES[kind].attests or kind == "agreement_signed"):
            return self.state  # a count or a renewed treaty does not call off a departure
        if to == "leaving" and self.state == "withdrawn":
            return ""  # troops that are gone cannot be told to go
        return to

    def on(self, day: pd.Timestamp) -> Status:
        """Return what is on record on a day."""
        if self.attested is None:
            return Status()
        by_treaty = self.treaty and self.state in _BY_TREATY
        fresh = self.state == "withdrawn" or by_treaty or not self.attested.lapsed(day)
        return _status(
            self.state, self.attested.first, [self.attested], fresh and not self.disputed
        )


@dataclass
class _Russian:
    """Russian engagement of one country while events are folded: what is in force, by level."""

    families: dict[str, frozenset[str]]
    levels: dict[str, _Attested] = field(default_factory=dict)  # below deployed
    forces: dict[str, _Attested] = field(default_factory=dict)
    arrival: _Step | None = None  # the event with which the first of the forces came
    disputed: set[str] = field(default_factory=set)  # those of the forces whose presence is denied

    def fold(self, step: _Step) -> None:
        """Take one event into account."""
        moves = EVENT_TYPES[step.kind]
        if step.kind == "presence_disputed":
            self.disputed |= self._there(step)
        elif moves.russian == "deployed":
            if step.is_sure:
                self.disputed -= set(step.forces)
            elif self.disputed:  # a weak row about another force does not settle it either
                self.disputed |= set(step.forces) - self.forces.keys()
            self.arrival = self.arrival or step
            for force in step.forces:
                self.forces.setdefault(force, _Attested(step, step)).newest = step
        elif moves.ends_russian == "deployed":
            for force in self._there(step):
                del self.forces[force]
                self.disputed.discard(force)
            if not self.forces:
                self.arrival = None
        elif moves.ends_russian:
            self.levels.pop(moves.ends_russian, None)
        elif moves.russian:
            attested = self.levels.get(moves.russian)
            if attested is None or attested.lapsed(step.latest):
                self.levels[moves.russian] = _Attested(step, step)
            else:
                attested.newest = step

    def _there(self, step: _Step) -> set[str]:
        """Return the forces on record that an event is about; a state stands for all of its own."""
        about = set().union(*(self.families[force] for force in step.forces))
        return about & self.forces.keys()

    def on(self, day: pd.Timestamp) -> Status:
        """Return what is on record on a day."""
        if self.forces:
            undisputed = self.forces.keys() - self.disputed
            confirmed = not all(self.forces[force].lapsed(day) for force in undisputed)
            return _status("deployed", self.arrival, list(self.forces.values()), confirmed)
        for level in reversed(RUSSIAN_STATES):
            if level in self.levels:
                attested = self.levels[level]
                return _status(level, attested.first, [attested], not attested.lapsed(day))
        return Status()


def _status(state: str, first: _Step, attested: list[_Attested], confirmed: bool) -> Status:
    """Return a state with its events in order of time, the newest last."""
    steps = sorted({first, *(step for each in attested for step in (each.first, each.newest))})
    ids = tuple(step.event_id for step in steps)
    return Status(state, first.edtf, steps[-1].edtf, confirmed, ids)


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

        - ``french_posture``: none_recorded, present, leaving, reduced or withdrawn;
        - ``russian_engagement``: none_recorded, contact, agreement, assistance or deployed;
        - ``french_posture_since`` and the same of Russia: EDTF date of the event with which the
          state began, empty where there was none;
        - ``french_posture_attested``: EDTF date of the newest event that says so;
        - ``french_posture_confirmed``: whether that was within the last 24 months, or whether a
          defence agreement is in force under which the forces stand, and nobody disputed it since;
        - ``french_posture_event_ids``: tuple of the events that say so, in order of time: the one
          with which the state began, and the first and the newest of each force that is there;
        - ``covered``: whether any event of this evidence up to that day names the country.

    Raises
    ------
    ParameterError
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
    >>> chad["french_posture"], "EV-101" in chad["french_posture_event_ids"]
    ('present', True)
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
    ParameterError
        As from `posture`, and if `dates` is one day or none.

    Examples
    --------
    >>> series = posture_series(["2013-06-01", "2022-09-01"])
    >>> series["french_posture"].xs("MLI", level="iso3").to_list()
    ['present', 'withdrawn']
    """
    tables = one_article(require_tables(tables))
    if isinstance(dates, str | date) or not isinstance(dates, Iterable):
        message = f"'{shown(dates)}' is not several days; expected a list such as ['2023-12-04']."
        raise ParameterError(message)
    days = sorted({pd.Timestamp(iso_day(day)) for day in dates})
    if not days:
        message = "dates: no day is given; expected a list such as ['2023-12-04']."
        raise ParameterError(message)
    return states_of(followed(tables), days, evidence, tables)


def states_of(
    countries: Iterable[str],
    days: list[pd.Timestamp],
    evidence: str,
    tables: Tables,
    events: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return what `posture_series` returns, of some countries alone.

    Parameters
    ----------
    countries : iterable of str
        ISO 3166-1 alpha-3 codes.
    days : list of pandas.Timestamp
        In rising order.
    evidence, tables
        As in `posture`; the tables are not read anew.
    events : pandas.DataFrame, optional
        Events of a record: then each day has the state that they tell of it in hindsight, not the
        one that was public then.
    """
    require_one_of("evidence", evidence, EVIDENCE)
    if events is None:
        french, russian, families, first_named = _histories(evidence, tables)
    else:
        hindsight = events.assign(visible_from=events["latest"], visible_until=pd.NaT)
        french, russian, families, first_named = _steps(hindsight, tables)
    folded = {}
    for iso3 in countries:
        first = first_named.get(iso3)
        french_days = _on_days(french.get(iso3, []), days, _French)
        russian_days = _on_days(russian.get(iso3, []), days, lambda: _Russian(families))
        folded[iso3] = pd.DataFrame(
            {
                **_columns("french_posture", french_days),
                **_columns("russian_engagement", russian_days),
                "covered": [first is not None and first <= day for day in days],
            },
            index=pd.DatetimeIndex(days, name="as_of"),
        )
    frame = pd.concat(folded, names=["iso3"]).swaplevel()
    return frame.reindex(pd.MultiIndex.from_product([days, folded], names=["as_of", "iso3"]))


@lru_cache(maxsize=4)  # every exhibit of a report asks
def _histories(evidence: str, tables: Tables) -> tuple[dict, dict, dict, pd.Series]:
    """Return the steps of all that one kind of evidence ever shows; see `_steps`."""
    return _steps(visible_events(tables, evidence), tables)


def _steps(events: pd.DataFrame, tables: Tables) -> tuple[dict, dict, dict, pd.Series]:
    """Return French and Russian steps by country, forces within forces, and first days named."""
    military = events["domain"] == "military"
    families = {actor: family(tables.actors, actor) for actor in family(tables.actors, RUSSIA)}
    french = concerning(events[military], tables.actors, FRANCE)
    russian = concerning(
        events[military | (events["event_type"] == "visit")], tables.actors, RUSSIA
    )
    french, russian = _by_country(french, families), _by_country(russian, families)
    first_named = events.explode("iso3").groupby("iso3")["visible_from"].min()
    return french, russian, families, first_named


def _by_country(
    events: pd.DataFrame, families: Mapping[str, frozenset[str]]
) -> dict[str, list[_Shown]]:
    """Return what the events of each country do, with the days between which they are shown."""
    steps = defaultdict(list)
    for rank, row in enumerate(events.itertuples()):
        step = _Step(
            latest=row.latest,
            rank=rank,
            event_id=row.Index,
            kind=row.event_type,
            edtf=row.date_edtf,
            forces=tuple(actor for actor in row.actor_ids if actor in families),
            is_sure=row.confidence != "low",
        )
        for iso3 in row.iso3:
            steps[iso3].append((step, row.visible_from, row.visible_until))
    return steps


def _on_days(
    shown: list[_Shown], days: list[pd.Timestamp], start: Callable[[], _French | _Russian]
) -> list[Status]:
    """Return what follows on each day from the events of one country that are visible then."""
    steps = [step for step, _, _ in shown]
    first = pd.DatetimeIndex([day for _, day, _ in shown]).to_numpy()
    last = pd.DatetimeIndex([day for _, _, day in shown]).to_numpy()
    fold, done, statuses = start(), np.array([], dtype="int64"), []
    for day in days:
        visible = np.flatnonzero((first <= day.to_datetime64()) & ~(last <= day.to_datetime64()))
        if not np.array_equal(visible[: len(done)], done):
            # Something became public late, or is told better now: in its own place in time.
            fold, done = start(), done[:0]
        for place in visible[len(done) :]:
            fold.fold(steps[place])
        done = visible
        statuses.append(fold.on(day))
    return statuses


def _columns(theme: str, statuses: list[Status]) -> dict[str, list]:
    """Return the columns of one theme."""
    return {
        theme: [status.state for status in statuses],
        f"{theme}_since": [status.since for status in statuses],
        f"{theme}_attested": [status.attested for status in statuses],
        f"{theme}_confirmed": [status.confirmed for status in statuses],
        f"{theme}_event_ids": [status.event_ids for status in statuses],
    }


def followed(tables: Tables) -> list[str]:
    """Return the countries that reports follow, ISO 3166-1 alpha-3, in reading order."""
    countries = tables.countries
    return list(countries[countries["in_scope"]].sort_values("rank").index)


def countries_told(as_of: str | date, evidence: str, tables: Tables) -> list[str]:
    """Return the followed countries that enough visible events name for a report of their own.

    Parameters
    ----------
    as_of, evidence, tables
        As in `posture`; the tables are not read anew.

    Returns
    -------
    list of str
        ISO 3166-1 alpha-3, in reading order.
    """
    counts = record(as_of, evidence, tables=tables).events["iso3"].explode().value_counts()
    return [iso3 for iso3 in followed(tables) if counts.get(iso3, 0) >= LEAST_EVENTS]


def posture_of(record: Record) -> pd.DataFrame:
    """Return the posture that a record shows; see `posture`."""
    return _posture_of(record.as_of, record.evidence, record.tables).copy()


@lru_cache(maxsize=4)
def _posture_of(as_of: date, evidence: str, tables: Tables) -> pd.DataFrame:
    """Return what `posture_of` does; sentences, map and charts of a report all ask."""
    return posture(as_of, evidence, tables)
