"""Promises about schema and codebook: an open standard accepts the one, code keeps up the other."""

import re
from datetime import date

import pytest
from frictionless import Package

from sahel_analysis.errors import DataError
from sahel_analysis.tables.dates import bounds, day_in_words
from sahel_analysis.tables.loading import load_claims, load_tables
from sahel_analysis.tables.schema import (
    CODEBOOK,
    FILE,
    Field,
    TableSchema,
    column_table,
    data_folder,
    read_schema,
    rewrite_codebook,
    with_column_tables,
)
from sahel_analysis.tables.vocabulary import EVENT_TYPES

SCHEMA = read_schema(data_folder())
TEXT = (data_folder() / CODEBOOK).read_text(encoding="utf-8")


def rows_of(heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading, without its header."""
    section = re.split(r"^#+ ", TEXT.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.M)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def a_table(**changes) -> TableSchema:
    """Return a table of one column."""
    values = {"name": "x", "type": "string", "description": "What.", "constraints": {}} | changes
    return TableSchema("t", "t.csv", "One row is one thing.", (Field(**values),), "x")


def test_the_codebook_is_current():
    """The column tables are those that the schema makes; 'make codebook' renews them."""
    assert with_column_tables(TEXT, SCHEMA) == TEXT


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "| `x` | string |  | What. |  |"),
        ({"constraints": {"required": True}}, "| `x` | string | always | What. |  |"),
        ({"constraints": {"enum": ["a", "b"]}}, "| `x` | string |  | What. | `a`, `b` |"),
        ({"constraints": {"pattern": "^(a|b)$"}}, r"| `x` | string |  | What. | `^(a\|b)$` |"),
        ({"constraints": {"minimum": 1}}, "| `x` | string |  | What. | 1 or more |"),
        ({"constraints": {"minimum": 1, "maximum": 6}}, "| `x` | string |  | What. | 1 to 6 |"),
        ({"references": "places.place_id"}, "| `x` | string |  | What. | `place_id` of `places` |"),
        ({"separator": ";"}, "| `x` | list of string |  | What. |  |"),
    ],
)
def test_a_column_is_one_line(changes, line):
    """Name, type, whether it must be filled, meaning and allowed values, in that order."""
    assert column_table(a_table(**changes)).splitlines()[-1] == line


def test_a_table_without_a_place_is_refused():
    """A table of the schema that the codebook does not mention is a fault."""
    with pytest.raises(DataError, match="t: expected"):
        with_column_tables("", {"t": a_table()})


def test_a_marker_without_a_table_is_refused():
    """A marker left over from a table that is gone is a fault."""
    with pytest.raises(DataError, match="old: expected"):
        with_column_tables("<!-- columns: old -->\n<!-- end columns -->\n", {})


def test_rewriting_touches_nothing_outside_the_markers(tmp_path):
    """Prose stays as it was, to the byte."""
    stale = re.sub(r"(<!-- columns: \w+ -->\n).*?(<!-- end)", r"\1\2", TEXT, flags=re.DOTALL)
    (tmp_path / CODEBOOK).write_text(stale, encoding="utf-8", newline="\n")
    (tmp_path / FILE).write_bytes((data_folder() / FILE).read_bytes())
    assert rewrite_codebook(tmp_path).read_bytes().decode() == with_column_tables(TEXT, SCHEMA)


def test_every_event_type_is_defined_once_in_the_order_of_the_schema():
    """No word of the closed list is left to guess."""
    [field] = [field for field in SCHEMA["events"].fields if field.name == "event_type"]
    defined = [row[0].strip("`") for row in rows_of("Event types")]
    assert defined == field.constraints["enum"]


def test_the_order_within_a_day_is_the_one_that_the_code_keeps():
    """The codebook names the order in which events of one day count."""
    assert ", ".join(EVENT_TYPES) in " ".join(TEXT.split())


def test_likelihood_reliability_and_credibility_are_explained_in_full():
    """Each closed list of a scale stands in the codebook, in order."""
    scales = {
        ("judgements", "likelihood"): [row[0].strip("`") for row in rows_of("Likelihood")],
        ("sources", "reliability"): [
            r[0].strip("`") for r in rows_of("Reliability and credibility")
        ],
    }
    for (table, column), words in scales.items():
        [field] = [field for field in SCHEMA[table].fields if field.name == column]
        assert words == field.constraints["enum"]


def test_examples_of_dates_mean_what_the_codebook_says():
    """The table of dates is checked against the code that reads dates."""

    def words(day: date | None) -> str:
        return day_in_words(day) if day else "open"

    examples = rows_of("Dates")
    assert examples
    for written, _, earliest, latest in examples:
        assert [words(day) for day in bounds(written.strip("`"))] == [earliest, latest], written


def test_the_number_of_settled_claims_is_that_of_the_table():
    """The account of the two readings ends at the claims that are there."""
    settled = rows_of("How the article was read")[-1]
    claims = load_claims().query("source_id == 'S-001'")
    sentences = claims[["paragraph", "sentence"]].drop_duplicates()
    assert settled == ["settled table", str(len(claims)), f"{len(sentences)} of 26"]


def test_the_public_tool_finds_the_package_valid():
    """Frictionless, which knows nothing of this package, accepts schema and rows."""
    report = Package(str(data_folder() / FILE)).validate()
    faults = report.flatten(["name", "rowNumber", "fieldName", "message"])
    assert report.valid, faults


def test_the_tables_load_with_every_rule_kept():
    """Types, keys, references and the rules across rows hold."""
    tables = load_tables()
    assert len(tables.claims) > 0
    assert len(tables.events) > 0


def test_files_are_utf8_with_plain_line_ends():
    """Equal bytes on every machine: no byte order mark, no carriage return, one final line end."""
    for path in sorted(data_folder().glob("*.csv")):
        content = path.read_bytes()
        content.decode("utf-8")
        assert not content.startswith(b"\xef\xbb\xbf"), path.name
        assert b"\r" not in content, path.name
        assert content.endswith(b"\n"), path.name
        assert not content.endswith(b"\n\n"), path.name
