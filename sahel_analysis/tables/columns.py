"""Columns of one table: cells of text to typed values, each checked against the schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from ..errors import MOST, Problem, collect, did_you_mean, shown
from .dates import bounds_frame
from .glyphs import without_shape
from .schema import Field, TableSchema

# What no reader can see or no two readers see alike: C0 and C1 controls but tab and line ends, other
# separators of lines, marks that join, hide or reverse text, fillers, characters of private use, and
# those that are none, the sign of a character already lost among them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0"
    "\ufff0-\uffff\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
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
    # A row goes by its key, unless that itself is at fault; so the key is judged first.
    fields = sorted(table.fields, key=lambda field: field.name != table.key)
    keys, keys_at_fault = rows[table.key], frozenset()
    typed: dict[str, pd.Series | np.ndarray] = {}
    for field in fields:
        cells = rows[field.name]
        # Each distinct text is judged and typed once, however many rows have it.
        codes, distinct = pd.factorize(cells)
        texts = distinct.to_numpy(dtype="object")
        faults = _faults(texts, field)
        if field.name == table.key:
            keys_at_fault = frozenset(faults)
        wrong = np.array([text in faults for text in texts] if faults else (), dtype="bool")
        at_fault = cells[wrong[codes]] if faults else cells[:0]
        collect(
            problems,
            (
                Problem(label, name, field.name, faults[text])
                for name, text in zip(
                    _names(keys, rows["line"], at_fault.index, keys_at_fault), at_fault, strict=True
                )
            ),
        )
        if field.constraints.get("unique") and len(texts) < len(cells):
            collect(problems, _doubled(cells.drop(at_fault.index), rows["line"], label, field.name))
        texts = (
            pd.Series(np.where(wrong, "", texts), dtype="str") if faults else distinct.to_series()
        )
        typed[field.name] = _typed(texts, field).array.take(codes)
        if field.is_date:
            dates = bounds_frame(texts).iloc[codes]
            stem = field.name.removesuffix("date_edtf").removesuffix("edtf")
            stem = "known_" if field.name == "known_from" else stem
            for end in ("earliest", "latest"):
                typed[f"{stem}{end}"] = dates[end].array
    frame = pd.DataFrame(typed)
    return frame.set_index(table.key).sort_index(kind="stable")


def _names(
    keys: pd.Series, lines: pd.Series, positions: pd.Index, at_fault: frozenset[str]
) -> Iterator[str]:
    """Yield what each of some rows goes by: its key, or its line where that itself is at fault."""
    for key, line in zip(keys.loc[positions], lines.loc[positions], strict=True):
        yield f"line {line}" if key in at_fault else key


def _doubled(cells: pd.Series, lines: pd.Series, label: str, column: str) -> Iterator[Problem]:
    """Yield a problem for each text that stands more than once in a column."""
    doubled = cells[cells.duplicated(keep=False)]
    texts = doubled.unique()
    listed = doubled[doubled.isin(texts[:MOST])]
    for text, same in lines[listed.index].groupby(listed, sort=False):
        where = ", ".join(str(line) for line in same[:MOST]) + (" ..." if len(same) > MOST else "")
        yield Problem(label, text, column, f"'{text}' stands on lines {where}; expected once.")
    for text in texts[MOST:]:
        yield Problem(label, text, column, "stands more than once.")


def _faults(texts: np.ndarray, field: Field) -> dict[str, str]:
    """Return a message for each faulty one among the distinct texts of a column."""
    found = {text: message for text in texts if (message := _hygiene(text))}
    rules = field.constraints
    if rules.get("required") and "" in texts:
        found[""] = f"is empty; expected {_expected(field)}."
    allowed = rules.get("enum")
    pattern = re.compile(rules["pattern"]) if "pattern" in rules else None
    kind = _TYPES.get(field.type)
    if field.is_date:
        plain = pd.Series([text for text in texts if text not in found], dtype="str")
        dates = bounds_frame(plain)["fault"]
        for position, fault in dates[dates != ""].items():
            found[plain[position]] = f"{fault}; expected e.g. 2023-12-04 or 2023-12."
    for text in texts:
        if text == "" or text in found:
            continue
        if allowed and text not in allowed:
            hint = did_you_mean(text, allowed) if len(found) < MOST else ""
            choice = f"expected one of {', '.join(allowed)}.{hint}"
            found[text] = f"'{shown(text)}' is not allowed; {choice}"
        elif kind and not kind[0].fullmatch(text):
            found[text] = f"'{shown(text)}' is not {kind[1]}."
        elif field.type == "date" and not _is_day(text):
            found[text] = f"'{text}' is not a day of the calendar."
        elif pattern and not pattern.fullmatch(text):
            found[text] = f"'{shown(text)}' does not fit; expected {_expected(field)}."
        elif field.type in {"integer", "number"} and not (
            rules.get("minimum", float("-inf")) <= float(text) <= rules.get("maximum", float("inf"))
        ):
            low, high = rules.get("minimum", "any"), rules.get("maximum", "any")
            found[text] = f"'{text}' is out of range; expected {low} to {high}."
        elif field.separator and (fault := _list_fault(text.split(field.separator))):
            found[text] = f"'{shown(text)}' {fault}"
    return found


def _is_day(text: str) -> bool:
    """Return whether a text is a day of the calendar."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _list_fault(members: list[str]) -> str:
    """Return what is wrong with the members of a list cell, or an empty string."""
    if len(set(members)) < len(members):
        return "names a member twice."
    if any(member != member.strip() or not member for member in members):
        return "has an empty member or spaces around one; part members by ';' alone."
    return ""


