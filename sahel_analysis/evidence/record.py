"""Record: what a report may see on a day, and what each of the two kinds of evidence shows of it.

One rule decides both. The rows that a report may see are its extract; their digest stands on its
last page and decides whether it must be made again, so the two cannot disagree.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import pandas as pd
from pandas.api.typing import SeriesGroupBy

from ..errors import ParameterError, did_you_mean, require_one_of, shown
from ..tables.dates import day_in_words, iso_day
from ..tables.loading import FRAMES, Tables, require_tables, separate
from ..tables.schema import read_package
from ..tables.vocabulary import EVENT_TYPES
from ..tables.vocabulary import EVIDENCE as _KINDS
from .actors import ROOTS

EVIDENCE = tuple(_KINDS)


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
        Events visible in this evidence, public by `as_of`, in the order in which they count.
    figures : pandas.DataFrame
        Figures visible in this evidence, public by `as_of`.
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
    article: str = "",
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
    article : str, optional
        See `one_article`.

    Returns
    -------
    Record
        The day, the rows that may be seen, and the events and figures that count by then.

    Raises
    ------
    ParameterError
        If `as_of` is no day, `evidence` is not one of the two, a country is not in scope, or there
        is no such article.

    Examples
    --------
    >>> record("2023-12-04", "article").events.at["EV-012", "summary_en"]
    'Chad expelled French troops.'
    >>> "EV-012" in record("2023-12-04", "checked").events.index
    False
    """
    day = iso_day(as_of)
    whole = one_article(require_tables(tables), article)
    _require_countries(countries, whole)
    seen = extract(whole, day, countries)
    events, figures = visible_events(seen, evidence), visible_figures(seen, evidence)
    stamp = pd.Timestamp(day)
    events = events[(events["visible_from"] <= stamp) & ~(events["visible_until"] <= stamp)]
    return Record(
        as_of=day,
        evidence=evidence,
        tables=seen,
        events=events,
        figures=figures[~(figures["visible_from"] > stamp)],
    )


def extract(tables: Tables, as_of: date | None, countries: str | Iterable[str] = "all") -> Tables:
    """Return the tables with the rows that a report may see, both kinds of evidence.

    A row is seen from the day on which it was public: an event or figure, the article's included, a
    check, the article's claims; a sentence of the narrative when all its rows are, until one comes
    that ends it. A report of some countries sees only what names one of them, and
    with it the places, actors, countries, sources and judgements that belong to it.

    Parameters
    ----------
    tables : Tables
        All tables, or an extract of the same day and countries, which comes out as it is.
    as_of : datetime.date or None
        Last day that counts; None where all do, as in the source audit.
    countries : str or iterable of str
        As in `record`.

    Returns
    -------
    Tables
        The same tables with fewer rows; ``sha256`` is the digest of those that are left.
    """
    chosen = _chosen(countries)
    if tables.seen and tables.seen[0] == as_of and chosen in (frozenset(), tables.seen[1]):
        return tables
    frames = {name: getattr(tables, name) for name in FRAMES}
    frames["corrections"] = frames["corrections"][:0]  # told by the index, not by reports
    if as_of is not None:
        day = pd.Timestamp(as_of)
        for name in ("events", "figures", "checks"):
            frames[name] = frames[name][~(public_from(tables, name) > day)]
        later = said_on(tables) > day
        for name in ("claims", "checks"):
            frames[name] = frames[name][~frames[name].index.isin(later.index[later])]
        judgements = frames["judgements"]
        if day < tables.events["latest"].max():  # the last edition tells what was judged since
            frames["judgements"] = judgements[judgements["valid_from"] <= day]
    public_keys = {key for name in ("events", "figures", "claims") for key in frames[name].index}
    for name in ("narrative", "unknowns"):
        frame = frames[name]
        rests, ends = frame["row_ids"], frame["until_ids"]
        printed = [
            public_keys.issuperset(ids) and public_keys.isdisjoint(until)
            for ids, until in zip(rests, ends, strict=True)
        ]
        frames[name] = frame[pd.Series(printed, frame.index, dtype="bool")]
    public = frames["events"]
    for name in ("events", "figures"):
        frames[name] = frames[name][_names(frames[name], chosen)]
    if chosen:
        for name in ("phases", "unknowns"):
            frames[name] = frames[name][frames[name]["scope"].isin(chosen)]
        narrative = frames["narrative"]
        frames["narrative"] = narrative[narrative["phase_id"].isin(frames["phases"].index)]
        judgements, places = frames["judgements"], frames["places"]
        frames["judgements"] = judgements[judgements["scope"].isin(chosen)]
        frames["places"] = places[places["iso3"].isin(chosen)]
        # What judgements in force cite is seen, whatever country it names, once it is public.
        cited = set(frames["events"].index) | _members(frames["judgements"]["event_ids"])
        frames["events"] = _rows(public, cited)
        frames |= _led_to(frames, tables, chosen)
    digests, package = row_digests(tables)
    whole = hashlib.sha256(package)
    # Rows that the release had are told on every last page: nobody knows where they would stand.
    whole.update(json.dumps([tables.release.sealed, *tables.release.lost()]).encode())
    for name in FRAMES:
        for key in sorted(frames[name].index):
            whole.update(digests[name][key])
    seen = replace(tables, sha256=whole.hexdigest(), seen=(as_of, chosen), **frames)
    return separate(seen)  # what is not cut is shared with all that read the same files


