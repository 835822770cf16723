"""Promises about cells: what is no sound text, or no page can show, is refused where it stands."""

from __future__ import annotations

import re

import pytest
from factory import data_copy, put

from sahel_analysis.errors import DataError
from sahel_analysis.tables.loading import load_tables
from sahel_analysis.tables.reading import PLAIN, shapes, without_shape


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
