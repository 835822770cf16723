"""The folder of reports: each stands whole, with a record of what it was made from."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SahelError
from ..tables.schema import data_folder, outlines_file
from . import jobs as wanted
from .jobs import Job, Outcome

if TYPE_CHECKING:  # what finds that nothing changed loads no tables
    from ..tables.loading import Tables

_PACKAGE = Path(__file__).resolve().parents[1]
_RECORDS = ".records"
_FAILED = "failed"
_STAGING = ".staging"
_LAST = ".last.json"  # what the last build was asked for, and which reports it found or made
_INDEX = ("index.html", "index.json")
_SUFFIXES = (
    "ipynb", "html", "pdf", "docx", "thumbnail.png", "evidence.html", "evidence.pdf",
)  # fmt: skip
# What a reader of the reason is told of each part of a key.
_CHANGES = {
    "notebook": "the notebook changed",
    "parameters": "the parameters changed",
    "rows": "rows that it shows changed",
    "boundaries": "the boundaries changed",
    "code": "the package's code changed",
    "environment": "installed packages changed",
}


class StoreError(SahelError, RuntimeError):
    """The folder of reports cannot be used."""


class Store:
    """A folder of reports with a record of each.

    Parameters
    ----------
    folder : pathlib.Path
        Where the reports go; made when something is first put there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder against a second build; sweep what a killed one had prepared.

        Raises
        ------
        StoreError
            If another build holds it, or it cannot be written to.
        """
        with self._writing():
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / ".lock").open("a")
        with lock:
            _hold(lock.fileno(), self.folder)
            try:
                self._sweep()
                yield
            finally:
                self._sweep()

    def keep(self, outcome: Outcome, key: Mapping[str, str]) -> dict:
        """Put a whole report in its place, and return its record.

        The earlier record goes first and the new one comes last: whatever a killed build leaves
        without one is made again.

        Parameters
        ----------
        outcome : Outcome
            A job without failure.
        key : mapping of str to str
            What it was made from; see `Inputs.key`.
        """
        job = outcome.job
        files = {_file(job, suffix): data for suffix, data in outcome.files.items()}
        outputs = {
            name: {"bytes": len(data), "sha256": digest(data)} for name, data in files.items()
        }
        record = {**_facts(outcome, key), "outputs": outputs}
        place = f"{_RECORDS}/{job.path}.json"
        others = [_file(job, suffix) for suffix in _SUFFIXES if suffix not in outcome.files]
        self._change({**files, place: as_json(record)}, first=[place], last=[*others, *_aside(job)])
        return record

    def set_aside(self, outcome: Outcome, key: Mapping[str, str]) -> dict:
        """Put a failed job's partial notebook and the account of it aside; return the account.

        An earlier report of the same job stays as it was.

        Parameters
        ----------
        outcome : Outcome
            A job with a failure.
        key : mapping of str to str
            What it would have been made from.
        """
        partial, place = _aside(outcome.job)
        files = {partial: outcome.files["ipynb"]} if outcome.files else {}
        account = {
            **_facts(outcome, key),
            "failure": asdict(outcome.failure),
            "partial": "".join(files),
        }
        self._change({**files, place: as_json(account)}, last=[] if files else [partial])
        return account

    def put(self, name: str, data: bytes) -> None:
        """Write one file that is no report, such as the catalogue."""
        target = self._place(name)
        if not target.is_file() or target.read_bytes() != data:
            self._change({name: data})

    def record(self, job: Job) -> dict | None:
        """Return a report's record, or None where there is none that can be read."""
        return self._record(job.path)

    def _record(self, path: str) -> dict | None:
        """Return the record of the report with some path, or None."""
        return _read(self.folder / _RECORDS / f"{path}.json")

    def answer(self, question: str, paths: Iterable[str]) -> None:
        """Remember which reports answer a question; see `Store.answered`."""
        index = {name: digest((self.folder / name).read_bytes()) for name in _INDEX}
        kept = {"question": question, "reports": sorted(paths), "index": index}
        self.put(_LAST, as_json(kept))

    def answered(self, question: str) -> list[str]:
        """Return the reports of the last build if it was asked the same and all is as it left it.

        Parameters
        ----------
        question : str
            From `question_sha256`.

        Returns
        -------
        list of str
            Their paths; empty where something differs, and `plan` has to say what.
        """
        last = _read(self.folder / _LAST) or {}
        if last.get("question") != question or (self.folder / _FAILED).exists():
            return []
        records = [self._record(path) for path in last["reports"]]
        if not all(record and not self.altered(record) for record in records):
            return []
        for name, known in last["index"].items():
            if not self.has(name) or digest((self.folder / name).read_bytes()) != known:
                return []
        return last["reports"]

    def has(self, name: str) -> bool:
        """Return whether a file is there."""
        return (self.folder / name).is_file()

    def records(self) -> list[dict]:
        """Return the records of all reports whose files are there, in the order of their paths."""
        records = _read_all(self.folder / _RECORDS)
        return [record for record in records if all(map(self.has, record["outputs"]))]

    def failures(self) -> list[dict]:
        """Return the accounts of all reports that failed last time, in the order of their paths."""
        return _read_all(self.folder / _FAILED)

    def failed(self, job: Job) -> bool:
        """Return whether a job failed last time."""
        return self.has(_aside(job)[1])

    def altered(self, record: Mapping) -> str:
        """Return the first file of a report that is missing or not as recorded, or nothing."""
        for name, facts in record["outputs"].items():
            try:
                data = (self.folder / name).read_bytes()
            except OSError:
                return name
            if len(data) != facts["bytes"] or digest(data) != facts["sha256"]:
                return name
        return ""

    def _change(
        self, files: Mapping[str, bytes], first: Iterable[str] = (), last: Iterable[str] = ()
    ) -> None:
        """Remove some files, put others in their places, in this order, and remove the rest."""
        places = {name: self._place(name) for name in (*first, *files, *last)}
        with self._writing():
            # All are prepared before one moves: a full disk is to be found out now.
            for name, data in files.items():
                staged = self._place(f"{_STAGING}/{name}")
                for path in (staged, places[name]):
                    path.parent.mkdir(parents=True, exist_ok=True)
                staged.write_bytes(data)
            for name in first:
                places[name].unlink(missing_ok=True)
            for name in files:
                self._move(self.folder / _STAGING / name, places[name])
            for name in last:
                self._remove(places[name])

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Tell in one sentence why the folder could not be written to."""
        try:
            yield
        except OSError as fault:
            message = (
                f"'{self.folder}' cannot be written to ({fault.strerror or fault}). What stands "
                "there is whole; make room or name another folder, and run the same command again."
            )
            raise StoreError(message) from fault

    def _sweep(self) -> None:
        """Remove what was only prepared."""
        shutil.rmtree(self.folder / _STAGING, ignore_errors=True)

    def _place(self, name: str) -> Path:
        """Return where a file goes, which is in this folder: no link leads out of it."""
        place = self.folder / name
        if place.parent.resolve() != place.parent:
            message = (
                f"'{place.parent}' is a link to somewhere else; remove it, nothing follows it."
            )
            raise StoreError(message)
        return place

    def _move(self, staged: Path, place: Path) -> None:
        """Move a prepared file to its place in one step."""
        staged.replace(place)

    def _remove(self, path: Path) -> None:
        """Remove a file, and its folders where they are empty now."""
        path.unlink(missing_ok=True)
        with suppress(OSError):
            for parent in path.relative_to(self.folder).parents:
                if parent != Path():
                    (self.folder / parent).rmdir()


def _facts(outcome: Outcome, key: Mapping[str, str]) -> dict:
    """Return what is recorded of every job."""
    job = outcome.job
    return {
        "report": job.path,
        "notebook": job.notebook,
        "parameters": job.values,
        "formats": list(job.formats),
        "cover": outcome.cover,
        "key": dict(key),
    }


def _file(job: Job, suffix: str) -> str:
    """Return where a file of a report stands; its annex is a report beside it."""
    return f"{job.path}{'_' if suffix.startswith('evidence') else '.'}{suffix}"


def _aside(job: Job) -> tuple[str, str]:
    """Return where a failed job's partial notebook and the account of it go."""
    return f"{_FAILED}/{job.path}.ipynb", f"{_FAILED}/{job.path}.json"


