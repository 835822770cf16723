"""Promises about parameters: what is not understood is refused, with what would have been."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
import pytest

from sahel_analysis.errors import ParameterError
from sahel_analysis.report.parameters import (
    NOTEBOOKS,
    date_range,
    from_notebook,
    injected,
    scope,
    validate,
    validate_world,
)

DAY = "2023-12-04"


def refusal(tables, notebook: str = "briefing", **values: object) -> str:
    """Return the message with which parameters are refused."""
    with pytest.raises(ParameterError) as refused:
        validate(notebook, {"as_of": DAY, **values}, tables)
    return str(refused.value)


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_every_notebook_takes_its_own_parameters(notebook, tables):
    """And gets what it did not name by default."""
    values = {"as_of": DAY, "country": "MLI"}
    asked = {name: values[name] for name in NOTEBOOKS[notebook] if name in values}
    parameters = validate(notebook, asked, tables)
    assert parameters.evidence == "checked"
    assert parameters.lang == "en"


def test_an_unknown_name_is_refused_with_the_near_one(tables):
    """The wrong report is worse than none."""
    message = refusal(tables, evidense="checked")
    assert "briefing cannot be made" in message
    assert "evidense: not a parameter of briefing; it takes as_of, evidence" in message
    assert "Did you mean 'evidence'?" in message


def test_a_parameter_of_another_notebook_is_unknown(tables):
    """A briefing has no one country, a brief no list."""
    assert "country: not a parameter of briefing" in refusal(tables, country="MLI")
    brief = refusal(tables, "country_brief", country="MLI", countries=["MLI"])
    assert "countries: not a parameter of country_brief" in brief


def test_an_unknown_notebook_is_refused_with_the_near_one(tables):
    """By the same kind of message."""
    assert "Did you mean 'country_brief'?" in refusal(tables, "contry_brief")


@pytest.mark.parametrize(
    ("given", "hint"), [("Mali", "MLI"), ("mali", "MLI"), ("MLII", "MLI"), ("ner", "NER")]
)
def test_a_country_by_name_or_misspelt_is_refused_with_its_code(given, hint, tables):
    """No guess is acted upon."""
    message = refusal(tables, "country_brief", country=given)
    assert f"country: '{given}' is not allowed; expected one of NER (Niger)" in message
    assert f"Did you mean '{hint}'?" in message


def test_a_country_that_is_not_followed_is_refused(tables):
    """France is in the tables, but no report follows it."""
    assert "FRA" not in scope(tables)
    assert "'FRA' is not allowed" in refusal(tables, "country_brief", country="FRA")


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
        assert validate("briefing", {"as_of": day}, tables).as_of == day
        assert validate("briefing", {"as_of": day.isoformat()}, tables).as_of == day


def test_a_missing_day_is_named(tables):
    """As the one thing that is needed."""
    with pytest.raises(ParameterError, match="as_of: Field required"):
        validate("briefing", {}, tables)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("all", None),
        (["MLI", "NER"], ("NER", "MLI")),
        (("MLI",), ("MLI",)),
        ("MLI", ("MLI",)),
        (["MLI", "MLI"], ("MLI",)),
    ],
)
def test_countries_are_a_list_or_all_in_reading_order(given, expected, tables):
    """Order and repetition do not make another report."""
    found = validate("briefing", {"as_of": DAY, "countries": given}, tables).countries
    assert found == (expected or tuple(scope(tables)))


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


@pytest.mark.parametrize(
    ("name", "given", "allowed"),
    [("evidence", "chekced", "'article', 'checked'"), ("lang", "fr", "'en'")],
)
def test_a_value_outside_a_closed_list_is_refused(name, given, allowed, tables):
    """With the list."""
    assert f"{name}: '{given}' is not allowed; expected one of {allowed}" in refusal(
        tables, **{name: given}
    )


def test_all_faults_come_in_one_message(tables):
    """One line each."""
    message = refusal(tables, "country_brief", as_of="soon", country="Mali", evidense="x")
    assert [line.split(":")[0] for line in message.splitlines()[1:]] == [
        "evidense",
        "as_of",
        "country",
    ]


def test_braces_in_a_value_do_not_break_the_message(tables):
    """A value is shown as it was given."""
    assert "'{x}' is not allowed" in refusal(tables, evidence="{x}")


def test_day_and_evidence_can_be_checked_without_a_notebook(tables):
    """The last day stands in for one that is not given."""
    assert validate_world({}, tables).as_of == date_range(tables)[1]
    assert validate_world({"as_of": DAY}, tables).as_of == date(2023, 12, 4)
    with pytest.raises(ParameterError, match="^as_of: 'soon' is not allowed"):
        validate_world({"as_of": "soon"}, tables)


def test_a_name_that_papermill_injected_is_seen(tables):
    """Papermill sets a misspelt name and goes on; the next cell refuses it."""
    namespace = {"as_of": DAY, "evidence": "checked", "countries": "all", "lang": "en"}
    cells = ["", "as_of = ''", '# Parameters\nevidense = "article"\n', "report = ..."]
    namespace |= {"evidense": "article", "In": cells}
    assert injected(namespace) == {"evidense": "article"}
    with pytest.raises(ParameterError, match="evidense: not a parameter of briefing"):
        from_notebook("briefing", namespace, tables)


def test_names_of_the_notebooks_own_are_not_parameters(tables):
    """Only what stands in papermill's cell is held against the list."""
    namespace = {"as_of": DAY, "In": ["", "as_of = ''\nfigure = 3"], "figure": 3}
    assert from_notebook("briefing", namespace, tables).as_of == date(2023, 12, 4)
