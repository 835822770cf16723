"""Wording: what the sentences of our judgements owe the reader, as far as a program can tell.

It follows ICD 203: words of likelihood from one row of its scale, never beside a confidence, a
judgement set apart from reported fact, no hedge that says nothing, no number without a row behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from ..errors import Problem
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
        confidence in words; reported fact in the judgement itself (attribution or quotation), or a
        likelihood in its basis; a number that no cited row holds. Quotations and dates are exempt.
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
    expected = LIKELIHOODS[row.likelihood].words if row.likelihood else ""
    words = likelihoods(row.text_en)
    if expected and words != [expected]:
        held = f"'{', '.join(words)}'" if words else "no word of likelihood"
        yield "text_en", f"holds {held}; expected '{expected}' and no other, as in likelihood."
    if not expected and words:
        yield "text_en", f"holds '{words[0]}', but the row sets a confidence; expected none."
    if match := _CONFIDENCE.search(row.text_en):
        yield "text_en", f"'{match[0]}' belongs into the column confidence, not into the sentence."
    if match := _ATTRIBUTED.search(row.text_en):
        yield "text_en", f"'{match[0]}' reports; put what others say into basis_en."
    for word in likelihoods(row.basis_en):
        yield (
            "basis_en",
            f"'{word}' judges; expected reported fact here, and the judgement in text_en.",
        )
    backing = numbers(" ".join(_cited_texts(row, tables)))
    for column in ("text_en", "basis_en"):
        for number in numbers(getattr(row, column)):
            if number not in backing:
                yield column, f"'{number}' stands in no claim, event or figure that the row cites."


def _cited_texts(row: object, tables: Tables) -> Iterator[str]:
    """Yield what the rows that a judgement cites say, figures of the same claims included."""
    for key in row.claim_ids:
        yield f"{tables.claims.at[key, 'statement_en']} {tables.claims.at[key, 'quote']}"
    for key in row.event_ids:
        yield tables.events.at[key, "summary_en"]
    cited = set(row.claim_ids)
    for figure in tables.figures.itertuples():
        if cited & set(figure.claim_ids):
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
