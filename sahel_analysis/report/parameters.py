"""Parameters: what a report may be asked for, and which of it a notebook takes."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path

import pandas as pd

from ..errors import MOST, ParameterError, did_you_mean, shown
from ..evidence.posture import followed
from ..evidence.record import EVIDENCE, article_day, articles, articles_known
from ..files import parsed, read
from ..tables.dates import day_in_words
from ..tables.loading import Tables

_TAG = "parameters"  # of the cell of a notebook that papermill overrides
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INJECTED = "# Parameters\n"  # how the cell begins that papermill puts in


@dataclass(frozen=True)
class ReportParameters:
    """What a report is asked to show, validated.

    Attributes
    ----------
    as_of : datetime.date
        Last day that counts.
    evidence : str
        ``"checked"`` or ``"article"``.
    countries : tuple of str
        Countries shown, ISO 3166-1 alpha-3, in table order; empty where all are shown.
    country : str
        The one country of a country brief; empty elsewhere.
    article : str
        Key of the article; empty for the first.
    """

    as_of: date
    evidence: str = "checked"
    countries: tuple[str, ...] = ()
    country: str = ""
    article: str = ""

    def literals(self) -> dict[str, str | list[str]]:
        """Return the parameters by name as a notebook's cell would hold them."""
        return {
            "as_of": self.as_of.isoformat(),
            "evidence": self.evidence,
            "countries": list(self.countries) or "all",
            "country": self.country,
            "article": self.article,
        }


NAMES = tuple(ReportParameters.__annotations__)


@lru_cache(maxsize=2)  # every report of a matrix asks
def date_range(tables: Tables) -> tuple[date, date]:
    """Return the first and last day a report can be asked for.

    From the first day of the year of the earliest dated event to the latest day of the latest.
    """
    starts = tables.events["earliest"].dropna()
    earliest = (tables.events["latest"] if starts.empty else starts).min()
    latest = tables.events["latest"].max()
    return date(earliest.year, 1, 1), latest.date()


def default_day(tables: Tables) -> date:
    """Return the day of a report that is asked for without one.

    The article's, the first one's; where the tables hold no article, the last day there is.
    """
    first, last = date_range(tables)
    day = article_day(tables)
    return last if pd.isna(day) else min(max(first, day.date()), last)


@lru_cache(maxsize=2)
def scope(tables: Tables) -> dict[str, str]:
    """Return the countries that reports follow: ISO 3166-1 alpha-3 to name, in reading order."""
    return {iso3: tables.countries.at[iso3, "name_en"] for iso3 in followed(tables)}


def validate(
    values: Mapping[str, object],
    tables: Tables,
    *,
    report: str = "",
    takes: Sequence[str] = NAMES,
    faults: Iterable[str] = (),
) -> ReportParameters:
    """Return the parameters of a report, or refuse them with every fault at once.

    Parameters
    ----------
    values : mapping
        Parameter names and values as given; without ``as_of`` the last day there is.
    tables : Tables
        Tables that say which countries and days there are.
    report : str, optional
        Name of the report, for the message.
    takes : sequence of str, optional
        Names that the report takes; all of `NAMES` without it.
    faults : iterable of str, optional
        What else is wrong already; told first.

    Raises
    ------
    ParameterError
        If a name is not taken or a value not allowed; says what is.
    """
    first, last = date_range(tables)
    known = scope(tables)
    checks: dict[str, Callable[[object], object]] = {
        "as_of": lambda value: _day(value, first, last),
        "evidence": lambda value: _evidence(value, tables),
        "countries": lambda value: _countries(value, known),
        "country": lambda value: _one_of(value, known),
        "article": lambda value: _article(value, tables),
    }
    unknown = (name for name in values if name not in takes)
    faults = [*faults, *(_not_taken(name, report, takes) for name in islice(unknown, MOST))]
    sound: dict[str, object] = {"as_of": last}
    for name in NAMES:
        if name in values and name in takes:
            try:
                sound[name] = checks[name](values[name])
            except ValueError as fault:
                faults.append(f"{name}: '{shown(values[name])}' is not allowed; {fault}")
    if "countries" in sound and "country" in sound:
        faults.append("country: cannot go with countries; leave one out.")
    if faults:
        heading = [f"{shown(report)} cannot be made."] if report else []
        raise ParameterError("\n".join([*heading, *faults]))
    return ReportParameters(**sound)


def days_between(
    since: object, until: object, evidence: object, tables: Tables
) -> tuple[date, date, str]:
    """Return two days and the evidence to compare, or refuse them with every fault at once.

    Parameters
    ----------
    since, until : str or datetime.date
        The two days; the second is the last day there is where it is None.
    evidence : str
        As in `posture.posture`.
    tables : Tables
        Tables that say which days there are.

    Raises
    ------
    ParameterError
        If a day or the evidence is not allowed, or the second day is not after the first.
    """
    first, last = date_range(tables)
    return _two_days(since, last if until is None else until, evidence, first, last, tables)


def watch_days(
    since: object, until: object, evidence: object, tables: Tables
) -> tuple[date | None, date, str]:
    """Return as `days_between` does; to the newest judgement, and the first day None where it is."""
    first, last = date_range(tables)
    judged = tables.judgements["valid_from"].max()
    last = last if pd.isna(judged) else max(last, judged.date())
    until = last if until is None else until
    if since is not None:
        return _two_days(since, until, evidence, first, last, tables)
    day_before = first - timedelta(days=1)
    return None, *_two_days(day_before, until, evidence, day_before, last, tables)[1:]


