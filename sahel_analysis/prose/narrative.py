"""Narrative: bottom line, countries, story and corrections, each sentence from rows and marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from ..evidence.record import Record, told_claims
from ..tables.dates import day_in_words, since_in_words
from ..tables.vocabulary import CLAIM_THEMES, GRAVITIES, POSTURE_THEMES, VERDICTS
from .markdown import bullets, escape
from .notes import event_marks, marks
from .words import country_names, in_letters, in_sentence, listed

# Subject first, then what it does: a second clause of the same sentence takes the pronoun.
_CLAUSES = {
    "french_posture": {
        "present": ("French forces", "they", "are present in"),
        "leaving": ("French forces", "they", "are leaving"),
        "withdrawn": ("French forces", "they", "have left"),
    },
    "russian_engagement": {
        "deployed": ("Russia", "it", "has personnel in"),
        "assistance": ("Russia", "it", "gives military assistance to"),
        "agreement": ("Russia", "it", "has a military agreement with"),
        "contact": ("Russia", "it", "has official contacts with"),
    },
}
# The states that the bottom line tells, in order, and those of which it names only a few countries.
_ORDER = {
    "french_posture": (("leaving", "withdrawn", "present"), ("present",)),
    "russian_engagement": (
        ("deployed", "assistance", "agreement", "contact"),
        ("agreement", "contact"),
    ),
}
# A bottom line names at most so many countries of a state that is not news.
_NAMED = 3


def _posture_sentence(
    record: Record,
    posture: pd.DataFrame,
    column: str,
    states: Sequence[str],
    brief: Sequence[str] = (),
) -> str:
    """Return one sentence that says which countries stand in which state; `brief` ones shortly."""
    clauses = []
    for state in states:
        rows = posture[posture[column] == state]
        if rows.empty:
            continue
        parts = [
            f"{name} {event_marks(_deciding(ids), record.tables)}"
            for name, ids in zip(
                in_sentence(rows.index, record.tables), rows[f"{column}_event_ids"], strict=True
            )
        ]
        if state in brief and len(parts) > _NAMED:
            parts = [*parts[: _NAMED - 1], f"{in_letters(len(parts) - _NAMED + 1)} others"]
        subject, pronoun, does = _CLAUSES[column][state]
        clauses.append(f"{pronoun if clauses else subject} {does} {listed(parts)}")
    if not clauses:
        day = day_in_words(record.as_of)
        return (
            f"No event up to {day} records {POSTURE_THEMES[column].heading} in the countries shown."
        )
    voice = "by the article's account, " if not record.is_checked else ""
    sentence = f"As of {day_in_words(record.as_of)}, {voice}{clauses[0]}"
    return "; ".join([sentence, *clauses[1:]]) + "."


def _deciding(event_ids: Sequence[str]) -> Sequence[str]:
    """Return the events worth a mark in running text: the first that made the state, and the last."""
    return event_ids if len(event_ids) < 3 else (event_ids[0], event_ids[-1])


def bottom_line(
    record: Record, posture: pd.DataFrame, columns: Sequence[str] = tuple(POSTURE_THEMES)
) -> str:
    """Return which countries stand where on a day: one sentence on France, one on Russia.

    Parameters
    ----------
    record : Record
        The evidence behind the posture.
    posture : pandas.DataFrame
        Rows of `posture.posture` for the countries the report shows.
    columns : sequence of str, optional
        Which of the two it is about, a sentence each.
    """
    first, *rest = (_posture_sentence(record, posture, name, *_ORDER[name]) for name in columns)
    stem = f"As of {day_in_words(record.as_of)}, "
    if first.startswith(stem):  # a second sentence does not say the day again
        rest = [text.removeprefix(stem).removeprefix("by the article's account, ") for text in rest]
    return " ".join([first, *rest])


def country_paragraph(record: Record, posture: pd.DataFrame, iso3: str) -> str:
    """Return what the events say of one country, state by state, with dates and marks."""
    row, tables = posture.loc[iso3], record.tables
    name = in_sentence([iso3], tables)[0]
    return " ".join(_state_sentence(record, row, name, column) for column in POSTURE_THEMES)


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


def _state_sentence(record: Record, row: pd.Series, name: str, column: str) -> str:
    """Return one state of one country as a sentence."""
    state = row[column]
    if state == "none_recorded":
        return f"No event records {POSTURE_THEMES[column].heading} in {name}."
    subject, _, does = _CLAUSES[column][state]
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
    names_speaker = any(
        word.lower() in claim.statement_en.lower() for word in said_by.split() if word != "of"
    )
    if said_by != "article" and not names_speaker:
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


def _theme_paragraph(record: Record, theme: str) -> str:
    """Return what the article says on one theme, sentence by sentence, each with its mark."""
    claims = told_claims(record)
    chosen = claims[claims["theme"] == theme].sort_values(["paragraph", "sentence"], kind="stable")
    return " ".join(claim_sentence(record, claim_id) for claim_id in chosen.index)


def what_happened(record: Record, themes: Iterable[str] = tuple(CLAIM_THEMES)) -> str:
    """Return the article's story by theme, one titled paragraph per theme.

    Parameters
    ----------
    record : Record
        Claims that refer to a later day than `record.as_of` are left out and counted.
    themes : iterable of str
        Keys of `vocabulary.CLAIM_THEMES`, in order.
    """
    blocks = [
        f"### {CLAIM_THEMES[theme]}\n\n{paragraph}"
        for theme in themes
        if (paragraph := _theme_paragraph(record, theme))
    ]
    hidden = len(record.tables.claims) - len(told_claims(record))
    if hidden:
        blocks.append(
            f"{hidden} of the article's {len(record.tables.claims)} assertions refer to a later day "
            f"than {day_in_words(record.as_of)}, or to the day of the article itself, and are left out."
        )
    return "\n\n".join(blocks)


def contradicted_claims(record: Record) -> str:
    """Return every contradicted claim with its correction, gravest first."""
    checks = record.tables.checks
    wrong = checks[checks["verdict"] == "contradicted"]
    wrong = wrong[wrong.index.isin(told_claims(record).index)]
    rank = wrong["gravity"].map({gravity: rank for rank, gravity in enumerate(GRAVITIES)})
    if wrong.empty:
        return "No claim of the article that refers to this period is contradicted."
    return bullets(_correction(record, key) for key in rank.sort_values(kind="stable").index)


def _correction(record: Record, claim_id: str) -> str:
    """Return one contradicted claim and what the sources say instead."""
    tables = record.tables
    claim, check = tables.claims.loc[claim_id], tables.checks.loc[claim_id]
    return (
        f"The article: {escape(claim.statement_en)} {marks([claim_id], tables)} "
        f"**The sources:** {escape(check.finding_en)} {marks(check.source_ids, tables)}"
    )


def differences(article: Record, checked: Record, left: pd.DataFrame, right: pd.DataFrame) -> str:
    """Return in words where the article's account and the checked evidence differ, and why.

    Parameters
    ----------
    article, checked : Record
        Both kinds of evidence on the same day.
    left, right : pandas.DataFrame
        Their postures, same rows.
    """
    items, silent = [], {}
    for iso3 in left.index:
        [name] = country_names([iso3], article.tables)
        for column, theme in POSTURE_THEMES.items():
            said, checked_state = left.at[iso3, column], right.at[iso3, column]
            if said == checked_state:
                continue
            ids = _deciding(right.at[iso3, f"{column}_event_ids"])
            because = event_marks(ids, checked.tables)
            if said == "none_recorded":
                silent.setdefault(name, []).append(f"{theme.states[checked_state].word} {because}")
                continue
            said_marks = event_marks(left.at[iso3, f"{column}_event_ids"], article.tables)
            checked_words = (
                f"The checked evidence: *{theme.states[checked_state].word}* {because}".rstrip()
            )
            items.append(
                f"**{name}, {theme.heading}.** The article: *{theme.states[said].word}* {said_marks}. "
                f"{checked_words}."
            )
    if silent:
        states = [f"{name} ({'; '.join(words)})" for name, words in silent.items()]
        items.append(
            f"**Silent.** The article says nothing of what the record shows in {listed(states)}."
        )
    if not items:
        return "The article and the checked evidence draw the same map on this day."
    return bullets(items)
