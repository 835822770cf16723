"""Uncertain dates: EDTF strings to the earliest and latest day they can mean."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

import pandas as pd

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"\d{4}")
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
        EDTF, ISO 8601-2 levels 0 and 1: ``2023-12-04``, ``2023-12``, ``2018``, ``2023-12~``,
        ``2023-11-29/2023-12-02``, ``../2012-01-01``, ``2013/..``.

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
    if _DAY.fullmatch(text):
        try:
            day = date.fromisoformat(text)
        except ValueError as fault:
            message = f"'{text}' is not a day of the calendar"
            raise ValueError(message) from fault
        return day, day
    import edtf  # here because loading plain days does not need it

    try:
        parsed = edtf.parse_edtf(text)
        earliest, latest = _day(parsed.lower_strict()), _day(parsed.upper_strict())
    except (edtf.EDTFParseException, ValueError, AttributeError, TypeError, OverflowError) as fault:
        message = f"'{text}' is not an EDTF date"
        raise ValueError(message) from fault
    if earliest and latest and earliest > latest:
        message = f"'{text}' ends before it begins"
        raise ValueError(message)
    return earliest, latest


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
        if start in {"..", ""}:
            return f"by {in_words(end)}"
        if end in {"..", ""}:
            return f"from {in_words(start)}"
        return f"{in_words(start)} to {in_words(end)}"
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
