"""Promises about changes: what moved between two days, and which rows differ between two states."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from factory import data_copy, event, put, tiny

from sahel_analysis.errors import ParameterError
from sahel_analysis.evidence.changes import changes, compare, read_state, settled_on
from sahel_analysis.evidence.posture import posture

FIRST, LAST = date(2023, 12, 4), date(2025, 9, 1)


@pytest.fixture(scope="module")
def moved(tables):
    """Return what moved between the article's day and a later one."""
    return changes(FIRST, LAST, "checked", tables)


def test_every_state_that_differs_is_told_and_no_other(moved, tables):
    """By the posture of the two days, each asked for alone."""
    one, two = posture(FIRST, tables=tables), posture(LAST, tables=tables)
    for theme in ("french_posture", "russian_engagement"):
        differing = set(one.index[one[theme] != two[theme]])
        states = moved.states[moved.states["theme"] == theme]
        assert set(states["iso3"][states["before"] != states["after"]]) == differing


def test_event_behind_a_move_counted_on_the_second_day_alone(moved):
    """And names the country."""
    told = moved.states[moved.states["before"] != moved.states["after"]]
    for row in told.itertuples():
        assert row.iso3 in moved.after.events.at[row.event_id, "iso3"]
        assert row.event_id not in moved.before.events.index


def test_force_that_leaves_is_told_with_the_event_that_ended_it():
    """Less than before has no row of its own."""
    came = event("deployment", "2023-01-01", "corps")
    left = event("withdrawal_completed", "2023-06-01", "corps")
    told = changes(date(2023, 2, 1), date(2023, 7, 1), "checked", tiny(came, left)).states
    russian = told[told["theme"] == "russian_engagement"]
    assert russian[["before", "after"]].to_numpy().tolist() == [["deployed", "none_recorded"]]
    assert russian["event_id"].tolist() == ["EV-002"]


def test_days_in_the_wrong_order_are_refused(tables):
    """And so is one day alone."""
    with pytest.raises(ValueError, match="must come after"):
        changes(LAST, LAST, "checked", tables)


def test_judgement_is_settled_once_all_that_settles_it_is_public(tables):
    """Without such an event its horizon settles it; one that is open is not settled."""
    rows = {row.Index: row for row in tables.judgements.itertuples()}
    assert settled_on(rows["KJ-114"], tables) == pd.Timestamp("2023-12-22")
    assert settled_on(rows["KJ-166"], tables) == rows["KJ-166"].horizon_end
    assert settled_on(rows["KJ-209"], tables) is None


def test_cells_that_differ_are_told_with_old_and_new_value(tmp_path):
    """And no row more than those that differ."""
    old, new = data_copy(tmp_path / "old"), data_copy(tmp_path / "new")
    put(new / "events.csv", "EV-212", confidence="low")
    by_name = {each.table: each for each in compare(read_state(str(old)), read_state(str(new)))}
    [cell] = by_name["events"].changed.to_dict("records")
    assert (cell["row_id"], cell["column"], cell["new"]) == ("EV-212", "confidence", "low")
    assert [name for name, each in by_name.items() if len(each.changed)] == ["events"]


def test_rows_columns_and_tables_without_a_counterpart_are_named(tmp_path):
    """An older state has other columns, and no table of unknowns."""
    old, new = data_copy(tmp_path / "old"), data_copy(tmp_path / "new")
    (old / "unknowns.csv").unlink()
    path = old / "events.csv"
    lines = pd.read_csv(path, dtype=str).drop(columns="known_from")
    lines[lines["event_id"] != "EV-212"].to_csv(path, index=False)
    by_name = {each.table: each for each in compare(read_state(str(old)), read_state(str(new)))}
    assert by_name["events"].added == ["EV-212"]
    assert by_name["events"].columns_added == ["known_from"]
    assert by_name["unknowns"].rows[0] == -1


@pytest.mark.parametrize("place", ["nowhere", "--help", ".", "README.md"])
def test_place_that_holds_no_tables_is_refused(place, tmp_path, monkeypatch):
    """Whatever it is, with what was expected."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text("no tables", encoding="utf-8")
    with pytest.raises(ParameterError, match="expected|name a folder"):
        read_state(place)
