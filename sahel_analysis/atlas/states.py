"""States: every day on which some country's state changes, and each state between two such days.

What the atlas looks up. Nothing is decided there: each state is a row of `posture.posture_series`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from ..evidence.posture import followed, posture_series
from ..evidence.record import EVIDENCE, visible_events
from ..prose.captions import map_finding
from ..report.parameters import date_range
from ..tables import vocabulary
from ..tables.dates import since_in_words
from ..tables.loading import Tables


def states_by_day(tables: Tables) -> dict[str, dict]:
    """Return all that a page needs to show the state of any country on any day.

    Parameters
    ----------
    tables : Tables
        The tables.

    Returns
    -------
    dict
        For each evidence

        - ``days``: the first day of the range and every day from which an event is shown or no
          longer shown, ISO 8601, rising. Between two of them nothing changes;
        - ``states``: the different states, each as `state` returns them;
        - ``countries``: for each country in scope, pairs of a position in ``days`` and one in
          ``states``: the state that begins then;
        - ``findings``: for each exhibit of `vocabulary.EXHIBITS` one sentence for each day.
    """
    return {evidence: _states_by_day(evidence, tables) for evidence in EVIDENCE}


def _states_by_day(evidence: str, tables: Tables) -> dict:
    """Return what a page looks up, of one evidence."""
    first, last = date_range(tables)
    events = visible_events(tables, evidence)
    turns = pd.concat([events["visible_from"], events["visible_until"]]).dropna().dt.date
    days = sorted({first, *(day for day in turns if first <= day <= last)})
    series = posture_series(days, evidence, tables)
    states: dict[str, int] = {}
    listed: list[dict] = []
    countries: dict[str, list[list[int]]] = {iso3: [] for iso3 in followed(tables)}
    findings: dict[str, list[str]] = {exhibit: [] for exhibit in vocabulary.EXHIBITS}
    # Most days leave most states as they were: what a row or a map says is made once.
    numbers: dict[tuple, int] = {}
    told: dict[tuple, dict[str, str]] = {}
    for position, (_, rows) in enumerate(series.groupby(level="as_of")):
        rows = rows.droplevel("as_of")
        drawn = tuple(rows[[*vocabulary.POSTURE_THEMES, "covered"]].itertuples(name=None))
        if drawn not in told:
            told[drawn] = {exhibit: map_finding(rows, exhibit=exhibit) for exhibit in findings}
        for exhibit, sentence in told[drawn].items():
            findings[exhibit].append(sentence[0].upper() + sentence[1:])
        for iso3, *cells in rows.itertuples(name=None):
            row = tuple(cells)
            if row not in numbers:
                state = _state(dict(zip(rows.columns, row, strict=True)))
                numbers[row] = states.setdefault(repr(state), len(states))
                if numbers[row] == len(listed):
                    listed.append(state)
            steps = countries[iso3]
            if not steps or steps[-1][1] != numbers[row]:
                steps.append([position, numbers[row]])
    return {
        "days": [day.isoformat() for day in days],
        "states": listed,
        "countries": countries,
        "findings": findings,
    }


def _state(row: Mapping[str, object]) -> dict[str, object]:
    """Return one row of a posture frame as plain data."""
    covered = bool(row["covered"])
    state: dict[str, object] = {"covered": covered}
    for theme, known in vocabulary.POSTURE_THEMES.items():
        value, since = row[theme], row[f"{theme}_since"]
        words = known.states[value].label if covered else vocabulary.NOT_COVERED_LABEL
        # Under a heading that names France or Russia the words need not do so again.
        short = words.removeprefix("French forces ").removeprefix("Russian ")
        if covered and value == "none_recorded":
            short = vocabulary.NONE_RECORDED_LABEL
        when = since_in_words(since) if since else ""
        state[theme] = {
            "value": value,
            "since": since,
            "events": list(row[f"{theme}_event_ids"]),
            "words": words[0].upper() + words[1:],
            "short": short[0].upper() + short[1:],
            "when": when,
        }
    return state


def state_on(states: dict, iso3: str, day: date | str) -> dict[str, object]:
    """Return the state of a country on a day, as the page looks it up.

    Parameters
    ----------
    states : dict
        What `states_by_day` returns of one evidence.
    iso3 : str
        Country in scope, ISO 3166-1 alpha-3.
    day : datetime.date or str
        Day, ISO 8601, not before the first of ``days``.
    """
    wanted = str(day)
    position = sum(day_ <= wanted for day_ in states["days"]) - 1
    number = next(n for p, n in reversed(states["countries"][iso3]) if p <= position)
    return states["states"][number]


def segments(states: dict, last: date) -> pd.DataFrame:
    """Return the states as spans of time, for a chart.

    Parameters
    ----------
    states : dict
        What `states_by_day` returns of one evidence.
    last : datetime.date
        Where the spans in force end.

    Returns
    -------
    pandas.DataFrame
        One row per country, theme and span of one value, none_recorded left out; columns
        ``iso3``, ``theme``, ``value``, ``start`` and ``end`` (ISO 8601 days).
    """
    rows = []
    for iso3, steps in states["countries"].items():
        ends = [states["days"][position] for position, _ in steps[1:]] + [last.isoformat()]
        for theme in vocabulary.POSTURE_THEMES:
            for (position, number), end in zip(steps, ends, strict=True):
                value = states["states"][number][theme]["value"]
                start = states["days"][position]
                if rows and rows[-1][:3] == (iso3, theme, value) and rows[-1][4] == start:
                    rows[-1] = (*rows[-1][:4], end)
                elif value != "none_recorded":
                    rows.append((iso3, theme, value, start, end))
    return pd.DataFrame(rows, columns=["iso3", "theme", "value", "start", "end"])
