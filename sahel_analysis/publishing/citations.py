"""Citations: the sources of a record as CSL-JSON, for Zotero and other reference managers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd

from ..evidence.record import Record, told_claims
from ..files import write_text

# The nearest of CSL's types; a publisher's kind is kept in ``custom``.
_CSL_TYPES = {
    "news_agency": "article-newspaper",
    "news_outlet": "article-newspaper",
    "state_media": "article-newspaper",
    "reference_work": "entry-encyclopedia",
    "analysis": "report",
    "blog": "post-weblog",
    "aggregator": "webpage",
}
_QUALIFIER = re.compile(r"[~?%]")


def cited_sources(record: Record) -> pd.DataFrame:
    """Return the sources that a record rests on.

    Parameters
    ----------
    record : Record
        Evidence and day.

    Returns
    -------
    pandas.DataFrame
        Rows of the sources table, in key order: the article, what the visible events and figures
        cite, and what the checks of the claims told by that day cite.
    """
    claims, checks = told_claims(record), record.tables.checks
    cells = [
        *record.events["source_ids"],
        *record.figures["source_ids"],
        *checks.loc[checks.index.isin(claims.index), "source_ids"],
    ]
    keys = set(claims["source_id"]) | {key for cell in cells for key in cell}
    sources = record.tables.sources
    return sources[sources.index.isin(keys)]


def csl_items(record: Record) -> list[dict]:
    """Return a record's sources as items of the CSL-JSON data model, for Zotero and its kin.

    Parameters
    ----------
    record : Record
        See `cited_sources`.

    Returns
    -------
    list of dict
        One item per source, in key order. An author is a literal name; a date has parts as long
        as it is known; our rating stands in ``note`` for people and in ``custom`` for programs.
    """
    return [_csl(source) for source in cited_sources(record).itertuples()]


def write_csl_json(path: str | Path, record: Record) -> Path:
    """Write a record's sources as CSL-JSON; see `csl_items`.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    text = json.dumps(csl_items(record), indent=2, ensure_ascii=False)
    return write_text(path, f"{text}\n")


def _csl(source: object) -> dict:
    """Return one source as a CSL item, without empty fields."""
    kind = _CSL_TYPES.get(source.source_type, "document")
    housed = kind in {"article-newspaper", "entry-encyclopedia", "post-weblog", "webpage"}
    rating = f"Reliability {source.reliability} (Admiralty): {source.reliability_basis_en}"
    notes = [
        rating.rstrip(".") + ".",
        f"State-affiliated: {source.state_affiliation}." if source.state_affiliation else "",
        source.note,
    ]
    item = {
        "id": source.Index,
        "type": kind,
        "title": source.title,
        "author": [{"literal": name.strip()} for name in source.author.split(";") if name.strip()],
        "container-title" if housed else "publisher": source.publisher,
        "issued": csl_date(source.published_edtf),
        "accessed": csl_date("" if pd.isna(source.accessed) else f"{source.accessed:%Y-%m-%d}"),
        "URL": source.url,
        "language": source.language,
        "note": " ".join(note for note in notes if note),
        "custom": _filled(
            source_type=source.source_type,
            state_affiliation=source.state_affiliation,
            reliability=source.reliability,
            phrase_seen=source.phrase_seen,
        ),
    }
    return _filled(**item)


def csl_date(edtf: str) -> dict:
    """Return an EDTF date as CSL's date model has it.

    Parameters
    ----------
    edtf : str
        Checked EDTF; empty for none.

    Returns
    -------
    dict
        ``date-parts`` with one part list, or two for an interval, each as long as the date is
        known; ``circa`` where the date is "about" or "perhaps". An interval open at one end is
        its EDTF string under ``literal``. Empty for an empty date.
    """
    if not edtf:
        return {}
    ends = _QUALIFIER.sub("", edtf).split("/")
    if {"..", ""} & set(ends):
        return {"literal": edtf}
    parts = [[int(number) for number in end.split("-")] for end in ends]
    return {"date-parts": parts} | ({"circa": True} if _QUALIFIER.search(edtf) else {})


def _filled(**fields: object) -> dict:
    """Return the fields that hold something, in the order given."""
    return {name: value for name, value in fields.items() if value not in ("", [], {})}
