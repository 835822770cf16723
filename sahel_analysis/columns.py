"""Columns of one table: cells of text to typed values, each checked against the schema."""

from __future__ import annotations

import re

import pandas as pd

from .dates import bounds_frame
from .errors import Problem, did_you_mean
from .schema import Field, TableSchema

# C0 and C1 controls but tab and line ends, and the marks that reverse or hide text.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_TYPES = {
    "integer": (re.compile(r"-?[0-9]{1,15}"), "a whole number such as 12"),
    "number": (re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?"), "a number such as 12 or 12.5"),
    "boolean": (re.compile(r"true|false"), "'true' or 'false'"),
    "date": (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "a day such as 2023-12-04"),
}
LONGEST = 2000


def check_columns(
    rows: pd.DataFrame, label: str, table: TableSchema, problems: list[Problem]
) -> pd.DataFrame:
    """Return one table typed and indexed by its key; append a problem for each faulty cell.

    Parameters
    ----------
    rows : pandas.DataFrame of str
        Cells as written, with a column ``line``.
    label : str
        The file as the user knows it.
    table : TableSchema
        Its schema.
    problems : list of Problem
        Faults are appended here.

    Returns
    -------
    pandas.DataFrame
        Indexed by key, in key order. Faulty cells are empty.
    """
    keys = rows[table.key]
    names = keys.where(keys != "", "line " + rows["line"].astype("str"))
    typed: dict[str, pd.Series] = {}
    for field in table.fields:
        cells = rows[field.name]
        faults = _faults(cells, field)
        for text in faults:
            for position in cells.index[cells == text]:
                problems.append(Problem(label, names[position], field.name, faults[text]))
        if field.constraints.get("required"):
            for position in cells.index[cells == ""]:
                message = f"is empty; expected {_expected(field)}."
                problems.append(Problem(label, names[position], field.name, message))
        if field.constraints.get("unique"):
            doubled = cells[(cells != "") & cells.duplicated(keep=False)]
            for text in doubled.unique():
                lines = ", ".join(str(n) for n in rows["line"][doubled.index[doubled == text]])
                message = f"'{text}' stands on lines {lines}; expected once."
                problems.append(Problem(label, text, field.name, message))
        sound = cells.where(~cells.isin(list(faults)), "") if faults else cells
        typed[field.name] = _typed(sound, field)
        if field.is_date:
            dates = bounds_frame(sound)
            stem = field.name.removesuffix("date_edtf").removesuffix("edtf")
            typed[f"{stem}earliest"], typed[f"{stem}latest"] = dates["earliest"], dates["latest"]
    frame = pd.DataFrame(typed)
    return frame.set_index(table.key).sort_index(kind="stable")


def _faults(cells: pd.Series, field: Field) -> dict[str, str]:
    """Return a message for each distinct faulty text of a column."""
    found = {}
    rules = field.constraints
    allowed = rules.get("enum")
    pattern = re.compile(rules["pattern"]) if "pattern" in rules else None
    kind = _TYPES.get(field.type)
    dates = bounds_frame(cells)["fault"] if field.is_date else None
    if dates is not None:
        found.update(
            {
                cells[i]: f"{dates[i]}; expected e.g. 2023-12-04 or 2023-12."
                for i in dates.index[dates != ""]
            }
        )
    for text in cells.unique():
        if text == "" or text in found:
            continue
        if message := _hygiene(text):
            found[text] = message
        elif allowed and text not in allowed:
            hint = did_you_mean(text, allowed)
            found[text] = f"'{text}' is not allowed; expected one of {', '.join(allowed)}.{hint}"
        elif kind and not kind[0].fullmatch(text):
            found[text] = f"'{text}' is not {kind[1]}."
        elif field.type == "date" and pd.isna(pd.to_datetime(text, errors="coerce")):
            found[text] = f"'{text}' is not a day of the calendar."
        elif pattern and not pattern.fullmatch(text):
            found[text] = f"'{text}' does not fit; expected {_expected(field)}."
        elif field.type in {"integer", "number"} and not (
            rules.get("minimum", float("-inf")) <= float(text) <= rules.get("maximum", float("inf"))
        ):
            low, high = rules.get("minimum", "any"), rules.get("maximum", "any")
            found[text] = f"'{text}' is out of range; expected {low} to {high}."
        elif field.separator and len(set(parts := text.split(field.separator))) < len(parts):
            found[text] = f"'{text}' names a member twice."
    return found


def _hygiene(text: str) -> str:
    """Return what is wrong with a cell's characters or length, or an empty string."""
    if hidden := _HIDDEN.search(text):
        return f"holds the hidden character U+{ord(hidden[0]):04X}; remove it."
    if "\n" in text or "\r" in text or "\t" in text:
        return "holds a line break or tab; keep the cell on one line."
    if len(text) > LONGEST:
        return f"is {len(text)} characters long; expected at most {LONGEST}."
    if text != text.strip():
        return f"'{text}' begins or ends with a space; remove it."
    return ""


def _expected(field: Field) -> str:
    """Return in words what a column takes."""
    return field.description.rstrip(".") or f"a {field.type}"


def _typed(cells: pd.Series, field: Field) -> pd.Series:
    """Return a column of sound texts as typed values."""
    if field.separator:
        lists = {
            text: tuple(text.split(field.separator)) if text else () for text in cells.unique()
        }
        return pd.Series([lists[text] for text in cells], index=cells.index, dtype="object")
    if field.type == "integer":
        return pd.to_numeric(cells.where(cells != "")).astype("Int64")
    if field.type == "number":
        return pd.to_numeric(cells.where(cells != "")).astype("float64")
    if field.type == "date":
        return pd.to_datetime(cells.where(cells != ""), format="%Y-%m-%d").astype("datetime64[s]")
    if field.type == "boolean":
        return cells == "true"
    return cells


def check_references(
    frames: dict[str, pd.DataFrame],
    schema: dict[str, TableSchema],
    folder: str,
    problems: list[Problem],
) -> None:
    """Append a problem for each cell that names a row which does not exist.

    Parameters
    ----------
    frames : dict of pandas.DataFrame
        Tables that could be read, by name.
    schema : dict of TableSchema
        Schema of every table.
    folder : str
        Name of the data folder, for messages.
    problems : list of Problem
        Faults are appended here.
    """
    for name, frame in frames.items():
        for field in schema[name].fields:
            if not field.references:
                continue
            target, _ = field.references.split(".")
            if target not in frames:
                continue  # its own fault is already reported
            known = set(frames[target].index)
            cells = frame.index if field.name == frame.index.name else frame[field.name]
            members = {cell: cell if field.separator else (cell,) for cell in set(cells)}
            faulty = {
                cell: unknown
                for cell, parts in members.items()
                if (unknown := [part for part in parts if part and part not in known])
            }
            if not faulty:
                continue
            label, file = f"{folder}/{schema[name].path}", schema[target].path
            for row, cell in zip(frame.index, cells, strict=True):
                for member in faulty.get(cell, ()):
                    message = f"'{member}' is not in {file}.{did_you_mean(member, known)}"
                    problems.append(Problem(label, str(row), field.name, message))
