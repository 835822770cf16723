"""Sentences with the rows behind them, and the few sources that a report's pages name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ..evidence.record import Record
from ..tables.dates import in_words
from ..tables.loading import Tables
from .markdown import escape

_MOST, _FEWEST = 8, 6  # key sources that a report's pages name
_BORNE_OUT = ("corroborated", "partly")
_GRADES = {"A": 1.1, "B": 1.0, "C": 0.7, "D": 0.3, "E": 0.1, "F": 0.1}


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
