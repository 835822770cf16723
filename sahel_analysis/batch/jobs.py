"""Jobs: one report to be made, what a worker is handed for it, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ..report.parameters import NOTEBOOKS, ReportParameters

_PACKAGE = Path(__file__).resolve().parents[1]

DEFAULT_FORMATS = ("html", "pdf")


@dataclass(frozen=True)
class Job:
    """One report to be made.

    Attributes
    ----------
    notebook : str
        Key of `parameters.NOTEBOOKS`.
    parameters : ReportParameters
        Validated; ``countries`` is empty where all are shown.
    formats : tuple of str
        Of ``html``, ``pdf``, ``docx``; the executed notebook is always kept.
    """

    notebook: str
    parameters: ReportParameters
    formats: tuple[str, ...] = DEFAULT_FORMATS

    @property
    def edition(self) -> str:
        """Folder of the report: day, evidence and language."""
        asked = self.parameters
        return f"{asked.as_of}_{asked.evidence}_{asked.lang}"

    @property
    def name(self) -> str:
        """File name of the report without its suffix."""
        asked = self.parameters
        chosen = [asked.country] if asked.country else asked.countries
        return "_".join([self.notebook, *(["-".join(chosen)] if chosen else [])])

    @property
    def path(self) -> str:
        """Edition and name; made of values from closed lists, so it cannot lead anywhere else."""
        return f"{self.edition}/{self.name}"

    @property
    def values(self) -> dict[str, str | list[str]]:
        """What papermill injects: plain literals, one per parameter of the notebook."""
        told = self.parameters.model_dump(mode="json")
        told["countries"] = told["countries"] or "all"
        return {name: told[name] for name in NOTEBOOKS[self.notebook]}


@dataclass(frozen=True)
class Order:
    """What goes to a worker: a job and all it needs to be run there.

    Attributes
    ----------
    job : Job
        The report.
    notebook : str
        The notebook's source, JSON.
    address : str or None
        Socket of the nursery; empty for ordinary kernels; None for the worker's own nursery.
    timeout : int or None
        Longest time a cell may take, in seconds.
    inputs : dict of str to str
        Hashes of data, code and environment that a worker on another machine must have too.
    """

    job: Job
    notebook: str
    address: str | None = None
    timeout: int | None = None
    inputs: dict[str, str] = field(default_factory=dict)


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
        Content by suffix, ``ipynb`` first; of a failed job the partial notebook, if any.
    told : dict of str to str
        What the cover says: ``title`` and ``place``.
    failure : Failure or None
        Why it failed; None for a whole report.
    seconds : float
        Time it took.
    peak_kb : int or None
        Most memory the kernel held, in KiB, where the nursery tells.
    """

    job: Job
    files: dict[str, bytes] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    failure: Failure | None = None
    seconds: float = 0.0
    peak_kb: int | None = None


def notebook_folder() -> Path:
    """Return the folder of the notebooks: in an installed package, else in the clone."""
    inside = _PACKAGE / "notebooks"
    return inside if inside.is_dir() else _PACKAGE.parent / "notebooks"
