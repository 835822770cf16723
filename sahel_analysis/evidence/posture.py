"""Posture: French presence and Russian engagement per country, folded from dated events."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

import pandas as pd

from ..tables.dates import iso_day
from ..tables.loading import Tables, load_tables
from ..tables.vocabulary import EVENT_TYPES, RUSSIAN_STATES
from .actors import concerning, family
from .record import Record, visible_events


class _Status(NamedTuple):
    """State of a country, date of the event with which it began (EDTF), events that decide it."""

    state: str
    since: str
    event_ids: tuple[str, ...]


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
          which the state began, empty where there was none;
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
    days = sorted({pd.Timestamp(iso_day(day)) for day in dates})
    events = visible_events(tables, evidence)
    military = events["domain"] == "military"
    french = concerning(events[military], tables.actors, "france")
    russian = concerning(
        events[military | (events["event_type"] == "visit")], tables.actors, "russia"
    )
    forces = family(tables.actors, "russia")
    first_named = events.explode("iso3").groupby("iso3")["latest"].min()
    folded = {}
    for iso3 in followed(tables):
        named = first_named.get(iso3)
        folded[iso3] = pd.DataFrame(
            {
                **_columns("french_posture", _fold_french(*_up_to(days, french, iso3))),
                **_columns(
                    "russian_engagement", _fold_russian(*_up_to(days, russian, iso3), forces)
                ),
                "covered": [named is not None and named <= day for day in days],
            },
            index=pd.DatetimeIndex(days, name="as_of"),
        )
    frame = pd.concat(folded, names=["iso3"]).swaplevel()
    return frame.reindex(pd.MultiIndex.from_product([days, folded], names=["as_of", "iso3"]))


def _up_to(days: list[pd.Timestamp], events: pd.DataFrame, iso3: str) -> tuple[list, list[int]]:
    """Return the events that name a country, in order, and how many of them count by each day."""
    names = [iso3 in named for named in events["iso3"]]
    chosen = events[pd.Series(names, index=events.index, dtype="bool")]
    latest = list(chosen["latest"])
    return list(chosen.itertuples()), [bisect_right(latest, day) for day in days]


def _fold_french(events: list, counts: list[int]) -> Iterator[_Status]:
    """Yield the French posture of one country after each number of its events."""
    state, since, deciding, done = "none_recorded", "", [], 0
    for count in counts:
        for event in events[done:count]:
            target = EVENT_TYPES[event.event_type].french
            # Troops that are gone cannot be told to go: a later denunciation changes nothing.
            if not target or (target == "leaving" and state == "withdrawn"):
                continue
            if target != state:
                state, since, deciding = target, event.date_edtf, []
            deciding.append(event.Index)
        done = count
        yield _Status(state, since, tuple(deciding))


def _fold_russian(events: list, counts: list[int], forces: frozenset[str]) -> Iterator[_Status]:
    """Yield the Russian engagement of one country after each number of its events.

    A deployment is in force by each force apart, and ends with that force's own departure; the
    highest of the states in force is the country's.
    """
    ranks = {state: rank for rank, state in enumerate(RUSSIAN_STATES)}
    in_force: dict[tuple[str, str], list[str]] = {}  # events by state and force
    state, since, done = "none_recorded", "", 0
    for count in counts:
        for event in events[done:count]:
            kind = EVENT_TYPES[event.event_type]
            moved = kind.russian or kind.ends_russian
            if not moved:
                continue
            own = [actor for actor in event.actor_ids if actor in forces]
            for force in own if moved == "deployed" else [""]:
                if kind.russian:
                    in_force.setdefault((moved, force), []).append(event.Index)
                else:
                    in_force.pop((moved, force), None)
            highest = max((held for held, _ in in_force), key=ranks.get, default="none_recorded")
            if highest != state:
                state, since = highest, event.date_edtf
        done = count
        deciding = {key for (held, _), keys in in_force.items() if held == state for key in keys}
        yield _Status(state, since, tuple(sorted(deciding)))


def _columns(name: str, statuses: Iterable[_Status]) -> dict[str, list]:
    """Return the columns of one theme, a row for each day."""
    rows = list(statuses)
    return {
        name: [row.state for row in rows],
        f"{name}_event_ids": [row.event_ids for row in rows],
        f"{name}_since": [row.since for row in rows],
    }


def followed(tables: Tables) -> list[str]:
    """Return the countries that reports follow, ISO 3166-1 alpha-3, in reading order."""
    countries = tables.countries
    return list(countries[countries["in_scope"]].sort_values("rank").index)


def posture_of(record: Record) -> pd.DataFrame:
    """Return the posture that a record shows; see `posture`."""
    return posture(record.as_of, record.evidence, record.tables)
