"""What the rows of the record owe each other in time, in independence and in sense."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from operator import itemgetter

import pandas as pd

from ..errors import Problem, shown
from ..tables.dates import day_in_words
from ..tables.loading import Tables
from ..tables.schema import outlines_file
from .posture import posture_series
from .record import article_day, public_from, visible_events
from .settling import Settling

_GOOD = {"A", "B"}
_OWN = {"official_document", "official_statement"}
_UNIONS = {"european_union": "EUE", "united_nations": "UNO"}
_DEPARTURE = re.compile(
    r"\b(?:left|gone|departed|leaving|withdrawn|who leave|pulled out|flown home)\b"
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
        known before any source and without a reason, claims without a check, departures entered as
        strengths, and judgements that posture or a settling event overtakes while they are held.
    """
    rules = {
        "sources": (_not_in_future,),
        "events": (_confidence, _findable, _order_in_time, _not_in_future),
        "countries": (_outlined,),
        "figures": (_findable, _order_in_time, _measures),
        "checks": (_unchecked, _check_time),
        "judgements": (_held_against_record,),
    }
    return [
        Problem(f"{tables.folder.name}/{name}.csv", *fault)
        for name, checks in rules.items()
        for check in checks
        for fault in check(tables, name)
    ]


def _not_in_future(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that no event lies, and no source was published, after today."""
    prefix, column = {"events": ("", "date_edtf"), "sources": ("published_", "published_edtf")}[
        name
    ]
    frame, today = getattr(tables, name), date.today()
    first = frame[f"{prefix}earliest"].fillna(frame[f"{prefix}latest"])
    for row in frame.index[first > pd.Timestamp(today)]:
        yield row, column, f"'{frame.at[row, column]}' lies after today, {day_in_words(today)}."


def _outlined(tables: Tables, name: str) -> Iterator[Fault]:
    """Check that each country in scope has an outline under its own code."""
    path = outlines_file(tables.folder, "countries.geojson")
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        outlined = {feature["properties"]["iso3"] for feature in features}
    except (OSError, ValueError, KeyError, TypeError) as fault:
        yield "", "iso3", f"outlines cannot be read from '{path}' ({shown(fault)})."
        return
    for iso3 in tables.countries.index[tables.countries["in_scope"]]:
        if iso3 not in outlined:
            yield iso3, "iso3", f"has no outline in '{path}'; add one, or set in_scope to false."


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
    appeared = article_day(tables)
    for row in tables.checks.itertuples():
        if row.checked_on < appeared:
            yield row.Index, "checked_on", "lies before the article appeared."
        later = [key for key in row.source_ids if published[key] > row.checked_on]
        if later:
            yield row.Index, "checked_on", f"lies before its source {later[0]} appeared."


def _held_against_record(tables: Tables, name: str) -> Iterator[Fault]:
    """Hold each judgement of checked evidence against record and posture while it is held."""
    judgements = tables.judgements
    judgements = judgements[judgements["evidence"] == "checked"]
    public = public_from(tables, "events")
    contradicted = set(tables.checks.index[tables.checks["verdict"] == "contradicted"])
    spans = _spans(judgements, tables)
    days = {day for span in spans.values() for day in span}
    states = posture_series(days, "checked", tables) if days else pd.DataFrame()
    for row in judgements.itertuples():
        for key in row.event_ids:
            if public[key] > row.valid_from:
                day = day_in_words(public[key].date())
                yield row.Index, "event_ids", f"'{key}' was public only from {day} on."
        for key in sorted(contradicted.intersection(row.claim_ids)):
            yield row.Index, "claim_ids", f"'{key}' is contradicted; no judgement rests on it."
        for rule in map(Settling.parse, row.settles_if):
            named = f"'{rule.event_type} {rule.side} {rule.iso3}'"
            if rule.first <= row.valid_from:
                yield (
                    row.Index,
                    "settles_if",
                    f"the window of {named} does not open after valid_from.",
                )
            if pd.isna(row.horizon_end) or rule.last > row.horizon_end:
                yield row.Index, "settles_if", f"the window of {named} runs beyond horizon_end."
        yield from _overtaken(row, spans[row.Index], states, tables)
        yield from _outcome(row, tables)
    for first, second in combinations(judgements.itertuples(), 2):
        if (first.scope, first.question) == (second.scope, second.question) and _overlap(
            first, second
        ):
            fault = f"'{second.question}' is answered by {first.Index} at the same time."
            yield second.Index, "question", fault


def _overtaken(
    row: tuple, life: list[pd.Timestamp], states: pd.DataFrame, tables: Tables
) -> Iterator[Fault]:
    """Check that a judgement is not held on once an event settled it or its state has come about."""
    public = public_from(tables, "events")
    rules = [Settling.parse(text) for text in row.settles_if]
    settling = [key for rule in rules for key in rule.events(tables).index]
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


def _outcome(row: tuple, tables: Tables) -> Iterator[Fault]:
    """Check that an outcome is that of the events that settle it, or of their absence."""
    rules = [Settling.parse(text) for text in row.settles_if]
    settling = {key: rule.outcome for rule in rules for key in rule.events(tables).index}
    if row.outcome in {"true", "false"} and not row.settled_by:
        # The record is kept by whole months.
        ended = row.horizon_end <= tables.events["latest"].max() + pd.offsets.MonthEnd(0)
        if settling or not ended or row.outcome in {rule.outcome for rule in rules}:
            yield row.Index, "outcome", f"'{row.outcome}' is settled by no event and no absence."
    if not row.outcome and settling:
        yield row.Index, "outcome", f"is empty, but {', '.join(settling)} settled it."
    for key in row.settled_by:
        if settling.get(key) != row.outcome:
            yield row.Index, "settled_by", f"'{key}' does not settle it as '{row.outcome}'."