def public_from(tables: Tables, name: str) -> pd.Series:
    """Return the day from which each row was public.

    Parameters
    ----------
    tables : Tables
        The tables.
    name : {"events", "figures", "checks"}
        Which rows.

    Returns
    -------
    pandas.Series of datetime64
        By key. Of an event or figure the later of its latest possible day and of ``known_from``,
        of one that an article tells never before that article's day; of a check ``known_from``, or
        the day of its earliest dated source, or that of the check. NaT: it always was.
    """
    frame = getattr(tables, name)
    known = frame["known_latest"]
    if name == "checks":
        return known.fillna(_first_published(tables, frame)).fillna(frame["checked_on"])
    own = frame["latest"].fillna(frame["earliest"])
    own = own.fillna(_first_published(tables, frame)) if name == "figures" else own
    told = frame["claim_ids"][frame["basis"] == "article"]
    public = pd.concat([own, known], axis="columns").max(axis="columns")
    if told.empty:
        return public
    said = _by_key(told, said_on(tables)).max().fillna(article_day(tables)).reindex(public.index)
    return pd.concat([public, said], axis="columns").max(axis="columns")


def _first_published(tables: Tables, frame: pd.DataFrame) -> pd.Series:
    """Return the day by which the first dated source of each row had appeared; NaT without one."""
    return _by_key(frame["source_ids"], tables.sources["published_latest"]).min()


