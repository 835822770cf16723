"""Promises about editions: what names one, and what its reports say of the one before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sahel_analysis.report import editions as module
from sahel_analysis.report.editions import (
    Edition,
    edition_before,
    editions_of,
    imprint,
    lint_editions,
    own_editions,
    read_file,
)
from sahel_analysis.report.report import Report


def test_clone_s_editions_are_those_of_its_file(tables):
    """Each with number, title and the day on which it was written; the earliest first."""
    made = editions_of(tables)
    assert {each.name for each in made} == set(read_file(own_editions()))
    assert all(each.number and each.title and each.written_on for each in made)
    assert [each.as_of for each in made] == sorted(each.as_of for each in made)


def test_line_names_edition_day_version_and_how_to_cite(tables):
    """Of a day that is no edition it leaves out what there is not."""
    last = editions_of(tables)[-1]
    line = imprint("Niger", last.as_of, "checked", tables)
    assert line.startswith(f"Edition {last.number}, {last.title}; as of ")
    assert f"Cite as: sahel_analysis, Niger, edition {last.number}, {last.as_of}." in line
    other = imprint("Niger", date(2022, 9, 1), "checked", tables)
    assert other.startswith("As of 1 September 2022; data ")
    assert "Edition" not in other


def test_tables_of_a_user_have_no_edition(tmp_path, tables):
    """Whatever stands in the clone."""
    assert editions_of(replace(tables, folder=tmp_path)) == []


def test_report_tells_what_moved_since_the_edition_before(tables):
    """The first edition has none before it."""
    first, last = (each.as_of for each in (editions_of(tables)[0], editions_of(tables)[-1]))
    told = Report("Niger", country="NER", as_of=last, tables=tables).since()
    assert told.data["text/markdown"].splitlines()[1].startswith("## Since the edition of ")
    assert Report("Niger", country="NER", as_of=first, tables=tables).since() is None
    assert edition_before(first, "checked", tables) is None


def test_own_first_words_of_an_edition_are_printed_and_linted(tables, monkeypatch):
    """A number that stands in no row is a fault of the file."""
    day = editions_of(tables)[-1].as_of
    own = Edition("last", day, headline="The last 51 soldiers left.", row_ids=("EV-212",))
    monkeypatch.setattr(module, "editions_of", lambda _: [own])
    cover = Report("Briefing", as_of=day, tables=tables).cover()
    assert "The last 51 soldiers left" in str(cover.data)
    [fault] = lint_editions(tables)
    assert str(fault).startswith("editions.toml last, headline: '51' stands in no row")
