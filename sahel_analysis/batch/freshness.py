"""Freshness: whether a report that stands is the one that would be made now, by content alone."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..evidence.record import extract
from ..tables.loading import Tables
from .jobs import Job, notebook_folder
from .store import Store, digest

_PACKAGE = Path(__file__).resolve().parents[1]
# What a reader of the reason is told of each part of a key.
_TOLD = {
    "notebook": "the notebook changed",
    "parameters": "the parameters changed",
    "rows": "rows that it shows changed",
    "boundaries": "the boundaries changed",
    "code": "the package's code changed",
    "environment": "installed packages changed",
}


@dataclass(frozen=True)
class Plan:
    """One job, whether it is to be run, and why.

    Attributes
    ----------
    job : Job
        The job; its formats include those of the report that stands.
    reasons : tuple of str
        Why it is to be run; empty where the report is fresh.
    key : dict of str to str
        From what it would be made: one hash per part.
    record : dict or None
        Record of the report that stands.
    """

    job: Job
    reasons: tuple[str, ...]
    key: dict[str, str]
    record: dict | None


class Inputs:
    """All that reports are made from, as hashes.

    Parameters
    ----------
    tables : Tables
        The tables that the reports would read.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._boundaries = hash_files(
            tables.folder, (tables.folder / "boundaries").glob("*.geojson")
        )
        self._code = code_sha256()
        self._environment = environment_sha256()
        self._notebooks: dict[str, str] = {}
        self._extracts: dict[tuple[date, str], str] = {}

    def _rows(self, as_of: date, countries: str) -> str:
        """Return the digest of the rows that a report may see; many reports see the same."""
        if (as_of, countries) not in self._extracts:
            self._extracts[as_of, countries] = extract(self._tables, as_of, countries).sha256
        return self._extracts[as_of, countries]

    def key(self, job: Job) -> dict[str, str]:
        """Return from what a job's report would be made: one hash per part."""
        if job.notebook not in self._notebooks:
            path = notebook_folder() / f"{job.notebook}.ipynb"
            self._notebooks[job.notebook] = notebook_sha256(path.read_text(encoding="utf-8"))
        return {
            "notebook": self._notebooks[job.notebook],
            "parameters": digest(json.dumps(job.values, sort_keys=True).encode()),
            "rows": self._rows(job.parameters.as_of, job.parameters.country or "all"),
            "boundaries": self._boundaries,
            "code": self._code,
            "environment": self._environment,
        }


def plan(jobs: Iterable[Job], inputs: Inputs, store: Store) -> list[Plan]:
    """Say of each job whether its report stands and is the one that would be made.

    A report that is made again keeps the formats it had: none is left stale, none is lost.

    Parameters
    ----------
    jobs : iterable of Job
        The reports wanted.
    inputs : Inputs
        What they would be made from.
    store : Store
        Where they stand.
    """
    wanted = list(jobs)
    records = [store.record(job) for job in wanted]
    with ThreadPoolExecutor() as pool:
        # Files are read and hashed while the keys are worked out here.
        altered = pool.map(lambda record: store.altered(record) if record else "", records)
        keys = [inputs.key(job) for job in wanted]
        found = list(altered)
    plans = []
    for job, key, record, name in zip(wanted, keys, records, found, strict=True):
        reasons = tuple(_reasons(job, key, record, name, store.failed(job)))
        if record:
            formats = tuple(dict.fromkeys((*record["formats"], *job.formats)))
            job = Job(job.notebook, job.parameters, formats)
        plans.append(Plan(job, reasons, key, record))
    return plans


def listed(jobs: Iterable[Job], output: Path, tables: Tables) -> str:
    """Return for each job whether it would run, and why, as lines for a terminal."""
    plans = plan(jobs, Inputs(tables), Store(output))
    width = max((len(step.job.path) for step in plans), default=0)
    lines = [
        f"{'runs ' if step.reasons else 'fresh'}  {step.job.path:<{width}}  "
        f"{'; '.join(step.reasons)}".rstrip()
        for step in plans
    ]
    due = sum(bool(step.reasons) for step in plans)
    return "\n".join([*lines, f"{due} of {len(plans)} would run."])


def _reasons(
    job: Job, key: Mapping[str, str], record: Mapping | None, altered: str, failed: bool
) -> Iterator[str]:
    """Yield why a job is to be run."""
    if failed:
        yield "it failed last time"
    if record is None:
        yield "it is not there yet"
        return
    for part, told in _TOLD.items():
        if record["key"].get(part) != key[part]:
            yield told
    missing = [name for name in job.formats if name not in record["formats"]]
    if missing:
        yield f"{', '.join(missing)} is wanted too"
    if altered:
        yield f"'{altered}' is missing or was altered"


def notebook_sha256(source: str) -> str:
    """Return the hash of what a notebook says: its cells' kinds, tags and sources."""
    cells = [
        [
            cell["cell_type"],
            cell.get("id"),
            cell["metadata"].get("tags", []),
            "".join(cell["source"]),  # a text, or a list of lines
        ]
        for cell in json.loads(source)["cells"]
    ]
    return digest(json.dumps(cells).encode())


def code_sha256() -> str:
    """Return the hash of the package's modules and templates."""
    templates = [path for path in _PACKAGE.glob("*/templates/**/*") if path.is_file()]
    return hash_files(_PACKAGE, [*_PACKAGE.glob("*.py"), *_PACKAGE.glob("*/*.py"), *templates])


def data_sha256(folder: Path) -> str:
    """Return the hash of a data folder as it stands: tables, schema and boundaries."""
    tables = [*folder.glob("*.csv"), *folder.glob("*.json")]
    return hash_files(folder, [*tables, *folder.rglob("*.geojson")])


def environment_sha256() -> str:
    """Return the hash of the interpreter's version and of every distribution installed."""
    # The folder's name tells name and version; reading each METADATA would take a second.
    names = {
        entry.name
        for folder in dict.fromkeys(sys.path)
        if folder and Path(folder).is_dir()
        for entry in Path(folder).glob("*.dist-info")
    }
    told = [sys.implementation.name, *map(str, sys.version_info[:3]), *sorted(names)]
    return digest("\n".join(told).encode())


def hash_files(folder: Path, paths: Iterable[Path]) -> str:
    """Return the hash of the names below a folder and the contents of some files."""
    whole = hashlib.sha256()
    named = {path.relative_to(folder).as_posix(): path for path in paths}
    for name, path in sorted(named.items()):
        whole.update(f"{name}\n".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()
