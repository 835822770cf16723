"""Tables back to files: some rows as CSV with the ``datapackage.json`` that describes them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from .loading import Tables
from .schema import FILE, Field, TableSchema, read_package, read_schema

RFC_4180 = "\r\n"  # how the standard ends a line


def data_package(tables: Tables, names: Iterable[str], title: str = "") -> dict[str, str]:
    """Return some tables as files of a data package.

    Parameters
    ----------
    tables : Tables
        The rows; all of each table named.
    names : iterable of str
        Tables, such as ``events``.
    title : str, optional
        Title of the package; that of the tables' own without it.

    Returns
    -------
    dict of str to str
        File name to content: a CSV per table (UTF-8, RFC 4180) with the columns of its schema, and
        ``datapackage.json``. A key to a table that is not among them is left out of the latter.
    """
    names, schema = list(names), read_schema(tables.folder)
    package = read_package(tables.folder)
    package |= {"title": title} if title else {}
    package["resources"] = [
        _alone(resource, names) for resource in package["resources"] if resource["name"] in names
    ]
    files = {schema[name].path: table_csv(getattr(tables, name), schema[name]) for name in names}
    return files | {FILE: json.dumps(package, indent=2, ensure_ascii=False) + "\n"}


def _alone(resource: Mapping, names: list[str]) -> dict:
    """Return a resource without the keys that lead to tables which are not there."""
    schema = dict(resource["schema"])
    kept = [
        key
        for key in schema.get("foreignKeys", [])
        if not key["reference"]["resource"] or key["reference"]["resource"] in names
    ]
    schema |= {"foreignKeys": kept} if "foreignKeys" in schema else {}
    if not kept:
        schema.pop("foreignKeys", None)
    return {**resource, "schema": schema}


def table_csv(frame: pd.DataFrame, table: TableSchema) -> str:
    """Return rows of a table as CSV text: what `loading.load_tables` reads from it is the same."""
    cells = as_text(frame, table)
    return as_csv([cells.columns, *cells.itertuples(index=False, name=None)], RFC_4180)


def as_csv(rows: Iterable[Iterable[str]], line_end: str = "\n") -> str:
    """Return rows of cells as CSV text: commas, one line each, quoted where need be.

    Parameters
    ----------
    rows : iterable of iterable of str
        The cells, a header first where there is one.
    line_end : str, optional
        That of the tables in a clone without it; `RFC_4180` for what is handed on.
    """
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end).writerows(rows)
    return text.getvalue()


def table_cells(path: Path) -> list[list[str]]:
    """Return the cells of a table's file, its header first; none where there is no file."""
    if not path.is_file():
        return []
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def as_text(frame: pd.DataFrame, table: TableSchema) -> pd.DataFrame:
    """Return rows of a table as they are written: columns of its schema, every cell text."""
    columns = frame.reset_index()
    return pd.DataFrame(
        {
            field.name: [_written(value, field) for value in columns[field.name]]
            for field in table.fields
        }
    )


def _written(value: object, field: Field) -> str:
    """Return a typed cell as text."""
    if isinstance(value, tuple):
        return field.separator.join(value)
    if pd.isna(value):
        return ""
    if field.type == "boolean":
        return "true" if value else "false"
    if field.type == "date":
        return f"{value:%Y-%m-%d}"
    if field.type == "number":
        return f"{value:.15g}"
    return str(value)
