"""Listings: events, figures and postures as tables and lists that readers can check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from ..evidence.posture import family
from ..evidence.record import Record
from ..tables.dates import in_words, since_in_words
from .markdown import bullets, escape
from .narrative import STATES
from .notes import event_marks, row_marks
from .words import capital, country_names, listed, value_in_words

EVENT_TYPES = {
    "coup": "Coup",
    "deployment": "Deployment",
    "withdrawal_announced": "Withdrawal announced",
    "withdrawal_ordered": "Withdrawal ordered",
    "base_handover": "Base handed over",
    "withdrawal_completed": "Withdrawal completed",
    "mission_launched": "Mission launched",
    "mission_ended": "Mission ended",
    "agreement_signed": "Agreement signed",
    "agreement_denounced": "Agreement denounced",
    "visit": "Visit",
    "statement": "Statement",
    "assistance": "Assistance",
    "alliance_formed": "Alliance formed",
    "alliance_exit": "Exit from an alliance",
    "force_level": "Force level",
}

_HEADINGS = {"french_posture": "French forces", "russian_engagement": "Russian engagement"}


def involving(events: pd.DataFrame, actors: pd.DataFrame, root: str) -> pd.DataFrame:
    """Return the events in which an actor, or one that descends from it, takes part.

    Parameters
    ----------
    events, actors : pandas.DataFrame
        Rows of those tables.
    root : str
        Key of an actor, e.g. ``"france"``.
    """
    members = family(actors, root)
    taking_part = [
        not members.isdisjoint(acting + others)
        for acting, others in zip(events["actor_ids"], events["counterpart_ids"], strict=True)
    ]
    return events[pd.Series(taking_part, index=events.index, dtype=bool)]


def naming(frame: pd.DataFrame, iso3s: Iterable[str], *, regions: bool) -> pd.DataFrame:
    """Return the events or figures that name at least one of some countries.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows with a column ``iso3`` of tuples.
    iso3s : iterable of str
        Countries, ISO 3166-1 alpha-3.
    regions : bool
        Whether rows that name a region and no country are kept too.
    """
    wanted = set(iso3s)
    kept = [not wanted.isdisjoint(cell) or (regions and not cell) for cell in frame["iso3"]]
    return frame[pd.Series(kept, index=frame.index, dtype=bool)]


def last_year(record: Record, events: pd.DataFrame) -> str:
    """Return the events of the twelve months up to a record's day, grouped by who acts.

    Parameters
    ----------
    record : Record
        Evidence and day.
    events : pandas.DataFrame
        Some of its events.

    Returns
    -------
    str
        Markdown: a titled list per group, each event with date, country and marks, and a sentence
        that says how many earlier events there are and where they stand.
    """
    actors, start = record.tables.actors, pd.Timestamp(record.as_of) - pd.DateOffset(years=1)
    recent = events[events["latest"] > start]
    french = set(involving(recent, actors, "france").index)
    russian = set(involving(recent, actors, "russia").index) - french
    groups = {
        "French forces": recent[recent.index.isin(french)],
        "Russia": recent[recent.index.isin(russian)],
        "Governments, alliances and missions": recent[~recent.index.isin(french | russian)],
    }
    blocks = [
        f"### {title}\n\n{bullets(_event_line(record, row) for row in rows.itertuples())}"
        for title, rows in groups.items()
        if not rows.empty
    ]
    earlier = len(events) - len(recent)
    if not blocks:
        blocks.append("No event of the twelve months before is on record.")
    if earlier:
        noun = "event is" if earlier == 1 else "events are"
        blocks.append(
            f"{earlier} earlier {noun} listed in the thematic reports and country briefs."
        )
    return "\n\n".join(blocks)


def _event_line(record: Record, row: object) -> str:
    """Return one event as a line: date, where, what, marks."""
    where = listed(country_names(row.iso3, record.tables)) or "the region"
    return (
        f"**{capital(in_words(row.date_edtf))}, {where}.** {escape(row.summary_en)} "
        f"{row_marks(row, record.tables)}"
    )


def event_table(record: Record, events: pd.DataFrame) -> pd.DataFrame:
    """Return events as a table for readers, earliest first.

    Parameters
    ----------
    record : Record
        The evidence they come from.
    events : pandas.DataFrame
        Some of its events.

    Returns
    -------
    pandas.DataFrame
        Columns ``Date``, ``Where``, ``What``, ``Notes``; cells Markdown, one row per event.
    """
    return pd.DataFrame(
        [
            {
                "Date": capital(in_words(row.date_edtf)),
                "Where": listed(country_names(row.iso3, record.tables)) or "Region",
                "What": f"{EVENT_TYPES[row.event_type]}. {escape(row.summary_en)}",
                "Notes": row_marks(row, record.tables),
            }
            for row in events.itertuples()
        ],
        columns=["Date", "Where", "What", "Notes"],
    )


def figure_table(record: Record, figures: pd.DataFrame) -> pd.DataFrame:
    """Return figures as a table for readers.

    Returns
    -------
    pandas.DataFrame
        Columns ``Quantity``, ``Value``, ``When``, ``Notes``; cells Markdown, one row per figure.
    """
    ordered = figures.sort_values("latest", kind="stable", na_position="last")
    return pd.DataFrame(
        [
            {
                "Quantity": capital(escape(row.label_en)),
                "Value": value_in_words(row),
                "When": capital(in_words(row.date_edtf)) if row.date_edtf else "Not stated",
                "Notes": row_marks(row, record.tables),
            }
            for row in ordered.itertuples()
        ],
        columns=["Quantity", "Value", "When", "Notes"],
    )


def posture_table(
    record: Record, posture: pd.DataFrame, columns: Sequence[str] = tuple(_HEADINGS)
) -> pd.DataFrame:
    """Return the posture as a table for readers: state, since when, and the rows behind it.

    Parameters
    ----------
    record : Record
        The evidence behind the posture.
    posture : pandas.DataFrame
        Rows of `posture.posture`.
    columns : sequence of str, optional
        Which of ``french_posture`` and ``russian_engagement`` are shown.

    Returns
    -------
    pandas.DataFrame
        Columns ``Country``, ``French forces``, ``Russian engagement``, ``Notes``.
    """
    rows = []
    for iso3, row in posture.iterrows():
        states = {
            _HEADINGS[name]: _state(row[name], row[f"{name}_since"], row["covered"])
            for name in columns
        }
        ids = [event_id for name in columns for event_id in row[f"{name}_event_ids"]]
        [country] = country_names([iso3], record.tables)
        rows.append({"Country": country, **states, "Notes": event_marks(ids, record.tables)})
    headings = [_HEADINGS[name] for name in columns]
    return pd.DataFrame(rows, columns=["Country", *headings, "Notes"])


def _state(state: str, since: str, covered: bool) -> str:
    """Return a state with the date on which it began."""
    if not covered:
        return "not covered"
    if state == "none_recorded":
        return STATES[state]
    return f"{STATES[state]}, {since_in_words(since)}"
