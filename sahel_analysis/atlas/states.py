"""States, bases and counts: every day on which one of them changes, and what holds until the next.

What the atlas looks up. Nothing is decided there: each state is a row of `posture.posture_series`,
bases and counts are those of the maps.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import pandas as pd

from ..evidence.bases import CONFIRMED_MONTHS
from ..evidence.bases import bases as bases_of
from ..evidence.posture import followed, posture_series
from ..evidence.record import EVIDENCE, Record, visible_events, visible_figures
from ..figures.situation import NEWS_DAYS, country_rows, handover, site_rows
from ..prose.words import capital, counted
from ..report.parameters import date_range
from ..tables import vocabulary
from ..tables.dates import bounds, in_words, since_in_words
from ..tables.loading import Tables


@lru_cache(maxsize=2)  # tables do not change, and every page of a notebook asks
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
          longer shown, or a state no longer counts as confirmed, ISO 8601, rising. Between two of
          them nothing changes;
        - ``states``: the different states, each as `state` returns them;
        - ``countries``: for each country in scope, pairs of a position in ``days`` and one in
          ``states``: the state that begins then;
        - ``findings``: for each exhibit of `vocabulary.EXHIBITS` one sentence for each day;
        - ``bases``: for each place that ever was a French base, the days from which it looks
          otherwise: day, look (``used``, ``unconfirmed``, ``left``, ``undated`` or nothing), number
          in the order of handovers (0 without one), and words;
        - ``counts``: for each country the days from which a map says otherwise of it: day, French
          words, Russian words.
    """
    return {evidence: _states_by_day(evidence, tables) for evidence in EVIDENCE}


def _states_by_day(evidence: str, tables: Tables) -> dict:
    """Return what a page looks up, of one evidence."""
    first, last = date_range(tables)
    events = visible_events(tables, evidence)
    days = _within([events["visible_from"], events["visible_until"]], tables)
    series = posture_series(days, evidence, tables)
    # What was confirmed lapses on a day on which nothing happens.
    attested = pd.concat([series[f"{theme}_attested"] for theme in vocabulary.POSTURE_THEMES])
    latest = pd.Series([bounds(edtf)[1] for edtf in attested.unique() if edtf])
    if more := sorted({*_within([_lapses(latest)], tables)} - {*days}):
        series = pd.concat([series, posture_series(more, evidence, tables)])
        series = series.sort_index(level="as_of", sort_remaining=False, kind="stable")
    days = sorted({*days, *more})
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
            told[drawn] = {exhibit: _map_finding(rows, exhibit=exhibit) for exhibit in findings}
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
        "bases": _bases_by_day(evidence, series, tables),
        "counts": _counts_by_day(evidence, series, tables),
    }


def _within(changes: list[pd.Series], tables: Tables) -> list[date]:
    """Return the first day of the range and the days of some changes within it, rising."""
    first, last = date_range(tables)
    days = pd.to_datetime(pd.concat(changes)).dropna().dt.date
    return sorted({first, *(day for day in days if first <= day <= last)})


def _lapses(attested: pd.Series) -> pd.Series:
    """Return the days on which what was attested on some days no longer counts as confirmed."""
    attested = pd.to_datetime(attested)
    return attested + pd.DateOffset(months=CONFIRMED_MONTHS, days=1)


def _record(day: date, evidence: str, figures: pd.DataFrame, tables: Tables) -> Record:
    """Return what an evidence shows on a day; of the tables all rows, which no base looks at."""
    stamp = pd.Timestamp(day)
    events = visible_events(tables, evidence)
    events = events[(events["visible_from"] <= stamp) & ~(events["visible_until"] <= stamp)]
    return Record(day, evidence, tables, events, figures[~(figures["visible_from"] > stamp)])


def _bases_by_day(evidence: str, series: pd.DataFrame, tables: Tables) -> dict[str, list[list]]:
    """Return how each French base looks, from day to day."""
    events = visible_events(tables, evidence)
    events = events[(events["domain"] == "military") & (events["place_id"] != "")]
    seen = events[events["event_type"].isin(["deployment", "presence_attested"])]
    changes = [events["visible_from"], events["visible_until"], _lapses(seen["latest"])]
    changes.append(_changed(series["french_posture_confirmed"].unstack()))
    changes.append(_changed(series["french_posture"].unstack()))
    figures = visible_figures(tables, evidence)
    bases: dict[str, list[list]] = {}
    before = None
    for day in _within(changes, tables):
        record, states = _record(day, evidence, figures, tables), _on(series, day)
        # A map takes far longer than the fold of which it is drawn, which seldom changes.
        folded = bases_of(record).assign(
            sure=lambda rows, now=states: (
                now["french_posture_confirmed"].reindex(rows["iso3"]).array
            )
        )[["in_use", "confirmed", "closed_on", "sure"]]
        if before is not None and folded.equals(before):
            continue
        before = folded
        sites = site_rows(record, states)
        looks = {site.Index: _look(site) for site in sites.itertuples()}
        for place_id in {*bases, *looks}:
            steps, look = bases.setdefault(place_id, []), looks.get(place_id, ["", 0, ""])
            if look != (steps[-1][1:] if steps else ["", 0, ""]):
                steps.append([day.isoformat(), *look])
    return {place_id: bases[place_id] for place_id in sorted(bases) if bases[place_id]}


