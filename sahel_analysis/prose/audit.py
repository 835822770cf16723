"""The audit: the article claim by claim, and the tables held against a reader's own copy of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from ..errors import DataError, Problem
from ..evidence.record import record
from ..tables.loading import Tables
from ..tables.vocabulary import GRAVITIES, VERDICTS
from .judgements import key_judgements
from .markdown import bullets, escape
from .notes import marks
from .words import counted, in_sentence, listed

# A sentence ends at a full stop, closing quotation mark or footnote sign before a capital letter.
_SENTENCE_END = re.compile(r"(?<=[.!?”¹])\s+(?=[A-Z“])")
Place = tuple[int, int]  # paragraph and sentence, both counted from 1
Pairs = list[tuple[Place | None, Place | None, bool]]


def claim_table(tables: Tables) -> pd.DataFrame:
    """Return every claim of the article with its check, in the article's order.

    Returns
    -------
    pandas.DataFrame
        Columns ``Place``, ``Claim``, ``Verdict``, ``Finding``; cells Markdown, one row per claim.
    """
    joined = tables.claims.join(tables.checks, how="left")
    ordered = joined.sort_values(["paragraph", "sentence"], kind="stable")
    return pd.DataFrame(
        [
            {
                "Place": f"P{row.paragraph} S{row.sentence} {marks([row.Index], tables)}",
                "Claim": f"{escape(row.statement_en)} *“{escape(row.quote)}”*"
                + ("" if row.attributed_to == "article" else f" ({escape(row.attributed_to)})"),
                "Verdict": f"{VERDICTS[row.verdict]}, {row.credibility}",
                "Finding": f"{escape(row.finding_en)} {marks(row.source_ids, tables)}".strip(),
            }
            for row in ordered.itertuples()
        ]
    )


def bottom_line(tables: Tables) -> str:
    """Return the outcome of the checks in two sentences: counts, and whom the gravest errors concern."""
    checks = tables.checks
    counts = checks["verdict"].value_counts()
    verdicts = [f"{counts.get(key, 0)} {words.lower()}" for key, words in VERDICTS.items()]
    first = (
        f"Of the article's {len(tables.claims)} assertions, held against other sources: "
        f"{', '.join(verdicts)}."
    )
    wrong = checks.index[(checks["verdict"] == "contradicted") & (checks["gravity"] == "high")]
    if wrong.empty:
        return first
    number = counted(len(wrong), "contradicted assertion")
    concerned = listed(f"on {name}" for name in _acting(wrong, tables))
    return (
        f"{first} Those that would mislead a reader most are {number} {concerned}".rstrip()
        + f" {marks(wrong, tables)}."
    )


def _acting(claim_ids: pd.Index, tables: Tables) -> list[str]:
    """Return the states or bodies that act in the events of some claims, each once, as Markdown."""
    events, actors = tables.events.explode("claim_ids"), tables.actors
    acting = events.set_index("claim_ids")["actor_ids"].explode()
    names: dict[str, None] = {}
    for claim_id in claim_ids.intersection(acting.index, sort=False):
        for actor in acting.loc[[claim_id]]:
            while actors.at[actor, "parent_id"]:
                actor = actors.at[actor, "parent_id"]
            iso3, name = actors.at[actor, "iso3"], escape(actors.at[actor, "name_en"])
            names[in_sentence([iso3], tables)[0] if iso3 else name] = None
    return list(names)


def errors_by_gravity(tables: Tables) -> str:
    """Return what is wrong or only partly right, gravest first, each with its correction."""
    checks = tables.checks
    blocks = []
    for gravity, title in GRAVITIES.items():
        wrong = checks[
            (checks["gravity"] == gravity) & checks["verdict"].isin(["contradicted", "partly"])
        ]
        if not wrong.empty:
            lines = bullets(_error(tables, claim_id) for claim_id in wrong.index)
            blocks.append(f"### {title}\n\n{lines}")
    return "\n\n".join(blocks)


def unverified(tables: Tables) -> str:
    """Return the claims for which no source was found either way."""
    checks = tables.checks
    return bullets(
        _error(tables, claim_id) for claim_id in checks.index[checks["verdict"] == "unverifiable"]
    )


def provenance(tables: Tables) -> str:
    """Return our judgements on where the article's text comes from."""
    last = tables.events["latest"].max().date()
    return key_judgements(record(last, "checked", tables=tables), ["article"])


