"""Tiny tables for tests, typed as the loader types them, and copies of the data to be broken."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sahel_analysis.tables.loading import Tables, data_folder
from sahel_analysis.tables.reading import type_columns
from sahel_analysis.tables.schema import read_schema

SCHEMA = read_schema(data_folder())


def frame(name: str, *rows: dict[str, str]) -> pd.DataFrame:
    """Return rows of a table as the loader would; cells that are not given are empty."""
    table = SCHEMA[name]
    cells = pd.DataFrame(
        [[row.get(column, "") for column in table.columns] for row in rows],
        columns=table.columns,
        dtype="str",
    )
    cells["line"] = range(2, len(rows) + 2)
    return type_columns(cells, f"data/{name}.csv", table, [])


def countries(*iso3s: str) -> pd.DataFrame:
    """Return countries in scope, in the order given."""
    return frame(
        "countries",
        *(
            {"iso3": iso3, "name_en": iso3.title(), "in_scope": "true", "rank": str(rank)}
            for rank, iso3 in enumerate(iso3s, 1)
        ),
    )


ACTORS = frame(
    "actors",
    {"actor_id": "france", "name_en": "France", "kind": "state", "iso3": "FRA"},
    {"actor_id": "barkhane", "name_en": "Barkhane", "kind": "mission", "parent_id": "france"},
    {"actor_id": "barkhane_north", "name_en": "North", "kind": "force", "parent_id": "barkhane"},
    {"actor_id": "russia", "name_en": "Russia", "kind": "state", "iso3": "RUS"},
    {"actor_id": "wagner", "name_en": "Wagner", "kind": "company", "parent_id": "russia"},
    {"actor_id": "corps", "name_en": "Africa Corps", "kind": "force", "parent_id": "russia"},
    {"actor_id": "niger", "name_en": "Niger", "kind": "state", "iso3": "NER"},
    {"actor_id": "denmark", "name_en": "Denmark", "kind": "state", "iso3": "DNK"},
)


def event(kind: str, day: str, actors: str = "france", **cells: str) -> dict[str, str]:
    """Return an event as cells: a military one of the references, in Niger."""
    plain = {"domain": "military", "iso3": "NER", "basis": "reference", "confidence": "high"}
    return {
        "date_edtf": day, "event_type": kind, "actor_ids": actors,
        "summary_en": f"What happened on {day}.", **plain, **cells,
    }  # fmt: skip


def tiny(*events: dict[str, str], **frames: pd.DataFrame) -> Tables:
    """Return tables of a few events, keyed EV-001 and so on, and whatever else is given."""
    keyed = [{"event_id": f"EV-{number:03}", **row} for number, row in enumerate(events, 1)]
    given = {
        "events": frame("events", *keyed),
        "actors": ACTORS,
        "countries": countries("NER", "MLI"),
        **frames,
    }
    return Tables(
        folder=data_folder(),
        sha256="",
        **{name: given.get(name, frame(name)) for name in SCHEMA},
    )


def data_copy(folder: Path) -> Path:
    """Return a copy of the package's tables, to be broken."""
    target = folder / "data"
    shutil.copytree(data_folder(), target, ignore=shutil.ignore_patterns("boundaries", "*.md"))
    return target


def rewrite(path: Path, change: Callable[[list[list[str]]], object]) -> None:
    """Change a CSV file in place, as lists of cells with the header first."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def put(path: Path, key: str, **cells: str) -> None:
    """Put other text into cells of the row with a key."""

    def change(rows: list[list[str]]) -> None:
        [row] = [row for row in rows if row[0] == key]
        for column, text in cells.items():
            row[rows[0].index(column)] = text

    rewrite(path, change)
