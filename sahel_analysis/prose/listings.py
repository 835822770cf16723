"""Listings: events, figures and postures as tables and lists that readers can check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from ..evidence.posture import CONFIRMED_MONTHS
from ..evidence.record import Record
from ..tables.dates import in_words
from ..tables.vocabulary import EVENT_TYPES, NOT_COVERED_LABEL, POSTURE_THEMES
from .markdown import escape
from .notes import row_marks
from .words import capital, country_names, listed, value_in_words

_NEWEST = ("contact", "agreement", "assistance")


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
    """Return the posture as a table for readers: state and since when.

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
        A row for each country of which one of them is on record. Columns ``Country``,
        ``French forces``, ``Russian engagement``.
    """
    rows = []
    known = (posture[list(columns)] != "none_recorded").any(axis="columns")
    for iso3, row in posture[known].iterrows():
        states = {POSTURE_THEMES[name].heading: _state(record, row, name) for name in columns}
        [country] = country_names([iso3], record.tables)
        rows.append({"Country": country, **states})
    headings = [POSTURE_THEMES[name].heading for name in columns]
    return pd.DataFrame(rows, columns=["Country", *headings])


def doubt(record: Record, row: pd.Series, column: str) -> str:
    """Return why a state is not confirmed: ``disputed``, or ``not attested since 2019``.

    Parameters
    ----------
    record : Record
        The evidence behind the posture.
    row : pandas.Series
        A row of `posture.posture` whose state is not confirmed.
    column : {"french_posture", "russian_engagement"}
        Which state.
    """
    newest = record.events.loc[row[f"{column}_event_ids"][-1], "latest"]
    if newest >= pd.Timestamp(record.as_of) - pd.DateOffset(months=CONFIRMED_MONTHS):
        return "disputed"
    return f"not attested since {in_words(row[f'{column}_attested']).split()[-1]}"


def _state(record: Record, row: pd.Series, column: str) -> str:
    """Return one state of a row of a posture frame with the date on which it began."""
    if not row["covered"]:
        return NOT_COVERED_LABEL
    word = POSTURE_THEMES[column].states[row[column]].word
    if row[column] == "none_recorded":
        return word
    since = row[f"{column}_since"]
    when = f"since {in_words(since)}"
    if since.startswith(".."):
        when = in_words(since)
    elif "/" in since:
        when = f"by {in_words(since.split('/')[1])}"
    newest = in_words(row[f"{column}_attested"])
    words = f"{word} {when}"
    if row[column] in _NEWEST:  # of paper and talks the newest counts
        words = f"{word}, newest {newest}"
    elif not row[f"{column}_confirmed"]:
        words += f", {doubt(record, row, column)}"
    if row[column] == "agreement" and not row[f"{column}_confirmed"]:
        words = f"dormant agreement, newest {newest}"
    return f'[{words}]{{rows="{";".join(row[f"{column}_event_ids"])}"}}'
