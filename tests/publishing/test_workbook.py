"""Promises about the workbook: led through by a screen reader, opened by a real reader."""

from __future__ import annotations

import builtins

import openpyxl
import pandas as pd
import pytest
from factory import event, tiny

from sahel_analysis.errors import ExportError
from sahel_analysis.evidence.posture import posture_of
from sahel_analysis.evidence.record import record
from sahel_analysis.publishing.workbook import EMPTY, write_xlsx

TABLE_ROW = 4  # of the headings, as the cover says


@pytest.fixture(scope="module")
def shown(tables):
    """Return the checked record on the day of the article."""
    return record("2023-12-04", tables=tables)


@pytest.fixture(scope="module")
def path(shown, tmp_path_factory):
    """Return a workbook of it."""
    return write_xlsx(tmp_path_factory.mktemp("workbook") / "record.xlsx", shown)


@pytest.fixture(scope="module")
def book(path):
    """Return it as openpyxl reads it."""
    return openpyxl.load_workbook(path)


def rows_of(book, name: str) -> pd.DataFrame:
    """Return the table of a sheet."""
    return pd.DataFrame(
        book[name].iter_rows(min_row=TABLE_ROW + 1, values_only=True),
        columns=[cell.value for cell in book[name][TABLE_ROW]],
    )


def test_cover_contents_and_notes_come_first(book):
    """Contents lists every sheet after itself, with its rows and a link that leads there."""
    assert book.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    listed = rows_of(book, "Contents")
    assert listed["sheet"].tolist() == book.sheetnames[2:]
    for number, name in enumerate(listed["sheet"], TABLE_ROW + 1):
        link = book["Contents"].cell(number, 1).hyperlink
        assert link.location == f"'{name}'!A1"
        assert len(rows_of(book, name)) == listed["rows"][number - TABLE_ROW - 1]
    assert f"row {TABLE_ROW}" in " ".join(cell.value for cell in book["Cover"]["A"])


def test_a_sheet_holds_one_table_without_blank_merged_or_hidden_cells(book):
    """From the heading to its last row; nothing is a formula."""
    for sheet in book.worksheets[1:]:
        [table] = sheet.tables.values()
        first, last = table.ref.split(":")
        assert first == f"A{TABLE_ROW}"
        assert last == sheet.dimensions.split(":")[1]
        assert not sheet.merged_cells.ranges
        assert not any(row.hidden for row in sheet.row_dimensions.values())
        for row in sheet.iter_rows(min_row=TABLE_ROW):
            for cell in row:
                assert cell.value not in (None, ""), f"{sheet.title}!{cell.coordinate}"
                assert cell.data_type != "f"


def test_every_column_is_told_in_the_notes(book):
    """With a meaning."""
    notes = rows_of(book, "Notes")
    told = {(row.sheet, row.column) for row in notes.itertuples() if row.meaning != EMPTY}
    for name in book.sheetnames[3:]:
        assert {(name, column) for column in rows_of(book, name)} <= told


def test_sheets_hold_what_the_record_shows(book, shown):
    """Posture, events, figures and claims with their checks; numbers are numbers."""
    posture = rows_of(book, "Posture").set_index("iso3")
    expected = posture_of(shown)
    assert posture["french_posture"].to_dict() == expected["french_posture"].to_dict()
    assert rows_of(book, "Events")["event_id"].tolist() == list(shown.events.index)
    figures = rows_of(book, "Figures").set_index("figure_id")
    best = shown.figures["best"].dropna()
    assert figures.loc[best.index, "best"].to_dict() == best.to_dict()
    claims = rows_of(book, "Claims").set_index("claim_id")
    verdicts = shown.tables.checks["verdict"].reindex(claims.index)
    assert claims["verdict"].to_dict() == verdicts.to_dict()


def test_equal_records_give_equal_bytes(path, shown, tmp_path):
    """Whenever they are written."""
    assert write_xlsx(tmp_path / "again.xlsx", shown).read_bytes() == path.read_bytes()


def test_what_looks_like_a_formula_is_text(tmp_path):
    """And reads as it was written, without an apostrophe."""
    text = '=HYPERLINK("https://example.org","x")'
    hostile = record("2021-01-01", tables=tiny(event("coup", "2020", summary_en=text)))
    cells = rows_of(openpyxl.load_workbook(write_xlsx(tmp_path / "x.xlsx", hostile)), "Events")
    assert cells["summary_en"].tolist() == [text]


def test_without_xlsxwriter_one_sentence_says_what_to_install(shown, tmp_path, monkeypatch):
    """And nothing is written."""
    load = builtins.__import__

    def without(name, *rest):
        if name.startswith("xlsxwriter"):
            raise ImportError(name)
        return load(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ExportError, match=r"pip install 'sahel-analysis\[workbook\]'"):
        write_xlsx(tmp_path / "x.xlsx", shown)
    assert not list(tmp_path.iterdir())