def _two_days(
    since: object, until: object, evidence: object, first: date, last: date, tables: Tables
) -> tuple[date, date, str]:
    """Return two days within a range and the evidence, or refuse them with every fault."""
    faults, sound = [], {}
    for name, value in (("from", since), ("to", until), ("evidence", evidence)):
        try:
            is_day = name != "evidence"
            sound[name] = _day(value, first, last) if is_day else _evidence(value, tables)
        except ValueError as fault:
            faults.append(f"{name}: '{shown(value)}' is not allowed; {fault}")
    if {"from", "to"} <= sound.keys() and sound["to"] <= sound["from"]:
        faults.append(f"to: '{sound['to']}' is not after '{sound['from']}'; expected a later day.")
    if faults:
        raise ParameterError("\n".join(faults))
    return sound["from"], sound["to"], sound["evidence"]


def _not_taken(name: str, report: str, takes: Sequence[str]) -> str:
    """Return the fault of a name that is no parameter."""
    what = f"of {shown(report)}; it" if report else "here; a report"
    listed = ", ".join(takes) or "none"
    return f"{shown(name)}: not a parameter {what} takes {listed}.{did_you_mean(name, takes)}"


def _day(value: object, first: date, last: date) -> date:
    """Return a day within a range; a number, a time stamp or a day of a week is none."""
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            day = date.fromisoformat(value)
        elif type(value) is date:
            day = value
        else:
            raise ValueError
    except ValueError:
        message = "expected a day of the calendar such as '2023-12-04'."
        raise ValueError(message) from None
    if not first <= day <= last:
        message = (
            f"expected a day from {first} to {last} ({day_in_words(first)} to "
            f"{day_in_words(last)}, the range of the events)."
        )
        raise ValueError(message)
    return day


def _evidence(value: object, tables: Tables) -> str:
    """Return a kind of evidence; that of the article only where the tables hold one."""
    kind = _one_of(value, dict.fromkeys(EVIDENCE, ""))
    if kind == "article" and tables.claims.empty:
        message = "the tables hold no article; expected 'checked'."
        raise ValueError(message)
    return kind


def _article(value: object, tables: Tables) -> str:
    """Return the key of an article; of the first none, so that one report has one name."""
    known = articles(tables)
    if not isinstance(value, str) or (value and value not in known):
        raise ValueError(articles_known(tables))
    return "" if value in known[:1] else value


def _one_of(value: object, known: Mapping[str, str]) -> str:
    """Return a value if it is one of the keys; else say which are, with a hint."""
    if isinstance(value, str) and value in known:
        return str(value)
    options = ", ".join(f"{key} ({name})" if name else f"'{key}'" for key, name in known.items())
    by_name = {name.casefold(): key for key, name in known.items() if name}
    named = by_name.get(shown(value).casefold())
    hint = f" Did you mean '{named}'?" if named else did_you_mean(value, known)
    message = f"expected one of {options}.{hint}"
    raise ValueError(message)


def _countries(value: object, known: Mapping[str, str]) -> tuple[str, ...]:
    """Return countries in table order, each once; none where all are meant."""
    if isinstance(value, str) and value == "all":
        return ()
    chosen = [value] if isinstance(value, str) else value
    if not isinstance(chosen, list | tuple) or not chosen:
        message = "expected 'all' or a list such as ['NER', 'MLI']."
        raise ValueError(message)
    for member in chosen:
        _one_of(member, known)
    kept = tuple(iso3 for iso3 in known if iso3 in chosen)
    return () if len(kept) == len(known) else kept


def notebook_parameters(path: Path) -> tuple[str, ...] | None:
    """Return the names of the parameters that a notebook takes.

    Parameters
    ----------
    path : pathlib.Path
        The notebook.

    Returns
    -------
    tuple of str or None
        What its cell tagged ``parameters`` assigns, in order; None where it has no such cell, and
        so is no report.

    Raises
    ------
    ParameterError
        If the file is no notebook.
    """
    try:
        cells = parsed(read(path))["cells"]
        tagged = [cell for cell in cells if _TAG in cell["metadata"].get("tags", [])]
        sources = ["".join(cell["source"]) for cell in tagged]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        message = f"'{path}' is no notebook that can be read; mend it or take it away."
        raise ParameterError(message) from fault
    names = dict.fromkeys(name for source in sources for name in _assigned(source))
    return tuple(names) if tagged else None


def is_injected(cells: Iterable[str]) -> bool:
    """Return whether papermill has set parameters in one of the cells that a kernel has run."""
    return any(cell.startswith(_INJECTED) for cell in cells)


def misspelt(cells: Sequence[str]) -> list[str]:
    """Return a fault for each name that papermill injected and no cell before had assigned.

    papermill sets whatever name it is given, so a misspelt one would leave the default in force
    and make another report than the one asked for.

    Parameters
    ----------
    cells : sequence of str
        Sources of the cells that a kernel has run, in order.
    """
    injected = [number for number, cell in enumerate(cells) if cell.startswith(_INJECTED)]
    if not injected:
        return []
    last = injected[-1]
    before = [cell for number, cell in enumerate(cells[:last]) if number not in injected]
    taken = [name for cell in before for name in _assigned(cell)]
    given = dict.fromkeys(_assigned(cells[last]))
    return [_not_taken(name, "this notebook", taken) for name in given if name not in taken]


def _assigned(cell: str) -> list[str]:
    """Return the names that the source of a cell assigns; none where it is no Python."""
    try:
        tree = ast.parse(cell)
    except (SyntaxError, ValueError):
        return []
    return [
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
