"""The folder of reports: each stands whole, with a record of what it was made from."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SahelError
from ..files import misfits, parsed, read, sha256, sound_path, sync
from ..tables.schema import data_folder, outlines_file
from . import jobs as wanted
from .jobs import Job, Outcome

if TYPE_CHECKING:  # what finds that nothing changed loads no tables
    from ..tables.loading import Tables

_PACKAGE = Path(__file__).resolve().parents[1]
_RECORDS = ".records"
_FAILED = "failed"
_STAGING = ".staging"  # what is being prepared; nobody misses it
_READY = ".ready"  # a report whose files are all there, but not yet all in their places
_ROWS = ".rows"  # digests of all rows, one file for each state of the tables
_LAST = ".last.json"  # what the last build was asked for, and which reports it found or made
_INDEX = ("index.html", "index.json")
_SHORT = 12  # hexadecimal digits of a row's digest that are kept
_NAMED = 5  # changed rows that a reason names; more are counted
# What is recorded of a job; a record of another shape counts as none, and the report is made again.
_FACTS = {
    "report": str,
    "notebook": str,
    "parameters": dict,
    "formats": [str],
    "cover": {str: str},
    "key": {str: str},
}
_RECORD = {**_FACTS, "outputs": {str: {"bytes": int, "sha256": str}}}
_FAILURE = {"stage", "cell", "error", "message"}
_ANSWER = {"question": str, "reports": [str], "index": {str: str}}
_ACCOUNT = {
    **_FACTS,
    "partial": str,
    "failure": {"stage": str, "error": str, "message": str},
}
_SUFFIXES = (
    "ipynb", "html", "pdf", "docx", "pptx", "thumbnail.png", "evidence.html", "evidence.pdf",
)  # fmt: skip
# What a reader of the reason is told of each part of a key.
_CHANGES = {
    "notebook": "the notebook changed",
    "parameters": "the parameters changed",
    "rows": "rows that it shows changed",
    "edition": "its edition changed",
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
        self.folder = sound_path(folder, "the reports", StoreError).resolve()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder against a second build; finish or sweep what a killed one had begun.

        Raises
        ------
        StoreError
            If another build holds it, or it cannot be written to.
        """
        with self._writing():
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = os.fdopen(_own_file(self.folder / ".lock"), "a")
        with lock:
            _hold(lock.fileno(), self.folder)
            try:
                self._sweep()
                self._settle()
                yield
            finally:
                self._sweep()

    def keep(self, outcome: Outcome, key: Mapping[str, str]) -> dict:
        """Put a whole report in its place, and return its record.

        All its files are prepared in a folder, whose one renaming makes them the report; whoever is
        killed while they go to their places leaves that folder, and the next build goes on with it.

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
            name: {"bytes": len(data), "sha256": sha256(data)} for name, data in files.items()
        }
        record = {**_facts(outcome, key), "outputs": outputs}
        place = f"{_RECORDS}/{job.path}.json"
        self._switch(job.path, {**files, place: as_json(record)})
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
        self._switch(outcome.job.path, {**files, place: as_json(account)})
        return account

    def put(self, name: str, data: bytes) -> None:
        """Write one file that is no report, such as the catalogue."""
        target = self._place(name)
        if not target.is_file() or target.read_bytes() != data:
            with self._writing():
                self._prepare(_STAGING, {name: data})
                self._move(self.folder / _STAGING / name, target)
                sync(target.parent)

    def keep_rows(self, state: str, digests: Mapping[str, Mapping[str, str]]) -> None:
        """Keep the digests of all rows of one state of the tables; let go of those none needs.

        Parameters
        ----------
        state : str
            What records call this state; see `Inputs.state`.
        digests : mapping of str to mapping
            Digest of each row by table and key; see `Inputs.digests`.
        """
        needed = {record["key"].get("state") for record in self.records()}
        for path in sorted((self.folder / _ROWS).glob("*.json")):
            if path.stem not in needed:
                self._remove(path)
        if not self.has(f"{_ROWS}/{state}.json"):
            content = json.dumps(digests, sort_keys=True, separators=(",", ":"))
            self.put(f"{_ROWS}/{state}.json", content.encode())

    def rows(self, state: str) -> dict[str, dict[str, str]] | None:
        """Return the digests of all rows of a state of the tables; None where they are not kept."""
        try:
            return parsed(read(self.folder / _ROWS / f"{state}.json")) if state else None
        except (OSError, ValueError):
            return None

    def record(self, job: Job) -> dict | None:
        """Return a report's record, or None where there is none that can be read."""
        return self._record(job.path)

    def _record(self, path: str) -> dict | None:
        """Return the record of the report with some path, or None."""
        return _read(self.folder / _RECORDS / f"{path}.json", _RECORD)

    def answer(self, question: str, paths: Iterable[str]) -> None:
        """Remember which reports answer a question; see `Store.answered`."""
        index = {name: sha256((self.folder / name).read_bytes()) for name in _INDEX}
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
        try:
            last = parsed(read(self.folder / _LAST))
        except (OSError, ValueError):
            return []
        if any(misfits(last, _ANSWER)) or last["question"] != question or self._has_failures():
            return []
        records = [self._record(path) for path in last["reports"]]
        if not all(record and not self.altered(record) for record in records):
            return []
        for name, known in last["index"].items():
            if not self.has(name) or sha256((self.folder / name).read_bytes()) != known:
                return []
        return last["reports"]

    def _has_failures(self) -> bool:
        """Return whether a report failed that is to be tried again."""
        return (self.folder / _FAILED).exists()

    def has(self, name: str) -> bool:
        """Return whether a file is there."""
        return (self.folder / name).is_file()

    def records(self) -> list[dict]:
        """Return the records of all reports whose files are there, in the order of their paths."""
        records = _read_all(self.folder / _RECORDS, _RECORD)
        return [record for record in records if all(map(self.has, record["outputs"]))]

    def failures(self) -> list[dict]:
        """Return the accounts of all reports that failed last time, in the order of their paths."""
        return _read_all(self.folder / _FAILED, _ACCOUNT)

    def failed(self, job: Job) -> bool:
        """Return whether a job failed last time."""
        return self.has(_aside(job)[1])

    def altered(self, record: Mapping) -> str:
        """Return the first file of a report that is missing or not as recorded, or nothing."""
        for name, facts in record["outputs"].items():
            try:
                data = read(self.folder / name)
            except OSError:
                return name
            if len(data) != facts["bytes"] or sha256(data) != facts["sha256"]:
                return name
        return ""

    def _switch(self, report: str, files: Mapping[str, bytes]) -> None:
        """Make some files those of a report: prepare all, then rename their folder once."""
        with self._writing():
            # All are prepared before one moves: a full disk is to be found out now.
            self._prepare(f"{_STAGING}/{report}", files)
            ready = self._place(f"{_READY}/{report}")
            ready.parent.mkdir(parents=True, exist_ok=True)
            self._move(self.folder / _STAGING / report, ready)
        try:
            self._settle()
        except StoreError:  # a fault that does not last is not to leave a report half in its place
            self._settle()

    def _prepare(self, below: str, files: Mapping[str, bytes]) -> None:
        """Write files to the disk below a folder, and make the folders where they will go."""
        for name, data in files.items():
            staged = self._place(f"{below}/{name}")
            for path in (staged, self._place(name)):
                path.parent.mkdir(parents=True, exist_ok=True)
            staged.write_bytes(data)
            sync(staged)
            sync(staged.parent)

    def _settle(self) -> None:
        """Put the files of reports that are ready in their places, the record last of all."""
        folder = self._place(f"{_READY}/x").parent
        for ready in sorted(folder.glob("*/*")):
            report = ready.relative_to(folder).as_posix()
            try:
                self._put_in_place(ready, report)
            except OSError as fault:
                message = (
                    f"'{self.folder}' cannot be written to ({fault.strerror or fault}): '{report}' is "
                    "made, but not all its files are in their places. The same command goes on with "
                    "it; the other reports are whole."
                )
                raise StoreError(message) from fault
        shutil.rmtree(folder, ignore_errors=True)

    def _put_in_place(self, ready: Path, report: str) -> None:
        """Remove what a report that is ready replaces, and move its files; safe to be done twice."""
        sync(ready.parent)
        record, account = f"{_RECORDS}/{report}.json", f"{_FAILED}/{report}.json"
        if made := _read(ready / record, _RECORD):
            names = {_named(report, suffix) for suffix in _SUFFIXES} - set(made["outputs"])
            gone, last = [*names, account, f"{_FAILED}/{report}.ipynb"], record
        elif failed := _read(ready / account, _ACCOUNT):
            gone, last = [] if failed["partial"] else [f"{_FAILED}/{report}.ipynb"], account
        else:
            return  # what deciding record there was is in its place, or damaged
        for name in gone:
            self._remove(self._place(name))
        found = [path for path in ready.rglob("*") if path.is_file() and not path.is_symlink()]
        for path in sorted(found, key=lambda path: (path == ready / last, path)):
            place = self._place(path.relative_to(ready).as_posix())
            place.parent.mkdir(parents=True, exist_ok=True)
            self._move(path, place)
            sync(place.parent)

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
        """Move what is prepared to its place in one step."""
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
    return _named(job.path, suffix)


