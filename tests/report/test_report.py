"""Promises about Report: all that a notebook needs, found by Tab, and refused where it is wrong."""

from __future__ import annotations

import re
from dataclasses import replace

import papermill
import pytest
from trial import put_brief

from sahel_analysis import Report
from sahel_analysis.errors import ParameterError
from sahel_analysis.evidence.record import one_article
from sahel_analysis.prose.notes import anchor
from sahel_analysis.report.outputs import COVER_TYPE

DAY = "2023-12-04"
OF_COUNTRIES = (
    "cover", "tiles", "story", "phases", "judgements", "article_errors", "unknowns", "key_sources",
    "map", "map_series", "timeline", "agreements", "missions", "exit_ladder",
    "force_levels", "posture_table", "events_table", "figures_table", "words", "notes", "signature",
    "annex",
)  # fmt: skip
OF_THE_ARTICLE = (
    "cover", "verdicts", "errors", "unverified", "claims_table", "annex",
)  # fmt: skip


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


def test_no_judgement_on_where_the_text_comes_from_is_no_table(tables):
    """A head without rows would say nothing; with one the table stands."""
    assert Report("The article", subject="article", tables=tables).provenance() is None
    judged = replace(tables, judgements=tables.judgements.assign(scope="article"))
    shown = Report("The article", subject="article", tables=judged).provenance()
    assert "| " in shown.data["text/markdown"]


@pytest.mark.parametrize("side", ["france", "russia", "others"])
def test_a_side_narrows_events_and_their_table(report, side):
    """To what is a matter of theirs."""
    events = report.events(side)
    assert 0 < len(events) < len(report.events())
    assert report.events_table(side).data["text/markdown"].count("\n| ") == len(events) + 2


def test_a_side_that_is_not_known_is_refused_with_the_near_one(report):
    """By every method that takes one."""
    for method in (report.events_table, report.figures_table, report.force_levels):
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


@pytest.mark.parametrize("side", ["france", "russia", "others"])
def test_a_report_of_one_side_tells_of_it_alone(tables, side):
    """Its phases rest on events of its own, its judgements cite some."""
    report = Report("T", tells=[side], as_of=DAY, tables=tables)
    own = set(report.events(side).index) | set(
        report.figures(side if side != "others" else "").index
    )
    for phase in report._phases:
        for line in phase.sentences:
            assert not own.isdisjoint(line.rows)
    cited = re.findall(r'rows="(KJ-\d+)"', report.judgements().data["text/markdown"])
    assert cited
    events = set(report.events(side).index)
    assert all(not events.isdisjoint(tables.judgements.at[key, "event_ids"]) for key in cited)
    assert report.story() is None


@pytest.mark.parametrize(("country", "day"), [("NER", DAY), ("MLI", "2022-09-01"), ("", DAY)])
def test_no_sentence_stands_twice_on_the_pages(tables, country, day):
    """Cover, story, phases and unknowns."""
    asked = {"country": country} if country else {}
    report = Report("T", as_of=day, tables=tables, **asked)
    texts = [line.text for line in report._printed]
    assert len(texts) == len(set(texts))


def test_the_marks_of_the_pages_lead_to_their_key_sources(tables):
    """Each number is listed, each listed number is marked."""
    report = Report("T", as_of=DAY, country="NER", tables=tables)
    parts = (report.cover(), report.story(), report.phases(), report.unknowns())
    text = " ".join(part.data["text/markdown"] for part in parts)
    marks = set(re.findall(r"\(#(source-\d+)\)", text))
    anchors = set(re.findall(r"\{#(source-\d+)\}", report.key_sources().data["text/markdown"]))
    assert marks == anchors
    assert 6 <= len(anchors) <= 10
    assert not re.search(r"\(#[cefjs]\d+\)", text)


def test_every_row_behind_the_pages_has_a_note_in_the_annex(tables):
    """And the annex is an output apart."""
    report = Report("T", as_of=DAY, country="NER", tables=tables)
    annex = report.annex()
    assert annex._repr_mimebundle_()[1]["sahel"] == {"annex": True}
    text = annex.data["text/markdown"]
    assert len(report._printed) > 10
    for line in report._printed:
        for key in line.rows:
            assert f"{{#{anchor(key)}}}" in text
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        "## Events", "## Figures", "## What our judgements rest on", "## Sources and method",
        "## Notes", "## Signature",
    ]  # fmt: skip


def test_what_the_tables_do_not_hold_is_no_section(tables):
    """No heading without content: the article is not yet written, no judgement held."""
    early = Report("T", as_of="2014-06-01", country="CAF", tables=tables)
    assert early.article_errors() is None
    assert early.judgements() is None
    assert early.phases() is not None


def test_a_report_with_too_little_to_tell_shows_one_sentence(tables):
    """Fewer than two events name the country."""
    report = Report("T", as_of="2014-06-01", country="GIN", tables=tables)
    assert report.has_little
    assert "Too little is on record for a report" in report.cover().data["text/markdown"]
    for name in (*OF_COUNTRIES[1:9], "timeline", "annex"):
        assert getattr(report, name)() is None
    assert not Report("T", as_of=DAY, country="NER", tables=tables).has_little


def test_the_cover_says_how_many_pages_the_report_may_fill(tables):
    """And that a country brief is set as one."""
    content = Report("T", pages=2, as_of=DAY, country="NER", tables=tables).cover().data[COVER_TYPE]
    assert (content["pages"], content["layout"]) == (2, "brief")
    content = Report("T", as_of=DAY, tables=tables).cover().data[COVER_TYPE]
    assert (content["pages"], content["layout"]) == (0, "report")


def test_judgements_recorded_after_the_end_stand_apart(tables):
    """In the edition of the last day alone."""
    last = tables.events["latest"].max().date()
    text = Report("T", as_of=last, tables=tables).judgements().data["text/markdown"]
    assert "Recorded on 24 November 2026" in text
    earlier = Report("T", as_of=DAY, tables=tables).judgements().data["text/markdown"]
    assert "Recorded on" not in earlier


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


def test_an_article_without_checks_is_not_checked(tables):
    """The cover says so of every assertion."""
    without = replace(tables, checks=tables.checks.iloc[:0])
    cover = Report("T", subject="article", tables=without).cover()
    number = len(one_article(tables).claims)
    assert f"{number} not checked" in cover._repr_mimebundle_()[0]["text/markdown"]


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