@dataclass(frozen=True)
class Step:
    """One job, whether it is to be run, and why.

    Attributes
    ----------
    job : Job
        The job; its formats include those of the report that stands.
    reasons : tuple of str
        Why it is to be run; empty where the report is the one that would be made.
    key : dict of str to str
        From what it would be made; see `Inputs.key`.
    """

    job: Job
    reasons: tuple[str, ...]
    key: dict[str, str]


class Inputs:
    """All that reports are made from, as hashes.

    Parameters
    ----------
    tables : Tables
        The tables that the reports would read.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._extracts: dict[tuple[date, str], str] = {}
        self._shared = {
            "boundaries": boundaries_sha256(tables.folder),
            "code": code_sha256(),
            "environment": environment_sha256(),
        }
        self._notebooks: dict[tuple[Path | None, str], str] = {}

    def key(self, job: Job) -> dict[str, str]:
        """Return from what a job's report would be made: one hash per part."""
        named = job.folder, job.notebook
        if named not in self._notebooks:
            self._notebooks[named] = notebook_sha256(job.source())
        return {
            "notebook": self._notebooks[named],
            "parameters": digest(json.dumps(job.values, sort_keys=True).encode()),
            "rows": self._rows(job),
            **self._shared,
        }

    def _rows(self, job: Job) -> str:
        """Return the digest of the rows that a job's report may see."""
        asked = job.parameters.as_of, job.parameters.country or "all"
        if asked not in self._extracts:
            from ..evidence.record import extract

            self._extracts[asked] = extract(self._tables, *asked).sha256
        return self._extracts[asked]