def _named(report: str, suffix: str) -> str:
    """Return where a file of the report with a path stands."""
    return f"{report}{'_' if suffix.startswith('evidence') else '.'}{suffix}"


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
        self._extracts: dict[tuple[date, str, str], str] = {}
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
            "parameters": sha256(json.dumps(job.values, sort_keys=True).encode()),
            "rows": self._rows(job),
            "edition": self._edition(job),
            **self._shared,
            "state": self.state,
        }

    @cached_property
    def state(self) -> str:
        """What records call this state of the tables."""
        from ..evidence.record import row_digests
        from ..tables.loading import FRAMES

        digests, package = row_digests(self._tables)
        whole = hashlib.sha256(package)
        for name in FRAMES:
            for key, value in digests[name].items():
                whole.update(key.encode() + value)
        return whole.hexdigest()[:16]

    @cached_property
    def digests(self) -> dict[str, dict[str, str]]:
        """Digest of each row, by table and key, cut to what tells two states of a row apart."""
        from ..evidence.record import row_digests

        digests, _ = row_digests(self._tables)
        return {
            name: {key: value.hex()[:_SHORT] for key, value in rows.items()}
            for name, rows in digests.items()
        }

    def changed_rows(self, job: Job, before: Mapping[str, Mapping[str, str]]) -> list[str]:
        """Return which rows that a job's report can see are not as they were.

        Parameters
        ----------
        job : Job
            The job.
        before : mapping of str to mapping
            The digests of another state of the tables.

        Returns
        -------
        list of str
            ``events EV-101``; first those of its extract, and without one all that differ.
        """
        differing = {
            name: {
                key
                for key in before.get(name, {}).keys() | rows.keys()
                if before.get(name, {}).get(key) != rows.get(key)
            }
            for name, rows in self.digests.items()
        }
        from ..evidence.record import extract

        seen = extract(self._tables, job.parameters.as_of, job.parameters.country or "all")
        own = {
            # One that is gone may have been seen.
            name: {key for key in keys if key in getattr(seen, name).index or key not in
                   self.digests[name]}
            for name, keys in differing.items()
        }  # fmt: skip
        chosen = own if any(own.values()) else differing
        return [f"{name} {key}" for name, keys in chosen.items() for key in sorted(keys)]

    def _edition(self, job: Job) -> str:
        """Return the digest of what names a job's edition and the one before."""
        from ..report.editions import edition_before, edition_of

        asked = job.parameters.as_of, job.parameters.evidence, self._tables
        return sha256(f"{edition_of(*asked)} {edition_before(*asked)}".encode())

    def _rows(self, job: Job) -> str:
        """Return the digest of the rows that a job's report may see."""
        asked = job.parameters.as_of, job.parameters.country or "all", job.parameters.article
        if asked not in self._extracts:
            from ..evidence.record import extract, one_article

            *shown, article = asked
            self._extracts[asked] = extract(one_article(self._tables, article), *shown).sha256
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
            stale = [part for part in _CHANGES if record["key"].get(part) != key[part]]
            reasons += [_CHANGES[part] for part in stale]
            if "rows" in stale and (before := store.rows(record["key"].get("state", ""))):
                named = inputs.changed_rows(job, before)
                more = f" and {len(named) - _NAMED} more" * (len(named) > _NAMED)
                reasons[reasons.index(_CHANGES["rows"])] += (
                    f": {', '.join(named[:_NAMED])}{more}"
                    if named
                    else ", by the package's version"
                )
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
    named = [*files, wanted.notebook_folder(), _PACKAGE.parent / "editions.toml"]
    listed = [path for place in named if place for path in (place, *sorted(place.glob("*.ipynb")))]
    contents = [f"{path} {sha256(path.read_bytes())}" for path in listed if path.is_file()]
    parts = [json.dumps(options), code_sha256(), environment_sha256(), data_sha256(data_folder())]
    return sha256("\n".join([*parts, *contents]).encode())


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
    return sha256(json.dumps(cells).encode())


