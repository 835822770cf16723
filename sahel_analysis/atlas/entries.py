"""Entries: every event and count of forces with all that is known of its origin, as plain text.

The atlas lists these; nothing here is Markdown or HTML.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from ..evidence.actors import family, whose
from ..evidence.record import EVIDENCE, public_from, visible_events, visible_figures
from ..prose.notes import place_of
from ..prose.words import value_in_words
from ..tables import vocabulary
from ..tables.dates import in_words
from ..tables.loading import Tables

_SIDES = {"france": "french", "russia": "russian"}


@dataclass(frozen=True)
class Claim:
    """What the article says: place, phrase, verdict ("" if unchecked), finding, from when public."""

    key: str
    place: str
    quote: str
    verdict: str
    finding: str
    known: str


@dataclass(frozen=True)
class Source:
    """One document: title, publisher, date in words, reliability, address ("" if none), last day."""

    key: str
    title: str
    publisher: str
    when: str
    reliability: str
    url: str
    published: str


class Span(NamedTuple):
    """Days on which one evidence shows a row: from the first ("" always) to before the end ("")."""

    evidence: str
    start: str
    end: str


@dataclass(frozen=True)
class Entry:
    """One event or count, as a reader sees it.

    Attributes
    ----------
    key : str
        Key of the row.
    day : str
        Day on which it was, the last of several possible ones, ISO 8601; empty without a date.
    spans : tuple of Span
        When which evidence shows it: not before it was public, nor once another row tells it
        better.
    iso3 : str
        Countries it names, separated by spaces; empty for the region.
    side : str
        ``french``, ``russian`` or ``other``.
    when, where, kind, text, confidence : str
        Words for readers.
    claims : tuple of Claim
        What the article says of it.
    sources : tuple of Source
        Its own and those of the checks of its claims.
    """

    key: str
    day: str
    spans: tuple[Span, ...]
    iso3: str
    side: str
    when: str
    where: str
    kind: str
    text: str
    confidence: str
    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]

    @property
    def first(self) -> str:
        """First day on which some evidence shows it, ISO 8601; empty where one always did."""
        return min(span.start for span in self.spans)

    def is_shown(self, evidence: str, day: str) -> bool:
        """Return whether an evidence shows it on a day, ISO 8601."""
        return any(
            span.evidence == evidence and span.start <= day and not "" < span.end <= day
            for span in self.spans
        )


def event_entries(tables: Tables) -> list[Entry]:
    """Return every event that some evidence shows, latest first.

    Parameters
    ----------
    tables : Tables
        The tables.
    """
    visible = {evidence: visible_events(tables, evidence) for evidence in EVIDENCE}
    visible = {name: frame[frame["visible_from"].notna()] for name, frame in visible.items()}
    order = pd.concat(visible.values())
    order = order[~order.index.duplicated()].sort_values("latest", kind="stable", ascending=False)
    owners = whose(order, tables.actors)
    return [
        Entry(
            key=row.Index,
            day=row.latest.date().isoformat(),
            spans=_spans(row.Index, visible),
            iso3=" ".join(row.iso3),
            side=_SIDES.get(owners[row.Index], "other"),
            when=_capital(in_words(row.date_edtf)),
            where=_where(row.iso3, tables),
            kind=vocabulary.EVENT_TYPES[row.event_type].label,
            text=row.summary_en,
            confidence=row.confidence,
            claims=_claims(row.claim_ids, tables),
            sources=_sources(row, tables),
        )
        for row in order.itertuples()
    ]


def count_entries(tables: Tables) -> list[Entry]:
    """Return every count of French or Russian people that some evidence shows, latest first.

    One that was public at no known day is always shown.
    """
    visible = {evidence: visible_figures(tables, evidence) for evidence in EVIDENCE}
    families = {root: family(tables.actors, root) for root in _SIDES}
    figures = tables.figures[tables.figures["unit"] == "people"]
    figures = figures.sort_values("latest", kind="stable", ascending=False, na_position="last")
    entries = []
    for row in figures.itertuples():
        side = next((_SIDES[r] for r, members in families.items() if row.actor_id in members), "")
        spans = _spans(row.Index, visible)
        if not side or not spans:
            continue
        entries.append(
            Entry(
                key=row.Index,
                day=_iso(row.latest),
                spans=spans,
                iso3=" ".join(row.iso3),
                side=side,
                when=_capital(in_words(row.date_edtf)) if row.date_edtf else "Date not stated",
                where=_where(row.iso3, tables),
                kind=f"{_capital(value_in_words(row))}",
                text=_capital(row.label_en),
                confidence="",
                claims=_claims(row.claim_ids, tables),
                sources=_sources(row, tables),
            )
        )
    return entries


def _spans(key: str, visible: dict[str, pd.DataFrame]) -> tuple[Span, ...]:
    """Return when which evidence shows a row; a figure has no day on which that ends."""
    shown = {name: frame.loc[key] for name, frame in visible.items() if key in frame.index}
    return tuple(
        Span(name, _iso(row["visible_from"]), _iso(row.get("visible_until")))
        for name, row in shown.items()
    )


def _iso(day: pd.Timestamp | None) -> str:
    """Return a day as ISO 8601, empty where there is none."""
    return "" if pd.isna(day) else day.date().isoformat()


def _where(iso3s: Iterable[str], tables: Tables) -> str:
    """Return the countries of a row in words."""
    names = tables.countries["name_en"]
    return ", ".join(names.at[iso3] for iso3 in iso3s) or "Region"


def _claims(claim_ids: Iterable[str], tables: Tables) -> tuple[Claim, ...]:
    """Return claims with the checks on them."""
    claims = []
    public = public_from(tables, "checks") if claim_ids else {}
    for key in claim_ids:
        claim = tables.claims.loc[key]
        checked = key in tables.checks.index
        verdict = vocabulary.VERDICTS[tables.checks.at[key, "verdict"]] if checked else ""
        finding = tables.checks.at[key, "finding_en"] if checked else ""
        known = _iso(public.get(key))
        claims.append(Claim(key, _capital(place_of(claim)), claim.quote, verdict, finding, known))
    return tuple(claims)


def _sources(row: object, tables: Tables) -> tuple[Source, ...]:
    """Return the sources of a row, then those of the checks of its claims, each once."""
    keys = dict.fromkeys(row.source_ids)
    for claim_id in row.claim_ids:
        if claim_id in tables.checks.index:
            keys.update(dict.fromkeys(tables.checks.at[claim_id, "source_ids"]))
    sources = []
    for key in keys:
        source = tables.sources.loc[key]
        when = in_words(source.published_edtf) if source.published_edtf else "undated"
        title, publisher = source.title or "Untitled", source.publisher or "publisher unknown"
        day = _iso(source.published_latest)
        sources.append(Source(key, title, publisher, when, source.reliability, source.url, day))
    return tuple(sources)


def _capital(text: str) -> str:
    """Return a text with its first letter raised."""
    return text[:1].upper() + text[1:]
