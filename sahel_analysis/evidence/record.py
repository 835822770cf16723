"""Evidence: the two worlds a report can draw, the article's and the checked one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from ..tables.dates import day_in_words
from ..tables.loading import Tables, load_tables

EVIDENCE = ("article", "checked")

# The order in which events of one day count: a force arrives before it leaves, and so on.
_ORDER = (
    "coup", "deployment", "mission_launched", "visit", "statement", "agreement_signed",
    "assistance", "alliance_formed", "force_level", "withdrawal_announced", "withdrawal_ordered",
    "agreement_denounced", "alliance_exit", "base_handover", "mission_ended",
    "withdrawal_completed",
)  # fmt: skip
_RANK = {kind: position for position, kind in enumerate(_ORDER)}


@dataclass(frozen=True, repr=False)
class Record:
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

    def __repr__(self) -> str:
        """Return day and evidence, and how much counts."""
        counts = f"{len(self.events)} events, {len(self.figures)} figures"
        return f"Record({self.as_of}, {self.evidence}: {counts})"

    @property
    def is_checked(self) -> bool:
        """Whether this is the checked record."""
        return self.evidence == "checked"

    def contradicts(self, claim_id: str) -> bool:
        """Return whether independent sources contradict a claim."""
        return claim_id in contradicted(self.tables)


def record(as_of: str | date, evidence: str = "checked", tables: Tables | None = None) -> Record:
    """Return what one kind of evidence shows up to one day.

    Parameters
    ----------
    as_of : str or datetime.date
        Day, ISO 8601.
    evidence : {"checked", "article"}
        See `posture.posture`.
    tables : Tables, optional
        Tables already loaded; read from the package's own data without it.

    Returns
    -------
    Record
        The day, and the events and figures that count by then.

    Raises
    ------
    ValueError
        If `evidence` is not one of the two, or `as_of` is no day.

    Examples
    --------
    >>> shown = record("2023-12-04", "article")
    >>> shown.events.at["EV-012", "summary_en"]
    'Chad expelled French troops.'
    >>> "EV-012" in record("2023-12-04", "checked").events.index
    False
    """
    tables = load_tables() if tables is None else tables
    day = as_of if isinstance(as_of, date) else date.fromisoformat(as_of)
    stamp = pd.Timestamp(day)
    events = visible_events(tables, evidence)
    figures = visible_figures(tables, evidence)
    return Record(
        as_of=day,
        evidence=evidence,
        tables=tables,
        events=events[events["latest"] <= stamp],
        figures=figures[~(figures["earliest"] > stamp)],
    )


def article_day(tables: Tables) -> pd.Timestamp:
    """Return the last day that any claim of the article refers to: the day it speaks from."""
    return tables.claims["latest"].max()


def told_claims(record_: Record) -> pd.DataFrame:
    """Return the claims that refer to no later day than a record's.

    A claim without a date, or with an open end, speaks of the article's own day.
    """
    claims = record_.tables.claims
    spoken = claims["latest"].fillna(article_day(record_.tables))
    return claims[spoken <= pd.Timestamp(record_.as_of)]


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
    visible = _visible(events, tables, evidence)
    if evidence == "checked":
        visible &= ~events.index.isin({other for row in events["same_as"] for other in row})
    # The table is in the order of its keys, and sorts that are stable keep it.
    order = pd.DataFrame({"latest": events["latest"], "rank": events["event_type"].map(_RANK)})
    order = order[visible].sort_index(kind="stable").sort_values(["latest", "rank"], kind="stable")
    return events.loc[order.index]


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
    sound = [wrong.isdisjoint(ids) for ids in frame["claim_ids"]]
    return (frame["basis"] == "reference") | pd.Series(sound, frame.index, dtype="bool")


def edition(record_: Record) -> str:
    """Return what a record is, for readers: ``as of 4 December 2023, article evidence``."""
    return f"as of {day_in_words(record_.as_of)}, {record_.evidence} evidence"
