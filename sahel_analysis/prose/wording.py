"""Wording: what our judgements and our narrative owe the reader, as far as a program can tell.

It follows ICD 203: words of likelihood from one row of its scale, never beside a confidence, a
judgement set apart from reported fact, no hedge that says nothing, no number without a row behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from ..errors import Problem
from ..evidence.record import contradicted
from ..tables.dates import MONTHS
from ..tables.loading import Tables
from ..tables.vocabulary import LIKELIHOODS

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
# A sentence and its end; the next one begins with no small letter.
_SENTENCE = re.compile(r".+?(?:[.!?][*”\")]*|$)(?:\s+(?![a-z])|$)", re.DOTALL)
# "May" with a capital is the month; "could not" and "no soldier could" say what was impossible.
_IMPOSSIBLE = re.compile(r"\b[Nn](?:o \w+|obody|othing|one) could\b|\b[Cc]ould not\b")
_VAGUE = re.compile(
    r"\b(may|[Mm]ight|[Cc]ould|[Pp]ossibly|[Pp]erhaps|[Pp]otentially|[Mm]aybe"
    r"|[Pp]resumably|[Cc]onceivably|[Aa]rguably|[Ss]eem(?:s|ed|ingly)?|[Aa]pparently"
    r"|[Aa]ppear(?:s|ed)? to)\b"
)
# The other row of ICD 203; the two are not to be mixed, and ours is the one of LIKELIHOODS.
_OTHER_ROW = {
    "remote": "almost no chance",
    "highly improbable": "very unlikely",
    "improbable": "unlikely",
    "roughly even odds": "roughly even chance",
    "highly probable": "very likely",
    "probable": "likely",
    "probably": "likely",
    "nearly certain": "almost certain",
}
_WORDS = [likely.words for likely in LIKELIHOODS.values()]
_LIKELIHOOD = re.compile(rf"\b({'|'.join(sorted(_WORDS, key=len, reverse=True))})(?:ly)?\b", re.I)
_OTHER = re.compile(rf"\b({'|'.join(sorted(_OTHER_ROW, key=len, reverse=True))})\b", re.I)
_CONFIDENCE = re.compile(r"\bconfiden(?:ce|t|tly)\b", re.I)
_ATTRIBUTED = re.compile(
    r"\baccording to\b|\b(?:said|says|reportedly|announced|announces|quotes|quoted)\b"
    r"|\breport(?:s|ed) that\b|[“”\"]",
    re.I,
)
_MONTH = "|".join(MONTHS)
_HEDGED = r"(?:perhaps |about )*\b"
_HEADS = r"(?:troops|soldiers|men|people|personnel|instructors|fighters)"
_OF = r"(?:of|the|its|their|article’s|article's|earlier|other|later|\d[\d,]*)"
_ROWS = r"(?:assertions?|claims?|events?|documents?|sources?|rows?|others|judgements?)"
# What holds a digit and is no quantity: dates, names, the Admiralty scale, and counts of our own
# rows, which the same page shows.
_NO_QUANTITY = re.compile(
    "|".join(
        (
            rf"{_HEDGED}\d{{1,2}}(?: (?:{_MONTH}))?(?: to \d{{1,2}})? (?:{_MONTH})\b(?: \d{{4}})?",
            rf"{_HEDGED}(?:{_MONTH}) \d{{4}}\b",
            rf"{_HEDGED}(?:19|20)\d\d(?:-\d\d){{0,2}}\b(?! (?:per cent|{_HEADS}))",
            r"\b(?:Air Base|ICD|Directive|Resolution|paragraph|sentence) \d+\b",
            r"\b[A-Za-z]+-?\d+\b|\b\d+[A-Za-z]+\b",
            r"\(1 to 6\)",
            rf"\b\d[\d,]*(?:\s{_OF}){{0,4}}\s{_ROWS}\b",
        )
    ),
    re.I,
)
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")


def lint_judgements(tables: Tables) -> list[Problem]:
    """Return what is wrong with the wording of our judgements.

    Parameters
    ----------
    tables : Tables
        The tables; ``judgements`` and the rows they cite are read.

    Returns
    -------
    list of Problem
        By row and column: a vague hedge; a word of likelihood that is not that of the column
        ``likelihood``, or stands where a confidence is set; a word of the other ICD 203 row; a
        confidence in words there, or a likelihood beside the confidence; a word of confidence that
        is not that of the column ``confidence``; reported fact in the judgement itself (attribution
        or quotation), or a likelihood in its basis; a number that no cited row holds. Quotations
        and dates are exempt.
    """
    label = f"{tables.folder.name}/judgements.csv"
    return [
        Problem(label, row.Index, column, message)
        for row in tables.judgements.itertuples()
        for column, message in _row_faults(row, tables)
    ]


def _row_faults(row: object, tables: Tables) -> Iterator[tuple[str, str]]:
    """Yield column and message for each fault of one judgement."""
    for column in ("text_en", "basis_en", "alternative_en", "indicators_en"):
        for sentence in _SENTENCE.findall(getattr(row, column)):
            text = _QUOTED.sub(" ", sentence)
            for message in (*hedges(text), *mixed(text)):
                yield column, message
    expected = LIKELIHOODS[row.likelihood].words
    words = likelihoods(row.text_en)
    if words != [expected]:
        held = f"'{', '.join(words)}'" if words else "no word of likelihood"
        yield "text_en", f"holds {held}; expected '{expected}' and no other, as in likelihood."
    if match := _CONFIDENCE.search(row.text_en):
        yield "text_en", f"'{match[0]}' belongs into the column confidence, not into the sentence."
    if match := _ATTRIBUTED.search(row.text_en):
        yield "text_en", f"'{match[0]}' reports; put what others say into basis_en."
    for column in ("basis_en", "confidence_en"):
        for word in likelihoods(getattr(row, column)):
            yield column, f"'{word}' judges; a likelihood stands in text_en alone."
    if not re.search(rf"\b{row.confidence}\b", row.confidence_en):
        yield "confidence_en", f"does not say '{row.confidence}', as in confidence."
    backing = numbers(" ".join(_cited_texts(row, tables)))
    for column in ("text_en", "basis_en"):
        for number in numbers(getattr(row, column)):
            if number not in backing:
                yield column, f"'{number}' stands in no claim, event or figure that the row cites."


def _cited_texts(row: object, tables: Tables) -> Iterator[str]:
    """Yield what the rows that a judgement cites say, figures of the same documents included."""
    for key in row.claim_ids:
        yield f"{tables.claims.at[key, 'statement_en']} {tables.claims.at[key, 'quote']}"
    for key in row.event_ids:
        yield tables.events.at[key, "summary_en"]
    cited = set(row.claim_ids).union(
        *(tables.events.at[key, "source_ids"] for key in row.event_ids)
    )
    for figure in tables.figures.itertuples():
        if cited.intersection((*figure.claim_ids, *figure.source_ids)):
            values = (figure.low, figure.best, figure.high)
            yield " ".join(f"{value:,.0f}" for value in values if not pd.isna(value))


def hedges(text: str) -> Iterator[str]:
    """Yield a message for each hedge in a text that does not say how likely something is.

    Parameters
    ----------
    text : str
        Plain text without quotations.
    """
    for match in _VAGUE.finditer(_IMPOSSIBLE.sub(" ", _NO_QUANTITY.sub(" ", text))):
        yield f"'{match[0]}' does not say how likely it is; use a word of likelihood or none."
    for match in _OTHER.finditer(text):
        yield f"'{match[0]}' is of the other ICD 203 row; use '{_OTHER_ROW[match[0].lower()]}'."


def mixed(text: str) -> Iterator[str]:
    """Yield a message where a likelihood and a confidence stand in one sentence."""
    if (words := likelihoods(text)) and (match := _CONFIDENCE.search(text)):
        yield f"'{words[0]}' and '{match[0]}' stand in one sentence; keep them apart."


def likelihoods(text: str) -> list[str]:
    """Return the words of likelihood in a text, each once, as the scale has them."""
    return list(dict.fromkeys(match[1].lower() for match in _LIKELIHOOD.finditer(text)))


def numbers(text: str) -> list[str]:
    """Return the numerals of a text that count or measure something."""
    return _NUMBER.findall(_NO_QUANTITY.sub(" ", text))


# Names and dates in a sentence of the narrative

_OTHERS = re.compile(
    r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|several|many) others\b", re.I
)
_FIRST_DAY = re.compile(rf"\b\d{{1,2}} and (?=\d{{1,2}} (?:{_MONTH})\b)")
_DAYS = re.compile(rf"\b(\d{{1,2}}) ({_MONTH})(?: (\d{{4}}))?\b")
_MONTHS = re.compile(rf"\b({_MONTH})(?: (\d{{4}}))?\b")
_YEARS = re.compile(r"\b((?:19|20)\d\d)\b")
_NAME = re.compile(r"(?<![.:;] )(?<!^)\b[A-ZÉ][\w’'-]{2,}")
_DAYS_IN = {"days": 1, "months": 30.44, "years": 365.25}
_STEM = 4  # letters that a name shares with the adjective made from it
# Names of our own: peoples and places that no row need spell out.
_COMMON_NAMES = frozenset(
    {"African", "American", "British", "Danish", "European", "French", "German", "Italian", "Malian",
     "Moscow", "Paris", "Russian", "Sahel", "Sahelian", "Saharan", "West", "Western", "Washington",
     "Africa", "Union", "Council", "Security"}
)  # fmt: skip


def lint_narrative(tables: Tables) -> list[Problem]:
    """Return what is wrong with the sentences of our narrative and of what we do not know.

    Parameters
    ----------
    tables : Tables
        The tables; ``phases``, ``narrative`` and ``unknowns`` are held to the rows that they cite.

    Returns
    -------
    list of Problem
        By row and column: a row that does not exist; a number, day, month, year or name that no
        cited row holds; a number said to be derived that comes out otherwise; "four others"; a
        hedge or a likelihood; a contradicted claim told as if it held; a phase that ends before it
        begins.
    """
    folder = tables.folder.name
    problems = [
        Problem(f"{folder}/phases.csv", row.Index, "to_edtf", "ends before it begins.")
        for row in tables.phases.itertuples()
        if row.to_latest < row.from_earliest
    ]
    for name in ("narrative", "unknowns"):
        problems += [
            Problem(f"{folder}/{name}.csv", row.Index, column, message)
            for row in getattr(tables, name).itertuples()
            for column, message in _sentence_faults(row, tables)
        ]
    return problems


class _Line(NamedTuple):
    """A sentence that stands in no table."""

    text_en: str
    row_ids: tuple[str, ...]
    until_ids: tuple[str, ...] = ()


def sentence_faults(text: str, row_ids: Iterable[str], tables: Tables) -> list[str]:
    """Return what is wrong with one sentence of ours, held to rows as the narrative is.

    Parameters
    ----------
    text : str
        The sentence.
    row_ids : iterable of str
        Keys of the events, figures and claims that it rests on.
    tables : Tables
        The tables.
    """
    return [message for _, message in _sentence_faults(_Line(text, tuple(row_ids)), tables)]


def _sentence_faults(row: object, tables: Tables) -> Iterator[tuple[str, str]]:
    """Yield column and message for each fault of one sentence."""
    known = {*tables.events.index, *tables.figures.index, *tables.claims.index}
    missing = [
        (column, key)
        for column in ("row_ids", "until_ids")
        for key in getattr(row, column)
        if key not in known
    ]
    for column, key in missing:
        yield column, f"'{key}' is no event, figure or claim."
    if missing:
        return
    derived: set[str] = set()
    for entry in getattr(row, "derived", ()):
        number, fault = _derived(entry, tables)
        derived |= {number, f"{float(number):,.0f}"} if number else set()
        if fault:
            yield "derived", fault
    text = _QUOTED.sub(" ", row.text_en)
    rows = [_row(key, tables) for key in row.row_ids]
    held = " ".join(_texts_of(row.row_ids, tables))
    yield from (("text_en", message) for message in _date_faults(text, rows, held))
    backing = {*derived, *numbers(held), *_NUMBER.findall(held)}
    for number in numbers(_FIRST_DAY.sub(" ", text)):
        if number not in backing:
            yield "text_en", f"'{number}' stands in no row that the sentence cites."
    for name in _NAME.findall(text):
        bare = re.sub(r"[’'].*", "", name)
        if (
            bare not in MONTHS
            and bare not in _COMMON_NAMES
            and bare[:_STEM].lower() not in held.lower()
        ):
            yield "text_en", f"'{name}' stands in no row that the sentence cites."
    if match := _OTHERS.search(text):
        yield "text_en", f"'{match[0]}' names nobody; give the names, or the number of all."
    for message in (*hedges(text), *(f"'{word}' judges." for word in likelihoods(text))):
        yield "text_en", message
    wrong = contradicted(tables).intersection(row.row_ids)
    if wrong and "contradict" not in text:
        yield (
            "row_ids",
            f"'{min(wrong)}' is contradicted; say so in the sentence, or cite another row.",
        )


def _row(key: str, tables: Tables) -> pd.Series:
    """Return the event, figure or claim with a key."""
    frames = (tables.events, tables.figures, tables.claims)
    return next(frame.loc[key] for frame in frames if key in frame.index)


def _texts_of(keys: Iterable[str], tables: Tables) -> Iterator[str]:
    """Yield all that some rows say in words and numbers: texts, actors, countries, places, values."""
    for key in keys:
        row = _row(key, tables)
        if key in tables.claims.index:
            yield f"article {row.statement_en} {row.quote} {row.attributed_to}"
            continue
        yield " ".join(tables.countries["name_en"].reindex(row.iso3).dropna())
        if key in tables.figures.index:
            yield row.label_en
            yield " ".join(f"{n:,.0f}" for n in (row.low, row.best, row.high) if not pd.isna(n))
            actors = [row.actor_id] if row.actor_id else []
        else:
            yield row.summary_en
            actors = [*row.actor_ids, *row.counterpart_ids]
            if row.place_id:
                yield tables.places.at[row.place_id, "name_en"]
        while actors:
            known = tables.actors.loc[actors]
            yield " ".join(known["name_en"])
            yield " ".join(name for cell in known["aliases"] for name in cell)
            actors = [key for key in known["parent_id"] if key]


def _date_faults(text: str, rows: list[pd.Series], held: str) -> Iterator[str]:
    """Yield a message for each date of a sentence that none of its rows bears."""
    spans = [(row.earliest, row.latest) for row in rows]
    ends = {end for span in spans for end in span if not pd.isna(end)}
    years = {end.year for end in ends}
    for day, month, year in _DAYS.findall(text):
        number = MONTHS.index(month) + 1
        written = f"{day} {month}"
        fits = any(
            (end.day, end.month) == (int(day), number) and (not year or end.year == int(year))
            for end in ends
        )
        if not fits and written not in held:
            yield f"'{written}{f' {year}' * bool(year)}' is the date of no row that the sentence cites."
    rest = _DAYS.sub(" ", text)
    for month, year in _MONTHS.findall(rest):
        number = MONTHS.index(month) + 1
        for candidate in {int(year)} if year else years:
            start = pd.Timestamp(candidate, number, 1)
            if any(_meets(span, start, start + pd.offsets.MonthEnd()) for span in spans):
                break
        else:
            if month not in held:
                yield f"'{month}{f' {year}' * bool(year)}' is the date of no row that the sentence cites."
    for year in _YEARS.findall(_MONTHS.sub(" ", rest)):
        start, end = pd.Timestamp(int(year), 1, 1), pd.Timestamp(int(year), 12, 31)
        if year not in held and not any(_meets(span, start, end) for span in spans):
            yield f"'{year}' is the date of no row that the sentence cites."


def _meets(span: tuple[pd.Timestamp, pd.Timestamp], start: pd.Timestamp, end: pd.Timestamp) -> bool:
    """Return whether a row's days meet a month or year; open ends meet nothing beyond."""
    first = span[1] if pd.isna(span[0]) else span[0]
    last = span[0] if pd.isna(span[1]) else span[1]
    return not (pd.isna(first) or first > end or last < start)


def _derived(entry: str, tables: Tables) -> tuple[str, str]:
    """Return the number of an entry of ``derived``, and what is wrong with it; empty where nothing is."""
    number, _, rest = entry.partition("=")
    number, (how, _, listed) = number.replace(",", ""), rest.partition(":")
    keys = listed.split(",")
    known = {*tables.events.index, *tables.figures.index, *tables.claims.index}
    if unknown := [key for key in keys if key not in known]:
        return number, f"'{unknown[0]}' is no event, figure or claim."
    rows = [_row(key, tables) for key in keys]
    if how == "count":
        value: float = len(set(keys))
    elif how in ("minus", "sum"):
        values = [row.get("best", row.get("high")) for row in rows]
        value = sum(values) if how == "sum" else values[0] - sum(values[1:])
    else:
        days = abs((rows[-1].latest - rows[0].latest).days)
        value = days / _DAYS_IN[how]
    given = float(number)
    slack = 0 if how not in ("months", "years") else 0.5 if given.is_integer() else 0.06
    if abs(value - given) > slack:
        return number, f"'{entry}' comes out as {value:g}."
    return number, ""
