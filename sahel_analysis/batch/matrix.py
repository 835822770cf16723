"""Matrices: which reports are wanted, from options or from a file of named editions."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

from ..errors import MOST, ParameterError, did_you_mean, shown
from ..publishing.documents import FORMATS
from ..report.parameters import LANGUAGES, NOTEBOOKS, ReportParameters, scope, validate
from ..tables.loading import Tables
from .jobs import DEFAULT_FORMATS, Job

DAY = "2023-12-04"  # the day of the article, and the default of every notebook
OPTIONS = ("notebook", "country", "as_of", "evidence", "lang", "format")


def expand(tables: Tables, options: Mapping[str, Sequence[str]]) -> list[Job]:
    """Return the jobs of a matrix, or refuse it with every fault at once.

    Parameters
    ----------
    tables : Tables
        Tables that say which countries and days there are.
    options : mapping of str to sequence of str
        Values by name, of `OPTIONS`. Without ``notebook`` every notebook; without ``country``
        every country in the region notebooks and a brief for each in scope; several countries are
        one subset in a region notebook and one brief each.

    Returns
    -------
    list of Job
        Each report once.

    Raises
    ------
    ParameterError
        If an option or value is unknown; says what is allowed.
    """
    faults = [
        f"{shown(name)}: unknown option; expected one of {', '.join(OPTIONS)}."
        f"{did_you_mean(name, OPTIONS)}"
        for name in options
        if name not in OPTIONS
    ]
    options = {name: list(dict.fromkeys(values)) for name, values in options.items()}
    notebooks = options.get("notebook") or list(NOTEBOOKS)
    formats = tuple(dict.fromkeys(options.get("format") or DEFAULT_FORMATS))
    faults += _unknown("notebook", notebooks, NOTEBOOKS) + _unknown("format", formats, FORMATS)
    days = options.get("as_of") or [DAY]
    evidences = options.get("evidence") or [ReportParameters.model_fields["evidence"].default]
    langs = options.get("lang") or [LANGUAGES[0]]
    countries = list(options.get("country") or [])
    jobs: dict[str, Job] = {}
    for day, evidence, lang, notebook in product(days, evidences, langs, notebooks):
        if notebook not in NOTEBOOKS:
            continue
        asked = {"as_of": day, "evidence": evidence, "lang": lang}
        for values in _values(notebook, asked, countries, tables):
            try:
                parameters = _whole(validate(notebook, values, tables), tables)
            except ParameterError as fault:
                # The first line names the notebook; the faults are the options' own.
                faults += str(fault).splitlines()[1:]
                continue
            job = Job(notebook, parameters, formats)
            jobs[job.path] = job
    if faults:
        raise ParameterError(_refusal("The reports cannot be made.", faults))
    return list(jobs.values())


def _refusal(what: str, faults: Iterable[str]) -> str:
    """Return a message of one line for each fault; of very many, of the first."""
    lines = list(dict.fromkeys(faults))
    rest = [f"{len(lines) - MOST:,} more faults."] if len(lines) > MOST else []
    return "\n".join([what, *lines[:MOST], *rest])


def _unknown(option: str, values: Iterable[str], allowed: Iterable[str]) -> list[str]:
    """Return a fault for each value that is not allowed."""
    allowed = list(allowed)
    return [
        f"{option}: '{shown(value)}' is not allowed; expected one of {', '.join(allowed)}."
        f"{did_you_mean(value, allowed)}"
        for value in values
        if value not in allowed
    ]


def _values(
    notebook: str, asked: dict[str, str], countries: list[str], tables: Tables
) -> Iterator[dict[str, object]]:
    """Yield the parameters of each report that a notebook makes of one set of options."""
    taken = {name: value for name, value in asked.items() if name in NOTEBOOKS[notebook]}
    if "country" in NOTEBOOKS[notebook]:
        for country in countries or scope(tables):
            yield {**taken, "country": country}
    elif countries and "countries" in NOTEBOOKS[notebook]:
        yield {**taken, "countries": countries}
    else:
        yield taken


def _whole(parameters: ReportParameters, tables: Tables) -> ReportParameters:
    """Return parameters in which all countries and no choice of countries are the same."""
    if parameters.countries == tuple(scope(tables)):
        return parameters.model_copy(update={"countries": ()})
    return parameters


def read_editions(path: Path, tables: Tables, names: Sequence[str] = ()) -> list[Job]:
    """Return the jobs of a file of named editions.

    Parameters
    ----------
    path : pathlib.Path
        TOML: a table ``[editions.NAME]`` per edition, whose keys are `OPTIONS`, each a text or a
        list of texts.
    tables : Tables
        See `expand`.
    names : sequence of str
        Editions wanted; all without it.

    Returns
    -------
    list of Job
        Each report once, in the order of the file, with the formats of all editions that want it.

    Raises
    ------
    ParameterError
        If the file cannot be read, or anything in it is not allowed; names edition and fault.
    """
    editions = _editions(path)
    faults = [
        f"'{shown(name)}' is no edition; expected one of {', '.join(map(shown, editions))}."
        f"{did_you_mean(name, editions)}"
        for name in names
        if name not in editions
    ]
    jobs: dict[str, Job] = {}
    for name in names or editions:
        try:
            made = expand(tables, _texts(editions.get(name, {})))
        except ParameterError as fault:
            faults += [f"[editions.{shown(name)}] {line}" for line in str(fault).splitlines()[1:]]
            continue
        for job in made:
            known = jobs.get(job.path, job).formats
            jobs[job.path] = replace(job, formats=tuple(dict.fromkeys(known + job.formats)))
    if faults:
        raise ParameterError(_refusal(f"The editions in '{path}' cannot be made.", faults))
    return list(jobs.values())


def _editions(path: Path) -> dict[str, dict]:
    """Return the editions of a file by name."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        message = f"'{path}' cannot be read ({fault.strerror}); name a file of editions."
        raise ParameterError(message) from fault
    except (ValueError, RecursionError) as fault:
        message = f"'{path}' is not TOML: {shown(fault, 200)}. Mend the file."
        raise ParameterError(message) from fault
    editions = content.get("editions")
    if not isinstance(editions, dict) or not all(isinstance(e, dict) for e in editions.values()):
        message = f"'{path}' names no edition; expected tables such as [editions.december]."
        raise ParameterError(message)
    return editions


def _texts(edition: Mapping[str, object]) -> dict[str, list[str]]:
    """Return an edition's options as lists of texts; a TOML date is as good as a quoted one."""
    return {
        name: [shown(value) for value in (given if isinstance(given, list) else [given])]
        for name, given in edition.items()
    }
