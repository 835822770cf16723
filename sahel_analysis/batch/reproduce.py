"""Reports made again elsewhere and compared byte by byte."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from ..errors import ParameterError
from ..report.parameters import validate
from ..tables.loading import Tables, load_tables
from .build import build
from .jobs import Job, reports
from .store import Inputs, Store, plan


def standing(folder: Path, tables: Tables, notebooks: Path | None = None) -> list[Job]:
    """Return the jobs of all reports that stand in a folder, with the formats they have.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of the reports.
    tables : Tables
        The tables.
    notebooks : pathlib.Path, optional
        Folder of notebooks; the package's stand in for those that it lacks.

    Raises
    ------
    ParameterError
        If there is no report, one whose notebook is in neither folder, or one that the tables no
        longer allow.
    """
    jobs, known = [], {name: (None, takes) for name, takes in reports().items()}
    if notebooks:
        known |= {name: (notebooks, takes) for name, takes in reports(notebooks).items()}
    for record in Store(folder).records():
        if record["notebook"] not in known:
            message = (
                f"{record['report']}: no notebook '{record['notebook']}' is known; name its folder "
                "with --notebooks."
            )
            raise ParameterError(message)
        values = {name: value for name, value in record["parameters"].items() if value != "all"}
        parameters = validate(values, tables, report=record["notebook"])
        own, takes = known[record["notebook"]]
        formats = tuple(record["formats"])
        jobs.append(Job(record["notebook"], parameters, takes, formats, own))
    if not jobs:
        message = f"'{folder}' holds no report; build some first."
        raise ParameterError(message)
    return jobs


def differences(jobs: Iterable[Job], folder: Path, *, workers: int | None = None) -> list[str]:
    """Make reports again in a temporary folder and say which files are not as they stand.

    Parameters
    ----------
    jobs : iterable of Job
        The reports to be verified.
    folder : pathlib.Path
        Where they stand; it is only read.
    workers : int, optional
        As for `build.build`.

    Returns
    -------
    list of str
        One line per difference; empty where all files are the same, byte for byte.
    """
    steps = plan(jobs, Inputs(load_tables()), Store(folder))
    faults = [f"{step.job.path}: {reason}" for step in steps for reason in step.reasons]
    with tempfile.TemporaryDirectory(prefix="sahel-") as place:
        again = Path(place) / "reports"
        summary = build(jobs, again, workers=workers)
        faults += [f"{path}: could not be made again" for path in summary.failed]
        for path, record in sorted(summary.records.items()):
            for name in record["outputs"]:
                there = folder / name
                if not there.is_file() or there.read_bytes() != (again / name).read_bytes():
                    faults.append(f"{path}: '{name}' is not what is made now")
    return faults
