"""Record: what a report may see on a day, and what each of the two kinds of evidence shows of it.

One rule decides both. The rows that a report may see are its extract; their digest stands on its
last page and decides whether it must be made again, so the two cannot disagree.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import pandas as pd

from ..tables.dates import day_in_words, iso_day
from ..tables.loading import FRAMES, Tables, load_tables
from ..tables.schema import read_package
from ..tables.vocabulary import EVENT_TYPES
from ..tables.vocabulary import EVIDENCE as _KINDS
from .actors import ROOTS

EVIDENCE = tuple(_KINDS)
_DATED = {"events": "latest", "figures": "earliest"}  # the day from which a row counts
_DERIVED = ("earliest", "latest")  # columns that follow from others


@dataclass(frozen=True, repr=False)
class Record:
    """What one kind of evidence shows up to one day.

    Attributes
    ----------
    as_of : datetime.date
        Last day that counts.
    evidence : str
        ``"article"`` or ``"checked"``.
    tables : Tables
        The rows that a report of this day and these countries may see, of both kinds of evidence;
        ``tables.sha256`` is their digest.
    events : pandas.DataFrame
        Events visible in this evidence whose latest possible day is not after `as_of`, in order.
    figures : pandas.DataFrame
        Figures visible in this evidence that refer to a day not after `as_of`, or to none.
    """

    as_of: date
    evidence: str
    tables: Tables
    events: pd.DataFrame
    figures: pd.DataFrame

    def __repr__(self) -> str:
        """Return day and evidence, and how much counts."""
        counts = f"{len(self.events)} events, {len(self.figures)} figures"
        return f"Record({self.as_of}, {self.evidence}: {counts})"

    @property
    def is_checked(self) -> bool:
        """Whether this is the checked record."""
        return self.evidence == "checked"

    def contradicts(self, claim_id: str) -> bool:
        """Return whether independent sources contradict a claim."""
        return claim_id in contradicted(self.tables)


def record(
    as_of: str | date,
    evidence: str = "checked",
    countries: str | Iterable[str] = "all",
    tables: Tables | None = None,
) -> Record:
    """Return what one kind of evidence shows up to one day.

    Parameters
    ----------
    as_of : str or datetime.date
        Day, ISO 8601.
    evidence : {"checked", "article"}
        See `posture.posture`.
    countries : str or iterable of str
        ``"all"``, or the countries of a report, ISO 3166-1 alpha-3: rows that name none of them
        are left out, but for what its judgements cite, and where there are several countries for
        rows that name none at all.
    tables : Tables, optional
        Tables already loaded; read from the package's own data without it.

    Returns
    -------
    Record
        The day, the rows that may be seen, and the events and figures that count by then.

    Raises
    ------
    ValueError
        If `evidence` is not one of the two, or `as_of` is no day.

    Examples
    --------
    >>> shown = record("2023-12-04", "article")
    >>> shown.events.at["EV-012", "summary_en"]
    'Chad expelled French troops.'
    >>> "EV-012" in record("2023-12-04", "checked").events.index
    False
    """
    day = iso_day(as_of)
    seen = extract(load_tables() if tables is None else tables, day, countries)
    events, figures = visible_events(seen, evidence), visible_figures(seen, evidence)
    return Record(
        as_of=day,
        evidence=evidence,
        tables=seen,
        events=events[_is_public(events, "events", day)],
        figures=figures[_is_public(figures, "figures", day)],
    )


def extract(tables: Tables, as_of: date, countries: str | Iterable[str] = "all") -> Tables:
    """Return the tables with the rows that a report may see, both kinds of evidence.

    Every report sees the claims of the article and their checks. Of events and figures it sees
    the article's, those up to its day, what its judgements cite, and the rows that tell one of
    these better, however late. A report of some countries sees of these only what names one of
    them, and with it the places, actors, countries, sources and judgements that belong to it.

    Parameters
    ----------
    tables : Tables
        All tables, or an extract of the same day and countries, which comes out as it is.
    as_of : datetime.date
        Last day that counts.
    countries : str or iterable of str
        As in `record`.

    Returns
    -------
    Tables
        The same tables with fewer rows; ``sha256`` is the digest of those that are left.
    """
    chosen = _chosen(countries)
    frames = {name: getattr(tables, name) for name in FRAMES}
    for name in _DATED:
        frame = frames[name]
        seen = (frame["basis"] == "article") | _is_public(frame, name, as_of)
        frames[name] = frame[seen & _names(frame, chosen)]
    if chosen:
        judgements, places = frames["judgements"], frames["places"]
        frames["judgements"] = judgements[judgements["scope"].isin(chosen)]
        frames["places"] = places[places["iso3"].isin(chosen)]
    keys = set(frames["events"].index)
    judgements = frames["judgements"]
    held = judgements[judgements["valid_from"] <= pd.Timestamp(as_of)]
    keys |= _members(held["event_ids"])  # cited, whatever country they name
    better = tables.events["same_as"]
    keys |= {key for key, same in better.items() if not keys.isdisjoint(same)}
    frames["events"] = _rows(tables.events, keys)
    if chosen:
        frames |= _led_to(frames, tables, chosen)
    digests, package = row_digests(tables)
    whole = hashlib.sha256(package)
    for name in FRAMES:
        for key in sorted(frames[name].index):
            whole.update(digests[name][key])
    return replace(tables, sha256=whole.hexdigest(), **frames)


def _led_to(
    frames: dict[str, pd.DataFrame], tables: Tables, chosen: frozenset[str]
) -> dict[str, pd.DataFrame]:
    """Return places, actors, countries and sources that the rows of some countries lead to."""
    events, figures, claims = frames["events"], frames["figures"], frames["claims"]
    places = set(frames["places"].index) | _members(events["place_id"])
    actors = _members(events["actor_ids"]) | _members(events["counterpart_ids"])
    actors |= _members(figures["actor_id"]) | set(ROOTS)
    while parents := _members(_rows(tables.actors, actors)["parent_id"]) - actors:
        actors |= parents
    found = {"places": _rows(tables.places, places), "actors": _rows(tables.actors, actors)}
    named = [events, figures, *found.values()]
    countries = set(chosen).union(*(_members(frame["iso3"]) for frame in named))
    cited = (frames["checks"], events, figures)
    sources = _members(claims["source_id"]).union(*(_members(f["source_ids"]) for f in cited))
    return {
        **found,
        "countries": _rows(tables.countries, countries),
        "sources": _rows(tables.sources, sources),
    }


@lru_cache(maxsize=2)  # every report of a matrix asks for those of the same tables
def row_digests(tables: Tables) -> tuple[dict[str, dict[str, bytes]], bytes]:
    """Return the SHA-256 of each row by table and key, and name and version of the data package.

    Two states of the tables differ in the rows whose digests differ. Bounds of dates are left
    out: they follow from the dates.

    Parameters
    ----------
    tables : Tables
        The tables.
    """
    digests = {}
    for name in FRAMES:
        frame: pd.DataFrame = getattr(tables, name)
        written = frame.drop(columns=[column for column in _DERIVED if column in frame])
        digests[name] = {
            row[0]: hashlib.sha256(json.dumps(row, default=str).encode()).digest()
            for row in written.itertuples(name=None)
        }
    package = read_package(tables.folder)
    return digests, f"{package['name']} {package['version']}".encode()


def article_day(tables: Tables) -> pd.Timestamp:
    """Return the last day that any claim of the article refers to: the day it speaks from."""
    return tables.claims["latest"].max()


def told_claims(record_: Record) -> pd.DataFrame:
    """Return the claims that refer to no later day than a record's.

    A claim without a date, or with an open end, speaks of the article's own day.
    """
    claims = record_.tables.claims
    spoken = claims["latest"].fillna(article_day(record_.tables))
    return claims[spoken <= pd.Timestamp(record_.as_of)]


def contradicted(tables: Tables) -> frozenset[str]:
    """Return the ids of the claims that independent sources contradict."""
    checks = tables.checks
    return frozenset(checks.index[checks["verdict"] == "contradicted"])


def visible_events(tables: Tables, evidence: str) -> pd.DataFrame:
    """Return the events of one kind of evidence, in the order in which they count.

    Parameters
    ----------
    tables : Tables
        The tables.
    evidence : {"checked", "article"}
        Article rows alone; or reference rows and those article rows whose claims no source
        contradicts and that no reference row tells better (``same_as``).

    Returns
    -------
    pandas.DataFrame
        Rows of ``tables.events``, by latest possible day, type, and id.

    Raises
    ------
    ValueError
        If `evidence` is not one of the two.
    """
    events = tables.events
    visible = _visible(events, tables, evidence)
    if evidence == "checked":
        visible &= ~events.index.isin(_members(events["same_as"]))
    # The table is in the order of its keys, and sorts that are stable keep it.
    ranks = {kind: rank for rank, kind in enumerate(EVENT_TYPES)}
    order = pd.DataFrame({"latest": events["latest"], "rank": events["event_type"].map(ranks)})
    order = order[visible].sort_index(kind="stable").sort_values(["latest", "rank"], kind="stable")
    return events.loc[order.index]


def visible_figures(tables: Tables, evidence: str) -> pd.DataFrame:
    """Return the figures of one kind of evidence; see `visible_events`."""
    return tables.figures[_visible(tables.figures, tables, evidence)]


def edition(record_: Record) -> str:
    """Return what a record is, for readers: ``as of 4 December 2023, article evidence``."""
    return f"as of {day_in_words(record_.as_of)}, {record_.evidence} evidence"


def _visible(frame: pd.DataFrame, tables: Tables, evidence: str) -> pd.Series:
    """Return which rows of a frame with ``basis`` and ``claim_ids`` an evidence shows."""
    if evidence not in EVIDENCE:
        message = f"evidence: '{evidence}' is not allowed; expected 'article' or 'checked'."
        raise ValueError(message)
    if evidence == "article":
        return frame["basis"] == "article"
    wrong = contradicted(tables)
    sound = [wrong.isdisjoint(ids) for ids in frame["claim_ids"]]
    return (frame["basis"] == "reference") | pd.Series(sound, frame.index, dtype="bool")


def _is_public(frame: pd.DataFrame, name: str, day: date) -> pd.Series:
    """Return which rows of events or figures count by a day; one without a date always does."""
    return ~(frame[_DATED[name]] > pd.Timestamp(day))


def _chosen(countries: str | Iterable[str]) -> frozenset[str]:
    """Return the countries asked for; none where all are."""
    if isinstance(countries, str):
        return frozenset() if countries == "all" else frozenset({countries})
    return frozenset(countries)


def _names(frame: pd.DataFrame, chosen: frozenset[str]) -> pd.Series:
    """Return which rows name one of some countries, or none where there are several."""
    kept = [
        not chosen or not chosen.isdisjoint(named) or (len(chosen) > 1 and not named)
        for named in frame["iso3"]
    ]
    return pd.Series(kept, index=frame.index, dtype="bool")


def _members(cells: pd.Series) -> set[str]:
    """Return all that the cells of a column name; cells are texts or tuples."""
    found: set[str] = set()
    for cell in cells:
        found.update((cell,) if isinstance(cell, str) else cell)
    return found - {""}


def _rows(frame: pd.DataFrame, keys: set[str]) -> pd.DataFrame:
    """Return the rows of a table with some keys, in its order."""
    return frame[frame.index.isin(keys)]
