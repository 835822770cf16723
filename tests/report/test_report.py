"""Promises about Report: all that a notebook needs, found by Tab, and refused where it is wrong."""

from __future__ import annotations

from dataclasses import replace

import papermill
import pytest
from trial import put_brief

from sahel_analysis import Report
from sahel_analysis.errors import ParameterError

DAY = "2023-12-04"
OF_COUNTRIES = (
    "cover", "map", "map_pair", "map_series", "timeline", "agreements", "missions", "judgements",
    "rivals", "differences", "corrections", "what_happened", "article_says", "countries_in_words",
    "gaps", "posture_table", "events_table", "figures_table", "method", "words", "notes",
    "signature", "back_matter",
)  # fmt: skip
OF_THE_ARTICLE = ("cover", "verdicts", "errors", "unverified", "provenance", "claims_table")


@pytest.fixture(scope="module")
def report(tables):
    """Return a report of all countries on the day of the article."""
    return Report("A title", "A subtitle", as_of=DAY, tables=tables)


@pytest.mark.parametrize("name", OF_COUNTRIES)
def test_every_exhibit_is_a_method_that_needs_no_argument(report, name):
    """And gives what a cell shows and the exporters publish."""
    data = getattr(report, name)().data
    assert "text/html" in data
    assert len(data) >= 2
    assert getattr(Report, name).__doc__


@pytest.mark.parametrize("name", OF_THE_ARTICLE)
def test_every_exhibit_of_the_article_is_a_method(tables, name):
    """For the report whose subject is the article."""
    report = Report("The article", subject="article", tables=tables)
    assert "text/html" in getattr(report, name)().data


@pytest.mark.parametrize("side", ["france", "russia", "others"])
def test_a_side_narrows_events_and_their_table(report, side):
    """To what is a matter of theirs."""
    events = report.events(side)
    assert 0 < len(events) < len(report.events())
    assert report.events_table(side).data["text/markdown"].count("\n| ") == len(events) + 2


def test_a_side_that_is_not_known_is_refused_with_the_near_one(report):
    """By every method that takes one."""
    for method in (report.timeline, report.events_table, report.figures_table, report.force_levels):
        with pytest.raises(ParameterError, match="Did you mean 'france'?"):
            method("frence")
    with pytest.raises(ParameterError, match="Did you mean 'combined'?"):
        report.map("combind")


def test_the_repr_tells_what_a_report_holds(report, tables):
    """Title, day, evidence, countries and counts."""
    assert repr(report) == (
        f"Report('A title', as of {DAY}, checked evidence: All countries followed; "
        f"{len(report.events())} events, {len(report.figures())} figures)"
    )
    assert "Niger and Mali; " in repr(Report("T", countries=["MLI", "NER"], tables=tables))


def test_a_title_names_place_and_day_where_it_asks_for_them(tables):
    """Other braces are text."""
    report = Report("{place}, {day}, {x}", as_of=DAY, country="NER", tables=tables)
    assert report.title == "Niger, 4 December 2023, {x}"


def test_sides_decide_what_bottom_line_and_posture_table_tell(tables):
    """One sentence and one column each."""
    french = Report("T", tells=["france"], as_of=DAY, tables=tables)
    assert "Russia" not in french.cover().data["text/markdown"]
    assert "Russian engagement" not in french.posture_table().data["text/markdown"]
    assert "Russia " in Report("T", as_of=DAY, tables=tables).cover().data["text/markdown"]


def test_every_fault_of_a_report_comes_in_one_message(tables):
    """Arguments and parameters alike, a line each, with a hint where one is near."""
    with pytest.raises(ParameterError) as refused:
        Report("", subject="artcle", tells=["frence"], evidense="x", as_of="soon", tables=tables)
    lines = str(refused.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "title", "subject", "tells", "evidense", "as_of",
    ]  # fmt: skip
    assert "Did you mean 'article'?" in lines[1]
    assert "Did you mean 'evidence'?" in lines[3]


def test_an_article_without_checks_has_no_audit(tables):
    """The cover says so."""
    without = replace(tables, checks=tables.checks.iloc[:0])
    cover = Report("T", subject="article", tables=without).cover()
    assert "hold no article" in cover._repr_mimebundle_()[0]["text/markdown"]


def test_back_matter_is_what_ends_every_report(report):
    """Four sections, in one cell, as they would stand in four."""
    text = report.back_matter().data["text/markdown"]
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["## Sources and method", "## Words and marks", "## Notes", "## Signature"]
    assert report.notes().data["text/markdown"] in text


def test_papermill_refuses_a_notebook_of_ones_own_a_misspelt_parameter(tmp_path):
    """By the name, and with the one that was meant."""
    path = put_brief(tmp_path) / "country_brief.ipynb"
    with pytest.raises(papermill.PapermillExecutionError) as stopped:
        papermill.execute_notebook(
            path, None, {"evidense": "article"}, kernel_name="python3", progress_bar=False, cwd="."
        )
    assert stopped.value.ename == "ParameterError"
    assert "evidense: not a parameter of this notebook; it takes as_of" in stopped.value.evalue
    assert "Did you mean 'evidence'?" in stopped.value.evalue
