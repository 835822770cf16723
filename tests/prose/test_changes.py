"""Promises about changes in words: few, complete, and each with the rows behind it."""

from __future__ import annotations

from datetime import date

import pytest

from sahel_analysis.evidence.changes import changes, compare
from sahel_analysis.prose.changes import as_data, as_text, corrections_text, tell

FIRST, LAST = date(2023, 12, 4), date(2025, 9, 1)


@pytest.fixture(scope="module")
def moved(tables):
    """Return what moved between the article's day and a later one."""
    return changes(FIRST, LAST, "checked", tables)


def test_what_happened_takes_four_hundred_words_at_most(moved):
    """And nothing is left out of these twenty months."""
    text = as_text(moved)
    assert len(text.split()) <= 400
    assert "left out for length" not in text


def test_every_country_whose_state_moved_is_named(moved, tables):
    """In the part of its side."""
    parts = {
        section.heading: " ".join(line.text for line in section.lines) for section in tell(moved)
    }
    for row in moved.states.itertuples():
        heading = "French forces" if row.theme == "french_posture" else "Russia"
        assert tables.countries.at[row.iso3, "name_en"] in parts[heading]


def test_every_line_leads_to_rows_of_the_tables(moved, tables):
    """Events, figures, judgements; what only lapsed has none."""
    known = {*tables.events.index, *tables.figures.index, *tables.judgements.index}
    for section in tell(moved):
        for line in section.lines:
            assert known.issuperset(line.rows)
            assert line.rows or line.text.startswith("No longer confirmed")


def test_short_of_room_states_stay_longest_and_the_rest_is_counted(moved):
    """What explains goes first."""
    sections = tell(moved, 120)
    assert sections[0].heading == "French forces"
    assert sections[-1].lines[0].text.endswith("left out for length; --format json lists them.")


@pytest.mark.parametrize("most", [0, 1, 50, 10**6])
def test_any_number_of_words_ends(moved, most):
    """Even none."""
    assert all(section.lines for section in tell(moved, most))


def test_two_days_without_a_change_say_so(tables):
    """In one sentence."""
    text = as_text(changes(FIRST, date(2023, 12, 5), "checked", tables), markdown=True)
    assert text.splitlines()[-1] == "Nothing that the tables hold moved."


def test_programs_are_told_every_change(moved):
    """As many as the frames hold."""
    told = as_data(moved)
    assert [len(told[name]) for name in ("states", "bases", "events")] == [
        len(moved.states), len(moved.bases), len(moved.events)
    ]  # fmt: skip


def test_equal_tables_are_the_same():
    """And say so."""
    assert corrections_text(compare({}, {}), "one", "other") == "one and other hold the same rows."
