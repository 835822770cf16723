"""Evidence: the two worlds a report can draw, and the marks that lead from a sentence to its row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from .dates import day_in_words, in_words
from .markdown import escape, link, mark
from .tables import Tables, load_tables

EVIDENCE = ("article", "checked")

# The order in which events of one day count: a force arrives before it leaves, and so on.
_ORDER = (
    "coup", "deployment", "mission_launched", "visit", "statement", "agreement_signed",
    "assistance", "alliance_formed", "force_level", "withdrawal_announced", "withdrawal_ordered",
    "agreement_denounced", "alliance_exit", "base_handover", "mission_ended",
    "withdrawal_completed",
)  # fmt: skip

CONTRADICTED_SIGN = "†"
_LETTERS = {"CL": "c", "EV": "e", "FG": "f", "S": "s", "KJ": "j"}
_MARK = re.compile(r"\]\(#([cefjs]\d+)\)")


@dataclass(frozen=True)
class World:
    """What one kind of evidence shows up to one day.

    Attributes
    ----------
    as_of : datetime.date
        Last day that counts.
    evidence : str
        ``"article"`` or ``"checked"``.
    tables : Tables
        The tables behind it.
    events : pandas.DataFrame
        Events visible in this evidence whose latest possible day is not after `as_of`, in order.
    figures : pandas.DataFrame
        Figures visible in this evidence that refer to a day not after `as_of`, or to none.
    """

    as_of: date
    evidence: str
    tables: Tables
    events: pd.DataFrame
    figures: pd.DataFrame

    @property
    def is_checked(self) -> bool:
        """Whether this is the checked world."""
        return self.evidence == "checked"

    def contradicts(self, claim_id: str) -> bool:
        """Return whether independent sources contradict a claim."""
        return claim_id in contradicted(self.tables)


def world(as_of: str | date, evidence: str = "checked", tables: Tables | None = None) -> World:
    """Return what one kind of evidence shows up to one day.

    Parameters
    ----------
    as_of : str or datetime.date
        Day, ISO 8601.
    evidence : {"checked", "article"}
        See `posture.posture`.
    tables : Tables, optional
        Tables already loaded.

    Raises
    ------
    ValueError
        If `evidence` is not one of the two, or `as_of` is no day.
    """
    tables = load_tables() if tables is None else tables
    day = as_of if isinstance(as_of, date) else date.fromisoformat(as_of)
    stamp = pd.Timestamp(day)
    events = visible_events(tables, evidence)
    figures = visible_figures(tables, evidence)
    return World(
        as_of=day,
        evidence=evidence,
        tables=tables,
        events=events[events["latest"] <= stamp],
        figures=figures[~(figures["earliest"] > stamp)],
    )


def article_day(tables: Tables) -> pd.Timestamp:
    """Return the last day that any claim of the article refers to: the day it speaks from."""
    return tables.claims["latest"].max()


def told_claims(world_: World) -> pd.DataFrame:
    """Return the claims that refer to no later day than a world's.

    A claim without a date, or with an open end, speaks of the article's own day.
    """
    claims = world_.tables.claims
    spoken = claims["latest"].fillna(article_day(world_.tables))
    return claims[spoken <= pd.Timestamp(world_.as_of)]


def contradicted(tables: Tables) -> frozenset[str]:
    """Return the ids of the claims that independent sources contradict."""
    checks = tables.checks
    return frozenset(checks.index[checks["verdict"] == "contradicted"])


def visible_events(tables: Tables, evidence: str) -> pd.DataFrame:
    """Return the events of one kind of evidence, in the order in which they count.

    Parameters
    ----------
    tables : Tables
        The tables.
    evidence : {"checked", "article"}
        Article rows alone; or reference rows and those article rows whose claims no source
        contradicts and that no reference row tells better (``same_as``).

    Returns
    -------
    pandas.DataFrame
        Rows of ``tables.events``, by latest possible day, type, and id.

    Raises
    ------
    ValueError
        If `evidence` is not one of the two.
    """
    events = tables.events
    told_better = {other for row in events["same_as"] for other in row}
    shown = events[_visible(events, tables, evidence) & ~(
        events.index.isin(told_better) & (evidence == "checked")
    )]
    rank = {kind: position for position, kind in enumerate(_ORDER)}
    order = pd.DataFrame(
        {"latest": shown["latest"], "rank": shown["event_type"].map(rank), "id": shown.index}
    ).sort_values(["latest", "rank", "id"])
    return shown.loc[order.index]


def visible_figures(tables: Tables, evidence: str) -> pd.DataFrame:
    """Return the figures of one kind of evidence; see `visible_events`."""
    return tables.figures[_visible(tables.figures, tables, evidence)]


def _visible(frame: pd.DataFrame, tables: Tables, evidence: str) -> pd.Series:
    """Return which rows of a frame with ``basis`` and ``claim_ids`` an evidence shows."""
    if evidence not in EVIDENCE:
        message = f"evidence: '{evidence}' is not allowed; expected 'article' or 'checked'."
        raise ValueError(message)
    if evidence == "article":
        return frame["basis"] == "article"
    wrong = contradicted(tables)
    sound = pd.Series([wrong.isdisjoint(ids) for ids in frame["claim_ids"]], index=frame.index)
    return (frame["basis"] == "reference") | sound.astype(bool)


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
        mark(anchor(key), anchor(key) + (CONTRADICTED_SIGN if key in wrong else ""))
        for key in keys
    )


def row_marks(row: pd.Series | object, tables: Tables) -> str:
    """Return the marks of an event or figure: its claims, and itself where references tell it."""
    keys = list(row.claim_ids)
    if row.basis == "reference":
        keys.append(row.Index if hasattr(row, "Index") else row.name)
    return marks(keys, tables)


def cited(markdown: str) -> list[str]:
    """Return the row keys whose marks a text carries, in the order of their first mark."""
    return list(dict.fromkeys(key_of(found) for found in _MARK.findall(markdown)))


def place_of(claim: pd.Series | object) -> str:
    """Return where a claim stands: ``paragraph 5, sentence 2``."""
    return f"paragraph {claim.paragraph}, sentence {claim.sentence}"


def notes(keys: Iterable[str], tables: Tables) -> list[tuple[str, str]]:
    """Return the notes that marks lead to, with the notes those lead to in turn.

    Parameters
    ----------
    keys : iterable of str
        Keys cited in a report.
    tables : Tables
        The tables.

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
    return [
        (anchor(key), write(key, tables))
        for table, write in writers
        for key in sorted(wanted & set(table.index))
    ]