def plan(jobs: Iterable[Job], inputs: Inputs, store: Store) -> list[Step]:
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
    steps = []
    for job in jobs:
        record, key = store.record(job), inputs.key(job)
        reasons = ["it failed last time"] if store.failed(job) else []
        if record is None:
            reasons.append("it is not there yet")
        else:
            reasons += [
                change for part, change in _CHANGES.items() if record["key"].get(part) != key[part]
            ]
            if missing := [name for name in job.formats if name not in record["formats"]]:
                reasons.append(f"{', '.join(missing)} is wanted too")
            if altered := store.altered(record):
                reasons.append(f"'{altered}' is missing or was altered")
            formats = dict.fromkeys((*record["formats"], *job.formats))
            job = replace(job, formats=tuple(formats))
        steps.append(Step(job, tuple(reasons), key))
    return steps


def question_sha256(options: object, files: Iterable[Path | None] = ()) -> str:
    """Return the hash of all that decides which reports a build makes and what is in them.

    Parameters
    ----------
    options : object
        What was asked for, as JSON can hold it.
    files : iterable of pathlib.Path or None
        Files and folders of notebooks that the options name.
    """
    named = [*files, wanted.notebook_folder(), wanted.own_editions()]
    listed = [path for place in named if place for path in (place, *sorted(place.glob("*.ipynb")))]
    contents = [f"{path} {digest(path.read_bytes())}" for path in listed if path.is_file()]
    parts = [json.dumps(options), code_sha256(), environment_sha256(), data_sha256(data_folder())]
    return digest("\n".join([*parts, *contents]).encode())


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
    """Return the hash of the package's modules and templates, in whatever room they stand."""
    templates = [path for path in _PACKAGE.glob("*/templates/**/*") if path.is_file()]
    return hash_files(_PACKAGE, [*_PACKAGE.rglob("*.py"), *templates])


def data_sha256(folder: Path) -> str:
    """Return the hash of a data folder as it stands: tables, schema and boundaries."""
    tables = hash_files(folder, [*folder.glob("*.csv"), *folder.glob("*.json")])
    return digest(f"{tables} {boundaries_sha256(folder)}".encode())


def boundaries_sha256(folder: Path) -> str:
    """Return the hash of the outlines that are drawn with a data folder: its own or the package's."""
    files = [
        outlines_file(folder, name) for name in ("countries.geojson", "disputed_lines.geojson")
    ]
    contents = [digest(path.read_bytes()) if path.is_file() else "" for path in files]
    return digest("\n".join(contents).encode())


def environment_sha256() -> str:
    """Return the hash of the interpreter's version and of every distribution installed."""
    # The folder's name tells name and version; reading each METADATA would take a second.
    names = {
        entry.name
        for folder in dict.fromkeys(sys.path)
        if folder and Path(folder).is_dir()
        for entry in Path(folder).glob("*.dist-info")
    }
    interpreter = [sys.implementation.name, *map(str, sys.version_info[:3])]
    return digest("\n".join([*interpreter, *sorted(names)]).encode())


def hash_files(folder: Path, paths: Iterable[Path]) -> str:
    """Return the hash of the names below a folder and the contents of some files."""
    whole = hashlib.sha256()
    named = {path.relative_to(folder).as_posix(): path for path in paths}
    for name, path in sorted(named.items()):
        whole.update(f"{name}\n".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def as_json(value: object) -> bytes:
    """Return JSON that is the same for the same value."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _read(path: Path) -> dict | None:
    """Return a JSON file's content, or None."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _read_all(folder: Path) -> list[dict]:
    """Return the content of every JSON file below a folder, in the order of their paths."""
    contents = (_read(path) for path in sorted(folder.rglob("*.json")))
    return [content for content in contents if content is not None]


def _hold(descriptor: int, folder: Path) -> None:
    """Take the lock of a folder; the system frees it however the process ends."""
    try:
        import fcntl
    except ImportError:  # Windows: nothing there frees a lock as surely
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        message = f"Another build writes to '{folder}'; wait for it, or name another folder."
        raise StoreError(message) from fault
