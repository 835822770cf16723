"""Sentences with the rows behind them: their marks, the notes those lead to, and the key sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from ..evidence.record import Record, contradicted
from ..tables.dates import in_words
from ..tables.loading import Tables
from ..tables.vocabulary import VERDICTS
from .markdown import escape, link, mark
from .words import capital, value_in_words

CONTRADICTED_SIGN = "†"
_LATE = "{} of the table of sources; it appeared after the day of this edition."
_LETTERS = {"CL": "c", "EV": "e", "FG": "f", "S": "s", "KJ": "j"}
_MOST, _FEWEST = 8, 6  # key sources that a report's pages name
_BORNE_OUT = ("corroborated", "partly")
_GRADES = {"A": 1.1, "B": 1.0, "C": 0.7, "D": 0.3, "E": 0.1, "F": 0.1}
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


@dataclass(frozen=True)
class Sentence:
    """A sentence of ours, plain text, the keys of the rows behind it, and its own in the narrative."""

    text: str
    rows: tuple[str, ...]
    key: str = ""


def lead_to(keys: Iterable[str], tables: Tables) -> list[str]:
    """Return the sources that rows lead to, each once.

    Parameters
    ----------
    keys : iterable of str
        Keys of events, figures, claims, judgements.
    tables : Tables
        The tables. A claim leads to the sources that bear it out, or else to the article.
    """
    found: dict[str, None] = {}
    for key in keys:
        if key in tables.claims.index:
            borne = key in tables.checks.index and tables.checks.at[key, "verdict"] in _BORNE_OUT
            sources = tables.checks.at[key, "source_ids"] if borne else ()
            found |= dict.fromkeys(sources or [tables.claims.at[key, "source_id"]])
        elif key in tables.judgements.index:
            row = tables.judgements.loc[key]
            found |= dict.fromkeys(lead_to((*row.event_ids, *row.claim_ids), tables))
        else:
            frame = tables.events if key in tables.events.index else tables.figures
            found |= dict.fromkeys(frame.at[key, "source_ids"])
            found |= dict.fromkeys(lead_to(frame.at[key, "claim_ids"], tables))
    return list(found)


def published_by(tables: Tables, day: object) -> frozenset[str]:
    """Return the sources that had appeared by a day; one without a date is held to have.

    Parameters
    ----------
    tables : Tables
        The tables.
    day : datetime.date or None
        Last day that counts; a month counts from its first day, a longer stretch from its last
        month, since its end would tell what came later. None: all.
    """
    sources = tables.sources
    if day is None:
        return frozenset(sources.index)
    last_month = sources["published_latest"].dt.to_period("M").dt.start_time
    appeared = pd.concat([sources["published_earliest"], last_month], axis="columns").max(axis=1)
    return frozenset(sources.index[~(appeared > pd.Timestamp(day))])


class KeySources:
    """The sources that the sentences of a report rest on most, numbered as they come up.

    Parameters
    ----------
    record : Record
        Evidence and day: no source that appeared later is one of them.
    sentences : sequence of Sentence
        What the report prints, in the order of its pages.
    most : int, optional
        How many sources at most.
    """

    def __init__(self, record: Record, sentences: Sequence[Sentence], most: int = _MOST) -> None:
        self._most = most
        self._tables, self._sentences = record.tables, sentences
        known = published_by(record.tables, record.as_of)
        self._behind = [
            [key for key in lead_to(sentence.rows, record.tables) if key in known]
            for sentence in sentences
        ]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Number by key of the source: chosen by how much rests on them and by their grade."""
        chosen: list[str] = []
        carried = [set(keys) for keys in self._behind]
        while len(chosen) < self._most:
            # What no chosen source carries counts in full, what one does counts a little.
            gain: dict[str, float] = {}
            for keys in carried:
                share = 0.2 if keys & set(chosen) else 1.0
                for key in keys - set(chosen):
                    grade = _GRADES[self._tables.sources.at[key, "reliability"]]
                    gain[key] = gain.get(key, 0) + share * grade
            best = max(sorted(gain), key=gain.__getitem__, default=None)
            if best is None or (len(chosen) >= _FEWEST and gain[best] < 1):
                break
            chosen.append(best)
        marked = dict.fromkeys(filter(None, (self._best(keys, chosen) for keys in self._behind)))
        return {key: number for number, key in enumerate(marked, 1)}

    def _best(self, keys: Sequence[str], among: Iterable[str]) -> str | None:
        """Return the most reliable of some sources, the first of equal ones."""
        grades = self._tables.sources["reliability"]
        return min((key for key in keys if key in set(among)), key=grades.__getitem__, default=None)

    def marked(self, sentence: Sentence, drop: int = 0) -> str:
        """Return a sentence as Markdown, with the number of a source and the keys of its rows.

        Parameters
        ----------
        sentence : Sentence
            A sentence of the report.
        drop : int, optional
            With a number the sentence may be left out, lower numbers first.
        """
        rows = ";".join(sentence.rows)
        known = [key for key in lead_to(sentence.rows, self._tables) if key in self.numbers]
        best = self._best(known, self.numbers)
        text, stop = (
            (sentence.text[:-1], ".") if sentence.text.endswith(".") else (sentence.text, "")
        )
        words = escape(text)
        attributes = f'rows="{rows}"' + (f' drop="{drop}"' if drop else "")
        if best is None:
            return f"[{words}{stop}]{{{attributes}}}"
        number = self.numbers[best]
        words += f'[{number}](#source-{number}){{.source rows="{rows}"}}{stop}'
        return f'[{words}]{{drop="{drop}"}}' if drop else words

    def text(self, sentences: Iterable[Sentence]) -> str:
        """Return sentences as one paragraph."""
        return " ".join(self.marked(sentence) for sentence in sentences)

    def listed(self) -> str:
        """Return the sources as the numbered list to which the marks lead; empty without any."""
        items = [
            f"{number}. [{_named(self._tables.sources.loc[key])}]{{#source-{number}}}"
            for key, number in self.numbers.items()
        ]
        return "\n".join(items)


def _named(source: pd.Series) -> str:
    """Return a source in one line: who, what if that is short, when, grade."""
    publisher = source.publisher or "publisher unknown"
    if source.agency and source.agency.casefold() not in publisher.casefold():
        publisher = f"{publisher} ({source.agency})"
    title = f", “{source.title}”" if 0 < len(source.title) <= 60 else ""
    when = in_words(source.published_edtf) if source.published_edtf else "undated"
    return f"{escape(publisher + title)}, {escape(when)}. {source.reliability}"
