"""Reports made again elsewhere and compared byte by byte."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from ..errors import ParameterError
from ..report.parameters import validate
from ..tables.loading import Tables
from .build import build
from .jobs import Job
from .store import Inputs, Store, plan


def standing(folder: Path, tables: Tables) -> list[Job]:
    """Return the jobs of all reports that stand in a folder, with the formats they have.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of the reports.
    tables : Tables
        The package's own tables.

    Raises
    ------
    ParameterError
        If there is no report, or one that the tables no longer allow.
    """
    jobs = []
    for record in Store(folder).records():
        values = {name: value for name, value in record["parameters"].items() if value != "all"}
        parameters = validate(record["notebook"], values, tables)
        jobs.append(Job(record["notebook"], parameters, tuple(record["formats"])))
    if not jobs:
        message = f"'{folder}' holds no report; build some first."
        raise ParameterError(message)
    return jobs


def verify(
    jobs: Iterable[Job], folder: Path, tables: Tables, *, workers: int | None = None
) -> list[str]:
    """Make reports again in a temporary folder and say which files are not as they stand.

    Parameters
    ----------
    jobs : iterable of Job
        The reports to be verified.
    folder : pathlib.Path
        Where they stand; it is only read.
    tables : Tables
        The package's own tables.
    workers : int, optional
        As for `build.build`.

    Returns
    -------
    list of str
        One line per difference; empty where all files are the same, byte for byte.
    """
    steps = plan(jobs, Inputs(tables), Store(folder))
    faults = [f"{step.job.path}: {reason}" for step in steps for reason in step.reasons]
    with tempfile.TemporaryDirectory(prefix="sahel-") as place:
        again = Path(place) / "reports"
        summary = build(jobs, again, tables, workers=workers)
        faults += [f"{path}: could not be made again" for path in summary.failed]
        for path, record in sorted(summary.records.items()):
            for name in record["outputs"]:
                there = folder / name
                if not there.is_file() or there.read_bytes() != (again / name).read_bytes():
                    faults.append(f"{path}: '{name}' is not what is made now")
    return faults
