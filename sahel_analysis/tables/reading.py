"""One CSV file to typed columns, every faulty cell named by file, row and column."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from ..errors import MOST, Problem, collect, did_you_mean, shown
from .dates import bounds, bounds_frame
from .schema import Field, TableSchema

LONGEST = 2000  # characters of a cell
# What no reader can see or no two readers see alike: C0 and C1 controls but tab and line ends, other
# separators of lines, marks that join, hide or reverse text, fillers, characters of private use, and
# those that are none, the sign of a character already lost among them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0"
    "\ufff0-\uffff\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)
_UTF7 = re.compile(r"\+[A-Za-z0-9/]{2,8}-")
_WORD = re.compile(r"[^\W\d_]+")
# Latin with its accents, Cyrillic and the marks of print: the typeface has them all, and is asked
# for the rest.
PLAIN = re.compile("[ -~\xa0-\u017e\u0400-\u045f\u2013\u2014\u2018-\u201a\u201c-\u201e\u2026]*")
_TYPES = {
    "integer": (re.compile(r"-?[0-9]{1,15}"), "a whole number such as 12"),
    "number": (re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?"), "a number such as 12 or 12.5"),
    "boolean": (re.compile(r"true|false"), "'true' or 'false'"),
    "date": (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "a day such as 2023-12-04"),
}
_RUNNING_NUMBER = re.compile(r"[A-Z]+-[0-9]+")  # of such keys a close one is no likelier meant


def read_rows(
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
        One row per row of the file, in its order; columns in the order of the schema; ``line`` is
        the line of the file on which a row begins.
    """
    if fault := _encoding_fault(content):
        problems.append(Problem(label, fault[0], "", fault[1]))
        return None
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    rows: list[list[str]] = []
    begins = [1]  # lines on which the header and the rows begin, and the next would
    try:
        header = next(reader, [])
        if faults := _header_faults(header, table.columns):
            problems.extend(Problem(label, "", column, message) for column, message in faults)
            return None
        begins.append(reader.line_num + 1)
        for row in reader:
            rows.append(row)
            begins.append(reader.line_num + 1)
    except csv.Error as fault:
        message = f"is not sound CSV ({fault}); look for an unpaired quotation mark."
        problems.append(Problem(label, f"line {begins[-1]}", "", message))
        return None
    lines = begins[1:-1]
    ragged = [
        (line, len(row)) for line, row in zip(lines, rows, strict=True) if len(row) != len(header)
    ]
    if ragged:
        wrong = f"has {{}} cells; expected {len(header)}."
        faults = ((line, wrong.format(n) if n else "is empty; remove it.") for line, n in ragged)
        collect(problems, (Problem(label, f"line {n}", "", message) for n, message in faults))
        return None
    frame = pd.DataFrame(rows, columns=header, dtype="str")[table.columns]
    return frame.assign(line=np.array(lines, dtype="int64"))