def _error(tables: Tables, claim_id: str) -> str:
    """Return one claim with verdict and finding on a line."""
    claim, check = tables.claims.loc[claim_id], tables.checks.loc[claim_id]
    return (
        f"**{escape(claim.statement_en)}** {marks([claim_id], tables)} "
        f"*{VERDICTS[check.verdict]}.* {escape(check.finding_en)} "
        f"{marks(check.source_ids, tables)}".rstrip()
    )


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
        content = Path(path).read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as fault:
        message = f"cannot be read ({fault.strerror})."
        raise DataError([Problem(str(path), "", "", message)]) from fault
    except UnicodeDecodeError as fault:
        message = f"is not UTF-8 from byte {fault.start + 1} on; save the file as UTF-8."
        raise DataError([Problem(str(path), "", "", message)]) from fault
    found = sentences(text)
    pairs = _pairs(tables, found)
    problems = [
        *_sentence_faults(pairs, found, str(path)),
        *_claim_faults(tables, pairs, found),
        *_table_faults(tables),
    ]
    if problems:
        raise DataError(problems)
    read = tables.sources.query("text_sha256 != ''").iloc[0].text_sha256
    same = hashlib.sha256(content).hexdigest() == read
    verdicts = tables.checks["verdict"].value_counts()
    told = ", ".join(f"{verdicts.get(key, 0)} {words.lower()}" for key, words in VERDICTS.items())
    return "\n".join(
        (
            "The text is the one that was read"
            + (" (SHA-256)." if same else ", sentence by sentence; its white space differs."),
            f"{len(found)} of {len(found)} sentences covered.",
            f"{len(tables.claims)} claims, each phrase in its sentence.",
            f"{len(tables.checks)} of {len(tables.claims)} claims checked: {told}.",
            f"{len(tables.sources)} sources, each cited.",
            f"{len(tables.events)} events and {len(tables.figures)} figures, each with a claim "
            "or source.",
        )
    )


def _pairs(tables: Tables, found: dict[Place, str]) -> Pairs:
    """Return each sentence that was read with its place in the text, and whether it is the same.

    The two are aligned as a diff would, so that a headline or a lost line break does not shift all
    that follows. None stands where one side has no such sentence.
    """
    read = tables.sentences.sort_values(["paragraph", "sentence"])
    there = list(zip(read["paragraph"], read["sentence"], strict=True))
    here = list(found)
    hashes = [hashlib.sha256(sentence.encode()).hexdigest() for sentence in found.values()]
    blocks = SequenceMatcher(None, read["text_sha256"].tolist(), hashes, autojunk=False)
    return [
        (before, after, kind == "equal")
        for kind, start, end, begin, stop in blocks.get_opcodes()
        for before, after in zip_longest(there[start:end], here[begin:stop])
    ]


def _sentence_faults(pairs: Pairs, found: dict[Place, str], label: str) -> Iterator[Problem]:
    """Yield each sentence in which the text is not the one that was read."""
    for before, after, same in pairs:
        if after is None:
            yield Problem(label, _where(before), "", "is missing from the text.")
        elif before is None:
            message = f"'{_start(found[after])}' is not in the text that was read."
            yield Problem(label, _where(after), "", message)
        elif not same:
            message = f"'{_start(found[after])}' is not the sentence that was read (SHA-256)."
            yield Problem(label, _where(after), "", message)


def _claim_faults(tables: Tables, pairs: Pairs, found: dict[Place, str]) -> Iterator[Problem]:
    """Yield each phrase that is not in its sentence, and each sentence without a claim."""
    folder, covered = tables.folder.name, set()
    texts = {before: found[after] for before, after, _ in pairs if after}
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