def claim_note(claim_id: str, tables: Tables) -> str:
    """Return a claim's note: place, phrase, who says it, verdict, finding, sources."""
    claim = tables.claims.loc[claim_id]
    where = f"Article, {place_of(claim)}: “{escape(claim.quote)}”"
    voice = "" if claim.attributed_to == "article" else f", attributed to {escape(claim.attributed_to)}"
    text = f"{where}{voice}."
    if claim_id not in tables.checks.index:
        return f"{text} Not checked."
    check = tables.checks.loc[claim_id]
    verdict = VERDICTS[check.verdict]
    sources = marks(check.source_ids, tables)
    finding = f" {escape(check.finding_en)}" if check.finding_en else ""
    return f"{text} **{verdict}**, credibility {check.credibility}.{finding} {sources}".rstrip()


VERDICTS = {
    "corroborated": "Corroborated",
    "partly": "Partly borne out",
    "contradicted": "Contradicted",
    "unverifiable": "Could not be verified",
}


def event_note(event_id: str, tables: Tables) -> str:
    """Return an event's note: date, summary, where it is told, confidence."""
    event = tables.events.loc[event_id]
    when = in_words(event.date_edtf)
    told = marks((*event.claim_ids, *event.source_ids), tables)
    return (
        f"{when[0].upper()}{when[1:]}: {escape(event.summary_en)} "
        f"Confidence: {event.confidence}. {told}"
    )


def figure_note(figure_id: str, tables: Tables) -> str:
    """Return a figure's note: what it counts, the value, the date, where it is told."""
    figure = tables.figures.loc[figure_id]
    when = f", {in_words(figure.date_edtf)}" if figure.date_edtf else ""
    told = marks((*figure.claim_ids, *figure.source_ids), tables)
    label = escape(figure.label_en)
    return f"{label[0].upper()}{label[1:]}: {value_in_words(figure)}{when}. {told}"


def value_in_words(figure: pd.Series | object) -> str:
    """Return a figure's value with its hedge: ``about 5,000``, ``200 to 350``, ``at most 200``."""
    if figure.unit == "year":
        return f"{figure.best:.0f}"
    hedge = {
        "exact": "", "about": "about ", "at_least": "at least ", "at_most": "at most ",
        "planned": "", "claimed": "",
    }[figure.qualifier]  # fmt: skip
    tail = {"planned": " (planned)", "claimed": " (claimed)"}.get(figure.qualifier, "")
    low, high = figure.low, figure.high
    if not pd.isna(low) and not pd.isna(high) and low != high:
        return f"{hedge}{low:,.0f} to {high:,.0f}{tail}"
    value = next(v for v in (figure.best, low, high) if not pd.isna(v))
    return f"{hedge}{value:,.0f}{tail}"


def source_note(source_id: str, tables: Tables) -> str:
    """Return a source's note: title, publisher, date, address, trust."""
    source = tables.sources.loc[source_id]
    title = f"“{escape(source.title)}”" if source.title else "Untitled"
    publisher = escape(source.publisher) or "publisher unknown"
    when = in_words(source.published_edtf) if source.published_edtf else "undated"
    state = f" State-affiliated: {source.state_affiliation}." if source.state_affiliation else ""
    address = f" {link(source.url, source.url)}" if source.url else ""
    return (
        f"{title}, {publisher}, {when}. Reliability {source.reliability}: "
        f"{escape(source.reliability_basis_en).rstrip('.')}.{state}{address}"
    )


def edition(world_: World) -> str:
    """Return what a world is, for readers: ``as of 4 December 2023, article evidence``."""
    return f"as of {day_in_words(world_.as_of)}, {world_.evidence} evidence"
