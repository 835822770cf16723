"""Promises about loading: typed frames, and every fault of every file named at once."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest
from factory import SCHEMA, data_copy, put, rewrite

from sahel_analysis.errors import DataError
from sahel_analysis.tables import loading
from sahel_analysis.tables.loading import load_tables


@pytest.fixture
def data(tmp_path):
    """Return a copy of the tables, to be broken."""
    return data_copy(tmp_path)


def faults(folder) -> list[str]:
    """Return the lines of the message with which a folder is refused."""
    with pytest.raises(DataError) as refused:
        load_tables(folder)
    return str(refused.value).splitlines()


def test_every_fault_of_every_file_comes_in_one_message(data):
    """By file, row and column, with what was expected."""
    rewrite(data / "checks.csv", lambda rows: [row.pop(2) for row in rows])
    put(data / "figures.csv", "FG-001", best="many")
    put(data / "events.csv", "EV-002", actor_ids="yevkurof")
    put(data / "events.csv", "EV-003", event_type="agreement_singed")
    put(data / "claims.csv", "CL-001", quote=" ".join(["word"] * 13))
    rewrite(data / "sources.csv", lambda rows: rows.append([*rows[-1]]))
    lines = faults(data)
    last = load_tables().sources.index[-1]
    assert [line.split(": ")[0] for line in lines] == [
        f"data/sources.csv {last}, source_id",
        "data/claims.csv CL-001, quote",
        "data/checks.csv, credibility",
        "data/events.csv EV-003, event_type",
        "data/figures.csv FG-001, best",
        "data/events.csv EV-002, actor_ids",
    ]
    told = "\n".join(lines)
    assert f"'{last}' stands on lines" in told
    assert "expected Shortest telling phrase, verbatim, 3 to 12 words" in told
    assert "the column is missing" in told
    assert "Did you mean 'agreement_signed'?" in told
    assert "'many' is not a number such as 12 or 12.5" in told
    assert "'yevkurof' is not in actors.csv. Did you mean 'yevkurov'?" in told


@pytest.mark.parametrize(
    ("file", "key", "cells", "told"),
    [
        ("claims.csv", "CL-004", {"date_basis": "none"}, "CL-004, date_basis: 'none' does not fit"),
        ("claims.csv", "CL-004", {"sentence": "9"}, "paragraph 1, sentence 9 is not in sentences"),
        ("claims.csv", "CL-004", {"date_edtf": "2023-02-30"}, "is not a day of the calendar"),
        ("checks.csv", "CL-001", {"source_ids": "S-002"}, "1 needs two independent sources"),
        ("events.csv", "EV-001", {"date_edtf": "2023/.."}, "has no latest day; close it"),
        ("events.csv", "EV-001", {"claim_ids": ""}, "claim_ids: is empty; expected what a row of"),
        ("events.csv", "EV-101", {"source_ids": ""}, "source_ids: is empty; expected what a row of"),
        ("events.csv", "EV-001", {"same_as": "EV-002"}, "same_as: is for reference events"),
        ("figures.csv", "FG-001", {"low": "9000"}, "low, best and high are not in rising order"),
        ("figures.csv", "FG-001", {"best": ""}, "expected low, best or high"),
        ("actors.csv", "russia", {"parent_id": "wagner"}, "leads back to"),
        ("judgements.csv", "KJ-101", {"confidence": ""}, "confidence: is empty; a judgement says"),
        ("judgements.csv", "KJ-101", {"horizon_end": ""}, "horizon_end: is empty; a judgement says"),
        ("judgements.csv", "KJ-101", {"valid_to": "2021-07-02"}, "lies before valid_from"),
        ("judgements.csv", "KJ-101", {"scope": "XXX"}, "'XXX' is not in countries.csv"),
        ("sources.csv", "S-002", {"text_sha256": "0" * 64}, "article_day: is empty; an article"),
        ("sources.csv", "S-002", {"title": "a\u202eb"}, "hidden character U+202E"),
        ("sources.csv", "S-002", {"title": " a"}, "begins or ends with a space"),
        ("sources.csv", "S-002", {"title": "a" * 2001}, "is 2001 characters long"),
        ("places.csv", "gao", {"lat": "116"}, "'116' is out of range; expected -90 to 90"),
        ("places.csv", "gao", {"name_en": ""}, "name_en: is empty; expected Name in English"),
        ("events.csv", "EV-101", {"iso3": "TCD;TCD"}, "names a member twice"),
    ],
)  # fmt: skip
def test_a_row_that_breaks_a_rule_is_named(data, file, key, cells, told):
    """With the file, the row and what the rule asks for."""
    put(data / file, key, **cells)
    lines = [line for line in faults(data) if told in line]
    assert any(line.startswith(f"data/{file} {key}") for line in lines)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("claim_id,", "claim,", 1), "claim: is no column of this table"),
        (lambda text: text.replace("claim_id,", "source_id,", 1), "source_id: the column stands 2"),
        (lambda text: "", "is empty; expected a header row with claim_id"),
        (lambda text: text + "CL-999,too,short\n", "has 3 cells; expected 12"),
        (lambda text: text + "\n", ": is empty; remove it"),
        (lambda text: text + '"CL-999,', "is not sound CSV"),
    ],
)
def test_a_file_that_is_no_sound_table_is_named(data, change, told):
    """With the line where it stops to make sense."""
    path = data / "claims.csv"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8", newline="")
    assert any(line.startswith("data/claims.csv") and told in line for line in faults(data))


def test_a_file_in_another_encoding_is_named_by_line(data):
    """With what to do."""
    path = data / "places.csv"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.encode("latin-1"))
    line = 1 + next(n for n, row in enumerate(text.splitlines()) if not row.isascii())
    told = f"data/places.csv line {line}: is not UTF-8 from here on; save the file as UTF-8."
    assert told in faults(data)


def test_a_missing_file_or_folder_is_named_with_where_it_was_looked_for(data, tmp_path):
    """No trace of the stack, one sentence."""
    (data / "places.csv").unlink()
    assert faults(data) == [
        f"data/places.csv: cannot be read (No such file or directory); looked for it in '{data}'."
    ]
    with pytest.raises(DataError, match=f"looked in '{tmp_path / 'nowhere'}'"):
        load_tables(tmp_path / "nowhere")


def test_the_files_of_a_spreadsheet_load_to_the_same(data, tables):
    """A byte order mark, Windows line ends and columns in another order change nothing."""
    for path in data.glob("*.csv"):
        rewrite(path, lambda rows: [row.reverse() for row in rows])
        text = path.read_text(encoding="utf-8").replace("\n", "\r\n")
        path.write_bytes(text.encode("utf-8-sig"))
    again = load_tables(data)
    for name in SCHEMA:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(tables, name))


def test_the_hash_tells_one_state_of_the_tables_from_another(data, tables):
    """A copy has the same hash; a changed cell gives another."""
    assert load_tables(data).sha256 == tables.sha256
    put(data / "sources.csv", "S-002", note="Seen twice.")
    assert load_tables(data).sha256 != tables.sha256


def test_cells_are_typed(tables):
    """Lists are tuples, numbers numbers, dates bounds; what is missing is empty, NaN or NaT."""
    event = tables.events.loc["EV-017"]
    assert event.iso3 == ("NER", "MLI", "BFA")
    assert (event.earliest, event.latest) == (
        pd.Timestamp("2023-09-01"),
        pd.Timestamp("2023-09-30"),
    )
    assert event.place_id == ""
    assert pd.isna(tables.events.at["EV-101", "earliest"])
    assert tables.figures.at["FG-001", "best"] == 5000
    assert pd.isna(tables.figures.at["FG-001", "low"])
    assert tables.countries["in_scope"].dtype == bool


@pytest.mark.parametrize("name", ["events", "claims", "checks", "figures"])
def test_each_loader_says_what_a_row_is(name, tables):
    """With its key, and gives the table of its name."""
    load = getattr(loading, f"load_{name}")
    assert "one row is" in load.__doc__
    assert f"Indexed by ``{SCHEMA[name].key}``" in " ".join(load.__doc__.split())
    assert load().equals(getattr(tables, name))


@pytest.mark.parametrize("name", list(SCHEMA))
def test_rows_stand_in_the_order_of_their_keys(name, tables):
    """Whatever their order in the file."""
    assert list(getattr(tables, name).index) == sorted(getattr(tables, name).index)


def test_loading_all_tables_takes_less_than_importing_geopandas():
    """Measured in fresh processes, as a ratio, so that the machine does not matter."""
    timed = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"
    load = "from sahel_analysis.tables.loading import load_tables; " + timed.format("load_tables()")
    heavy = timed.format("import geopandas")

    def seconds(code: str) -> float:
        run = [sys.executable, "-c", code]
        return min(
            float(subprocess.run(run, capture_output=True, check=True).stdout) for _ in range(2)
        )

    assert seconds(load) < seconds(heavy)
