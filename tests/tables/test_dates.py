"""Promises about uncertain dates: their bounds, their words, and what is refused."""

from datetime import date

import edtf
import pandas as pd
import pytest

from sahel_analysis.tables.dates import (
    bounds,
    bounds_frame,
    day_in_words,
    in_words,
    iso_day,
    since_in_words,
)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2023-12-04", date(2023, 12, 4), date(2023, 12, 4)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        ("2018", date(2018, 1, 1), date(2018, 12, 31)),
        ("2023-11-29/2023-12-02", date(2023, 11, 29), date(2023, 12, 2)),
        ("2023-07/2023-09", date(2023, 7, 1), date(2023, 9, 30)),
        ("../2012-01-01", None, date(2012, 1, 1)),
        ("2013/..", date(2013, 1, 1), None),
    ],
)
def test_bounds_are_the_first_and_last_day_a_date_can_mean(text, earliest, latest):
    """Months and years stretch from their first to their last day; open ends are None."""
    assert bounds(text) == (earliest, latest)


@pytest.mark.parametrize(
    "text",
    ["2023-12-04", "2024-02", "2018", "2023-12~", "2018?", "2023-11-29/2023-12-02", "2023-07~/2024",
     "../2012-01-01", "2013/.."],
)  # fmt: skip
def test_plain_dates_are_read_as_the_library_of_congress_standard_reads_them(text):
    """The short way for common forms gives what the grammar of edtf gives."""
    parsed = edtf.parse_edtf(text)
    days = [
        None if isinstance(end, float) else date(end.tm_year, end.tm_mon, end.tm_mday)
        for end in (parsed.lower_strict(), parsed.upper_strict())
    ]
    assert bounds(text) == tuple(days)


def test_an_unknown_end_is_open_and_not_ten_years_away():
    """No width is invented for an end that is not known."""
    assert bounds("2023/") == (date(2023, 1, 1), None)
    assert bounds("/2023") == (None, date(2023, 12, 31))


@pytest.mark.parametrize("sign", ["~", "?", "%"])
def test_about_and_perhaps_do_not_widen_the_bounds(sign):
    """No width is invented where the source gives none."""
    assert bounds(f"2023-12{sign}") == bounds("2023-12")


@pytest.mark.parametrize(
    "text", ["2023-02-30", "2023-13", "4 December 2023", "04/12/2023", "soon", "2023-12-4"]
)
def test_what_is_no_edtf_date_is_refused_by_name(text):
    """The message repeats what was given."""
    with pytest.raises(ValueError, match=text):
        bounds(text)


@pytest.mark.parametrize(
    "text",
    [
        "2023-24",
        "2023-12-04T10:00:00",
        "../..",
        "/",
        "[2022,2023]",
        "1950S2",
        "2023-12-04\n",
        "201X",
        "2023-XX",
        "2023-12-XX",
    ],
)
def test_what_could_not_be_said_in_words_is_refused(text):
    """A season looks like two years, a time of day would be lost, and so on."""
    with pytest.raises(ValueError, match="is not an EDTF date of the forms used here"):
        bounds(text)


def test_an_interval_that_runs_backwards_is_refused():
    """The end may not lie before the beginning."""
    with pytest.raises(ValueError, match="ends before it begins"):
        bounds("2023-12/2023-11")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no date"),
        ("2023-12-04", "4 December 2023"),
        ("2023-12", "December 2023"),
        ("2018", "2018"),
        ("2023-12~", "about December 2023"),
        ("2023-12?", "perhaps December 2023"),
        ("../2012-01-01", "by 1 January 2012"),
        ("2013/..", "from 2013"),
        ("2023-11-29/2023-12-02", "29 November to 2 December 2023"),
        ("2023-12-04/2023-12-04", "4 December 2023"),
    ],
)
def test_words_keep_the_precision_of_the_date(text, words):
    """A month is not turned into a day, nor a hedge into a fact."""
    assert in_words(text) == words


def test_a_day_is_written_without_a_leading_zero():
    """Days are words for readers, not codes."""
    assert day_in_words(date(2023, 12, 4)) == "4 December 2023"


def test_a_column_of_dates_keeps_its_index_and_refuses_a_fault():
    """Empty cells are open."""
    frame = bounds_frame(pd.Series(["2023-12", ""], index=["a", "b"]))
    assert list(frame.index) == ["a", "b"]
    assert frame.at["a", "latest"] == pd.Timestamp("2023-12-31")
    assert pd.isna(frame.at["b", "latest"])
    with pytest.raises(ValueError, match="'2023-02-30' is not a day of the calendar"):
        bounds_frame(pd.Series(["2023-02-30"]))


@pytest.mark.parametrize("day", ["2023-12-04", date(2023, 12, 4), pd.Timestamp("2023-12-04")])
def test_a_day_is_taken_as_text_and_as_a_date(day):
    """Both mean the same."""
    assert iso_day(day) == date(2023, 12, 4)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2023-08-03", "since 3 August 2023"),
        ("../2012-01-01", "by 1 January 2012"),
        ("2017-08-10/2017-12-31", "since some day between 10 August and 31 December 2017"),
        ("2021-12/2022-01", "since some day between December 2021 and January 2022"),
    ],
)
def test_words_say_that_the_first_day_is_not_known(text, words):
    """An interval is when something began, not how long it lasted."""
    assert since_in_words(text) == words
