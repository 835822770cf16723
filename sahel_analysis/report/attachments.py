"""Attachments: the rows behind a report as a data package, which its PDF carries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ..prose.notes import published_by
from ..tables.loading import Tables
from ..tables.writing import data_package

# What a reader needs to follow a row: itself, what it names, what it rests on.
TABLES = ("sources", "claims", "checks", "events", "figures", "actors", "countries", "places")
_PUBLIC_LATER = ("title", "publisher", "author", "published_edtf", "url", "phrase_seen", "note")


def attachments(tables: Tables, title: str, as_of: date | None = None) -> dict[str, str]:
    """Return the rows that a report may see as CSV files with their ``datapackage.json``.

    Parameters
    ----------
    tables : Tables
        The rows.
    title : str
        Title of the report.
    as_of : datetime.date, optional
        Its day: a source that appeared later is there by its key and grade alone, and what came
        out later on a claim is left out.

    Returns
    -------
    dict of str to str
        File name to content.
    """
    return data_package(public(tables, as_of), TABLES, title)


def public(tables: Tables, as_of: date | None = None) -> Tables:
    """Return tables with the sources that their rows cite, and no word of what came out later.

    Parameters
    ----------
    tables, as_of
        As in `attachments`.
    """
    rests = (tables.events, tables.figures, tables.checks)
    cited = {key for frame in rests for cell in frame["source_ids"] for key in cell}
    sources = tables.sources[tables.sources.index.isin(cited | set(tables.claims["source_id"]))]
    checks = tables.checks
    if as_of is not None:
        late = ~sources.index.isin(published_by(tables, as_of))
        sources = sources.copy()
        sources.loc[late, list(_PUBLIC_LATER)] = ""
        checks = checks.assign(since_en="")
    return replace(tables, sources=sources, checks=checks)