def _encoding_fault(content: bytes) -> tuple[str, str] | None:
    """Return line and message if a file is not text in UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        return f"line {line}", "is not UTF-8 from here on; save the file as UTF-8."
    if "\x00" in text[:2]:  # every other byte of UTF-16 is NUL where the text is English
        return "line 1", "is not UTF-8 but UTF-16 or no text at all; save the file as UTF-8."
    return None


def _header_faults(header: list[str], expected: list[str]) -> list[tuple[str, str]]:
    """Return the faults of a header row, column and message each; the order of columns is free."""
    if not header:
        return [("", f"is empty; expected a header row with {', '.join(expected)}.")]
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and set(expected) & set(header[0].split(sign)):
            return [("", f"is parted by {name}; save it with commas between the columns.")]
    faults = [(name, "the column is missing.") for name in expected if name not in header]
    for name in dict.fromkeys(header):
        if name not in expected:
            known = ", ".join(expected)
            faults.append((shown(name), f"is no column of this table; it has {known}."))
        elif header.count(name) > 1:
            faults.append((name, f"the column stands {header.count(name)} times."))
    return faults[:MOST]


def type_columns(
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
    names = rows[table.key]
    typed: dict[str, pd.api.extensions.ExtensionArray] = {}
    for field in fields:
        cells = rows[field.name]
        # Each distinct text is judged and typed once, however many rows have it.
        codes, distinct = pd.factorize(cells)
        faults = {text: message for text in distinct if (message := cell_fault(text, field))}
        at_fault = cells[cells.isin(list(faults))] if faults else cells[:0]
        if field.name == table.key:
            names = names.where(~names.isin(list(faults)), "line " + rows["line"].astype("str"))
        places = zip(names[at_fault.index], at_fault, strict=True)
        collect(problems, (Problem(label, name, field.name, faults[text]) for name, text in places))
        if field.constraints.get("unique") and len(distinct) < len(cells):
            collect(problems, _doubled(cells.drop(at_fault.index), rows["line"], label, field.name))
        sound = pd.Series(["" if text in faults else text for text in distinct], dtype="str")
        typed[field.name] = _typed(sound, field).array.take(codes)
        if field.is_date:
            stem = field.name.removesuffix("date_edtf").removesuffix("edtf").removesuffix("from")
            for end, days in bounds_frame(sound).items():
                typed[f"{stem}{end}"] = days.array.take(codes)
    return pd.DataFrame(typed).set_index(table.key).sort_index(kind="stable")


def _doubled(cells: pd.Series, lines: pd.Series, label: str, column: str) -> Iterator[Problem]:
    """Yield a problem for each text that stands more than once in a column."""
    doubled = cells[cells.duplicated(keep=False)]
    for text, same in lines[doubled.index].groupby(doubled, sort=False):
        where = ", ".join(map(str, same[:MOST])) + (" ..." if len(same) > MOST else "")
        yield Problem(label, text, column, f"'{text}' stands on lines {where}; expected once.")


def cell_fault(text: str, field: Field) -> str:
    """Return what is wrong with the text of a cell, or an empty string.

    Parameters
    ----------
    text : str
        The cell as written.
    field : Field
        Its column.
    """
    if not text:
        required = field.constraints.get("required")
        return f"is empty; expected {_expected(field)}." if required else ""
    return next((message for check in _CHECKS if (message := check(text, field))), "")


def _characters(text: str, _field: Field) -> str:
    """Refuse what cannot be seen or drawn, breaks a line, hides, never ends or was misread."""
    if text.isascii() and text.isprintable() and len(text) <= LONGEST and text == text.strip():
        return (
            _damage(text) if "+" in text else ""
        )  # almost every cell; the rest is looked at closely
    if hidden := _HIDDEN.search(text):
        return f"holds the hidden character U+{ord(hidden[0]):04X}; remove it."
    if "\n" in text or "\r" in text or "\t" in text:
        return "holds a line break or tab; keep the cell on one line."
    if len(text) > LONGEST:
        return f"is {len(text)} characters long; expected at most {LONGEST}."
    if text != text.strip():
        return f"'{shown(text)}' begins or ends with a space; remove it."
    if character := without_shape(text):
        code = f"'{shown(character)}' (U+{ord(character):04X})"
        return f"holds {code}, which maps and pages have no letter for; write it otherwise."
    if not unicodedata.is_normalized("NFC", text):
        return f"'{shown(text)}' has letters and accents apart; write them as one (Unicode NFC)."
    for word in _WORD.findall(text):
        # The sign of a footnote stands in a word and is no letter.
        letters = filter(str.isalpha, word)
        scripts = sorted({unicodedata.name(letter, "?").split()[0].title() for letter in letters})
        if len(scripts) > 1:
            return f"'{shown(word)}' mixes {' and '.join(scripts)} letters; write it in one script."
    return _damage(text)


def _damage(text: str) -> str:
    """Refuse UTF-8 that was read as Windows-1252, and UTF-7 that was not read at all."""
    try:
        meant = text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        meant = text
    for written in _UTF7.findall(text):
        try:
            letter = written.encode().decode("utf-7")
        except UnicodeError:
            continue
        if len(letter) == 1 and ord(letter) in shapes() and not letter.isascii():
            meant = text.replace(written, letter)
    if meant != text:
        return f"'{shown(text)}' was read in another encoding; '{shown(meant)}' seems to be meant."
    return ""


def _edtf(text: str, field: Field) -> str:
    """Refuse what is no uncertain date."""
    try:
        if field.is_date:
            bounds(text)
    except ValueError as fault:
        return f"{fault}; expected e.g. 2023-12-04 or 2023-12."
    return ""


def _choice(text: str, field: Field) -> str:
    """Refuse what is not in a closed list."""
    allowed = field.constraints.get("enum")
    if not allowed or text in allowed:
        return ""
    choice = f"expected one of {', '.join(allowed)}.{did_you_mean(text, allowed)}"
    return f"'{shown(text)}' is not allowed; {choice}"


def _type(text: str, field: Field) -> str:
    """Refuse what is not of the column's type."""
    pattern, expected = _TYPES.get(field.type, (None, ""))
    if pattern and not pattern.fullmatch(text):
        return f"'{shown(text)}' is not {expected}."
    try:
        if field.type == "date":
            date.fromisoformat(text)
    except ValueError:
        return f"'{text}' is not a day of the calendar."
    return ""


