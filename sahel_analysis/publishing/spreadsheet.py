"""Spreadsheet: the events of a record as CSV that opens in a spreadsheet and runs nothing there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..evidence.actors import ROOTS
from ..evidence.bases import bases
from ..evidence.posture import posture_of
from ..evidence.record import Record, contradicted, told_claims
from ..files import write_text
from ..report.attachments import public
from ..tables.loading import Tables
from ..tables.writing import RFC_4180, as_csv

# What spreadsheets take for the beginning of a formula, the full-width forms included.
_FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def event_rows(record: Record) -> pd.DataFrame:
    """Return the events of a record with their codes resolved, one line each.

    Parameters
    ----------
    record : Record
        Evidence and day.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``event_id``, in the order in which the events count. Columns of str: the EDTF
        date and its bounds, type, domain, countries, place, actors and counterparts with code and
        name, summary, basis, claims, those of them that sources contradict, sources, confidence;
        ``lon`` and ``lat`` in degrees, WGS 84. Lists are parted by ``;``. Empty where not stated.
    """
    wrong = contradicted(record.tables)
    tables, events = record.tables, record.events
    names = {
        **tables.countries["name_en"],
        **tables.actors["name_en"],
        **tables.places["name_en"],
    }
    places = tables.places.reindex(events["place_id"])

    def named(cells: pd.Series) -> pd.Series:
        return cells.map(lambda keys: ";".join(names[key] for key in keys))

    def joined(cells: pd.Series) -> pd.Series:
        return cells.map(";".join)

    def day(stamps: pd.Series) -> pd.Series:
        return stamps.dt.strftime("%Y-%m-%d").fillna("")

    def degrees(numbers: pd.Series) -> list[str]:
        return ["" if pd.isna(number) else f"{number:.3f}" for number in numbers]

    return pd.DataFrame(
        {
            "date_edtf": events["date_edtf"],
            "earliest": day(events["earliest"]),
            "latest": day(events["latest"]),
            "event_type": events["event_type"],
            "domain": events["domain"],
            "iso3": joined(events["iso3"]),
            "countries": named(events["iso3"]),
            "place_id": events["place_id"],
            "place": events["place_id"].map(lambda key: names.get(key, "")),
            "lon": degrees(places["lon"]),
            "lat": degrees(places["lat"]),
            "actors": named(events["actor_ids"]),
            "counterparts": named(events["counterpart_ids"]),
            "summary_en": events["summary_en"],
            "basis": events["basis"],
            "claim_ids": joined(events["claim_ids"]),
            "contradicted_claim_ids": joined(
                events["claim_ids"].map(lambda keys: [key for key in keys if key in wrong])
            ),
            "source_ids": joined(events["source_ids"]),
            "confidence": events["confidence"],
        },
        index=events.index,
    )


def posture_rows(record: Record) -> pd.DataFrame:
    """Return the posture of every country followed, indexed by ``iso3``, lists parted by ``;``."""
    frame = posture_of(record)
    ids = {name: frame[name].map(";".join) for name in frame if name.endswith("_event_ids")}
    names = record.tables.countries["name_en"].reindex(frame.index)
    frame = frame.assign(as_of=record.as_of.isoformat(), evidence=record.evidence, **ids)
    frame.insert(0, "name_en", names)
    return frame


def base_rows(record: Record) -> pd.DataFrame:
    """Return the bases of French and Russian forces, one line each, lists parted by ``;``.

    Indexed by ``base_id``: state and place, such as ``france_gao``. Columns of `bases.bases` with
    ``side``, ``place_id`` and ``passed_to``; days are ISO dates, empty where none is on record.
    """
    parts = []
    for root in ROOTS:
        frame = bases(record, root)
        for name in ("forces", "to", "event_ids"):
            frame[name] = frame[name].map(";".join)
        for name in ("attested", "closed_on"):
            frame[name] = frame[name].dt.strftime("%Y-%m-%d").fillna("")
        # A word of SQL would have to be quoted.
        frame = frame.reset_index().rename(columns={"to": "passed_to"})
        frame.insert(0, "side", root)
        parts.append(frame.set_index(f"{root}_" + frame["place_id"]))
    return pd.concat(parts).rename_axis("base_id")


def rows_of(record: Record) -> Tables:
    """Return the rows that a record's own evidence shows, for people who get them without a report.

    Parameters
    ----------
    record : Record
        Evidence and day.

    Returns
    -------
    Tables
        Events and figures that count, claims told by that day with their checks, and the sources
        of these; a source that appeared later is there by its key and grade alone.
    """
    claims, tables = told_claims(record), record.tables
    counted = replace(
        tables,
        events=tables.events.loc[record.events.index],
        figures=tables.figures.loc[record.figures.index],
        claims=claims,
        checks=tables.checks[tables.checks.index.isin(claims.index)],
    )
    return public(counted, record.as_of)


def write_csv(path: str | Path, record: Record) -> Path:
    """Write the events of a record as CSV for spreadsheets; see `event_rows`.

    UTF-8 with a byte order mark, without which spreadsheets take accents for something else, and
    RFC 4180 line ends. A cell that a spreadsheet would run as a formula begins with an apostrophe.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    rows = event_rows(record).reset_index()
    cells = [[literal(cell) for cell in row] for row in rows.itertuples(index=False)]
    return write_text(path, as_csv([rows.columns, *cells], RFC_4180), encoding="utf-8-sig")


def literal(cell: str) -> str:
    """Return a cell that a spreadsheet shows and does not run.

    Parameters
    ----------
    cell : str
        Text of a cell. A number is left as it is, a minus sign included.
    """
    if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
