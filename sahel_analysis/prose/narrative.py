"""Sentences and paragraphs as functions over rows; Markdown out, a mark behind every fact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from ..evidence.record import Record, told_claims
from ..tables.dates import day_in_words, since_in_words
from ..tables.loading import Tables
from .markdown import escape
from .notes import VERDICTS, marks, row_marks

THEMES = {
    "agreement": "The agreement with Russia",
    "coup": "The coup and its aftermath",
    "russia_in_africa": "Russia elsewhere in Africa",
    "france_in_sahel": "France in the Sahel",
    "intervention_warnings": "Warnings and threats",
    "alliance": "The Alliance of Sahel States",
    "security_architecture": "What is said to follow",
    "eu_missions": "The European missions",
}

# Subject first, then what it does: a second clause of the same sentence takes the pronoun.
_FRENCH = {
    "present": ("French forces", "they", "are present in"),
    "leaving": ("French forces", "they", "are leaving"),
    "withdrawn": ("French forces", "they", "have left"),
}
_RUSSIAN = {
    "deployed": ("Russia", "it", "has personnel in"),
    "assistance": ("Russia", "it", "gives military assistance to"),
    "agreement": ("Russia", "it", "has a military agreement with"),
    "contact": ("Russia", "it", "has official contacts with"),
}
# The states that the bottom line tells, in order, and those of which it names only a few countries.
_ORDER = {
    "french_posture": (("leaving", "withdrawn", "present"), ("present",)),
    "russian_engagement": (
        ("deployed", "assistance", "agreement", "contact"),
        ("agreement", "contact"),
    ),
}
_WITH_THE = frozenset({"CAF", "USA", "GBR"})
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
# A bottom line names at most so many countries of a state that is not news.
_NAMED = 3
STATES = {
    "none_recorded": "none recorded",
    "present": "present",
    "leaving": "leaving",
    "withdrawn": "withdrawn",
    "contact": "contact",
    "agreement": "agreement",
    "assistance": "assistance",
    "deployed": "deployed",
}


def listed(items: Sequence[str]) -> str:
    """Return items as a sentence lists them: ``Niger, Mali and Chad``."""
    items = list(items)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def country_names(iso3s: Iterable[str], tables: Tables) -> list[str]:
    """Return escaped country names in the order given."""
    return [escape(tables.countries.at[iso3, "name_en"]) for iso3 in iso3s]


def in_sentence(iso3s: Iterable[str], tables: Tables) -> list[str]:
    """Return escaped country names as they stand within a sentence, with their article."""
    return [
        f"the {name}" if iso3 in _WITH_THE else name
        for iso3, name in zip(iso3s, country_names(iso3s, tables), strict=True)
    ]


def in_letters(number: int) -> str:
    """Return a number as text sets it: in letters below ten."""
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def event_marks(event_ids: Iterable[str], tables: Tables) -> str:
    """Return the marks of several events, each row cited once."""
    found: dict[str, None] = {}
    for event_id in event_ids:
        for mark in row_marks(tables.events.loc[event_id], tables).split(" "):
            found.setdefault(mark)
    return " ".join(found)


def posture_sentence(
    record: Record,
    posture: pd.DataFrame,
    column: str,
    states: Sequence[str],
    brief: Sequence[str] = (),
) -> str:
    """Return one sentence that says which countries stand in which state.

    Parameters
    ----------
    record : Record
        The evidence behind the posture.
    posture : pandas.DataFrame
        Rows of `posture.posture` for the countries the report shows.
    column : {"french_posture", "russian_engagement"}
        Which of the two is told.
    states : sequence of str
        States in the order in which the sentence names them.
    brief : sequence of str, optional
        States of which only the first countries are named and the others counted.
    """
    words = _FRENCH if column == "french_posture" else _RUSSIAN
    clauses = []
    for state in states:
        rows = posture[posture[column] == state]
        if rows.empty:
            continue
        parts = [
            f"{name} {event_marks(deciding(ids), record.tables)}"
            for name, ids in zip(
                in_sentence(rows.index, record.tables), rows[f"{column}_event_ids"], strict=True
            )
        ]
        if state in brief and len(parts) > _NAMED:
            parts = [*parts[: _NAMED - 1], f"{in_letters(len(parts) - _NAMED + 1)} others"]
        subject, pronoun, does = words[state]
        clauses.append(f"{pronoun if clauses else subject} {does} {listed(parts)}")
    if not clauses:
        subject = "French forces" if column == "french_posture" else "Russian engagement"
        return (
            f"No event up to {day_in_words(record.as_of)} records {subject} in the countries shown."
        )
    voice = "by the article's account, " if not record.is_checked else ""
    sentence = f"As of {day_in_words(record.as_of)}, {voice}{clauses[0]}"
    return "; ".join([sentence, *clauses[1:]]) + "."


def deciding(event_ids: Sequence[str]) -> Sequence[str]:
    """Return the events worth a mark in running text: the first that made the state, and the last."""
    return event_ids if len(event_ids) < 3 else (event_ids[0], event_ids[-1])


def bottom_line(
    record: Record,
    posture: pd.DataFrame,
    columns: Sequence[str] = ("french_posture", "russian_engagement"),
) -> str:
    """Return the bottom line: one sentence on France, one on Russia.

    Parameters
    ----------
    record : Record
        The evidence behind the posture.
    posture : pandas.DataFrame
        Rows of `posture.posture` for the countries the report shows.
    columns : sequence of str, optional
        Which of the two are told.
    """
    first, *rest = (posture_sentence(record, posture, name, *_ORDER[name]) for name in columns)
    stem = f"As of {day_in_words(record.as_of)}, "
    if first.startswith(stem):  # a second sentence does not say the day again
        rest = [text.removeprefix(stem).removeprefix("by the article's account, ") for text in rest]
    return " ".join([first, *rest])


def country_paragraph(record: Record, posture: pd.DataFrame, iso3: str) -> str:
    """Return what the events say of one country, state by state, with dates and marks."""
    row, tables = posture.loc[iso3], record.tables
    name = in_sentence([iso3], tables)[0]
    french = _state_sentence(record, row, name, "french_posture", _FRENCH, "French forces")
    russian = _state_sentence(
        record, row, name, "russian_engagement", _RUSSIAN, "Russian engagement"
    )
    return f"{french} {russian}"


def country_by_country(record: Record, posture: pd.DataFrame) -> str:
    """Return a paragraph for each covered country; the others are named in one sentence.

    Parameters
    ----------
    record : Record
        The evidence behind the posture.
    posture : pandas.DataFrame
        Rows of `posture.posture`.
    """
    covered = posture[posture["covered"]]
    blocks = [
        f"**{country_names([iso3], record.tables)[0]}.** {country_paragraph(record, posture, iso3)}"
        for iso3 in covered.index
    ]
    silent = in_sentence(posture.index[~posture["covered"]], record.tables)
    if silent:
        blocks.append(
            f"**Not covered.** No event of the {record.evidence} evidence up to "
            f"{day_in_words(record.as_of)} names {listed(silent)}."
        )
    return "\n\n".join(blocks)


def _state_sentence(
    record: Record, row: pd.Series, name: str, column: str, words: dict, missing: str
) -> str:
    """Return one state of one country as a sentence."""
    state = row[column]
    if state == "none_recorded":
        return f"No event records {missing} in {name}."
    subject, _, does = words[state]
    since = row[f"{column}_since"]
    cites = event_marks(row[f"{column}_event_ids"], record.tables)
    return f"{subject} {does} {name}, on record {since_in_words(since)} {cites}."


def claim_sentence(record: Record, claim_id: str) -> str:
    """Return a claim as a sentence of the report, with its mark and, if checked, its correction.

    Parameters
    ----------
    record : Record
        In checked evidence a claim that is not borne out is followed by the finding.
    claim_id : str
        Key of the claim.
    """
    tables = record.tables
    claim = tables.claims.loc[claim_id]
    statement = escape(claim.statement_en.rstrip("."))
    said_by = claim.attributed_to
    told = any(
        word.lower() in claim.statement_en.lower() for word in said_by.split() if word != "of"
    )
    if said_by != "article" and not told:
        statement = f"{statement}, according to {escape(_with_article(said_by))}"
    cite = marks([claim_id], tables)
    if not record.is_checked or claim_id not in tables.checks.index:
        return f"{statement} {cite}."
    check = tables.checks.loc[claim_id]
    if check.verdict == "corroborated":
        return f"{statement} {cite}."
    verdict = VERDICTS[check.verdict].lower()
    finding = escape(check.finding_en)
    return f"{statement} {cite}: *{verdict}*. {finding} {marks(check.source_ids, tables)}".rstrip()


def _with_article(name: str) -> str:
    """Return an attribution as it stands in a sentence."""
    return f"the {name}" if name.startswith(("Nigerien", "Russian", "United")) else name


def theme_paragraph(record: Record, theme: str) -> str:
    """Return what the article says on one theme, sentence by sentence, each with its mark."""
    claims = told_claims(record)
    chosen = claims[claims["theme"] == theme].sort_values(["paragraph", "sentence"], kind="stable")
    return " ".join(claim_sentence(record, claim_id) for claim_id in chosen.index)


def what_happened(record: Record, themes: Iterable[str] = tuple(THEMES)) -> str:
    """Return the article's story by theme, one titled paragraph per theme.

    Parameters
    ----------
    record : Record
        Claims that refer to a later day than `record.as_of` are left out and counted.
    themes : iterable of str
        Keys of `THEMES`, in order.
    """
    blocks = [
        f"### {THEMES[theme]}\n\n{paragraph}"
        for theme in themes
        if (paragraph := theme_paragraph(record, theme))
    ]
    hidden = len(record.tables.claims) - len(told_claims(record))
    if hidden:
        blocks.append(
            f"{hidden} of the article's {len(record.tables.claims)} assertions refer to a later day "
            f"than {day_in_words(record.as_of)}, or to the day of the article itself, and are left out."
        )
    return "\n\n".join(blocks)
