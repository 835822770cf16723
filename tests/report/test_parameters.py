"""Promises about parameters: what is not understood is refused, with what would have been."""

from __future__ import annotations

from datetime import date, datetime

import nbformat
import pandas as pd
import pytest

from sahel_analysis.errors import ParameterError
from sahel_analysis.report.parameters import (
    date_range,
    misspelt,
    notebook_parameters,
    scope,
    validate,
)

DAY = "2023-12-04"
TAGGED = {"tags": ["parameters"]}


def refusal(tables, **values: object) -> str:
    """Return the message with which parameters are refused."""
    with pytest.raises(ParameterError) as refused:
        validate({"as_of": DAY, **values}, tables, report="briefing")
    return str(refused.value)


def test_what_is_not_named_is_the_last_day_of_checked_evidence_in_all_countries(tables):
    """The defaults of every report."""
    found = validate({}, tables)
    assert found.as_of == date_range(tables)[1]
    assert (found.evidence, found.countries, found.country) == ("checked", (), "")


def test_an_unknown_name_is_refused_with_the_near_one(tables):
    """The wrong report is worse than none."""
    message = refusal(tables, evidense="checked")
    assert "briefing cannot be made" in message
    assert "evidense: not a parameter of briefing; it takes as_of, evidence" in message
    assert "Did you mean 'evidence'?" in message


def test_a_parameter_that_a_report_does_not_take_is_refused(tables):
    """A briefing has no one country."""
    takes = ("as_of", "countries")
    with pytest.raises(ParameterError, match="country: not a parameter of briefing; it takes as_"):
        validate({"country": "MLI"}, tables, report="briefing", takes=takes)


def test_a_country_and_countries_are_not_asked_for_at_once(tables):
    """One of the two would be left out in silence."""
    message = refusal(tables, country="MLI", countries=["NER"])
    assert "country: cannot go with countries; leave one out." in message


@pytest.mark.parametrize(
    ("given", "hint"), [("Mali", "MLI"), ("mali", "MLI"), ("MLII", "MLI"), ("ner", "NER")]
)
def test_a_country_by_name_or_misspelt_is_refused_with_its_code(given, hint, tables):
    """No guess is acted upon."""
    message = refusal(tables, country=given)
    assert f"country: '{given}' is not allowed; expected one of NER (Niger)" in message
    assert f"Did you mean '{hint}'?" in message


def test_a_country_that_is_not_followed_is_refused(tables):
    """France is in the tables, but no report follows it."""
    assert "FRA" not in scope(tables)
    assert "'FRA' is not allowed" in refusal(tables, country="FRA")


@pytest.mark.parametrize(
    "given",
    ["2023-02-30", "2023-13-01", "4 December 2023", "20231204", "2023-12", "", 20231204, None,
     datetime(2023, 12, 4), pd.Timestamp("2023-12-04"), True],
)  # fmt: skip
def test_what_is_no_day_of_the_calendar_is_refused(given, tables):
    """A time stamp or a number is not taken for a day."""
    message = refusal(tables, as_of=given)
    assert "as_of:" in message
    assert "expected a day of the calendar such as '2023-12-04'" in message


@pytest.mark.parametrize("given", ["1999-01-01", "2099-01-01"])
def test_a_day_out_of_range_is_refused_with_the_range(given, tables):
    """The range is that of the events."""
    first, last = date_range(tables)
    assert f"expected a day from {first} to {last}" in refusal(tables, as_of=given)


def test_the_range_ends_are_days_that_can_be_asked_for(tables):
    """Both, and as dates as well as text."""
    for day in date_range(tables):
        assert validate({"as_of": day}, tables).as_of == day
        assert validate({"as_of": day.isoformat()}, tables).as_of == day


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("all", ()),
        (["MLI", "NER"], ("NER", "MLI")),
        (("MLI",), ("MLI",)),
        ("MLI", ("MLI",)),
        (["MLI", "MLI"], ("MLI",)),
    ],
)
def test_countries_are_a_list_or_all_in_reading_order(given, expected, tables):
    """Order and repetition do not make another report."""
    found = validate({"as_of": DAY, "countries": given}, tables).countries
    assert found == expected


