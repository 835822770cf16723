"""Extracts: the rows that one report can see, and the hash that says which they were.

A report holds its extract and no other row. So the hash on its last page, the decision whether it
must be made again, and what stands in it cannot disagree.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from ..tables.loading import FRAMES, Tables
from ..tables.schema import read_package
from .parameters import NOTEBOOKS, ReportParameters

_DERIVED = ("earliest", "latest")

Keys = dict[str, set[str]]


def extract(tables: Tables, notebook: str, parameters: ReportParameters) -> Tables:
    """Return the tables with the rows that a report can see; see `Extractor`.

    Parameters
    ----------
    tables : Tables
        All tables.
    notebook : str
        Key of `parameters.NOTEBOOKS`.
    parameters : ReportParameters
        What the report is asked to show.

    Returns
    -------
    Tables
        The same tables with fewer rows; ``sha256`` is that of the rows that are left.
    """
    return Extractor(tables).tables(notebook, parameters)


class Extractor:
    """Says which rows a report can see, for many reports over the same tables.

    The article's claims and their checks are in every report. Of events and figures a report sees
    those of the article and those up to its day, in both kinds of evidence; a country brief only
    those that name its country, and with them what they lead to: better tellings of the same
    event, places, actors, countries, sources, and judgements on the country. The audit sees
    everything.

    Parameters
    ----------
    tables : Tables
        All tables.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._rows = {name: _row_digests(getattr(tables, name)) for name in FRAMES}
        self._cells: dict[tuple[str, str], dict[str, Any]] = {}
        package = read_package(tables.folder)
        self._package = f"{package['name']} {package['version']}"

    def sha256(self, notebook: str, parameters: ReportParameters) -> str:
        """Return the hash of the rows that a report can see."""
        return self._hash(self.keys(notebook, parameters))

    def tables(self, notebook: str, parameters: ReportParameters) -> Tables:
        """Return the tables with the rows that a report can see."""
        keys = self.keys(notebook, parameters)
        frames = {}
        for name in FRAMES:
            frame: pd.DataFrame = getattr(self._tables, name)
            frames[name] = frame[frame.index.isin(keys[name])]
        return replace(self._tables, sha256=self._hash(keys), **frames)

    def keys(self, notebook: str, parameters: ReportParameters) -> Keys:
        """Return the keys of the rows that a report can see, by table."""
        keys: Keys = {name: set(self._rows[name]) for name in FRAMES}
        if "as_of" not in NOTEBOOKS[notebook]:
            return keys
        day, country = pd.Timestamp(parameters.as_of), parameters.country
        keys["events"] = self._up_to("events", "latest", day)
        keys["figures"] = self._up_to("figures", "earliest", day)
        if country:
            for name in ("events", "figures"):
                named = self._column(name, "iso3")
                keys[name] = {key for key in keys[name] if country in named[key]}
            keys["judgements"] = self._where("judgements", "scope", {country})
            keys["places"] = self._where("places", "iso3", {country})
        # A judgement in force cites its events, whatever country they name.
        valid = self._column("judgements", "valid_from")
        held = {key for key in keys["judgements"] if valid[key] <= day}
        keys["events"] |= self._named("judgements", "event_ids", held)
        # An event that another row tells better is hidden, however late that row.
        better = self._column("events", "same_as")
        keys["events"] |= {key for key, same in better.items() if keys["events"] & set(same)}
        if country:
            self._follow(keys, country)
        return keys

    def _follow(self, keys: Keys, country: str) -> None:
        """Reduce a brief's other tables to what its events and figures lead to."""
        events, figures = keys["events"], keys["figures"]
        keys["places"] |= self._named("events", "place_id", events)
        actors = self._named("events", "actor_ids", events)
        actors |= self._named("events", "counterpart_ids", events)
        actors |= self._named("figures", "actor_id", figures) | {"france", "russia"}
        while parents := self._named("actors", "parent_id", actors) - actors:
            actors |= parents
        keys["actors"] = actors & set(self._rows["actors"])
        keys["countries"] = {country}
        for name in ("events", "figures", "places", "actors"):
            keys["countries"] |= self._named(name, "iso3", keys[name])
        keys["countries"] &= set(self._rows["countries"])
        keys["sources"] = self._named("claims", "source_id", keys["claims"])
        for name in ("checks", "events", "figures"):
            keys["sources"] |= self._named(name, "source_ids", keys[name])

    def _column(self, name: str, column: str) -> dict[str, Any]:
        """Return the cells of one column by the keys of their rows."""
        if (name, column) not in self._cells:
            cells = getattr(self._tables, name)[column]
            self._cells[name, column] = dict(zip(cells.index, cells.tolist(), strict=True))
        return self._cells[name, column]

    def _up_to(self, name: str, column: str, day: pd.Timestamp) -> set[str]:
        """Return the rows of a table that are the article's, or not later than a day."""
        dates, basis = self._column(name, column), self._column(name, "basis")
        return {key for key in dates if basis[key] == "article" or not dates[key] > day}

    def _where(self, name: str, column: str, values: set[str]) -> set[str]:
        """Return the rows of a table whose cell is one of some values."""
        return {key for key, value in self._column(name, column).items() if value in values}

    def _named(self, name: str, column: str, keys: Iterable[str]) -> set[str]:
        """Return what some rows of a table name in one column."""
        cells = self._column(name, column)
        found: set[str] = set()
        for key in keys:
            cell = cells[key]
            found.update((cell,) if isinstance(cell, str) else cell)
        return found - {""}

    def _hash(self, keys: Keys) -> str:
        """Return the hash of some rows and of the version of the data package."""
        whole = hashlib.sha256(self._package.encode())
        for name in FRAMES:
            rows = self._rows[name]
            for key in sorted(keys[name]):
                whole.update(rows[key])
        return whole.hexdigest()


def _row_digests(frame: pd.DataFrame) -> dict[str, bytes]:
    """Return the hash of each row by its key; bounds of dates follow from the dates."""
    kept = frame.drop(columns=[name for name in _DERIVED if name in frame])
    return {
        row[0]: hashlib.sha256(json.dumps(row, default=str).encode()).digest()
        for row in kept.itertuples(name=None)
    }
