"""Which reports are wanted: notebook, countries, day and evidence of each; what came of making it."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import MOST, ParameterError, did_you_mean, shown
from ..files import read

if TYPE_CHECKING:  # what asks for a folder or a file alone loads no tables
    from ..report.parameters import ReportParameters
    from ..tables.loading import Tables

_PACKAGE = Path(__file__).resolve().parents[1]
DEFAULT_FORMATS = ("html", "pdf")
OPTIONS = ("notebook", "country", "as_of", "evidence", "article", "format")


@dataclass(frozen=True)
class Job:
    """One report to be made.

    Attributes
    ----------
    notebook : str
        Key of `reports`.
    parameters : ReportParameters
        Validated; ``countries`` is empty where all are shown.
    takes : tuple of str
        Names of the parameters that the notebook takes; a worker elsewhere has not its file.
    formats : tuple of str
        Of ``html``, ``pdf``, ``docx``, ``pptx``; the executed notebook is always kept.
    folder : pathlib.Path or None
        Folder of the notebook; None: that of the package.
    """

    notebook: str
    parameters: ReportParameters
    takes: tuple[str, ...]
    formats: tuple[str, ...] = DEFAULT_FORMATS
    folder: Path | None = None

    @property
    def edition(self) -> str:
        """Folder of the report: day and evidence."""
        return f"{self.parameters.as_of}_{self.parameters.evidence}"

    @property
    def name(self) -> str:
        """File name of the report without its suffix."""
        country = self.parameters.country
        chosen = [country] if country else self.parameters.countries
        parts = (self.notebook, "-".join(chosen), self.parameters.article)
        return "_".join(filter(None, parts))

    @property
    def path(self) -> str:
        """Edition and name; made of values from closed lists, so it cannot lead anywhere else."""
        return f"{self.edition}/{self.name}"

    @property
    def values(self) -> dict[str, str | list[str]]:
        """What papermill injects: plain literals, one per parameter of the notebook."""
        literals = self.parameters.literals()
        return {name: literals[name] for name in self.takes if name in literals}

    def source(self) -> str:
        """Return the notebook as it stands in its folder, JSON."""
        path = (self.folder or notebook_folder()) / f"{self.notebook}.ipynb"
        return read(path).decode("utf-8")


@dataclass(frozen=True)
class Failure:
    """Why a report could not be made.

    Attributes
    ----------
    stage : str
        ``start``, ``cell``, ``time-out``, ``dead kernel``, ``output``, ``export`` or
        ``worker``.
    cell : int or None
        Number of the cell, from 1, in the notebook kept aside.
    error : str
        Class of the error.
    message : str
        What it says.
    """

    stage: str
    cell: int | None
    error: str
    message: str

    def __str__(self) -> str:
        """Return place and error on one line."""
        place = f"cell {self.cell}, " if self.cell else ""
        return f"{place}{self.error}: {self.message}"


@dataclass
class Outcome:
    """What came of a job.

    Attributes
    ----------
    job : Job
        The job.
    files : dict of str to bytes
        Content by suffix, ``ipynb`` first; of a failed job the notebook as far as it ran, if any.
    cover : dict of str to str
        What the cover says: ``title`` and ``place``.
    failure : Failure or None
        Why it failed; None for a whole report.
    seconds : float
        Time it took.
    """

    job: Job
    files: dict[str, bytes] = field(default_factory=dict)
    cover: dict[str, str] = field(default_factory=dict)
    failure: Failure | None = None
    seconds: float = 0.0


def how_it_ended(exit_code: int | None) -> str:
    """Return how a process ended, as far as is known, to go on after "died".

    Parameters
    ----------
    exit_code : int or None
        Minus the signal's number if one killed it.
    """
    if exit_code is None:
        return ": it was killed, or the machine ran out of memory"
    if exit_code == -signal.SIGKILL:
        return " by SIGKILL: somebody killed it, or the machine ran out of memory"
    if exit_code < 0:
        return f" by {signal.Signals(-exit_code).name}"
    return f" with exit code {exit_code}"


def notebook_folder() -> Path:
    """Return the folder of the notebooks: in an installed package, else in the clone."""
    inside = _PACKAGE / "notebooks"
    return inside if inside.is_dir() else _PACKAGE.parent / "notebooks"


def reports(folder: Path | None = None) -> dict[str, tuple[str, ...]]:
    """Return the notebooks that make reports: name to the parameters that each takes.

    Parameters
    ----------
    folder : pathlib.Path, optional
        Folder whose notebooks with a cell tagged ``parameters`` are the reports; the package's
        without it.

    Raises
    ------
    ParameterError
        If there is no such notebook in the folder, or one that cannot be read.
    """
    from ..report.parameters import notebook_parameters

    paths = (folder or notebook_folder()).glob("*.ipynb")
    taken = {path.stem: notebook_parameters(path) for path in paths if path.name[0] != "."}
    known = {name: taken[name] for name in sorted(taken) if taken[name] is not None}
    if folder and not known:
        message = f"'{folder}' holds no notebook with a cell tagged 'parameters'; tag one or more."
        raise ParameterError(message)
    return known


def expand(
    tables: Tables, options: Mapping[str, Sequence[str]], notebooks: Path | None = None
) -> list[Job]:
    """Return the jobs of a matrix of options, or refuse it with every fault at once.

    Parameters
    ----------
    tables : Tables
        Tables that say which countries and days there are.
    options : mapping of str to sequence of str
        Values by name, of `OPTIONS`. Without ``notebook`` every notebook; without ``country``
        every country in the region notebooks and a brief for each in scope that two events or
        more name; several countries are
        one subset in a region notebook and one brief each. Without ``as_of`` the article's day, or
        the last day where the tables hold no article; without ``article`` the first.
    notebooks : pathlib.Path, optional
        As in `reports`.

    Returns
    -------
    list of Job
        Each report once.

    Raises
    ------
    ParameterError
        If an option or value is unknown; says what is allowed.
    """
    from ..evidence.posture import countries_told
    from ..evidence.record import articles, one_article
    from ..publishing.documents import FORMATS
    from ..report.parameters import ReportParameters, default_day, validate

    faults = [
        f"{shown(name)}: unknown option; expected one of {', '.join(OPTIONS)}."
        f"{did_you_mean(name, OPTIONS)}"
        for name in options
        if name not in OPTIONS
    ]
    options = {name: list(dict.fromkeys(values)) for name, values in options.items()}
    known, folder = reports(notebooks), notebooks
    chosen = options.get("notebook") or list(known)
    formats = tuple(options.get("format") or DEFAULT_FORMATS)
    faults += _unknown("notebook", chosen, known) + _unknown("format", formats, FORMATS)
    editions = product(
        options.get("as_of") or [""],
        options.get("evidence") or [ReportParameters.evidence],
        options.get("article") or [ReportParameters.article],
        [name for name in chosen if name in known],
    )
    jobs: dict[str, Job] = {}
    for day, evidence, article, notebook in editions:
        told = one_article(tables, article if article in articles(tables) else "")
        day, takes = day or default_day(told).isoformat(), known[notebook]
        edition = {"as_of": day, "evidence": evidence, "article": article}
        for values in _parameters(takes, edition, options.get("country") or [], tables):
            try:
                parameters = validate(values, tables, report=notebook, takes=takes)
            except ParameterError as fault:
                # The first line names the notebook; the faults are the options' own.
                faults += str(fault).splitlines()[1:]
                continue
            job = Job(notebook, parameters, takes, formats, folder)
            jobs[job.path] = job
    _refuse("The reports cannot be made.", faults)
    if options.get("country"):
        return list(jobs.values())
    # Of a country with little to tell there is a report only where it is asked for.
    asked = {_asked(job) for job in jobs.values()}
    enough = {
        (day, evidence, article, iso3)
        for day, evidence, article in asked
        for iso3 in countries_told(day, evidence, one_article(tables, article))
    }
    return [
        job
        for job in jobs.values()
        if not job.parameters.country or (*_asked(job), job.parameters.country) in enough
    ]


def _asked(job: Job) -> tuple[date, str, str]:
    """Return day, evidence and article of a job."""
    return job.parameters.as_of, job.parameters.evidence, job.parameters.article


def _refuse(headline: str, faults: Iterable[str]) -> None:
    """Raise if there are faults: a line for each; of very many, for the first."""
    lines = list(dict.fromkeys(faults))
    if lines:
        rest = [f"{len(lines) - MOST:,} more faults."] if len(lines) > MOST else []
        raise ParameterError("\n".join([headline, *lines[:MOST], *rest]))


def _unknown(option: str, values: Iterable[str], allowed: Iterable[str]) -> list[str]:
    """Return a fault for each value that is not allowed."""
    allowed = list(allowed)
    return [
        f"{option}: '{shown(value)}' is not allowed; expected one of {', '.join(allowed)}."
        f"{did_you_mean(value, allowed)}"
        for value in values
        if value not in allowed
    ]


def _parameters(
    takes: Sequence[str], edition: dict[str, str], countries: list[str], tables: Tables
) -> Iterator[dict[str, object]]:
    """Yield the parameters of each report that a notebook makes of one edition."""
    from ..report.parameters import scope

    taken = {name: value for name, value in edition.items() if name in takes}
    if "country" in takes:
        for country in countries or scope(tables):
            yield {**taken, "country": country}
    elif countries and "countries" in takes:
        yield {**taken, "countries": countries}
    else:
        yield taken


def read_editions(
    path: Path, tables: Tables, names: Sequence[str] = (), notebooks: Path | None = None
) -> list[Job]:
    """Return the jobs of a file of named editions.

    Parameters
    ----------
    path : pathlib.Path
        TOML: a table ``[editions.NAME]`` per edition, whose keys are `OPTIONS`, each a text or a
        list of texts, and those of `report.editions.NAMED_BY`, which name it.
    tables, notebooks
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
    from ..report.editions import NAMED_BY, read_file

    editions = read_file(path)
    faults = [
        f"'{shown(name)}' is no edition; expected one of {', '.join(map(shown, editions))}."
        f"{did_you_mean(name, editions)}"
        for name in names
        if name not in editions
    ]
    jobs: dict[str, Job] = {}
    for name in names or editions:
        # A TOML date is as good as a quoted one.
        options = {
            option: [shown(value) for value in (given if isinstance(given, list) else [given])]
            for option, given in editions.get(name, {}).items()
            if option not in NAMED_BY
        }
        try:
            wanted = expand(tables, options, notebooks)
        except ParameterError as fault:
            faults += [f"[editions.{shown(name)}] {line}" for line in str(fault).splitlines()[1:]]
            continue
        for job in wanted:
            known = jobs.get(job.path, job).formats
            jobs[job.path] = replace(job, formats=tuple(dict.fromkeys(known + job.formats)))
    _refuse(f"The editions in '{path}' cannot be made.", faults)
    return list(jobs.values())
