"""What a map says in words: its finding, the note under it, its alternative text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

import pandas as pd

from ..errors import ParameterError, did_you_mean
from ..tables.dates import MONTHS, day_in_words, in_words
from ..tables.vocabulary import EVIDENCE, EXHIBITS, NOT_COVERED_LABEL, POSTURE_THEMES
from .words import capital, counted

_SYMBOLS = {
    "french": "coloured by French military posture",
    "russian": "coloured and hatched by Russian engagement",
    "combined": "coloured by French military posture and hatched by Russian engagement",
}
_DAY = re.compile(r"\b\d{1,2} (?=[A-Z])")


def themes(exhibit: str) -> tuple[str, ...]:
    """Return the posture columns that an exhibit shows.

    Parameters
    ----------
    exhibit : str
        ``french``, ``russian`` or ``combined``.

    Raises
    ------
    ParameterError
        If there is no such exhibit.
    """
    if exhibit not in EXHIBITS:
        allowed = "', '".join(EXHIBITS)
        hint = did_you_mean(exhibit, EXHIBITS)
        message = f"exhibit '{exhibit}' is not known; expected one of '{allowed}'.{hint}"
        raise ParameterError(message)
    return EXHIBITS[exhibit]


def since(row: pd.Series, theme: str) -> str:
    """Return since when a state has held, with the precision of the event that decided it.

    Parameters
    ----------
    row : pandas.Series
        One row of a posture frame; ``<theme>_since`` is an EDTF date, empty where none is known.
    theme : str
        ``french_posture`` or ``russian_engagement``.

    Returns
    -------
    str
        ``August 2022``, ``by 1 January 2012``, ``4 December 2023``; empty where no date is known.
    """
    day = row[f"{theme}_since"]
    return in_words(day) if isinstance(day, str) and day else ""


def month(words: str) -> str:
    """Return a date in words cut to a short month for a map label: ``Aug 2022``.

    A state whose beginning is open, ``by 4 December 2023``, is told ``as of Dec 2023``: beside
    "leaving", "by" would read as a deadline.
    """
    words = words.rsplit(" to ", 1)[-1]  # a span counts from its last day
    words = re.sub(r"^by ", "as of ", _DAY.sub("", words))
    for name in MONTHS:
        words = words.replace(name, name[:3])
    return words


def map_note(
    posture: pd.DataFrame,
    *,
    exhibit: str,
    as_of: date,
    evidence: str,
    events: pd.DataFrame | None = None,
    unlabelled: Sequence[str] = (),
) -> str:
    """Return the note under a map: what it was drawn from, how, and what it does not say.

    Parameters
    ----------
    posture : pandas.DataFrame
        The rows drawn.
    exhibit : str
        ``french``, ``russian`` or ``combined``.
    as_of : datetime.date
        Cut-off date.
    evidence : str
        ``article`` or ``checked``.
    events : pandas.DataFrame, optional
        Rows of the table ``events``; with it the note counts the sources as well.
    unlabelled : sequence of str, optional
        Countries for whose label there was no room.

    Returns
    -------
    str
        Four or five short sentences.
    """
    counted = drawn_from([posture], exhibit, evidence, events)
    parts = [f"Drawn from {counted} as of {day_in_words(as_of)}."]
    if unlabelled:
        parts.append(f"No room for a label: {', '.join(unlabelled)}; see the table.")
    return " ".join(parts)


def drawn_from(
    frames: Sequence[pd.DataFrame], exhibit: str, evidence: str, events: pd.DataFrame | None = None
) -> str:
    """Return how many events, and from how many sources, decide the states of some frames.

    Parameters
    ----------
    frames : sequence of pandas.DataFrame
        Posture frames.
    exhibit : str
        ``french``, ``russian`` or ``combined``.
    evidence : str
        ``article`` or ``checked``.
    events : pandas.DataFrame, optional
        Rows of the table ``events``; without it the sources are not counted.
    """
    columns = [f"{theme}_event_ids" for theme in themes(exhibit)]
    lists = [ids for frame in frames for column in columns for ids in frame[column]]
    used = sorted({event_id for ids in lists for event_id in ids})
    events_counted = f"{counted(len(used), 'event')} of the {EVIDENCE[evidence].label}"
    sources = set()
    if events is not None:
        sources = {s for ids in events["source_ids"].reindex(used).dropna() for s in ids}
    if not sources:
        return events_counted
    return f"{events_counted} ({counted(len(sources), 'source')})"


def map_alt(
    posture: pd.DataFrame,
    *,
    exhibit: str,
    as_of: date,
    evidence: str,
    countries: pd.DataFrame,
) -> str:
    """Return the alternative text of a map, from the rows that draw it.

    Parameters
    ----------
    posture : pandas.DataFrame
        The rows drawn.
    exhibit : str
        ``french``, ``russian`` or ``combined``.
    as_of : datetime.date
        Cut-off date.
    evidence : str
        ``article`` or ``checked``.
    countries : pandas.DataFrame
        Rows of the table ``countries``, for the names.

    Returns
    -------
    str
        Kind of map and finding in two sentences, then the countries of each state.
    """
    known = posture[posture["covered"]]
    kind = f"Map of {counted(len(posture), 'country', 'countries')} {_SYMBOLS[exhibit]}"
    parts = [f"{kind}, {EVIDENCE[evidence].phrase}, as of {day_in_words(as_of)}."]
    parts.append(map_finding(posture, exhibit=exhibit))
    for theme in themes(exhibit):
        for state, words in reversed(POSTURE_THEMES[theme].states.items()):
            if names := _names(known.index[known[theme] == state], countries):
                parts.append(f"{capital(words.label)}: {names}.")
    if names := _names(posture.index[~posture["covered"]], countries):
        parts.append(f"{capital(NOT_COVERED_LABEL)}: {names}.")
    return " ".join(parts)


def map_finding(posture: pd.DataFrame, *, exhibit: str) -> str:
    """Return the one sentence a reader should take away from a map.

    Parameters
    ----------
    posture : pandas.DataFrame
        The rows drawn.
    exhibit : str
        ``french``, ``russian`` or ``combined``.
    """
    known, columns = posture[posture["covered"]], themes(exhibit)
    if len(known) == 1:
        # Of one country a share says nothing; its states do.
        states = [POSTURE_THEMES[theme].states[known.iloc[0][theme]].label for theme in columns]
        return f"{capital('; '.join(states))}."
    halves = []
    if "french_posture" in columns:
        gone = int(known["french_posture"].isin(["leaving", "withdrawn"]).sum())
        halves.append(f"French forces are leaving or have left {_of(gone, len(known))}")
    if "russian_engagement" in columns:
        deployed = int((known["russian_engagement"] == "deployed").sum())
        halves.append(f"Russian personnel are deployed in {_of(deployed, len(known))}")
    return "; ".join(halves) + "."


def _of(number: int, total: int) -> str:
    """Return a share of the countries covered."""
    return (
        f"{number or 'none'} of {counted(total, 'country', 'countries')} covered"
        if total
        else "no country covered"
    )


def _names(keys: Iterable[str], countries: pd.DataFrame) -> str:
    """Return country names, sorted, in one line."""
    return ", ".join(sorted(countries["name_en"].reindex(list(keys))))
