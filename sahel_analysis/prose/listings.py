"""Listings: events, figures and postures as tables and lists that readers can check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from ..evidence.actors import concerning
from ..evidence.record import Record
from ..tables.dates import in_words, since_in_words
from ..tables.vocabulary import EVENT_TYPES, NOT_COVERED_LABEL, POSTURE_THEMES
from .markdown import bullets, escape
from .notes import event_marks, row_marks
from .words import capital, country_names, listed, value_in_words


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
    french = set(concerning(recent, actors, "france").index)
    russian = set(concerning(recent, actors, "russia").index) - french
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
                "What": f"{EVENT_TYPES[row.event_type].label}. {escape(row.summary_en)}",
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
    record: Record, posture: pd.DataFrame, columns: Sequence[str] = tuple(POSTURE_THEMES)
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
        states = {POSTURE_THEMES[name].heading: _state(row, name) for name in columns}
        ids = [event_id for name in columns for event_id in row[f"{name}_event_ids"]]
        [country] = country_names([iso3], record.tables)
        rows.append({"Country": country, **states, "Notes": event_marks(ids, record.tables)})
    headings = [POSTURE_THEMES[name].heading for name in columns]
    return pd.DataFrame(rows, columns=["Country", *headings, "Notes"])


def _state(row: pd.Series, column: str) -> str:
    """Return one state of a row of a posture frame with the date on which it began."""
    if not row["covered"]:
        return NOT_COVERED_LABEL
    word = POSTURE_THEMES[column].states[row[column]].word
    since = row[f"{column}_since"]
    return f"{word}, {since_in_words(since)}" if row[column] != "none_recorded" else word