def _by_key(cells: pd.Series, days: pd.Series) -> SeriesGroupBy:
    """Return the days of all keys that each cell lists, grouped by row."""
    listed = cells.explode()
    return days.reindex(listed).set_axis(listed.index).groupby(level=0, sort=False)


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
    there, acting = _rows(tables.places, places), _rows(tables.actors, actors)
    named = (_members(frame["iso3"]) for frame in (events, figures, there, acting))
    cited = (frames["checks"], events, figures)
    sources = _members(claims["source_id"]).union(*(_members(f["source_ids"]) for f in cited))
    return {
        "places": there,
        "actors": acting,
        "countries": _rows(tables.countries, chosen.union(*named)),
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
        written = frame.drop(
            columns=[name for name in frame if name.endswith(("earliest", "latest"))]
        )
        digests[name] = {
            row[0]: hashlib.sha256(json.dumps(row, default=str).encode()).digest()
            for row in written.itertuples(name=None)
        }
    package = read_package(tables.folder)
    return digests, f"{package['name']} {package['version']}".encode()


def articles(tables: Tables) -> list[str]:
    """Return the keys of the sources that are articles, the first one first."""
    return list(tables.sources.index[tables.sources["article_day"].notna()])


@lru_cache(maxsize=4)  # every report of a matrix asks
def one_article(tables: Tables, source_id: str = "") -> Tables:
    """Return the tables as if they held one article alone; the others stay as mere sources.

    Applied where a report, the audit, the atlas or a test of freshness takes its tables, so that
    whatever follows sees one article.

    Parameters
    ----------
    tables : Tables
        The tables.
    source_id : str, optional
        Key of the article; the first without it.

    Returns
    -------
    Tables
        Without the other articles' sentences, themes, claims and checks, without the events and
        figures that rest on them, and the judgements that rest on those.

    Raises
    ------
    ParameterError
        If there is no such article.
    """
    known = articles(tables)
    if source_id and source_id not in known:
        message = f"article: '{shown(source_id)}' is not allowed; {articles_known(tables)}"
        raise ParameterError(message)
    if len(known) < 2:
        return tables
    chosen = source_id or known[0]
    sources = tables.sources.copy()
    sources.loc[[key for key in known if key != chosen], ["article_day", "text_sha256"]] = [
        pd.NaT,
        "",
    ]
    claims = tables.claims[tables.claims["source_id"] == chosen]
    foreign = frozenset(tables.claims.index.difference(claims.index))
    frames = {
        "sources": sources,
        "claims": claims,
        "checks": tables.checks[~tables.checks.index.isin(foreign)],
        "relations": tables.relations[tables.relations["claim_id"].isin(claims.index)],
        **{
            name: getattr(tables, name)[getattr(tables, name)["source_id"] == chosen]
            for name in ("sentences", "themes")
        },
    }
    for name in ("events", "figures"):
        frame = getattr(tables, name)
        other = (frame["basis"] == "article") & ~_free_of(frame["claim_ids"], foreign)
        frames[name] = frame[~other].assign(claim_ids=_without(frame["claim_ids"], foreign))
    gone = frozenset(tables.events.index.difference(frames["events"].index))
    frames["events"]["same_as"] = _without(frames["events"]["same_as"], gone)
    held = tables.judgements
    free = _free_of(held["claim_ids"], foreign) & _free_of(held["event_ids"], gone)
    return replace(tables, **frames, judgements=held[free])


def articles_known(tables: Tables) -> str:
    """Return which articles there are, to go on after "is not allowed;"."""
    known = articles(tables)
    return f"expected one of {', '.join(known)}." if known else "the tables hold no article."


def _free_of(cells: pd.Series, keys: frozenset[str]) -> pd.Series:
    """Return which list cells name none of some keys."""
    return pd.Series([keys.isdisjoint(cell) for cell in cells], cells.index, dtype="bool")


def _without(cells: pd.Series, keys: frozenset[str]) -> pd.Series:
    """Return list cells without some keys."""
    kept = [tuple(key for key in cell if key not in keys) for cell in cells]
    return pd.Series(kept, cells.index, dtype="object")


def article_day(tables: Tables) -> pd.Timestamp:
    """Return the day from which the article speaks, the first one; NaT without an article."""
    return next(iter(tables.sources["article_day"].dropna()), pd.NaT)


def said_on(tables: Tables) -> pd.Series:
    """Return the day of each claim's article, by key."""
    days = tables.sources["article_day"].reindex(tables.claims["source_id"])
    return days.set_axis(tables.claims.index).fillna(article_day(tables))


def told_claims(record_: Record) -> pd.DataFrame:
    """Return the claims that refer to no later day than a record's.

    A claim without a date, or with an open end, speaks of the article's own day.
    """
    claims = record_.tables.claims
    spoken = claims["latest"].fillna(said_on(record_.tables))
    return claims[spoken <= pd.Timestamp(record_.as_of)]


@lru_cache(maxsize=4)  # every mark asks
def contradicted(tables: Tables) -> frozenset[str]:
    """Return the ids of the claims that independent sources contradict."""
    checks = tables.checks
    return frozenset(checks.index[checks["verdict"] == "contradicted"])


def visible_events(tables: Tables, evidence: str) -> pd.DataFrame:
    """Return the events that one kind of evidence ever shows, in the order in which they count.

    Parameters
    ----------
    tables : Tables
        The tables.
    evidence : {"checked", "article"}
        Article rows alone; or reference rows and those article rows whose every claim a check
        bears out or leaves open, until a reference row tells them better (``same_as``).

    Returns
    -------
    pandas.DataFrame
        Rows of ``tables.events``, by latest possible day, type, and id, with the days
        ``visible_from`` and ``visible_until`` (datetime64; the second NaT where it has no end): a
        row is shown on a day that lies in between, the second left out.

    Raises
    ------
    ParameterError
        If `evidence` is not one of the two.
    """
    require_one_of("evidence", evidence, EVIDENCE)  # what is no text has no place in a cache
    return _visible_events(tables, evidence).copy()


@lru_cache(maxsize=4)
def _visible_events(tables: Tables, evidence: str) -> pd.DataFrame:
    """Return what `visible_events` does; tables do not change, and every map asks."""
    events = _visible(tables, "events", evidence)
    events["visible_until"] = pd.NaT
    if evidence == "checked":
        retold = events["same_as"].explode().dropna()
        until = events["visible_from"].reindex(retold.index).groupby(retold.to_numpy()).min()
        events["visible_until"] = until.reindex(events.index)
    # The table is in the order of its keys, and sorts that are stable keep it.
    ranks = {kind: rank for rank, kind in enumerate(EVENT_TYPES)}
    order = pd.DataFrame({"latest": events["latest"], "rank": events["event_type"].map(ranks)})
    order = order.sort_index(kind="stable").sort_values(["latest", "rank"], kind="stable")
    return events.loc[order.index]


def visible_figures(tables: Tables, evidence: str) -> pd.DataFrame:
    """Return the figures that one kind of evidence ever shows, with the day ``visible_from``.

    Parameters
    ----------
    tables, evidence
        As in `visible_events`; a figure is never told better by another.
    """
    require_one_of("evidence", evidence, EVIDENCE)
    return _visible_figures(tables, evidence).copy()


@lru_cache(maxsize=4)
def _visible_figures(tables: Tables, evidence: str) -> pd.DataFrame:
    """Return what `visible_figures` does."""
    return _visible(tables, "figures", evidence)


def edition(record_: Record) -> str:
    """Return what a record is, for readers: ``as of 4 December 2023, article evidence``."""
    return f"as of {day_in_words(record_.as_of)}, {record_.evidence} evidence"


def _visible(tables: Tables, name: str, evidence: str) -> pd.DataFrame:
    """Return the rows with ``basis`` and ``claim_ids`` that an evidence ever shows, and from when."""
    frame = getattr(tables, name)
    told = frame["basis"] == "article"
    start = public_from(tables, name)
    if evidence == "article":
        return frame[told].assign(visible_from=start[told])
    verdicts = tables.checks["verdict"]
    # A claim without a check is unchecked; it never counts as sound.
    sound = set(verdicts.index[verdicts != "contradicted"])
    borne_out = [sound.issuperset(ids) for ids in frame["claim_ids"]]
    kept = ~told | pd.Series(borne_out, frame.index, dtype="bool")
    checked = _by_key(frame["claim_ids"], public_from(tables, "checks")).max().where(told)
    start = pd.concat([start, checked], axis="columns").max(axis="columns")
    return frame[kept].assign(visible_from=start[kept])


def _chosen(countries: str | Iterable[str]) -> frozenset[str]:
    """Return the countries asked for; none where all are."""
    if isinstance(countries, str):
        return frozenset() if countries == "all" else frozenset({countries})
    return frozenset(countries)


def _require_countries(countries: object, tables: Tables) -> None:
    """Refuse countries that are not in the tables."""
    several = isinstance(countries, list | tuple | set | frozenset)
    known = tables.countries.index
    for iso3 in countries if several else [countries]:
        if not isinstance(iso3, str) or iso3 not in ("all", *known) or (several and iso3 == "all"):
            message = (
                f"countries: '{shown(iso3)}' is not allowed; expected 'all' or keys of "
                f"countries.csv such as 'NER'.{did_you_mean(iso3, known)}"
            )
            raise ParameterError(message)


def _names(frame: pd.DataFrame, chosen: frozenset[str]) -> pd.Series:
    """Return which rows name one of some countries, or none where there are several."""
    kept = [
        not chosen or not chosen.isdisjoint(named) or (len(chosen) > 1 and not named)
        for named in frame["iso3"]
    ]
    return pd.Series(kept, index=frame.index, dtype="bool")


def _members(cells: pd.Series) -> set[str]:
    """Return all that the cells of a column name; cells are texts or tuples."""
    members = {member for cell in cells for member in ((cell,) if isinstance(cell, str) else cell)}
    return members - {""}


def _rows(frame: pd.DataFrame, keys: Collection[str]) -> pd.DataFrame:
    """Return the rows of a table with some keys, in its order."""
    return frame[frame.index.isin(keys)]
