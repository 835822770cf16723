"""Parameters of a report: typed, validated, refused by name before anything runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from ..errors import MOST, ParameterError, did_you_mean, shown
from ..evidence.posture import followed
from ..evidence.record import EVIDENCE
from ..tables.dates import day_in_words
from ..tables.loading import Tables

LANGUAGES = ("en",)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
REGION = ("as_of", "evidence", "countries", "lang")
COUNTRY = ("as_of", "evidence", "country", "lang")
# What each notebook takes; a name that a notebook does not take is refused, not ignored.
NOTEBOOKS: dict[str, tuple[str, ...]] = {
    "briefing": REGION,
    "french_withdrawal": REGION,
    "russian_engagement": REGION,
    "regional_realignment": REGION,
    "country_brief": COUNTRY,
    "source_audit": ("lang",),
}


class ReportParameters(BaseModel):
    """What a report is asked to show.

    Attributes
    ----------
    as_of : datetime.date
        Last day that counts.
    evidence : str
        ``"checked"`` or ``"article"``.
    countries : tuple of str
        Countries shown, ISO 3166-1 alpha-3, in table order.
    country : str
        The one country of a country brief; empty elsewhere.
    lang : str
        Language, ISO 639-1.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: date
    evidence: str = "checked"
    countries: tuple[str, ...] = ()
    country: str = ""
    lang: str = "en"

    @field_validator("as_of", mode="before")
    @classmethod
    def _day(cls, value: object, info: Any) -> date:
        first, last = info.context["range"]
        try:
            # A number, a time stamp or a day of a week: refuse what date.fromisoformat would let by.
            if isinstance(value, str) and _DAY.fullmatch(value):
                day = date.fromisoformat(value)
            elif type(value) is date:
                day = value
            else:
                raise ValueError
        except ValueError:
            fault = "expected a day of the calendar such as '2023-12-04'"
            raise PydanticCustomError("day", fault) from None
        if not first <= day <= last:
            fault = f"expected a day from {first} to {last} ({_span(first, last)})"
            raise PydanticCustomError("range", fault)
        return day

    @field_validator("evidence", mode="before")
    @classmethod
    def _evidence(cls, value: object) -> str:
        return _one_of(value, {name: "" for name in EVIDENCE})

    @field_validator("lang", mode="before")
    @classmethod
    def _lang(cls, value: object) -> str:
        return _one_of(value, {name: "" for name in LANGUAGES})

    @field_validator("country", mode="before")
    @classmethod
    def _country(cls, value: object, info: Any) -> str:
        return _one_of(value, info.context["countries"])

    @field_validator("countries", mode="before")
    @classmethod
    def _countries(cls, value: object, info: Any) -> tuple[str, ...]:
        known = info.context["countries"]
        if isinstance(value, str) and value == "all":
            return tuple(known)
        chosen = [value] if isinstance(value, str) else value
        if not isinstance(chosen, list | tuple) or not chosen:
            fault = "expected 'all' or a list such as ['NER', 'MLI']"
            raise PydanticCustomError("countries", fault)
        for member in chosen:
            _one_of(member, known)
        return tuple(iso3 for iso3 in known if iso3 in chosen)


def _span(first: date, last: date) -> str:
    """Return a range of days in words."""
    return f"{day_in_words(first)} to {day_in_words(last)}, the range of the events"


def _one_of(value: object, known: Mapping[str, str]) -> str:
    """Return a value if it is one of the keys; else say which are, with a hint."""
    if isinstance(value, str) and value in known:
        return str(value)
    options = ", ".join(f"{key} ({name})" if name else f"'{key}'" for key, name in known.items())
    by_name = {name.casefold(): key for key, name in known.items() if name}
    named = by_name.get(shown(value).casefold())
    hint = f" Did you mean '{named}'?" if named else did_you_mean(value, known)
    # pydantic reads braces in the text as places to fill, and names may hold some.
    raise PydanticCustomError("choice", "{fault}", {"fault": f"expected one of {options}.{hint}"})


@lru_cache(maxsize=2)  # every report of a matrix asks
def date_range(tables: Tables) -> tuple[date, date]:
    """Return the first and last day a report can be asked for.

    From the first day of the year of the earliest dated event to the latest day of the latest.
    """
    starts = tables.events["earliest"].dropna()
    earliest = (tables.events["latest"] if starts.empty else starts).min()
    latest = tables.events["latest"].max()
    return date(earliest.year, 1, 1), latest.date()


