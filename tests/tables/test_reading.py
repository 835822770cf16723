"""Promises about cells: what is no sound text, or no page can show, is refused where it stands."""

from __future__ import annotations

import re

import pytest
from factory import data_copy, put

from sahel_analysis.errors import DataError
from sahel_analysis.tables.loading import load_tables
from sahel_analysis.tables.reading import PLAIN, cell_fault, shapes, without_shape
from sahel_analysis.tables.schema import Field


def test_what_counts_as_plain_has_a_shape_in_the_typeface():
    """The short way gives what the font would say."""
    plain = {code for code in range(0x10000) if PLAIN.fullmatch(chr(code))}
    assert plain <= shapes()


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Côte d'Ivoire – “N'Djaména”", ""),
        ("Россия", ""),
        ("Ŋgɛ", ""),
        ("a 中 b", "中"),
        ("😀", "😀"),
    ],
)
def test_the_first_character_without_a_shape_is_found(text, sign):
    """Letters of West African languages have one."""
    assert without_shape(text) == sign


def test_a_cell_with_such_a_character_is_refused_by_place(tmp_path):
    """Typst would stop at it, without a word of the row."""
    data = data_copy(tmp_path)
    put(data / "sources.csv", "S-002", title="النيجر")
    told = "data/sources.csv S-002, title: holds 'ا' (U+0627), which maps and pages have no letter"
    with pytest.raises(DataError, match=re.escape(told)):
        load_tables(data)


@pytest.mark.parametrize(
    ("text", "changes", "message"),
    [
        ("", {}, ""),
        ("", {"constraints": {"required": True}}, "is empty; expected What it holds."),
        ("a\u200bb", {}, "holds the hidden character U+200B; remove it."),
        ("2023-13", {"name": "date_edtf"}, "expected e.g. 2023-12-04 or 2023-12."),
        ("lou", {"constraints": {"enum": ["low", "high"]}}, "Did you mean 'low'?"),
        ("12.5", {"type": "integer"}, "'12.5' is not a whole number such as 12."),
        ("2023-02-30", {"type": "date"}, "'2023-02-30' is not a day of the calendar."),
        ("x1", {"constraints": {"pattern": "^[a-z]$"}}, "does not fit; expected What it holds."),
        ("7", {"type": "integer", "constraints": {"maximum": 6}}, "expected any to 6."),
        ("7", {"type": "integer", "constraints": {"minimum": 8}}, "expected 8 to any."),
        ("a;a", {"separator": ";"}, "'a;a' names a member twice."),
        ("a; b", {"separator": ";"}, "'a; b' has a blank beside ';'; part members by ';' alone."),
        ("a;b", {"separator": ";"}, ""),
    ],
)
def test_a_cell_that_does_not_fit_its_column_is_refused_in_one_sentence(text, changes, message):
    """Each check speaks of one thing, and a sound cell of none."""
    plain = {"name": "x", "type": "string", "description": "What it holds.", "constraints": {}}
    fault = cell_fault(text, Field(**plain | changes))
    assert fault.endswith(message)
    assert bool(fault) == bool(message)


def test_a_key_that_is_not_there_is_compared_with_those_that_are_unless_it_is_a_number(tmp_path):
    """A slip in a word has one likely meaning; one in a running number has many."""
    data = data_copy(tmp_path)
    put(data / "events.csv", "EV-002", place_id="niamee", actor_ids="rusia", claim_ids="CL-990")
    with pytest.raises(DataError) as refused:
        load_tables(data)
    told = str(refused.value)
    assert "'rusia' is not in actors.csv. Did you mean 'russia'?" in told
    assert re.search(r"'CL-990' is not in claims\.csv\.$", told, flags=re.M)
