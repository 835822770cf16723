"""Promises about tables from strangers: the same facts, or a refusal that says where.

`make test` tries some hundred mutated tables, `make fuzz` more than five thousand.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections import Counter
from datetime import date
from functools import cache

import edtf
import pandas as pd
import pytest
from factory import SCHEMA, data_copy
from hypothesis import given, settings
from mutations import ORIGINALS, Mutant, mutants

from sahel_analysis.errors import DataError
from sahel_analysis.evidence.posture import posture
from sahel_analysis.tables.loading import Tables, load_tables
from sahel_analysis.tables.schema import Field

pytestmark = pytest.mark.long

FILES = {f"data/{name}.csv" for name in SCHEMA}
# What is wrong with a file or a column as a whole stands in no row.
WHOLE = (
    "the column is missing", "is no column of this table", "the column stands",
    "expected a header row", "is set on no row", "holds no event", "is true on no row",
    "more faults",
)  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Return a copy of the tables, in which one file at a time is changed."""
    return data_copy(tmp_path_factory.mktemp("mutants"))


@pytest.mark.fuzz
def test_a_mutated_table_keeps_its_facts_or_is_refused_by_place(data, tables, capsys):
    """It is loaded as it stands, cell by cell, or refused by file, row and column."""
    wanted = settings.default.max_examples
    tried: set[bytes] = set()
    came_of_it: Counter[str] = Counter()

    @given(mutants())
    def hold(mutant: Mutant) -> None:
        path = data / f"{mutant.name}.csv"
        path.write_bytes(mutant.content)
        try:
            found: Tables | DataError = load_tables(data)
        except DataError as refused:
            found = refused
        finally:
            path.write_bytes(ORIGINALS[mutant.name])
        tried.add(mutant.content)
        came_of_it[type(found).__name__] += 1
        if isinstance(found, DataError):
            assert mutant.outcome != "same", str(found)
            hold_message(found, mutant)
        else:
            assert mutant.outcome != "refused"
            hold_facts(found, mutant, tables)

    hold()
    with capsys.disabled():
        print(f"\n{len(tried):,} mutated tables: {dict(came_of_it)}")  # noqa: T201
    assert len(tried) >= (300 if wanted < 5_000 else 5_000)
    assert min(came_of_it.values()) > wanted / 10


def hold_message(refused: DataError, mutant: Mutant) -> None:
    """Assert that a refusal is lines of text that name file, row and column."""
    assert len(str(refused).splitlines()) == len(refused.problems)
    for problem in refused.problems:
        assert str(problem).isprintable()
        assert len(str(problem)) < 1000
        assert problem.table in FILES
        assert problem.row or any(words in problem.message for words in WHOLE), str(problem)
    if mutant.outcome == "refused":
        place = f"data/{mutant.name}.csv"
        assert any(
            problem.table == place
            and mutant.row in ("", problem.row)
            and mutant.column in ("", problem.column)
            for problem in refused.problems
        ), str(refused)


def hold_facts(loaded: Tables, mutant: Mutant, tables: Tables) -> None:
    """Assert that a table says what its file says, and that the others say what they said."""
    for name in SCHEMA:
        if name != mutant.name or mutant.outcome == "same":
            assert getattr(loaded, name).equals(getattr(tables, name)), name
    if mutant.outcome == "same":
        days = ("2022-09-01", "checked", loaded), ("2022-09-01", "checked", tables)
        assert posture(*days[0]).equals(posture(*days[1]))
    frame, table = getattr(loaded, mutant.name).reset_index(), SCHEMA[mutant.name]
    # Another reader than the package's own, and one that takes nothing for a number or for missing.
    cells = pd.read_csv(
        io.BytesIO(mutant.content), dtype=str, na_filter=False, skip_blank_lines=False
    )
    assert sorted(cells.columns) == sorted(table.columns)
    assert len(cells) == len(frame)
    cells = cells.sort_values(table.key, ignore_index=True)
    for field in table.fields:
        for text, value in zip(cells[field.name], frame[field.name], strict=True):
            assert means(text, value, field), (field.name, text, value)
        if field.is_date:
            stem = field.name.removesuffix("date_edtf").removesuffix("edtf").removesuffix("from")
            days = frame[[f"{stem}earliest", f"{stem}latest"]]
            for text, found in zip(cells[field.name], days.itertuples(index=False), strict=True):
                read = tuple(None if pd.isna(day) else day.date() for day in found)
                assert read == span(text), text


def means(text: str, value: object, field: Field) -> bool:
    """Return whether a value is what a cell says, by a reading of the test's own."""
    if field.separator:
        return value == (tuple(text.split(field.separator)) if text else ())
    if field.type == "boolean":
        return text in {"true", "false"} and bool(value) == (text == "true")
    if field.type == "string":
        return text == value
    if text == "":
        return bool(pd.isna(value))
    if field.type == "date":
        return value == pd.Timestamp(date.fromisoformat(text))
    assert text.isascii()
    assert set(text) <= set("-.0123456789")
    return value == (int(text) if field.type == "integer" else float(text))


@cache
def span(text: str) -> tuple[date | None, date | None]:
    """Return the bounds of a date as the Library of Congress standard's own reader has them."""
    ends = [] if text == "" else text.split("/")
    days = [edtf.parse_edtf(end) if end not in {"", ".."} else None for end in ends]
    first, last = (days[0], days[-1]) if days else (None, None)
    return (
        first and date(*first.lower_strict()[:3]),
        last and date(*last.upper_strict()[:3]),
    )


# What every further line of places.csv is; the first may open a quotation mark that never closes.
LINES = {
    "sound": ("", "town_{0},Town {0},town,NER,{1}.5,1.5,town,\n"),
    "faulty in every cell": ("", "Town {0},,toun{0},NE{0},{0}9,x{0},,{0}\n"),
    "doubled": ("", "town_{1},Town,town,NER,1,1,town,\n"),
    "short of cells": ("", "town_{0},Town {0}\n"),
    "swallowed by a quotation mark": ('"', "town_{0},Town {0},town,NER,{1}.5,1.5,town,\n"),
}
MEASURED = """
import resource, sys, time
from sahel_analysis.errors import DataError
from sahel_analysis.tables.loading import load_tables

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

before, told, start = peak(), "", time.process_time()
try:
    load_tables(sys.argv[1])
except DataError as refused:
    told = str(refused)
print(time.process_time() - start, peak() - before, len(told), told[:200])
"""


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", LINES)
def test_a_file_of_many_rows_is_loaded_or_refused_in_bounded_time_and_memory(kind, tmp_path):
    """Two million rows in the long profile; ten times the rows take about ten times as long."""
    pytest.importorskip("resource")
    first, every = LINES[kind]
    rows = 2_000_000 if settings.default.max_examples >= 5_000 else 200_000
    seconds = []
    for count in (rows // 10, rows):
        folder = data_copy(tmp_path / str(count))
        with (folder / "places.csv").open("a", encoding="utf-8") as file:
            file.write(first)
            file.writelines(every.format(number, number % 90) for number in range(count))
        size = sum(path.stat().st_size for path in folder.iterdir())
        run = [sys.executable, "-c", MEASURED, folder]
        done = subprocess.run(run, capture_output=True, text=True, check=True).stdout
        took, held, length, told = done.split(" ", 3)
        seconds.append(float(took))
        assert float(held) < 20 * size + 60e6, kind
        assert (told.strip() == "") == (kind == "sound"), told
        assert int(length) < 50_000
    assert seconds[1] < 20 * seconds[0] + 1, seconds
