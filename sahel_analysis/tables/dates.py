"""Uncertain dates: EDTF strings to the earliest and latest day they can mean."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime
from functools import lru_cache

import pandas as pd

from ..errors import shown

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLAIN = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-([0-9]{2}))?)?[~?%]?")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
# Digits that are not known, the one form beside the plain ones that can be said in words as it is.
_UNSPECIFIED = re.compile(r"[0-9]{2}XX|[0-9]{3}X|[0-9]{4}-XX(-XX)?|[0-9]{4}-(0[1-9]|1[0-2])-XX")
_OPEN = {"..", ""}  # an end that is open, and one that is not known
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@lru_cache(maxsize=65536)
def bounds(text: str) -> tuple[date | None, date | None]:
    """Return the earliest and the latest day that an EDTF string allows.

    Parameters
    ----------
    text : str
        EDTF, ISO 8601-2 levels 0 and 1, as far as it can be said in words: ``2023-12-04``,
        ``2023-12``, ``2018``, ``2023-12~``, ``2023-11-29/2023-12-02``, ``../2012-01-01``,
        ``2013/..``, ``201X``, ``2023-12-XX``. Seasons, times of day, and intervals open at both
        ends are refused.

    Returns
    -------
    tuple of (datetime.date or None)
        Earliest and latest day, both inclusive. ``None`` stands for an open end.

    Raises
    ------
    ValueError
        If `text` is not EDTF, names a day that does not exist, or runs backwards.

    Notes
    -----
    "About" and "perhaps" (``~``, ``?``) do not widen the bounds: the sources do not say by how
    much, and a width of our own making would be an invented fact.
    """
    try:
        found = _plain(text)
    except ValueError as fault:
        message = f"'{text}' is not a day of the calendar"
        raise ValueError(message) from fault
    earliest, latest = found or _parsed(text)
    if earliest and latest and earliest > latest:
        message = f"'{text}' ends before it begins"
        raise ValueError(message)
    return earliest, latest


def _plain(text: str) -> tuple[date | None, date | None] | None:
    """Return the bounds of a year, month, day or interval of them; None for anything rarer.

    The grammar of edtf takes longer over the tables' dates than all the rest of loading; a test
    holds these forms to its answers.
    """
    ends = text.split("/")
    if len(ends) > 2 or all(end in _OPEN for end in ends):
        return None
    found = [None if end in _OPEN else _PLAIN.fullmatch(end) for end in ends]
    if any(part is None and end not in _OPEN for part, end in zip(found, ends, strict=True)):
        return None
    stretches = [_stretch(part) if part else (None, None) for part in found]
    return stretches[0][0], stretches[-1][1]


def _stretch(found: re.Match) -> tuple[date, date]:
    """Return the first and last day of a year, month or day; ValueError where there is none."""
    year, month, day = (int(part) if part else 0 for part in found.groups())
    first = date(year, month or 1, day or 1)
    return first, date(year, month or 12, day or monthrange(year, month or 12)[1])


def _parsed(text: str) -> tuple[date | None, date | None]:
    """Return the bounds that edtf finds for digits that are not known; else ValueError."""
    if not _UNSPECIFIED.fullmatch(text):
        message = f"'{shown(text)}' is not an EDTF date of the forms used here"
        raise ValueError(message)
    import edtf  # here because loading plain dates does not need it

    try:
        parsed = edtf.parse_edtf(text)
        return _day(parsed.lower_strict()), _day(parsed.upper_strict())
    except (edtf.EDTFParseException, ValueError, AttributeError, TypeError, OverflowError) as fault:
        message = f"'{shown(text)}' is not an EDTF date"
        raise ValueError(message) from fault


def _day(value: object) -> date | None:
    """Return a day from the struct that edtf gives; its infinities are open ends."""
    if isinstance(value, float):
        return None
    return date(value.tm_year, value.tm_mon, value.tm_mday)


def bounds_frame(texts: pd.Series) -> pd.DataFrame:
    """Return the bounds of many EDTF strings.

    Parameters
    ----------
    texts : pandas.Series of str
        EDTF strings; an empty string means "not stated".

    Returns
    -------
    pandas.DataFrame
        Same index; columns ``earliest`` and ``latest`` (datetime64, NaT where open or not stated)
        and ``fault`` (str, empty where the string is sound).
    """
    unique = texts.unique()
    found: dict[str, tuple[date | None, date | None, str]] = {"": (None, None, "")}
    for text in unique:
        if text == "":
            continue
        try:
            found[text] = (*bounds(text), "")
        except ValueError as fault:
            found[text] = (None, None, str(fault))
    return pd.DataFrame(
        {
            "earliest": texts.map({text: pd.Timestamp(row[0]) for text, row in found.items()}),
            "latest": texts.map({text: pd.Timestamp(row[1]) for text, row in found.items()}),
            "fault": texts.map({text: row[2] for text, row in found.items()}),
        },
        index=texts.index,
    ).astype({"earliest": "datetime64[s]", "latest": "datetime64[s]"})


def iso_day(value: str | date) -> date:
    """Return a day given as ``2023-12-04`` or as a `datetime.date`.

    Parameters
    ----------
    value : str or datetime.date
        The day; of a time stamp its day. No other form is taken: ``04/12/2023`` and ``20231204``
        could be misread.

    Raises
    ------
    ValueError
        If it is no day of the calendar in that form.
    """
    try:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
        raise ValueError
    except ValueError:
        message = (
            f"'{shown(value)}' is not a day; expected one of the calendar such as '2023-12-04'."
        )
        raise ValueError(message) from None


def day_in_words(day: date) -> str:
    """Return ``4 December 2023`` for a day."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def in_words(text: str) -> str:
    """Return an EDTF string as a reader would say it, with its precision kept.

    Parameters
    ----------
    text : str
        EDTF string; empty for "not stated".

    Returns
    -------
    str
        ``4 December 2023``, ``December 2023``, ``2018``, ``by 1 January 2012``, ``from 2013``,
        ``29 November to 2 December 2023``, ``about December 2023``; ``no date`` for empty.

    Raises
    ------
    ValueError
        If `text` is not EDTF.
    """
    if not text:
        return "no date"
    earliest, latest = bounds(text)
    if "X" in text:
        if earliest.year == latest.year:
            return in_words(text[: text.index("-XX")])
        return f"between {earliest.year} and {latest.year}"
    if "/" in text:
        start, end = text.split("/")
        if start == end:
            return in_words(start)
        if start in {"..", ""}:
            return f"by {in_words(end)}"
        if end in {"..", ""}:
            return f"from {in_words(start)}"
        return " to ".join(_span(start, end))
    hedge = {"~": "about ", "?": "perhaps ", "%": "perhaps about "}.get(text[-1], "")
    bare = text.rstrip("~?%")
    if _DAY.fullmatch(bare):
        return hedge + day_in_words(date.fromisoformat(bare))
    if month := _MONTH.fullmatch(bare):
        number = int(month[2])
        if 1 <= number <= 12:
            return f"{hedge}{MONTHS[number - 1]} {month[1]}"
        return f"{hedge}{bare}"
    return hedge + bare


def _span(start: str, end: str) -> tuple[str, str]:
    """Return ``17`` and ``19 July 2019``: what both ends share is said once, at the end."""
    last = in_words(end)
    first, rest = in_words(start).split(), last.split()
    while len(first) > 1 and len(rest) > 1 and first[-1] == rest[-1]:
        first, rest = first[:-1], rest[:-1]
    return " ".join(first), last


def since_in_words(text: str) -> str:
    """Return since when something has held: ``since 3 August 2023``, ``by 1 January 2012``.

    Of an interval it is not known on which day it began: ``since some day between 17 and 19 July
    2019``.

    Parameters
    ----------
    text : str
        EDTF string of the event with which it began.
    """
    words = in_words(text)
    if words.startswith(("by ", "from ")):
        return words
    if words.startswith("between"):
        return f"since some day {words}"
    if "/" in text and " to " in words:
        return f"since some day between {' and '.join(_span(*text.split('/')))}"
    return f"since {words}"