def _pattern(text: str, field: Field) -> str:
    """Refuse what does not fit the column's pattern."""
    pattern = field.constraints.get("pattern")
    if pattern and not re.fullmatch(pattern, text):
        return f"'{shown(text)}' does not fit; expected {_expected(field)}."
    return ""


def _range(text: str, field: Field) -> str:
    """Refuse numbers out of range."""
    low, high = (field.constraints.get(end) for end in ("minimum", "maximum"))
    if (low is not None and float(text) < low) or (high is not None and float(text) > high):
        ends = f"{'any' if low is None else low} to {'any' if high is None else high}"
        return f"'{text}' is out of range; expected {ends}."
    return ""


def _list(text: str, field: Field) -> str:
    """Refuse lists with doubled or empty members, or spaces around one."""
    members = text.split(field.separator) if field.separator else []
    if len(set(members)) < len(members):
        return f"'{shown(text)}' names a member twice."
    if any(member != member.strip() for member in members):
        return f"'{shown(text)}' has a blank beside ';'; part members by ';' alone."
    if not all(members):
        return f"'{shown(text)}' has an empty member; part members by one ';' each."
    return ""


# In this order; the first that finds something speaks.
_CHECKS = (_characters, _edtf, _choice, _type, _list, _pattern, _range)


def without_shape(text: str) -> str:
    """Return the first character of a text that no map and no page can show, or an empty string.

    Parameters
    ----------
    text : str
        Text of a cell.
    """
    if PLAIN.fullmatch(text):
        return ""
    return next((character for character in text if ord(character) not in shapes()), "")


@cache
def shapes() -> frozenset[int]:
    """Return the code points for which the typeface of maps and pages has a shape."""
    from fontTools.ttLib import TTFont  # here: almost all text is plain

    file = resources.files("font_source_sans_pro") / "files" / "SourceSansPro-Regular.ttf"
    with TTFont(str(file), lazy=True) as font:
        return frozenset(font.getBestCmap())


def _expected(field: Field) -> str:
    """Return in words what a column takes."""
    return field.description.rstrip(".") or f"a {field.type}"


def _typed(cells: pd.Series, field: Field) -> pd.Series:
    """Return sound texts of a column as typed values."""
    if field.separator:
        parts = [tuple(text.split(field.separator)) if text else () for text in cells]
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
            target = field.references.partition(".")[0]
            if target not in frames:
                continue  # no reference, or to a table whose own fault is already reported
            known = frames[target].index
            is_key = field.name == frame.index.name
            cells = frame.index.to_series() if is_key else frame[field.name]
            members = cells[frame.index != ""].explode()  # others are already reported
            unknown = members[~members.isin([*known, ""]) & members.notna()]
            hints = {
                member: "" if _RUNNING_NUMBER.fullmatch(member) else did_you_mean(member, known)
                for member in unknown.unique()[:MOST]
            }
            label, file = f"{folder}/{schema[name].path}", schema[target].path
            collect(
                problems,
                (
                    Problem(
                        label,
                        str(row),
                        field.name,
                        f"'{member}' is not in {file}.{hints.get(member, '')}",
                    )
                    for row, member in unknown.items()
                ),
            )