@pytest.mark.parametrize("given", [[], {}, {"MLI": 1}, None, 5])
def test_what_is_no_list_of_countries_is_refused(given, tables):
    """With the shape that is expected."""
    message = refusal(tables, countries=given)
    assert "countries:" in message
    assert "expected 'all' or a list such as ['NER', 'MLI']" in message


@pytest.mark.parametrize("given", [["MLI", "XXX"], ["Mali"], [5], "MLI,NER"])
def test_a_list_with_an_unknown_country_is_refused(given, tables):
    """One wrong member is enough."""
    assert "expected one of NER (Niger)" in refusal(tables, countries=given)


def test_evidence_outside_its_closed_list_is_refused(tables):
    """With the list."""
    message = refusal(tables, evidence="chekced")
    assert "evidence: 'chekced' is not allowed; expected one of 'article', 'checked'." in message
    assert "Did you mean 'checked'?" in message


def test_all_countries_and_no_choice_are_the_same(tables):
    """So that no report is made twice."""
    assert validate({"countries": list(scope(tables))}, tables) == validate({}, tables)


def test_all_faults_come_in_one_message(tables):
    """One line each."""
    message = refusal(tables, as_of="soon", country="Mali", evidense="x")
    assert [line.split(":")[0] for line in message.splitlines()[1:]] == [
        "evidense",
        "as_of",
        "country",
    ]


def test_braces_in_a_value_do_not_break_the_message(tables):
    """A value is shown as it was given."""
    assert "'{x}' is not allowed" in refusal(tables, evidence="{x}")


def test_parameters_come_back_as_a_cell_would_hold_them(tables):
    """What papermill injects."""
    found = validate({"as_of": DAY, "countries": ["MLI"]}, tables)
    assert found.as_of == date(2023, 12, 4)
    assert found.literals() == {
        "as_of": DAY, "evidence": "checked", "countries": ["MLI"], "country": "", "article": "",
    }  # fmt: skip
    assert validate({}, tables).literals()["countries"] == "all"


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["as_of = ''", "# Parameters\nas_of = '2023-12-04'\n"], []),
        (["as_of = ''", "# Parameters\nevidense = 'article'\n"], ["evidense"]),
        (["as_of = ''", "# Parameters\nevidense = 1\n", "evidense = 2"], ["evidense"]),
        (["", "# Parameters\na = 1\n", "a = 1", "# Parameters\na = 1\n"], []),
        (["a = 1", "# Parameters\nb = 1\n", "# Parameters\nb = 1\nc = 1\n"], ["b", "c"]),
        (["top: int = 3", "# Parameters\ntop = 4\n"], []),
        (["%matplotlib (", "x = 1", "# Parameters\nx = 4\n"], []),
        (["", "as_of = ''\nfigure = 3"], []),
        ([], []),
    ],
)
def test_a_name_that_papermill_injects_and_no_cell_assigned_is_a_fault(cells, names):
    """Papermill sets a misspelt name and goes on; a notebook's own parameters are its own."""
    assert [fault.split(":")[0] for fault in misspelt(cells)] == names


def test_a_misspelt_name_is_refused_with_the_near_one():
    """Among those that the notebook takes."""
    [fault] = misspelt(["as_of = ''\nevidence = ''", "# Parameters\nevidense = 1\n"])
    assert fault == (
        "evidense: not a parameter of this notebook; it takes as_of, evidence. "
        "Did you mean 'evidence'?"
    )


def test_a_report_is_a_notebook_with_a_cell_tagged_parameters(tmp_path):
    """What it takes is read from that cell, and nothing is registered anywhere."""
    path = tmp_path / "mine.ipynb"
    tagged = nbformat.v4.new_code_cell("as_of = ''  # a day\ntop: int = 3", metadata=TAGGED)
    for cells, expected in (
        ([], None),
        ([nbformat.v4.new_code_cell("as_of = ''")], None),
        ([tagged], ("as_of", "top")),
        ([nbformat.v4.new_code_cell("# none", metadata=TAGGED)], ()),
    ):
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        assert notebook_parameters(path) == expected


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 1}', '{"cells": [{}]}', "\udcff"])
def test_a_file_that_is_no_notebook_is_named(tmp_path, text):
    """With what to do."""
    path = tmp_path / "mine.ipynb"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ParameterError, match="mine.ipynb' is no notebook that can be read; mend"):
        notebook_parameters(path)
