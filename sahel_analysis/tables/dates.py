"""Uncertain dates: EDTF strings to the earliest and latest day they can mean."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime
from functools import lru_cache

import pandas as pd

from ..errors import ParameterError, shown

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
# A year, month or day, perhaps hedged.
_PLAIN = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-([0-9]{2}))?)?[~?%]?")
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
        ``2013/..``. Digits that are not known (``201X``: write ``2010/2019``), seasons, times of
        day, and intervals open at both ends are refused.

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
    ends = text.split("/")
    if len(ends) > 2 or all(end in _OPEN for end in ends):
        raise ValueError(_not_known(text))
    try:
        stretches = [(None, None) if end in _OPEN else _stretch(end) for end in ends]
    except ValueError as fault:
        message = f"'{shown(text)}' is not a day of the calendar"
        raise ValueError(message) from fault
    if None in stretches:
        raise ValueError(_not_known(text))
    earliest, latest = stretches[0][0], stretches[-1][1]
    if earliest and latest and earliest > latest:
        message = f"'{text}' ends before it begins"
        raise ValueError(message)
    return earliest, latest


def _not_known(text: str) -> str:
    """Return the message that refuses a text in a form that is not known here."""
    return f"'{shown(text)}' is not an EDTF date of the forms used here"


def _stretch(text: str) -> tuple[date, date] | None:
    """Return first and last day of a date without an interval; None where the form is not known.

    Raises ValueError where the calendar has no such day.
    """
    plain = _PLAIN.fullmatch(text)
    if not plain:
        return None
    year, month, day = (int(part) if part else 0 for part in plain.groups())
    first = date(year, month or 1, day or 1)
    return first, date(year, month or 12, day or monthrange(year, month or 12)[1])


def bounds_frame(texts: pd.Series) -> pd.DataFrame:
    """Return the bounds of many EDTF strings.

    Parameters
    ----------
    texts : pandas.Series of str
        EDTF strings; an empty string means "not stated".

    Returns
    -------
    pandas.DataFrame
        Same index; columns ``earliest`` and ``latest`` (datetime64, NaT where open or not stated).

    Raises
    ------
    ValueError
        As from `bounds`.
    """
    days = [bounds(text) if text else (None, None) for text in texts]
    frame = pd.DataFrame(days, index=texts.index, columns=["earliest", "latest"], dtype="object")
    return frame.apply(pd.to_datetime).astype("datetime64[s]")


def iso_day(value: str | date) -> date:
    """Return a day given as ``2023-12-04`` or as a `datetime.date`.

    Parameters
    ----------
    value : str or datetime.date
        The day; of a time stamp its day. No other form is taken: ``04/12/2023`` and ``20231204``
        could be misread.

    Raises
    ------
    ParameterError
        If it is no day of the calendar in that form.
    """
    try:
        if value is pd.NaT:  # a datetime by its class
            raise ValueError
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
        raise ParameterError(message) from None


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
    bounds(text)
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
        return f"{hedge}{MONTHS[int(month[2]) - 1]} {month[1]}"
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
    if "/" in text and " to " in words:
        return f"since some day between {' and '.join(_span(*text.split('/')))}"
    return f"since {words}"