def _on(series: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the states of a day, which are those of the last day before it that is listed."""
    listed = series.index.levels[0]
    return series.loc[listed[listed.searchsorted(pd.Timestamp(day), side="right") - 1]]


def _changed(frame: pd.DataFrame) -> pd.Series:
    """Return the days on which a row of a frame differs from the one before."""
    return pd.Series(frame.index[(frame != frame.shift()).any(axis="columns")])


def _look(site: object) -> list:
    """Return look, number and words of one base."""
    if site.in_use:
        look = "used" if site.confirmed else "unconfirmed"
        return [look, 0, f"{site.name_en} in use" + ", unconfirmed" * (not site.confirmed)]
    if site.number:
        return ["left", int(site.number), f"{handover(site)}, handed over"]
    return ["undated", 0, f"{site.name_en}, left on no day on record"]


def _counts_by_day(evidence: str, series: pd.DataFrame, tables: Tables) -> dict[str, list[list]]:
    """Return what a map says under the name of each country, from day to day."""
    figures = visible_figures(tables, evidence)
    figures = figures[figures["unit"] == "people"]
    counts: dict[str, list[list]] = {}
    for iso3 in followed(tables):
        own = figures[figures["iso3"].map(lambda named, only=(iso3,): named == only).astype(bool)]
        changes = [
            _changed(series.xs(iso3, level="iso3")),
            own["visible_from"],
            _lapses(own["latest"]),
        ]
        # What was signed or sent is news for a month.
        changes.append(changes[0] + pd.Timedelta(days=NEWS_DAYS + 1))
        steps = counts[iso3] = [["", "", ""]]
        for day in _within(changes, tables):
            rows = _on(series, day).loc[[iso3]]
            french, russian = rows.iloc[0][["french_posture", "russian_engagement"]]
            words = ["", ""]
            if french != "none_recorded" or russian not in ("none_recorded", "contact"):
                [row] = country_rows(_record(day, evidence, figures, tables), rows).itertuples()
                words = [row.french_words, row.russian_words]
            if steps[-1][1:] != words:
                steps.append([day.isoformat(), *words])
    return counts


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
        confirmed = value == "none_recorded" or bool(row[f"{theme}_confirmed"])
        if not confirmed:
            when += f"; unconfirmed, last attested {in_words(row[f'{theme}_attested'])}"
        state[theme] = {
            "value": value,
            "since": since,
            "events": list(row[f"{theme}_event_ids"]),
            "words": words[0].upper() + words[1:],
            "short": short[0].upper() + short[1:],
            "when": when,
            "confirmed": confirmed,
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
        ``iso3``, ``theme``, ``value``, ``confirmed``, ``start`` and ``end`` (ISO 8601 days).
    """
    rows = []
    for iso3, steps in states["countries"].items():
        ends = [states["days"][position] for position, _ in steps[1:]] + [last.isoformat()]
        for theme in vocabulary.POSTURE_THEMES:
            for (position, number), end in zip(steps, ends, strict=True):
                state = states["states"][number][theme]
                what = (iso3, theme, state["value"], state["confirmed"])
                start = states["days"][position]
                if rows and rows[-1][:4] == what and rows[-1][5] == start:
                    rows[-1] = (*rows[-1][:5], end)
                elif state["value"] != "none_recorded":
                    rows.append((*what, start, end))
    return pd.DataFrame(rows, columns=["iso3", "theme", "value", "confirmed", "start", "end"])


def _map_finding(posture: pd.DataFrame, *, exhibit: str) -> str:
    """Return the one sentence a reader should take away from a map of some rows of a posture frame."""
    known, columns = posture[posture["covered"]], vocabulary.EXHIBITS[exhibit]
    if len(known) == 1:
        # Of one country a share says nothing; its states do.
        states = [
            vocabulary.POSTURE_THEMES[theme].states[known.iloc[0][theme]].label for theme in columns
        ]
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
