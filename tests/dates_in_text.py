"""Dates in the text of a page: which days, months and years a reader meets, and which are too late."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import date
from html.parser import HTMLParser
from typing import NamedTuple

from sahel_analysis.tables.dates import MONTHS

_BREAK = " ¶ "  # between two elements whose words do not belong together
_UNSEEN = {"script", "style", "template", "metadata"}
_WITHIN_A_LINE = {
    "a", "abbr", "b", "bdi", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s",
    "samp", "small", "span", "strong", "time", "u", "var", "wbr",
}  # fmt: skip
_SPACED = {"br", "tspan"}
_VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}  # fmt: skip
_CLOSED_BY_ITS_LIKE = {"p", "li", "dt", "dd", "tr", "td", "th", "option"}
_SPOKEN = ("alt", "title", "aria-label")  # attributes that a reader sees or hears

_NUMBERS = {
    name: number
    for number, month in enumerate(MONTHS, 1)
    for name in (month.lower(), month[:3].lower(), *(["sept"] if month == "September" else []))
}
_NAMES = sorted(_NUMBERS, key=len, reverse=True)
_MONTH = "(?:" + "|".join(f"{name.capitalize()}|{name.upper()}" for name in _NAMES) + r")\b\.?"
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)[0-9]{2}"
_START = r"(?<!\w)(?<![A-Z]-)(?<![0-9][.,])"  # no number within a word, a key or a larger number
_END = r"(?![0-9]|[.,][0-9])"
_DATE = re.compile(
    rf"""{_START}(?:
    (?P<iso_year>{_YEAR})(?P<mark>[-/])(?P<iso_month>0[1-9]|1[0-2])(?:(?P=mark)(?P<iso_day>[0-9]{{2}}))?
        (?!(?P=mark)?[0-9])
    | (?:(?P<first_day>{_DAY})(?:\s+(?P<first_month>{_MONTH}))?\s*(?:to|and|or|[-–—/])\s*)?
        (?P<day>{_DAY})\s+(?:of\s+)?(?P<month>{_MONTH}),?\s+(?P<year>{_YEAR}){_END}
    | (?P<us_month>{_MONTH})\s+(?P<us_day>{_DAY}),?\s+(?P<us_year>{_YEAR}){_END}
    | (?P<only_month>{_MONTH}),?\s+(?:of\s+)?(?P<month_year>{_YEAR}){_END}
    | (?P<only_year>{_YEAR})(?:s\b|(?!\w)){_END}
    )""",
    re.VERBOSE,
)
_INVISIBLE = str.maketrans("", "", "\u00ad\u200b\u200c\u200d\u2060\ufeff")


class Mention(NamedTuple):
    """A date that a text names: the earliest day that it can mean, its words and those around."""

    day: date
    words: str
    context: str


class _Visible(HTMLParser):
    """Gathers the text of a page that a reader sees, outside some classes."""

    def __init__(self, exempt: Collection[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.exempt = set(exempt)
        self.open: list[tuple[str, bool]] = []  # elements, and whether their text is left out
        self.parts: list[str] = []

    @property
    def is_left_out(self) -> bool:
        """Whether the text at this place does not count."""
        return bool(self.open) and self.open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if tag in _CLOSED_BY_ITS_LIKE and self.open and self.open[-1][0] == tag:
            self.open.pop()
        self._separate(tag)
        given = {name: value or "" for name, value in attrs}
        left_out = (
            self.is_left_out
            or tag in _UNSEEN
            or "hidden" in given
            or "display:none" in given.get("style", "").replace(" ", "")
            or not self.exempt.isdisjoint(given.get("class", "").split())
        )
        if not left_out:
            spoken = [given[name] for name in _SPOKEN if name in given]
            self.parts.extend(f"{_BREAK}{text}{_BREAK}" for text in spoken)
        if tag not in _VOID:
            self.open.append((tag, left_out))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open and close an element that is written as one tag, as in drawings."""
        depth = len(self.open)
        self.handle_starttag(tag, attrs)
        del self.open[depth:]

    def handle_endtag(self, tag: str) -> None:
        """Close an element and those left open in it."""
        names = [name for name, _ in self.open]
        if tag in names:
            del self.open[len(names) - 1 - names[::-1].index(tag) :]
        self._separate(tag)

    def handle_data(self, data: str) -> None:
        """Keep text that counts."""
        if not self.is_left_out:
            self.parts.append(data)

    def _separate(self, tag: str) -> None:
        """Keep words apart that stand in different places of the page."""
        if tag not in _WITHIN_A_LINE:
            self.parts.append(" " if tag in _SPACED else _BREAK)


def visible_text(html: str, exempt: Collection[str] = ()) -> str:
    """Return the text of a page that a reader sees or hears.

    Parameters
    ----------
    html : str
        The page. Drawings count where their words are text; pictures by their ``alt``.
    exempt : collection of str
        Classes of elements whose text is left out.

    Returns
    -------
    str
        The text with single spaces; a pilcrow stands between elements that do not share a line.
    """
    parser = _Visible(exempt)
    parser.feed(html)
    parser.close()
    return " ".join("".join(parser.parts).translate(_INVISIBLE).split())


def dates_in(text: str) -> list[Mention]:
    """Return the dates that a text names, in its order.

    Days (``4 December 2023``, ``4 to 6 Dec 2023``, ``December 4, 2023``, ``2023-12-04``), months
    (``December 2023``, ``Dec. 2023``, ``2023-12``) and years from 1900 to 2099 (``2023``,
    ``mid-2024``, ``the 2020s``). A day without its year says nothing by itself and is left out.

    Parameters
    ----------
    text : str
        Plain text.

    Returns
    -------
    list of Mention
        A month counts from its first day, a year from 1 January.
    """
    return [
        Mention(day, found[0], text[max(0, found.start() - 60) : found.end() + 60])
        for found in _DATE.finditer(text)
        for day in _days(found.groupdict())
    ]


def later_than(html: str, day: date, exempt: Collection[str] = ()) -> list[Mention]:
    """Return the dates of a page that lie after a day.

    Parameters
    ----------
    html : str
        The page.
    day : datetime.date
        Last day that it may name.
    exempt : collection of str
        As in `visible_text`.
    """
    return [mention for mention in dates_in(visible_text(html, exempt)) if mention.day > day]


def _days(parts: dict[str, str | None]) -> Iterator[date]:
    """Return the earliest day of each date in one match: two where it is a stretch of days."""
    if parts["iso_year"]:
        yield _earliest(parts["iso_year"], int(parts["iso_month"]), parts["iso_day"])
    elif parts["year"]:
        last = _number(parts["month"])
        if parts["first_day"]:
            first = _number(parts["first_month"] or parts["month"])
            # From December to January the year is that of the second day.
            year = int(parts["year"]) - (first > last)
            yield _earliest(str(year), first, parts["first_day"])
        yield _earliest(parts["year"], last, parts["day"])
    elif parts["us_year"]:
        yield _earliest(parts["us_year"], _number(parts["us_month"]), parts["us_day"])
    elif parts["month_year"]:
        yield _earliest(parts["month_year"], _number(parts["only_month"]), None)
    else:
        yield _earliest(parts["only_year"], 1, None)


def _number(name: str) -> int:
    """Return the number of a month by its name."""
    return _NUMBERS[name.rstrip(".").lower()]


def _earliest(year: str, month: int, day: str | None) -> date:
    """Return a day; of one that the calendar does not have, the first of its month."""
    with suppress(ValueError):
        return date(int(year), month, int(re.match("[0-9]+", day)[0]) if day else 1)
    return date(int(year), month, 1)
