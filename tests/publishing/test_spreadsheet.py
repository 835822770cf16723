"""Promises about the spreadsheet: every event, every letter, and no formula."""

from __future__ import annotations

import csv

import pandas as pd
import pytest
from factory import event, tiny

from sahel_analysis.evidence.record import EVIDENCE, record
from sahel_analysis.publishing.spreadsheet import literal, write_csv

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@pytest.fixture(params=EVIDENCE)
def shown(request, tables):
    """Return each world on the day of the article."""
    return record("2023-12-04", request.param, tables=tables)


def test_every_event_is_a_row_with_its_codes_resolved(shown, tmp_path):
    """In the order in which the events count, readable by pandas as it comes."""
    rows = pd.read_csv(write_csv(tmp_path / "events.csv", shown), keep_default_na=False)
    assert rows["event_id"].tolist() == list(shown.events.index)
    assert rows["iso3"].tolist() == shown.events["iso3"].map(";".join).tolist()
    names = shown.tables.countries["name_en"]
    assert rows["countries"].tolist() == [
        ";".join(names[iso3] for iso3 in cell) for cell in shown.events["iso3"]
    ]
    assert rows["latest"].tolist() == shown.events["latest"].dt.strftime("%Y-%m-%d").tolist()


def test_an_event_that_rests_on_a_contradicted_claim_names_it(tables, tmp_path):
    """The reader of one row is warned."""
    rows = pd.read_csv(
        write_csv(tmp_path / "events.csv", record("2023-12-04", "article", tables=tables)),
        index_col="event_id",
        keep_default_na=False,
    )
    assert rows.at["EV-012", "contradicted_claim_ids"] == "CL-040;CL-041"
    assert rows.at["EV-003", "contradicted_claim_ids"] == ""


def test_no_cell_begins_a_formula(shown, tmp_path):
    """Numbers apart, which a spreadsheet reads as numbers."""
    path = write_csv(tmp_path / "events.csv", shown)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):
            for cell in row:
                assert not cell.startswith(DANGEROUS) or float(cell) < 0


@pytest.mark.parametrize("sign", DANGEROUS)
def test_a_cell_that_would_run_is_shown_instead(sign, tmp_path):
    """An apostrophe makes it text."""
    text = f'{sign}HYPERLINK("https://example.org","x")'
    assert literal(text) == f"'{text}"
    rows = record("2021-01-01", "checked", tables=tiny(event("coup", "2020", summary_en=text)))
    if sign in "\t\r\n" or not sign.isascii():
        return  # no table holds such a cell
    read = pd.read_csv(write_csv(tmp_path / "events.csv", rows), keep_default_na=False)
    assert read["summary_en"].tolist() == [f"'{text}"]


@pytest.mark.parametrize("text", ["", "-17.447", "12", "EV-001", "'quoted'", "a = b", "2023-12-04"])
def test_other_cells_stay_as_they_are(text):
    """A negative number is no formula."""
    assert literal(text) == text


def test_a_spreadsheet_sees_letters_with_accents(tables, tmp_path):
    """By the byte order mark; and equal worlds give equal bytes."""
    shown = record("2023-12-04", "checked", tables=tables)
    content = write_csv(tmp_path / "a.csv", shown).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert "Côte d'Ivoire".encode() in content
    assert content == write_csv(tmp_path / "b.csv", shown).read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") == len(shown.events) + 1


def test_a_world_without_events_is_a_header(tmp_path):
    """And opens."""
    path = write_csv(tmp_path / "events.csv", record("2012-01-01", "checked", tables=tiny()))
    assert len(pd.read_csv(path)) == 0