def _hygiene(text: str) -> str:
    """Return what is wrong with a cell's characters or length, or an empty string."""
    plain = text.isascii() and text.isprintable()
    if plain and len(text) <= LONGEST and text == text.strip():
        return ""  # almost every cell, told from the rest in no time
    if hidden := _HIDDEN.search(text):
        return f"holds the hidden character U+{ord(hidden[0]):04X}; remove it."
    if "\n" in text or "\r" in text or "\t" in text:
        return "holds a line break or tab; keep the cell on one line."
    if len(text) > LONGEST:
        return f"is {len(text)} characters long; expected at most {LONGEST}."
    if text != text.strip():
        return f"'{shown(text)}' begins or ends with a space; remove it."
    if sign := without_shape(text):
        code = f"'{shown(sign)}' (U+{ord(sign):04X})"
        return f"holds {code}, which maps and pages have no letter for; write it otherwise."
    return ""


def _expected(field: Field) -> str:
    """Return in words what a column takes."""
    return field.description.rstrip(".") or f"a {field.type}"


def _typed(cells: pd.Series, field: Field) -> pd.Series:
    """Return sound texts of a column as typed values."""
    if field.separator:
        parts = [tuple(t.split(field.separator)) if t else () for t in cells.to_numpy()]
        return pd.Series(parts, index=cells.index, dtype="object")
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
            known = set(frames[target].index.to_numpy())
            cells = frame.index if field.name == frame.index.name else frame[field.name]
            distinct = set(cells.to_numpy())
            members = {cell: cell if field.separator else (cell,) for cell in distinct}
            faulty = {
                cell: unknown
                for cell, parts in members.items()
                if (unknown := [part for part in parts if part and part not in known])
            }
            if not faulty:
                continue
            hints: dict[str, str] = {}
            for member in [unknown for members in faulty.values() for unknown in members][:MOST]:
                hints[member] = did_you_mean(member, known)
            label, file = f"{folder}/{schema[name].path}", schema[target].path
            collect(
                problems,
                (
                    Problem(
                        label,
                        str(row),
                        field.name,
                        f"'{unknown}' is not in {file}.{hints.get(unknown, '')}",
                    )
                    for row, cell in zip(frame.index, cells, strict=True)
                    if row  # one without a sound key is already reported
                    for unknown in faulty.get(cell, ())
                ),
            )