def code_sha256() -> str:
    """Return the hash of the package's modules and templates, in whatever room they stand."""
    templates = [path for path in _PACKAGE.glob("*/templates/**/*") if path.is_file()]
    return hash_files(_PACKAGE, [*_PACKAGE.rglob("*.py"), *templates])


def data_sha256(folder: Path) -> str:
    """Return the hash of a data folder as it stands: tables, schema and boundaries."""
    tables = hash_files(folder, [*folder.glob("*.csv"), *folder.glob("*.json")])
    return sha256(f"{tables} {boundaries_sha256(folder)}".encode())


def boundaries_sha256(folder: Path) -> str:
    """Return the hash of the outlines that are drawn with a data folder: its own or the package's."""
    files = [
        outlines_file(folder, name) for name in ("countries.geojson", "disputed_lines.geojson")
    ]
    contents = [sha256(path.read_bytes()) if path.is_file() else "" for path in files]
    return sha256("\n".join(contents).encode())


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
    return sha256("\n".join([*interpreter, *sorted(names)]).encode())


def hash_files(folder: Path, paths: Iterable[Path]) -> str:
    """Return the hash of the names below a folder and the contents of some files."""
    whole = hashlib.sha256()
    named = {path.relative_to(folder).as_posix(): path for path in paths}
    for name, path in sorted(named.items()):
        whole.update(f"{name}\n".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def as_json(value: object) -> bytes:
    """Return JSON that is the same for the same value."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _read(path: Path, shape: Mapping) -> dict | None:
    """Return a record that has its shape and stands at its place, or None."""
    try:
        record = parsed(read(path))
    except (OSError, ValueError):
        return None
    if any(misfits(record, shape)) or not path.as_posix().endswith(f"/{record['report']}.json"):
        return None
    if not all(name.startswith(record["report"]) for name in record.get("outputs", ())):
        return None
    return record if set(record.get("failure", _FAILURE)) == _FAILURE else None


def _read_all(folder: Path, shape: Mapping) -> list[dict]:
    """Return every record below a folder, in the order of their paths."""
    contents = (_read(path, shape) for path in sorted(folder.rglob("*.json")))
    return [content for content in contents if content is not None]


def _own_file(path: Path) -> int:
    """Open a file of ours; what stands in its place and is a link, pipe or device is refused."""
    flags = os.O_RDWR | os.O_CREAT
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    message = f"'{path}' is a link or another thing that is no file; remove it."
    try:
        descriptor = os.open(path, flags, 0o666)
    except OSError as fault:
        if path.is_symlink():
            raise StoreError(message) from fault
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise StoreError(message)
    return descriptor


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
