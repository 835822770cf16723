"""Words: lists, names, numbers and values as a sentence of a report sets them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ..tables.dates import in_words
from ..tables.loading import Tables
from ..tables.vocabulary import QUALIFIERS
from .markdown import escape

_WITH_THE = frozenset({"CAF", "USA", "GBR"})
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def capital(text: str) -> str:
    """Return a text with its first letter raised; the rest is left as it is."""
    return text[:1].upper() + text[1:]


def listed(items: Iterable[str], last: str = "and") -> str:
    """Return items as a sentence lists them: ``Niger, Mali and Chad``.

    Parameters
    ----------
    items : iterable of str
        In order.
    last : str, optional
        The word before the last item.
    """
    items = list(items)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def in_letters(number: int) -> str:
    """Return a number as text sets it: in letters below ten."""
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number of things: ``no events``, ``1 event``, ``2 countries``.

    Parameters
    ----------
    number : int
        How many.
    noun : str
        What they are, in the singular.
    plural : str, optional
        The plural where it is not the singular and an s.
    """
    return f"{number or 'no'} {noun if number == 1 else plural or f'{noun}s'}"


def country_names(iso3s: Iterable[str], tables: Tables) -> list[str]:
    """Return the names of countries in the order given, as Markdown."""
    return [escape(tables.countries.at[iso3, "name_en"]) for iso3 in iso3s]


def plain_names(iso3s: Iterable[str], tables: Tables) -> list[str]:
    """Return the names of countries as a sentence has them, plain text: ``the United States``."""
    return [
        ("the " if iso3 in _WITH_THE else "") + tables.countries.at[iso3, "name_en"]
        for iso3 in iso3s
    ]


def in_sentence(iso3s: Iterable[str], tables: Tables) -> list[str]:
    """Return the names of countries as a sentence has them, as Markdown."""
    return [escape(name) for name in plain_names(iso3s, tables)]


def value_in_words(figure: pd.Series | object) -> str:
    """Return a figure's value with its hedge: ``about 5,000``, ``200 to 350``, ``at most 200``.

    Parameters
    ----------
    figure : pandas.Series or named tuple
        A row of the table ``figures``.
    """
    if figure.unit == "year":
        return f"{figure.best:.0f}"
    qualifier, low, high = QUALIFIERS[figure.qualifier], figure.low, figure.high
    if not pd.isna(low) and not pd.isna(high) and low != high:
        number = f"{low:,.0f} to {high:,.0f}"
    else:
        number = f"{next(v for v in (figure.best, low, high) if not pd.isna(v)):,.0f}"
    return f"{qualifier.before}{number}{qualifier.after}"


def on_words(edtf: str, before: str = "") -> str:
    """Return when, as a sentence says it: ``on 4 December 2023``, ``in May 2019``, ``by 2 May 2020``.

    Parameters
    ----------
    edtf : str
        EDTF string.
    before : str, optional
        The word that stands before, ``since`` for one, in place of "on" or "in".
    """
    words = in_words(edtf)
    if words.startswith(("by ", "from ")):
        return f"{before} {words}".strip() if before else words
    if before:
        return f"{before} {words}"
    if " to " in words:
        return f"between {words.replace(' to ', ' and ')}"
    return f"on {words}" if words.count(" ") == 2 and words[0].isdigit() else f"in {words}"
