"""The column tables of the codebook, ``data/README.md``, generated from the schema."""

from __future__ import annotations

import re
from pathlib import Path

from ..errors import DataError, Problem
from .loading import data_folder
from .schema import Field, TableSchema, read_schema

FILE = "README.md"
_MARKED = re.compile(r"<!-- columns: (?P<table>\w+) -->\n.*?<!-- end columns -->", re.DOTALL)


def column_table(table: TableSchema) -> str:
    """Return one table's columns as a Markdown table.

    Parameters
    ----------
    table : TableSchema
        The table.

    Returns
    -------
    str
        One line per column: name, type, whether a cell must be filled, meaning, allowed values.
    """
    lines = [
        "| column | type | filled | meaning | values |",
        "| --- | --- | --- | --- | --- |",
    ]
    for field in table.fields:
        kind = f"list of {field.type}" if field.separator else field.type
        filled = "always" if field.constraints.get("required") else ""
        cells = (f"`{field.name}`", kind, filled, field.description, _values(field))
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines)


def _values(field: Field) -> str:
    """Return in Markdown what a cell may hold beyond its type; empty where anything may stand."""
    rules = field.constraints
    if "enum" in rules:
        return ", ".join(f"`{value}`" for value in rules["enum"])
    if field.references:
        table, column = field.references.split(".")
        return f"`{column}` of `{table}`"
    if "minimum" in rules and "maximum" in rules:
        return f"{rules['minimum']} to {rules['maximum']}"
    if "minimum" in rules:
        return f"{rules['minimum']} or more"
    return f"`{rules['pattern']}`" if "pattern" in rules else ""


def with_column_tables(text: str, schema: dict[str, TableSchema]) -> str:
    """Return a codebook with the column tables between its markers made anew.

    Parameters
    ----------
    text : str
        The codebook. A table stands between ``<!-- columns: NAME -->`` and
        ``<!-- end columns -->``.
    schema : dict of TableSchema
        Schema of every table, by name.

    Returns
    -------
    str
        The codebook; what stands outside the markers is untouched.

    Raises
    ------
    DataError
        If a table of the schema has no place in the codebook, or more than one, or a marker
        names no table.
    """
    places = [match["table"] for match in _MARKED.finditer(text)]
    wrong = [name for name in schema if places.count(name) != 1]
    wrong += [name for name in dict.fromkeys(places) if name not in schema]
    if wrong:
        message = "expected '<!-- columns: {0} -->' and '<!-- end columns -->' once per table."
        raise DataError(Problem(FILE, "", name, message.format(name)) for name in wrong)
    return _MARKED.sub(
        lambda match: (
            f"<!-- columns: {match['table']} -->\n"
            f"{column_table(schema[match['table']])}\n<!-- end columns -->"
        ),
        text,
    )


def rewrite(folder: str | Path | None = None) -> Path:
    """Rewrite the column tables of a data folder's codebook.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        Data folder; see `sahel_analysis.tables.loading.data_folder`.

    Returns
    -------
    pathlib.Path
        The codebook.

    Raises
    ------
    DataError
        If the schema cannot be read or the codebook lacks a marker.
    """
    folder = data_folder(folder)
    path = folder / FILE
    text = with_column_tables(path.read_text(encoding="utf-8"), read_schema(folder))
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


if __name__ == "__main__":
    rewrite()
