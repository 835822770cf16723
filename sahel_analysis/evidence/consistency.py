"""What the rows of the record owe each other in time, in independence and in sense."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from operator import itemgetter

import pandas as pd
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import Point, shape

from ..errors import Problem, shown
from ..files import parsed, read
from ..tables.dates import day_in_words, in_words
from ..tables.loading import Tables
from ..tables.schema import LAYERS, outlines_file
from ..tables.vocabulary import EVENT_TYPES, EventType
from .posture import posture_series
from .record import public_from, said_on, visible_events
from .settling import Settling

_FORETOLD = pd.Timedelta(days=60)  # what is decided may be told before it comes about
_RETOLD_MARGIN = pd.Timedelta(days=31)  # an article's month may be out by one
_PLACE_MARGIN, _LABEL_MARGIN = 0.25, 2.5  # degrees: coarse outlines; labels of islands lie at sea
_GOOD = {"A", "B"}
_OWN = {"official_document", "official_statement"}
_UNIONS = {"european_union": "EUE", "united_nations": "UNO"}
_DEPARTURE = re.compile(
    r"^last\b|\b(?:left|leave|gone|departed|leaving|withdrawn|pulled out|flown home)\b"
)

Fault = tuple[str, str, str]


def inconsistencies(tables: Tables) -> list[Problem]:
    """Return what rows say against each other, one sentence per fault.

    Parameters
    ----------
    tables : Tables
        Tables that loaded: every cell is sound by itself.

    Returns
    -------
    list of Problem
        Confidence that its sources do not bear, rows that rest on a document nobody can find, rows
        known before any source and without a reason, events that all sources precede, claims
        without a check, rows that retell what they do not agree with, departures entered as
        strengths, places outside their countries, days out of order, and judgements that posture or
        a settling event overtakes while they are held.
    """
    return list(each_inconsistency(tables))


def each_inconsistency(tables: Tables) -> Iterator[Problem]:
    """Yield what `inconsistencies` returns, what is quickly found first."""
    rules = {
        "sources": (_not_in_future, _seen_when_out),
        "events": (_confidence, _findable, _order_in_time, _foretold, _not_in_future, _retold),
        "countries": (_outlined, _placed),
        "places": (_placed,),
        "figures": (_findable, _order_in_time, _foretold, _measures),
        "checks": (_unchecked, _check_time),
        "judgements": (_own_world, _judged_when, _answered_once, _held_against_record),
    }
    for name, checks in rules.items():
        for check in checks:
            for fault in check(tables, name):
                yield Problem(f"{tables.folder.name}/{name}.csv", *fault)


def _not_in_future(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that no event lies, and no source was published, after today."""
    prefix, column = {"events": ("", "date_edtf"), "sources": ("published_", "published_edtf")}[
        name
    ]
    frame, today = getattr(tables, name), date.today()
    first = frame[f"{prefix}earliest"].fillna(frame[f"{prefix}latest"])
    for row in frame.index[first > pd.Timestamp(today)]:
        yield row, column, f"'{frame.at[row, column]}' lies after today, {day_in_words(today)}."


