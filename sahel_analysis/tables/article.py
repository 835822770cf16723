"""The tables held against a copy of the article: sentences, phrases, and what nothing covers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path

from ..errors import DataError, Problem
from ..files import read as bytes_of
from .loading import Tables
from .vocabulary import VERDICTS

# A sentence ends at a full stop, closing quotation mark or footnote sign before a capital letter.
_SENTENCE_END = re.compile(r"(?<=[.!?”¹])\s+(?=[A-Z“])")
Place = tuple[int, int]  # paragraph and sentence, both counted from 1
Pairs = list[tuple[Place | None, Place | None, bool]]


def sentences(text: str) -> dict[Place, str]:
    """Return the sentences of a text by paragraph and sentence, both counted from 1.

    Parameters
    ----------
    text : str
        One paragraph per line.
    """
    paragraphs = [line.strip() for line in text.splitlines() if line.strip()]
    return {
        (number, place): sentence
        for number, paragraph in enumerate(paragraphs, 1)
        for place, sentence in enumerate(_SENTENCE_END.split(paragraph), 1)
    }


def hold_against(tables: Tables, path: str | Path) -> str:
    """Return what an audit of the tables against the article's text found sound.

    Parameters
    ----------
    tables : Tables
        The tables.
    path : str or pathlib.Path
        A copy of the article, UTF-8, one paragraph per line.

    Returns
    -------
    str
        One line per thing counted.

    Raises
    ------
    DataError
        If anything is open: a sentence that is not the one that was read, a phrase not in its
        sentence, a sentence no claim covers, a claim without a check, a check, event or figure
        without a source, a source that nothing cites.
    """
    try:
        content = bytes_of(path)
        text = content.decode("utf-8-sig")
    except OSError as fault:
        message = f"cannot be read ({fault.strerror})."
        raise DataError([Problem(str(path), "", "", message)]) from fault
    except UnicodeDecodeError as fault:
        message = f"is not UTF-8 from byte {fault.start + 1} on; save the file as UTF-8."
        raise DataError([Problem(str(path), "", "", message)]) from fault
    if tables.claims.empty:
        message = "the tables hold no claim of an article; there is nothing to hold it against."
        raise DataError([Problem(str(path), "", "", message)])
    given = sentences(text)
    pairs = _pairs(tables, given)
    problems = [
        *_sentence_faults(pairs, given, str(path)),
        *_claim_faults(tables, pairs, given),
        *_table_faults(tables),
    ]
    if problems:
        raise DataError(problems)
    read = tables.sources.query("text_sha256 != ''").iloc[0].text_sha256
    same = hashlib.sha256(content).hexdigest() == read
    verdicts = tables.checks["verdict"].value_counts()
    outcome = ", ".join(
        f"{verdicts.get(key, 0)} {words.lower()}" for key, words in VERDICTS.items()
    )
    return "\n".join(
        (
            "The text is the one that was read"
            + (" (SHA-256)." if same else ", sentence by sentence; its white space differs."),
            f"{len(given)} of {len(given)} sentences covered.",
            f"{len(tables.claims)} claims, each phrase in its sentence.",
            f"{len(tables.checks)} of {len(tables.claims)} claims checked: {outcome}.",
            f"{len(tables.sources)} sources, each cited.",
            f"{len(tables.events)} events and {len(tables.figures)} figures, each with a claim "
            "or source.",
        )
    )


def _pairs(tables: Tables, given: dict[Place, str]) -> Pairs:
    """Return each sentence that was read with its place in the text, and whether it is the same.

    The two are aligned as a diff would, so that a headline or a lost line break does not shift all
    that follows. None stands where one side has no such sentence.
    """
    read = tables.sentences.sort_values(["paragraph", "sentence"])
    there = list(zip(read["paragraph"], read["sentence"], strict=True))
    here = list(given)
    hashes = [hashlib.sha256(sentence.encode()).hexdigest() for sentence in given.values()]
    blocks = SequenceMatcher(None, read["text_sha256"].tolist(), hashes, autojunk=False)
    return [
        (before, after, kind == "equal")
        for kind, start, end, begin, stop in blocks.get_opcodes()
        for before, after in zip_longest(there[start:end], here[begin:stop])
    ]


def _sentence_faults(pairs: Pairs, given: dict[Place, str], label: str) -> Iterator[Problem]:
    """Yield each sentence in which the text is not the one that was read."""
    for before, after, same in pairs:
        if after is None:
            yield Problem(label, _where(before), "", "is missing from the text.")
        elif before is None:
            message = f"'{_start(given[after])}' is not in the text that was read."
            yield Problem(label, _where(after), "", message)
        elif not same:
            message = f"'{_start(given[after])}' is not the sentence that was read (SHA-256)."
            yield Problem(label, _where(after), "", message)


def _claim_faults(tables: Tables, pairs: Pairs, given: dict[Place, str]) -> Iterator[Problem]:
    """Yield each phrase that is not in its sentence, and each sentence without a claim."""
    folder, covered = tables.folder.name, set()
    texts = {before: given[after] for before, after, _ in pairs if after}
    for row in tables.claims.itertuples():
        place = (row.paragraph, row.sentence)
        covered.add(place)
        if row.quote not in texts.get(place, ""):
            message = f"'{row.quote}' does not stand in {_where(place)}."
            yield Problem(f"{folder}/claims.csv", row.Index, "quote", message)
    for row in tables.sentences.itertuples():
        if (row.paragraph, row.sentence) not in covered:
            message = f"{_where((row.paragraph, row.sentence))} is covered by no claim."
            yield Problem(f"{folder}/sentences.csv", row.Index, "", message)


def _where(place: Place) -> str:
    """Return a place of the article in words."""
    return f"paragraph {place[0]}, sentence {place[1]}"


def _start(sentence: str) -> str:
    """Return the first words of a sentence, for messages."""
    words = sentence.split()
    return " ".join(words[:6]) + (" ..." if len(words) > 6 else "")


def _table_faults(tables: Tables) -> Iterator[Problem]:
    """Yield what the tables leave open among themselves."""
    folder = tables.folder.name
    for claim_id in tables.claims.index.difference(tables.checks.index):
        yield Problem(f"{folder}/checks.csv", claim_id, "claim_id", "the claim has no check.")
    cited = {
        key
        for frame in (tables.checks, tables.events, tables.figures)
        for cell in frame["source_ids"]
        for key in cell
    } | set(tables.claims["source_id"])
    for source_id in tables.sources.index.difference(list(cited)):
        yield Problem(f"{folder}/sources.csv", source_id, "source_id", "nothing cites the source.")
    for name, frame in (("events", tables.events), ("figures", tables.figures)):
        for row in frame.itertuples():
            if not row.claim_ids and not row.source_ids:
                message = "rests on no claim and no source."
                yield Problem(f"{folder}/{name}.csv", row.Index, "source_ids", message)
