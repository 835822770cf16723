"""Promises about messages: they say where, what was expected, and list everything at once."""

import pickle

import pytest

from sahel_analysis.errors import DataError, Problem, did_you_mean


@pytest.mark.parametrize(
    ("row", "column", "place"),
    [
        ("EV-012", "place_id", "data/events.csv EV-012, place_id"),
        ("EV-012", "", "data/events.csv EV-012"),
        ("", "place_id", "data/events.csv, place_id"),
        ("", "", "data/events.csv"),
    ],
)
def test_a_problem_says_where_as_closely_as_is_known(row, column, place):
    """File, row and column stand before the message, whichever of them there are."""
    assert str(Problem("data/events.csv", row, column, "is wrong.")) == f"{place}: is wrong."


def test_a_data_error_lists_every_problem_on_a_line():
    """All faults come in one message."""
    problems = [Problem("a.csv", "1", "x", "is empty."), Problem("b.csv", "2", "y", "is 'z'.")]
    assert str(DataError(iter(problems))) == "a.csv 1, x: is empty.\nb.csv 2, y: is 'z'."


def test_a_data_error_survives_a_process_boundary():
    """A worker's error reaches the caller with its problems."""
    error = DataError([Problem("a.csv", "1", "x", "is empty.")])
    copy = pickle.loads(pickle.dumps(error))
    assert copy.problems == error.problems
    assert str(copy) == str(error)


def test_a_data_error_is_a_value_error():
    """Code that knows only the standard errors can catch it."""
    with pytest.raises(ValueError, match="is empty"):
        raise DataError([Problem("a.csv", "", "", "is empty.")])


@pytest.mark.parametrize(
    ("value", "allowed", "hint"),
    [
        ("gao-town", ["gao_town", "bamako"], " Did you mean 'gao_town'?"),
        ("NIAMEY", ["niamey", "bamako"], " Did you mean 'niamey'?"),
        ("xyz", ["niamey", "bamako"], ""),
        ("xyz", [], ""),
        (12, ["12a"], " Did you mean '12a'?"),
    ],
)
def test_a_near_miss_is_named_and_a_far_one_is_not(value, allowed, hint):
    """The hint keeps the spelling that is allowed and stays silent where nothing is near."""
    assert did_you_mean(value, allowed) == hint