def _seen_when_out(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that a source was not opened before it was published."""
    sources = tables.sources
    for row in sources.index[sources["accessed"] < sources["published_earliest"]]:
        yield row, "accessed", "lies before the document was published."


def _in_reach(day: pd.Timestamp) -> bool:
    """Return whether a day of ours is no later than a year from now; a machine's clock may be wrong."""
    return not day > pd.Timestamp(date.today()) + pd.Timedelta(days=366)


def _outlines(tables: Tables) -> dict[str, tuple[shapely.Geometry, bool]]:
    """Return the outline of each country, and whether it is whole: the frame cuts most of the rest.

    Raises ValueError where the file is not what it should be.
    """
    path = outlines_file(tables.folder, LAYERS[0])
    try:
        return {
            (own := feature["properties"])["iso3"]: (
                shape(feature["geometry"]),
                own["region"] == "Africa",
            )
            for feature in parsed(read(path))["features"]
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ShapelyError) as fault:
        message = f"outlines cannot be read from '{path}' ({shown(fault)})."
        raise ValueError(message) from fault


def _outlined(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that each country in scope has an outline under its own code."""
    try:
        outlines = _outlines(tables)
    except ValueError as fault:
        yield "", "iso3", str(fault)
        return
    for iso3 in tables.countries.index[tables.countries["in_scope"]]:
        if iso3 not in outlines:
            yield (
                iso3, "iso3",
                f"has no outline in '{outlines_file(tables.folder, LAYERS[0])}'; add one, or set "
                "in_scope to false.",
            )  # fmt: skip


def _placed(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that a place, or the label of a country in scope, lies in its country."""
    try:
        outlines = _outlines(tables)
    except ValueError:
        return  # told already
    if name == "places":
        prefix, margin, frame = "", _PLACE_MARGIN, tables.places
        codes = frame["iso3"]
    else:
        prefix, margin = "label_", _LABEL_MARGIN
        frame = tables.countries[tables.countries["in_scope"]]
        codes = frame.index.to_series()
    for row, iso3 in codes.items():
        outline, whole = outlines.get(iso3, (None, False))
        lon, lat = frame.loc[row, [f"{prefix}lon", f"{prefix}lat"]]
        if whole and not pd.isna(lon + lat) and outline.distance(Point(lon, lat)) > margin:
            yield row, f"{prefix}lon", f"{lat:g} N {lon:g} E lies outside {iso3}; mend lon or lat."


def _confidence(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that ``high`` has two independent sources of grade B, or the acting party's own word."""
    events, sources = tables.events, tables.sources
    voices = sources["agency"].where(sources["agency"] != "", sources["publisher"])
    good = voices[sources["reliability"].isin(_GOOD)].to_dict()
    own = sources["state_affiliation"][sources["source_type"].isin(_OWN)].to_dict()
    for row in events[
        (events["confidence"] == "high") & (events["basis"] == "reference")
    ].itertuples():
        if len({good[key] for key in row.source_ids if key in good}) >= 2:
            continue
        affiliated = {own[key] for key in row.source_ids if key in own}
        if not affiliated & _states(tables, row.actor_ids):
            yield (
                row.Index, "confidence",
                "'high' needs two independent sources of grade A or B, or the acting party's own "
                f"document; {', '.join(row.source_ids)} are neither. Set 'moderate' or add a source.",
            )  # fmt: skip


def _states(tables: Tables, actor_ids: tuple[str, ...]) -> set[str]:
    """Return the states and unions that some actors belong to, as `state_affiliation` names them."""
    parents, homes = tables.actors["parent_id"], tables.actors["iso3"]
    found = set()
    for actor in actor_ids:
        while actor:
            found |= {homes[actor], _UNIONS.get(actor, "")}
            actor = parents[actor]
    return found - {""}


def _findable(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that no row rests on sources alone that have no address, no date and no phrase."""
    told = tables.sources[["url", "published_edtf", "phrase_seen"]] != ""
    lost = set(told.index[~told.any(axis="columns")])
    for row in getattr(tables, name).itertuples():
        if row.source_ids and lost.issuperset(row.source_ids):
            yield (
                row.Index, "source_ids",
                f"rests on {', '.join(row.source_ids)} alone, which nobody can find again: no "
                "address, no date, no phrase. Add a source.",
            )  # fmt: skip


def _order_in_time(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that a row is not known before its sources appeared, unless it says why."""
    frame = getattr(tables, name)
    published = tables.sources["published_latest"].dropna().to_dict()
    known = public_from(tables, name)
    for row, day in zip(frame.itertuples(), known, strict=True):
        if row.basis == "article" or pd.isna(day):
            continue
        dated = [(published[key], key) for key in row.source_ids if key in published]
        first, source = min(dated, key=itemgetter(0), default=(day, ""))
        if len(dated) == len(row.source_ids) and first > day and not row.known_from_basis_en:
            yield (
                row.Index, "known_from",
                f"counts as known on {day_in_words(day.date())}, but its first source, "
                f"{source}, is of {day_in_words(first.date())}. Set known_from to that "
                "day, or say in known_from_basis_en why it was public before.",
            )  # fmt: skip


def _foretold(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that something is not told by sources alone that had all appeared long before it."""
    frame, published = getattr(tables, name), tables.sources["published_latest"]
    first = frame["earliest"].fillna(frame["latest"])
    for row, day in zip(frame.itertuples(), first, strict=True):
        told = published.loc[list(row.source_ids)]
        planned = getattr(row, "qualifier", "") == "planned"
        if len(told) and not planned and (day - told).min() > _FORETOLD:
            yield (
                row.Index, "date_edtf",
                f"'{row.date_edtf}' lies more than {_FORETOLD.days} days after its last source, of "
                f"{day_in_words(told.max().date())}. Mend the date, or add a source.",
            )  # fmt: skip


def _retold(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that a row that tells another better agrees with it in country, type and window."""
    events = tables.events
    for row in events.itertuples():
        for other in events.loc[list(row.same_as)].itertuples():
            if row.iso3 and other.iso3 and set(row.iso3).isdisjoint(other.iso3):
                what = f"in {', '.join(other.iso3)}"
            elif not _akin(EVENT_TYPES[row.event_type], EVENT_TYPES[other.event_type]):
                what = f"of type '{other.event_type}'"
            elif (
                row.earliest > other.latest + _RETOLD_MARGIN
                or other.earliest > row.latest + _RETOLD_MARGIN
            ):
                what = f"of {in_words(other.date_edtf)}"
            else:
                continue
            yield row.Index, "same_as", f"'{other.Index}' is {what}; it cannot be the same event."


def _akin(one: EventType, other: EventType) -> bool:
    """Return whether two types may name one event: they lead to one state, or both say who came."""
    return (
        one == other
        or bool(one.french and one.french == other.french)
        or (one.concerns == other.concerns == "actors")
    )


def _measures(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that a count of people says what it counts, and that those who left are no strength."""
    for row in tables.figures[tables.figures["unit"] == "people"].itertuples():
        if not row.measure:
            yield row.Index, "measure", "is empty; a count of people says what it counts."
        elif row.measure == "stock" and (match := _DEPARTURE.search(row.label_en)):
            yield (
                row.Index, "measure",
                f"'stock' is a strength, but the label says '{match[0]}'; expected 'departure'.",
            )  # fmt: skip


def _unchecked(tables: Tables, name: str) -> Iterator[Fault]:
    """Name the claims without a check; such a claim never counts as sound."""
    for claim_id in tables.claims.index.difference(tables.checks.index):
        yield (
            claim_id, "claim_id",
            "the claim has no check, so that no checked report uses it; add a row with its verdict.",
        )  # fmt: skip


def _check_time(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that a check was made after its sources appeared, and not before the article."""
    published = tables.sources["published_earliest"].to_dict()
    appeared = said_on(tables).to_dict()
    for row in tables.checks.itertuples():
        if not _in_reach(row.checked_on):
            yield row.Index, "checked_on", "lies more than a year after today."
        if row.known_earliest > row.checked_on:
            yield row.Index, "known_from", "lies after checked_on."
        if row.checked_on < appeared[row.Index]:
            yield row.Index, "checked_on", "lies before the article appeared."
        later = [key for key in row.source_ids if published[key] > row.checked_on]
        if later:
            yield row.Index, "checked_on", f"lies before its source {later[0]} appeared."


def _own_world(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that a judgement on the article's word rests on nothing that other sources told."""
    told = set(tables.events.index[tables.events["basis"] == "article"])
    judgements = tables.judgements
    for row in judgements[judgements["evidence"] == "article"].itertuples():
        for key in row.event_ids:
            if key not in told:
                yield row.Index, "event_ids", f"'{key}' is no event of the article's telling."


def _judged_when(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that a judgement was written no earlier than it speaks, and ends after that."""
    appeared = said_on(tables)
    for row in tables.judgements.itertuples():
        if row.recorded_on < row.valid_from:
            yield row.Index, "recorded_on", "lies before valid_from."
        if not _in_reach(row.recorded_on):
            yield row.Index, "recorded_on", "lies more than a year after today."
        if row.horizon_end <= row.valid_from:
            yield row.Index, "horizon_end", "does not lie after valid_from."
        if any(row.valid_from < appeared[key] for key in row.claim_ids):
            yield row.Index, "claim_ids", "names claims of an article that had not appeared."


def _answered_once(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that no two judgements of one kind of evidence answer one question at once."""
    for first, second in combinations(tables.judgements.itertuples(), 2):
        asked = [(row.evidence, row.scope, row.question) for row in (first, second)]
        if asked[0] == asked[1] and _overlap(first, second):
            fault = f"'{second.question}' is answered by {first.Index} at the same time."
            yield second.Index, "question", fault


def _held_against_record(tables: Tables, name: str) -> Iterator[Fault]:
    """Hold each judgement of checked evidence against record and posture while it is held."""
    judgements = tables.judgements
    judgements = judgements[judgements["evidence"] == "checked"]
    unknown = dict(_unknown_words(judgements, tables))
    for row, faults in unknown.items():
        yield from ((row, "settles_if", fault) for fault in faults)
    judgements = judgements[~judgements.index.isin(list(unknown))]
    public = public_from(tables, "events")
    contradicted = set(tables.checks.index[tables.checks["verdict"] == "contradicted"])
    spans = _spans(judgements, tables)
    # Each rule that can settle a judgement, with the events that do: asked for many times.
    settled = {
        text: ((rule := Settling.parse(text)), list(rule.events(tables).index))
        for text in judgements["settles_if"].explode().dropna().unique()
    }
    days = {day for span in spans.values() for day in span}
    states = posture_series(days, "checked", tables) if days else pd.DataFrame()
    for row in judgements.itertuples():
        for key in row.event_ids:
            if public[key] > row.valid_from:
                day = day_in_words(public[key].date())
                yield row.Index, "event_ids", f"'{key}' was public only from {day} on."
        for key in sorted(contradicted.intersection(row.claim_ids)):
            yield row.Index, "claim_ids", f"'{key}' is contradicted; no judgement rests on it."
        rules = [settled[text] for text in row.settles_if]
        for rule, _ in rules:
            named = f"'{rule.event_type} {rule.side} {rule.iso3}'"
            if rule.first <= row.valid_from:
                yield (
                    row.Index,
                    "settles_if",
                    f"the window of {named} does not open after valid_from.",
                )
            if pd.isna(row.horizon_end) or rule.last > row.horizon_end:
                yield row.Index, "settles_if", f"the window of {named} runs beyond horizon_end."
        yield from _overtaken(row, spans[row.Index], states, rules, public)
        yield from _outcome(row, rules, tables)


def _unknown_words(judgements: pd.DataFrame, tables: Tables) -> Iterator[tuple[str, list[str]]]:
    """Return the judgements that wait for a type, an actor or a country that there is not."""
    for row in judgements.itertuples():
        rules = [Settling.parse(text) for text in row.settles_if]
        words = {
            "event type": [rule.event_type for rule in rules if rule.event_type not in EVENT_TYPES],
            "actor": [rule.side for rule in rules if rule.side not in tables.actors.index],
            "country": [rule.iso3 for rule in rules if rule.iso3 not in tables.countries.index],
        }
        faults = [
            f"'{word}' is no {kind} of the tables."
            for kind, found in words.items()
            for word in dict.fromkeys(found)
        ]
        if faults:
            yield row.Index, faults


def _overtaken(
    row: tuple,
    life: list[pd.Timestamp],
    states: pd.DataFrame,
    rules: list[tuple[Settling, list[str]]],
    public: pd.Series,
) -> Iterator[Fault]:
    """Check that a judgement is not held on once an event settled it or its state has come about."""
    settling = [key for _, keys in rules for key in keys]
    held_on = [key for key in settling if not public[key] > row.valid_to]
    for key in held_on:
        day = day_in_words(public[key].date())
        yield row.Index, "valid_to", f"{key} settled it on {day}, and it is held on."
    for day in life if not held_on else ():
        if reached := _reached(row, day, states):
            when = day_in_words(day.date())
            yield row.Index, "settles_if", f"foresees on {when} what has come about: {reached}."
            return


def _spans(judgements: pd.DataFrame, tables: Tables) -> dict[str, list[pd.Timestamp]]:
    """Return the first day of each judgement's life and those on which its countries change."""
    named = visible_events(tables, "checked").explode("iso3").groupby("iso3")["visible_from"]
    changes = {iso3: set(days) for iso3, days in named}
    spans = {}
    for row in judgements.itertuples():
        countries = {rule.iso3 for rule in map(Settling.parse, row.settles_if)}
        days = set().union(*(changes.get(iso3, set()) for iso3 in countries))
        life = {day for day in days if row.valid_from < day and not day > row.valid_to}
        spans[row.Index] = sorted({row.valid_from, *life})
    return spans


def _reached(row: tuple, day: pd.Timestamp, states: pd.DataFrame) -> str:
    """Return the states foreseen by a judgement, if on a day all of them are there for certain."""
    foreseen = [rule for rule in map(Settling.parse, row.settles_if) if rule.outcome == "true"]
    held = [
        f"{rule.iso3} is '{rule.state}'"
        for rule in foreseen
        if (day, rule.iso3) in states.index
        and states.at[(day, rule.iso3), rule.column] == rule.state
        and states.at[(day, rule.iso3), f"{rule.column}_confirmed"]
    ]
    return ", ".join(dict.fromkeys(held)) if held and len(held) == len(foreseen) else ""


def _overlap(first: tuple, second: tuple) -> bool:
    """Return whether two judgements are held on a common day."""
    return not (second.valid_to < first.valid_from or first.valid_to < second.valid_from)


def _outcome(
    row: tuple, rules: list[tuple[Settling, list[str]]], tables: Tables
) -> Iterator[Fault]:
    """Check that an outcome is that of the events that settle it, or of their absence."""
    settling = {key: rule.outcome for rule, keys in rules for key in keys}
    if row.outcome in {"true", "false"} and not row.settled_by:
        # The record is kept by whole months.
        ended = row.horizon_end <= tables.events["latest"].max() + pd.offsets.MonthEnd(0)
        if settling or not ended or row.outcome in {rule.outcome for rule, _ in rules}:
            yield row.Index, "outcome", f"'{row.outcome}' is settled by no event and no absence."
    if not row.outcome and settling:
        yield row.Index, "outcome", f"is empty, but {', '.join(settling)} settled it."
    for key in row.settled_by:
        if settling.get(key) != row.outcome:
            yield row.Index, "settled_by", f"'{key}' does not settle it as '{row.outcome}'."
