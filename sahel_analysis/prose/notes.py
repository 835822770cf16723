"""Citation marks, and the notes that they lead to: the row behind each sentence of a report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import pandas as pd

from ..evidence.record import contradicted
from ..tables.dates import in_words
from ..tables.loading import Tables
from ..tables.vocabulary import VERDICTS
from .markdown import escape, link, mark
from .sentences import published_by
from .words import capital, value_in_words

CONTRADICTED_SIGN = "†"
_LATE = "{} of the table of sources; it appeared after the day of this edition."
_LETTERS = {"CL": "c", "EV": "e", "FG": "f", "S": "s", "KJ": "j"}
_MARK = re.compile(r"\]\(#([cefjs]\d+)\)")


def anchor(key: str) -> str:
    """Return the anchor of a row's note: ``c40`` for ``CL-040``."""
    prefix, number = key.split("-")
    return f"{_LETTERS[prefix]}{int(number)}"


def key_of(anchor_: str) -> str:
    """Return the row key that an anchor stands for: ``CL-040`` for ``c40``."""
    prefix = {letter: prefix for prefix, letter in _LETTERS.items()}[anchor_[0]]
    return f"{prefix}-{int(anchor_[1:]):03d}"


def marks(keys: Iterable[str], tables: Tables) -> str:
    """Return citation marks for rows, as Markdown links to their notes.

    Parameters
    ----------
    keys : iterable of str
        Keys of claims, events, figures, sources.
    tables : Tables
        The tables; a claim that sources contradict carries a dagger.

    Returns
    -------
    str
        Such as ``[c40†](#c40) [e101](#e101)``; empty without keys.
    """
    wrong = contradicted(tables)
    return " ".join(
        mark(anchor(key), anchor(key) + (CONTRADICTED_SIGN if key in wrong else "")) for key in keys
    )


def row_marks(row: pd.Series | object, tables: Tables) -> str:
    """Return the marks of an event or figure: its claims, and itself where references tell it."""
    keys = list(row.claim_ids)
    if row.basis == "reference":
        keys.append(row.Index if hasattr(row, "Index") else row.name)
    return marks(keys, tables)


def cited(markdown: str) -> list[str]:
    """Return the row keys whose marks a text carries, in the order of their first mark."""
    return list(dict.fromkeys(key_of(anchor_) for anchor_ in _MARK.findall(markdown)))


def place_of(claim: pd.Series | object) -> str:
    """Return where a claim stands: ``paragraph 5, sentence 2``."""
    return f"paragraph {claim.paragraph}, sentence {claim.sentence}"


def notes(keys: Iterable[str], tables: Tables, as_of: date | None = None) -> list[tuple[str, str]]:
    """Return the notes that marks lead to, with the notes those lead to in turn.

    Parameters
    ----------
    keys : iterable of str
        Keys cited in a report.
    tables : Tables
        The tables.
    as_of : datetime.date, optional
        A source that appeared later is named by its key alone.

    Returns
    -------
    list of (str, str)
        Anchor and Markdown text: claims, events, figures, then sources, each in key order. A claim's
        note gives place, phrase, who says it, and the check with its sources; an event's note its
        date, summary and sources; a source's note what the document is and how far it is trusted.
    """
    wanted = set(keys)
    # A claim leads to its check's sources, an event or figure to its claims and sources.
    for table in (tables.events, tables.figures):
        for key in sorted(wanted & set(table.index)):
            wanted |= {*table.at[key, "claim_ids"], *table.at[key, "source_ids"]}
    for key in sorted(wanted & set(tables.checks.index)):
        wanted |= set(tables.checks.at[key, "source_ids"])
    writers = (
        (tables.claims, claim_note),
        (tables.events, event_note),
        (tables.figures, figure_note),
        (tables.sources, source_note),
    )
    late = set(tables.sources.index) - published_by(tables, as_of)
    return [
        (anchor(key), _LATE.format(key) if key in late else write(key, tables))
        for table, write in writers
        for key in sorted(wanted & set(table.index))
    ]


def claim_note(claim_id: str, tables: Tables) -> str:
    """Return a claim's note: place, phrase, who says it, verdict, finding, sources."""
    claim = tables.claims.loc[claim_id]
    where = f"Article, {place_of(claim)}: “{escape(claim.quote)}”"
    voice = (
        "" if claim.attributed_to == "article" else f", attributed to {escape(claim.attributed_to)}"
    )
    text = f"{where}{voice}."
    if claim_id not in tables.checks.index:
        return f"{text} Not checked."
    check = tables.checks.loc[claim_id]
    verdict = VERDICTS[check.verdict]
    sources = marks(check.source_ids, tables)
    finding = f" {escape(check.finding_en)}" if check.finding_en else ""
    return f"{text} **{verdict}**, credibility {check.credibility}.{finding} {sources}".rstrip()


def event_note(event_id: str, tables: Tables) -> str:
    """Return an event's note: date, summary, where it is told, confidence."""
    event = tables.events.loc[event_id]
    when = capital(in_words(event.date_edtf))
    rests_on = marks((*event.claim_ids, *event.source_ids), tables)
    return f"{when}: {escape(event.summary_en)} Confidence: {event.confidence}. {rests_on}"


def figure_note(figure_id: str, tables: Tables) -> str:
    """Return a figure's note: what it counts, the value, the date, where it is told."""
    figure = tables.figures.loc[figure_id]
    when = f", {in_words(figure.date_edtf)}" if figure.date_edtf else ""
    rests_on = marks((*figure.claim_ids, *figure.source_ids), tables)
    return f"{capital(escape(figure.label_en))}: {value_in_words(figure)}{when}. {rests_on}"


def source_note(source_id: str, tables: Tables) -> str:
    """Return a source's note: title, publisher, date, address, trust."""
    source = tables.sources.loc[source_id]
    title = f"“{escape(source.title)}”" if source.title else "Untitled"
    publisher = escape(source.publisher) or "publisher unknown"
    when = in_words(source.published_edtf) if source.published_edtf else "undated"
    state = f" State-affiliated: {source.state_affiliation}." if source.state_affiliation else ""
    address = f" {link(escape(source.url), source.url)}" if source.url else ""
    return (
        f"{title}, {publisher}, {when}. Reliability {source.reliability}: "
        f"{escape(source.reliability_basis_en).rstrip('.')}.{state}{address}"
    )
