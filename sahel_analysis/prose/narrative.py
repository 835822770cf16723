"""Narrative: the story of a country or of the region, its phases, and what is not known.

The sentences stand in the tables, each with the rows that it rests on; here they are chosen. What the
article tells is put into sentences here, claim by claim.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import pandas as pd

from ..evidence.record import Record, told_claims
from ..tables.dates import MONTHS, in_words
from .notes import CONTRADICTED_SIGN, Sentence

REGION = "region"
_WORDS = 120  # of a story at most


@dataclass(frozen=True)
class Phase:
    """One part of what happened: its title, when it was, and its sentences."""

    title: str
    when: str
    sentences: tuple[Sentence, ...]


def story(record: Record, scope: str, without: Collection[Sentence] = ()) -> list[Sentence]:
    """Return the short story of a scope up to a record's day: 120 words at most.

    Parameters
    ----------
    record : Record
        Evidence and day.
    scope : str
        ``"region"`` or a country, ISO 3166-1 alpha-3.
    without : collection of Sentence
        Sentences told elsewhere: neither they nor others in the same words are printed.

    Returns
    -------
    list of Sentence
        In order of time; the earliest are left out until the rest fits.
    """
    told = _left(_of_phases(record, scope, is_story=True), without)
    while sum(len(line.text.split()) for line in told) > _WORDS:
        told = told[1:]
    return told


def phases(
    record: Record,
    scope: str,
    without: Collection[Sentence] = (),
    keep: Callable[[Sentence], bool] = bool,
) -> list[Phase]:
    """Return the phases of a scope that have a sentence to print, in order of time.

    Parameters
    ----------
    record, scope, without
        As for `story`.
    keep : callable, optional
        Which sentences are wanted; all without it.
    """
    table = record.tables.phases
    chosen = table[(table["scope"] == scope) & (table["rank"] > 0)].sort_values("rank")
    told = []
    for key, phase in chosen.iterrows():
        lines = [line for line in _left(_sentences(record, key), without) if keep(line)]
        if lines:
            told.append(Phase(phase.title_en, _when(phase, record), tuple(lines)))
    return told


def unknowns(record: Record, scope: str) -> list[Sentence]:
    """Return what is not known of a scope on a record's day, what the newest rows leave open first.

    Parameters
    ----------
    record, scope
        As for `story`.
    """
    table = record.tables.unknowns
    chosen = table[table["scope"] == scope].sort_values("rank", kind="stable")
    lines = [
        Sentence(row.text_en, row.row_ids)
        for row in chosen.itertuples()
        if _is_told(record, row.row_ids)
    ]
    rows = pd.concat([record.events["latest"], record.figures["latest"]])
    newest = rows.reindex({key for line in lines for key in line.rows}).fillna(pd.Timestamp(0))
    return sorted(lines, key=lambda line: max(newest[key] for key in line.rows), reverse=True)


def _left(lines: Iterable[Sentence], without: Collection[Sentence]) -> list[Sentence]:
    """Return the sentences that are not told elsewhere, by key or in the same words."""
    keys, texts = {line.key for line in without}, {line.text for line in without}
    return [line for line in lines if line.key not in keys and line.text not in texts]


def _of_phases(record: Record, scope: str, *, is_story: bool) -> list[Sentence]:
    """Return the sentences of a scope's story or of its phases, in order."""
    table = record.tables.phases
    chosen = table[(table["scope"] == scope) & ((table["rank"] == 0) == is_story)]
    keys = chosen.sort_values("rank", kind="stable").index
    return [line for key in keys for line in _sentences(record, key)]


def sentences_of(record: Record, scope: str) -> list[Sentence]:
    """Return all sentences that may be printed of a scope: those of the story, then the phases'."""
    return [
        line for is_story in (True, False) for line in _of_phases(record, scope, is_story=is_story)
    ]


def _sentences(record: Record, phase_id: str) -> list[Sentence]:
    """Return the sentences of a phase that may be printed, in order."""
    table = record.tables.narrative
    chosen = table[table["phase_id"] == phase_id].sort_values("rank", kind="stable")
    return [
        Sentence(row.text_en, row.row_ids, row.Index)
        for row in chosen.itertuples()
        if _is_told(record, row.row_ids)
    ]


def _is_told(record: Record, row_ids: Iterable[str]) -> bool:
    """Return whether one evidence shows all rows; the extract holds those of both kinds."""
    visible = {*record.events.index, *record.figures.index, *record.tables.claims.index}
    return visible.issuperset(row_ids)


def _when(phase: pd.Series, record: Record) -> str:
    """Return when a phase was, short: ``26 Jul to 24 Sep 2023``, ``since Jul 2023``."""
    start = _short(phase.from_edtf)
    if not phase.to_edtf or phase.to_latest > pd.Timestamp(record.as_of):
        return f"since {start}"
    end = _short(phase.to_edtf)
    if start == end:
        return end
    first, last = start.split(), end.split()
    while len(first) > 1 and len(last) > 1 and first[-1] == last[-1]:
        first, last = first[:-1], last[:-1]
    return f"{' '.join(first)} to {end}"


def _short(edtf: str) -> str:
    """Return a day or month with the name of the month cut to three letters."""
    words = in_words(edtf)
    for name in MONTHS:
        words = words.replace(name, name[:3])
    return words


# The article's own story


def _with_article(name: str) -> str:
    """Return an attribution as it stands in a sentence."""
    is_body = name[:1].isupper() and name.split()[-1].islower() and not set(name) & {"'", "’"}
    return f"the {name}" if is_body or name.startswith("United ") else name


def article_story(record: Record) -> list[Phase]:
    """Return what the article tells up to a record's day, a part for each of its themes.

    Parameters
    ----------
    record : Record
        Claims that refer to a later day than `record.as_of` are left out.
    """
    claims = told_claims(record).sort_values(["paragraph", "sentence"], kind="stable")
    told = []
    themes = record.tables.themes.sort_values("rank", kind="stable")
    for theme, label in zip(themes["theme"], themes["label_en"], strict=True):
        lines = [
            Sentence(_spoken(row, record), (row.Index,))
            for row in claims.itertuples()
            if row.theme == theme
        ]
        if lines:
            told.append(Phase(label, "", tuple(lines)))
    return told


def _spoken(claim: object, record: Record) -> str:
    """Return a claim as a sentence: whose it is, and a dagger where other sources contradict it."""
    statement, said_by = claim.statement_en.rstrip("."), claim.attributed_to
    names_speaker = any(
        word.lower() in statement.lower() for word in said_by.split() if word != "of"
    )
    if said_by != "article" and not names_speaker:
        statement = f"{statement}, according to {_with_article(said_by)}"
    return statement + CONTRADICTED_SIGN * record.contradicts(claim.Index) + "."
