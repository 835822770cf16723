"""Workbook: a record as an XLSX file that a screen reader can be led through, without a formula."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..errors import ExportError
from ..evidence.record import Record, edition
from ..files import whole
from ..tables.schema import read_package, read_schema
from ..tables.writing import as_text
from .spreadsheet import base_rows, event_rows, posture_rows, rows_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

EMPTY = "[x]"  # so that nobody has to guess whether a blank cell was forgotten
_WHY_EMPTY = f"{EMPTY} stands where a row states nothing: the source gives none, or none applies."
_WIDEST, _NARROWEST = 60, 9  # characters
_FEW = 3  # rows of a sheet above its table
# Columns that follow from the tables; the others are told by the codebook.
_DERIVED = {
    "french_posture": "State of French forces in the country on the day.",
    "russian_engagement": "Level of Russian engagement in the country on the day.",
    "covered": "Whether any event on record names the country by the day.",
    "as_of": "Last day that counts.",
    "evidence": "Whose evidence counts: checked by sources, or the article's alone.",
    "base_id": "Key of the row: state and place.",
    "side": "Whose forces the base is of.",
    "in_use": "Whether forces stand there on the day.",
    "confirmed": "Whether a row has seen them there within two years before.",
    "opened": "When they came, EDTF.",
    "closed": "When they left or handed it over, EDTF.",
    "attested": "Latest day on which a row has seen them there.",
    "closed_on": "Latest possible day on which they left.",
    "forces": "Keys of the forces that are there.",
    "passed_to": "Keys of the actors to whom it passed.",
    "event_ids": "Keys of the events behind the row.",
    "earliest": "First possible day of the date.",
    "latest": "Last possible day of the date.",
    "countries": "Names of the countries.",
    "place": "Name of the place.",
    "actors": "Names of those who act.",
    "counterparts": "Names of those acted upon or with.",
    "contradicted_claim_ids": "Claims behind the row that independent sources contradict.",
}
_ENDINGS = {
    "_since": "When this state began, EDTF.",
    "_attested": "Latest day on which a row says so.",
    "_confirmed": "Whether a row says so within two years before the day.",
    "_event_ids": "Keys of the events that decide the state.",
}


@dataclass(frozen=True)
class _Sheet:
    """One sheet with one table.

    Attributes
    ----------
    name, title : str
        Tab and heading.
    about : str
        What one row is.
    rows : pandas.DataFrame
        Cells: text and numbers; what is empty becomes `EMPTY`.
    """

    name: str
    title: str
    about: str
    rows: pd.DataFrame


def write_xlsx(path: str | Path, record: Record) -> Path:
    """Write a record as a workbook: cover, contents, notes, then one table a sheet.

    Every table is an Excel table with one row of headings and no merged, hidden or blank cell; text
    is text even where it looks like a formula. Equal records give equal bytes.

    Raises
    ------
    ExportError
        If XlsxWriter is not installed, or the file cannot be written.
    """
    try:
        from xlsxwriter import Workbook
        from xlsxwriter.exceptions import XlsxWriterException
    except ImportError as fault:
        message = "A workbook needs XlsxWriter: pip install 'sahel-analysis[workbook]'."
        raise ExportError(message) from fault
    sheets = list(_sheets(record))
    notes = _notes(record, sheets)
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with whole(path) as file:
        book = Workbook(file, {**plain, "in_memory": True})
        book.set_properties(
            {
                "title": _title(record),
                "subject": edition(record),
                "author": read_package(record.tables.folder)["name"],
                "created": datetime.combine(record.as_of, datetime.min.time()),
            }
        )
        styles = _Styles(book)
        _cover(book.add_worksheet("Cover"), record, styles)
        contents = book.add_worksheet("Contents")
        for sheet in (notes, *sheets):
            _write(book.add_worksheet(sheet.name), sheet, styles)
        _contents(contents, [notes, *sheets], styles)
        try:
            book.close()
        except XlsxWriterException as fault:
            message = f"'{path}' cannot be written ({fault})."
            raise ExportError(message) from fault
    return Path(path)


class _Styles:
    """Formats of a workbook: heading, text, wrapped cell, link."""

    def __init__(self, book: Workbook) -> None:
        size = {"font_size": 12}
        self.title: Format = book.add_format({"bold": True, "font_size": 16})
        self.text: Format = book.add_format({**size, "text_wrap": True, "valign": "top"})
        self.line: Format = book.add_format(size)
        self.link: Format = book.add_format({**size, "underline": 1, "font_color": "#0B4F7D"})


def _title(record: Record) -> str:
    """Return the title of the tables."""
    return read_package(record.tables.folder)["title"]


def _sheets(record: Record) -> Iterator[_Sheet]:
    """Yield the sheets that hold rows of the record."""
    tables, schema = rows_of(record), read_schema(record.tables.folder)
    yield _Sheet(
        "Posture",
        f"French posture and Russian engagement, {edition(record)}",
        "One row is one country followed.",
        posture_rows(record).reset_index(),
    )
    yield _Sheet(
        "Bases",
        f"Bases of French and Russian forces, {edition(record)}",
        "One row is one place where forces stand, or stood until they left or handed it over.",
        base_rows(record).reset_index(),
    )
    for name in ("events", "figures", "claims", "sources", "actors", "countries", "places"):
        table = schema[name]
        rows = as_text(getattr(tables, name), table)
        if name == "events":
            rows = event_rows(record).reset_index()
            rows[["lon", "lat"]] = rows[["lon", "lat"]].apply(pd.to_numeric)
        elif name == "claims":
            checks = as_text(tables.checks, schema["checks"]).set_index("claim_id")
            rows = rows.join(checks.drop(columns="since_en"), on="claim_id")
        for field in table.fields:
            if field.type in {"integer", "number"}:
                rows[field.name] = pd.to_numeric(rows[field.name])
        title = f"{name.capitalize()}, {edition(record)}"
        yield _Sheet(name.capitalize(), title, table.description, rows)


def _notes(record: Record, sheets: list[_Sheet]) -> _Sheet:
    """Return the sheet that says what every column means."""
    schema = read_schema(record.tables.folder)
    told = {f.name: f.description for table in schema.values() for f in table.fields}
    lines = []
    for sheet in sheets:
        own = schema.get(sheet.name.lower())
        here = {field.name: field.description for field in own.fields} if own else {}
        for column in sheet.rows.columns:
            ending = next((text for end, text in _ENDINGS.items() if column.endswith(end)), "")
            meaning = here.get(column) or _DERIVED.get(column) or ending or told.get(column, "")
            lines.append((sheet.name, column, meaning))
    rows = pd.DataFrame(lines, columns=["sheet", "column", "meaning"])
    return _Sheet("Notes", "What the columns mean", "One row is one column of one sheet.", rows)


def _cover(sheet: Worksheet, record: Record, styles: _Styles) -> None:
    """Write title, edition, licence and how to read the workbook."""
    package = read_package(record.tables.folder)
    licences = ", ".join(licence["name"] for licence in package.get("licenses", []))
    lines = [
        f"Tables {edition(record)}, version {package['version']} of the data.",
        package["description"],
        f"Licence: {licences or 'none given'}.",
        "The sheet Contents lists all sheets; the sheet Notes says what every column means.",
        f"Each other sheet holds one table, whose headings stand in row {_FEW + 1}. {_WHY_EMPTY}",
        "Lists in a cell are parted by semicolons. Dates are EDTF, days are ISO 8601.",
    ]
    sheet.set_column(0, 0, 100)
    sheet.write_string(0, 0, _title(record), styles.title)
    for number, line in enumerate(lines, 1):
        sheet.write_string(number, 0, line, styles.text)


def _contents(sheet: Worksheet, sheets: list[_Sheet], styles: _Styles) -> None:
    """Write the list of sheets, each with a link to it."""
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 90)
    sheet.set_column(2, 2, _NARROWEST)
    sheet.write_string(0, 0, "Contents", styles.title)
    sheet.write_string(1, 0, "One row is one sheet.", styles.line)
    sheet.write_string(2, 0, "The name of a sheet leads to it.", styles.line)
    columns = [{"header": name} for name in ("sheet", "title", "rows")]
    sheet.add_table(_FEW, 0, _FEW + len(sheets), 2, {"columns": columns, "name": "contents"})
    for number, listed in enumerate(sheets, _FEW + 1):
        sheet.write_url(number, 0, f"internal:'{listed.name}'!A1", styles.link, listed.name)
        sheet.write_string(number, 1, listed.title, styles.text)
        sheet.write_number(number, 2, len(listed.rows), styles.line)


def _write(sheet: Worksheet, content: _Sheet, styles: _Styles) -> None:
    """Write one table under its heading; the headings of its columns stay in sight."""
    rows = content.rows
    sheet.write_string(0, 0, content.title, styles.title)
    sheet.write_string(1, 0, content.about, styles.line)
    sheet.write_string(2, 0, f"{len(rows)} rows. {_WHY_EMPTY}", styles.line)
    options = {"columns": [{"header": name} for name in rows], "name": content.name.lower()}
    last = max(len(rows), 1)  # Excel knows no table without a row
    sheet.add_table(_FEW, 0, _FEW + last, len(rows.columns) - 1, options)
    sheet.freeze_panes(_FEW + 1, 1)
    for place, name in enumerate(rows):
        cells = [_cell(value) for value in rows[name]] or [EMPTY]
        longest = max([len(name) + 4, *(len(str(cell)) for cell in cells)])
        sheet.set_column(place, place, min(max(longest, _NARROWEST), _WIDEST))
        for number, cell in enumerate(cells, _FEW + 1):
            write = sheet.write_string if isinstance(cell, str) else sheet.write_number
            write(number, place, cell, styles.text)


def _cell(value: object) -> str | float:
    """Return a cell as it is written: text, a number, or the sign that stands for nothing."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "" or pd.isna(value):
        return EMPTY
    return value if isinstance(value, str) else float(value)
