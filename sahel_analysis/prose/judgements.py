"""Key judgements: which of ours hold on a day, as a list and as a table of rival readings."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ..evidence.record import Record
from ..tables.dates import day_in_words
from ..tables.vocabulary import LIKELIHOODS
from .markdown import bullets, escape
from .notes import marks, row_marks
from .words import capital


def in_force(record: Record, scopes: Iterable[str]) -> pd.DataFrame:
    """Return the judgements of some scopes that hold in a record on its day.

    Parameters
    ----------
    record : Record
        Evidence and day.
    scopes : iterable of str
        ``"region"`` and countries, in the order in which they are to be read.

    Returns
    -------
    pandas.DataFrame
        Rows of the judgements table, by scope as given, then by rank.
    """
    table, day = record.tables.judgements, pd.Timestamp(record.as_of)
    held = table[
        (table["evidence"] == record.evidence)
        & (table["valid_from"] <= day)
        & ~(table["valid_to"] < day)
    ]
    order = {scope: position for position, scope in enumerate(scopes)}
    chosen = held[held["scope"].isin(order)]
    return (
        chosen.assign(position=chosen["scope"].map(order))
        .sort_values(["position", "rank"], kind="stable")
        .drop(columns="position")
    )


def key_judgements(record: Record, scopes: Iterable[str] = ("region",)) -> str:
    """Return the judgements in force as a list: judgement, how sure, what it rests on.

    Parameters
    ----------
    record : Record
        Evidence and day.
    scopes : iterable of str
        See `in_force`.
    """
    rows = in_force(record, scopes)
    if rows.empty:
        first = record.tables.judgements.query("evidence == @record.evidence")["valid_from"].min()
        since = "" if pd.isna(first) else f"; our judgements begin on {day_in_words(first)}"
        return f"We hold no key judgement for {day_in_words(record.as_of)} here{since}."
    return bullets(
        f"**{escape(row.text_en)}** *{_measure(row)}.* {escape(row.basis_en)} "
        f"{_basis_marks(row, record)}"
        for row in rows.itertuples()
    )


def _measure(row: pd.Series | object) -> str:
    """Return how sure a judgement is: its likelihood with the band, or its confidence."""
    if row.likelihood:
        likely = LIKELIHOODS[row.likelihood]
        return f"{capital(likely.words)}, {likely.low} to {likely.high} per cent; {row.change}"
    return f"Confidence: {row.confidence}; {row.change}"


def _basis_marks(row: pd.Series | object, record: Record) -> str:
    """Return the marks of the claims and events that a judgement rests on."""
    tables = record.tables
    events = " ".join(row_marks(tables.events.loc[key], tables) for key in row.event_ids)
    return f"{marks(row.claim_ids, tables)} {events}".strip()


def rivals(record: Record, scopes: Iterable[str] = ("region",)) -> pd.DataFrame:
    """Return for each judgement in force the best rival reading and what would change our mind.

    Returns
    -------
    pandas.DataFrame
        Columns ``Judgement``, ``Rival reading``, ``What would change our mind``; cells Markdown.
    """
    rows = in_force(record, scopes)
    return pd.DataFrame(
        {
            "Judgement": [escape(text) for text in rows["text_en"]],
            "Rival reading": [escape(text) for text in rows["alternative_en"]],
            "What would change our mind": [escape(text) for text in rows["indicators_en"]],
        }
    )


def words_of_judgement() -> pd.DataFrame:
    """Return the likelihood words with their bands in per cent, after ICD 203."""
    return pd.DataFrame(
        [
            {"Word": likely.words, "Chance": f"{likely.low} to {likely.high} per cent"}
            for likely in LIKELIHOODS.values()
        ]
    )
