"""Cells of one CSV file as text, each row with the line it begins on."""

from __future__ import annotations

import csv
import io
from array import array

import numpy as np
import pandas as pd

from ..errors import MOST, Problem, collect, shown
from .schema import TableSchema

_CHUNK = 4096  # rows taken over at once
_KEPT = 65_536  # distinct texts of a column kept, so that a text often written is held once


def read_cells(
    content: bytes, label: str, table: TableSchema, problems: list[Problem]
) -> pd.DataFrame | None:
    """Return the cells of one file as text with a column ``line``, or None and a problem.

    Parameters
    ----------
    content : bytes
        The file.
    label : str
        The file as the user knows it.
    table : TableSchema
        Its schema.
    problems : list of Problem
        Faults are appended here: another encoding, unpaired quotation marks, missing or unknown
        columns, rows with more or fewer cells than the header.

    Returns
    -------
    pandas.DataFrame of str, or None
        One row per row of the file, in its order; columns in the order of the schema.
    """
    if fault := _encoding_fault(content):
        problems.append(Problem(label, *fault))
        return None
    file = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    reader = csv.reader(file, strict=True)
    ends = array("q", [0])  # the last line of each row, the header first
    rows: list[list[str]] = []
    try:
        header = next(reader, [])
        if faults := header_faults(header, table.columns):
            problems.extend(Problem(label, "", column, message) for column, message in faults)
            return None
        ends[0] = reader.line_num
        columns = [_Column() for _ in header]
        ragged: list[tuple[int, int]] = []
        for row in reader:
            if len(row) == len(header):
                rows.append(row)
            else:
                ragged.append((ends[-1] + 1, len(row)))
            ends.append(reader.line_num)
            if len(rows) == _CHUNK:
                _take_over(rows, columns)
    except csv.Error as fault:
        message = f"is not sound CSV ({fault}); look for an unpaired quotation mark."
        problems.append(Problem(label, f"line {ends[-1] + 1 if ends[0] else 1}", "", message))
        return None
    if ragged:
        told = {0: "is empty; remove it."}
        other = f"has {{}} cells; expected {len(header)}."
        faults = ((f"line {line}", told.get(n, other.format(n))) for line, n in ragged)
        collect(problems, (Problem(label, line, "", message) for line, message in faults))
        return None
    _take_over(rows, columns)
    by_name = dict(zip(header, columns, strict=True))
    cells = {name: by_name.pop(name).finish() for name in table.columns}
    return pd.DataFrame({**cells, "line": np.array(ends[:-1]) + 1}, copy=False)


class _Column:
    """The cells of one column while a file is read."""

    def __init__(self) -> None:
        self.cells: list[str] = []
        self.known: dict[str, str] = {}

    def extend(self, cells: tuple[str, ...]) -> None:
        """Append cells, the same object for the same text."""
        self.cells.extend(map(self.known.setdefault, cells, cells))
        if len(self.known) > _KEPT:
            self.known.clear()

    def finish(self) -> pd.api.extensions.ExtensionArray:
        """Return the cells as text of pandas."""
        return pd.array(self.cells, dtype="str")


def _take_over(rows: list[list[str]], columns: list[_Column]) -> None:
    """Move rows into columns."""
    for column, cells in zip(columns, zip(*rows, strict=True), strict=False):
        column.extend(cells)
    rows.clear()


def _encoding_fault(content: bytes) -> tuple[str, str, str] | None:
    """Return (row, column, message) if a file is not text in UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        return f"line {line}", "", "is not UTF-8 from here on; save the file as UTF-8."
    if "\x00" in text[:2]:  # every other byte of UTF-16 is NUL where the text is English
        message = "is not UTF-8 but UTF-16 or no text at all; save the file as UTF-8."
        return "line 1", "", message
    return None


def header_faults(header: list[str], expected: list[str]) -> list[tuple[str, str]]:
    """Return the faults of a header row, (column, message) each.

    Parameters
    ----------
    header : list of str
        Names as written.
    expected : list of str
        Names of the schema; their order is free.
    """
    if not header:
        return [("", f"is empty; expected a header row with {', '.join(expected)}.")]
    faults = [(name, "the column is missing.") for name in expected if name not in header]
    for name in dict.fromkeys(header):
        if name not in expected:
            known = ", ".join(expected)
            faults.append((shown(name), f"is no column of this table; it has {known}."))
        elif header.count(name) > 1:
            faults.append((name, f"the column stands {header.count(name)} times."))
    return faults[:MOST]