@lru_cache(maxsize=2)
def scope(tables: Tables) -> dict[str, str]:
    """Return the countries that reports follow: ISO 3166-1 alpha-3 to name, in reading order."""
    return {iso3: tables.countries.at[iso3, "name_en"] for iso3 in followed(tables)}


def validate(notebook: str, values: Mapping[str, object], tables: Tables) -> ReportParameters:
    """Return a notebook's parameters, or refuse them with every fault at once.

    Parameters
    ----------
    notebook : str
        Key of `NOTEBOOKS`.
    values : mapping
        Parameter names and values as given.
    tables : Tables
        Tables that say which countries and days there are.

    Raises
    ------
    ParameterError
        If the notebook or a name is unknown, or a value is not allowed; says what is.
    """
    if not isinstance(notebook, str) or notebook not in NOTEBOOKS:
        hint = did_you_mean(notebook, NOTEBOOKS)
        options = ", ".join(NOTEBOOKS)
        message = f"notebook: '{shown(notebook)}' is unknown; expected one of {options}.{hint}"
        raise ParameterError(message)
    allowed = NOTEBOOKS[notebook]
    faults = [
        f"{shown(name)}: not a parameter of {notebook}; it takes {', '.join(allowed)}."
        f"{did_you_mean(name, allowed)}"
        for name in islice((name for name in values if name not in allowed), MOST)
    ]
    known = {name: value for name, value in values.items() if name in allowed}
    context = {"range": date_range(tables), "countries": scope(tables)}
    if "as_of" not in allowed:
        known["as_of"] = context["range"][1]
    parameters, refused = _checked(known, context)
    if faults := faults + refused:
        raise ParameterError(f"{notebook} cannot be made.\n" + "\n".join(faults))
    return parameters


def validate_world(values: Mapping[str, object], tables: Tables) -> ReportParameters:
    """Return the day and evidence of something that is no notebook, or refuse them.

    Parameters
    ----------
    values : mapping
        ``as_of`` and ``evidence`` as given; without ``as_of`` the last day there is.
    tables : Tables
        Tables that say which days there are.

    Raises
    ------
    ParameterError
        If a value is not allowed; says what is.
    """
    context = {"range": date_range(tables), "countries": scope(tables)}
    parameters, faults = _checked({"as_of": context["range"][1], **values}, context)
    if faults:
        raise ParameterError("\n".join(faults))
    return parameters


def _checked(
    values: Mapping[str, object], context: Mapping[str, object]
) -> tuple[ReportParameters | None, list[str]]:
    """Return parameters of known names, or why each value is refused."""
    try:
        return ReportParameters.model_validate(values, context=context), []
    except ValidationError as fault:
        faults = []
        for error in fault.errors():
            name = ".".join(str(part) for part in error["loc"]) or "parameters"
            given = f"'{shown(error['input'])}' is not allowed; "
            given = "" if error["type"] == "missing" else given
            faults.append(f"{name}: {given}{error['msg'].rstrip('.')}.".replace("?.", "?"))
        return None, faults


def injected(namespace: Mapping[str, object]) -> dict[str, object]:
    """Return what papermill injected into a running notebook, by name.

    papermill sets an unknown name without complaint; it writes its cell as plain assignments under
    the comment ``# Parameters``, and that cell stands just before the one that asks here.

    Parameters
    ----------
    namespace : mapping
        ``globals()`` of the notebook; ``In`` holds the cells that ran.
    """
    history = [cell for cell in namespace.get("In", []) if cell]
    names: dict[str, object] = {}
    for cell in history[-2:]:
        if not cell.startswith("# Parameters"):
            continue
        for statement in ast.parse(cell).body:
            if isinstance(statement, ast.Assign):
                for target in statement.targets:
                    if isinstance(target, ast.Name):
                        names[target.id] = namespace.get(target.id)
    return names


def from_notebook(
    notebook: str, namespace: Mapping[str, object], tables: Tables
) -> ReportParameters:
    """Return the parameters that a running notebook holds.

    Parameters
    ----------
    notebook : str
        Key of `NOTEBOOKS`.
    namespace : mapping
        ``globals()`` of the notebook.
    tables : Tables
        See `validate`.

    Raises
    ------
    ParameterError
        As from `validate`.
    """
    allowed = NOTEBOOKS.get(notebook, ())
    values = {name: namespace[name] for name in allowed if name in namespace}
    return validate(notebook, {**injected(namespace), **values}, tables)
