"""Store: the folder of reports, in which each report stands whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import SahelError
from ..files import is_own_folder
from .jobs import Failure, Job, Outcome

_RECORDS = ".records"
_FAILED = "failed"
_JOURNAL = "journal.json"
STOPS = (signal.SIGINT, signal.SIGTERM)  # Ctrl-C, and how other programs stop one


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
        # Beside the folder, so that a killed build leaves nothing partial in it; but within it
        # where it is a file system of its own, because only there a file moves in one step.
        self._places = (
            self.folder.parent / f".{self.folder.name}.staging",
            self.folder / ".staging",
        )
        self._staging = self._places[0]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder against a second build; sweep what a killed one left.

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
            self._settle()
            self._staging = self._usable()
            try:
                yield
            finally:
                self._settle()

    def keep(self, outcome: Outcome, record: Mapping[str, object]) -> dict:
        """Put a whole report in its place, and return its record.

        Parameters
        ----------
        outcome : Outcome
            A job without failure.
        record : mapping
            What is to be recorded besides the files.
        """
        job = outcome.job
        outputs = {
            f"{job.path}.{suffix}": {"bytes": len(data), "sha256": digest(data)}
            for suffix, data in outcome.files.items()
        }
        kept = {"report": job.path, **record, "outputs": outputs}
        before = (self.record(job) or {"outputs": {}})["outputs"]
        files = {f"{job.path}.{suffix}": data for suffix, data in outcome.files.items()}
        gone = [*(before.keys() - outputs.keys()), *_set_aside(job)]
        self._change({**files, f"{_RECORDS}/{job.path}.json": as_json(kept)}, gone)
        return kept

    def set_aside(self, outcome: Outcome, record: Mapping[str, object]) -> dict:
        """Put a failed job's partial notebook and the account of it aside; return the account.

        An earlier report of the same job stays as it was.

        Parameters
        ----------
        outcome : Outcome
            A job with a failure.
        record : mapping
            What is to be recorded besides.
        """
        job, failure = outcome.job, outcome.failure
        account = {
            "report": job.path,
            **record,
            "failure": vars(failure) if isinstance(failure, Failure) else {},
            "partial": f"{_FAILED}/{job.path}.ipynb" if outcome.files else "",
        }
        partial, told = _set_aside(job)
        files = {partial: outcome.files["ipynb"]} if outcome.files else {}
        self._change({**files, told: as_json(account)}, [] if files else [partial])
        return account

    def put(self, name: str, data: bytes) -> None:
        """Write one file that is no report, such as the catalogue."""
        target = self._place(name)
        if not target.is_file() or target.read_bytes() != data:
            with self._writing():
                self._stage(name, data)
                self._move(self._staging, name)

    def record(self, job: Job) -> dict | None:
        """Return a report's record, or None where there is none that can be read."""
        return _read(self.folder / _RECORDS / f"{job.path}.json")

    def has(self, name: str) -> bool:
        """Return whether a file is there."""
        return (self.folder / name).is_file()

    def records(self) -> list[dict]:
        """Return the records of all reports whose files are there, in the order of their paths."""
        found = _read_all(self.folder / _RECORDS)
        return [record for record in found if all(map(self.has, record["outputs"]))]

    def failures(self) -> list[dict]:
        """Return the accounts of all reports that failed last time, in the order of their paths."""
        return _read_all(self.folder / _FAILED)

    def failed(self, job: Job) -> bool:
        """Return whether a job failed last time."""
        return (self.folder / _FAILED / f"{job.path}.json").is_file()

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

    def _change(self, files: Mapping[str, bytes], gone: Sequence[str]) -> None:
        """Put files in their places, in this order, and remove others: all of it or nothing.

        What is to be done is written down before it begins; if this process is killed half-way,
        whoever locks the folder next goes on from there.
        """
        places = [self._place(name) for name in (*files, *gone)]
        with self._writing():
            for name, data in files.items():
                self._stage(name, data)
            # Before the first file moves: a full disk is to be found out now.
            for place in places[: len(files)]:
                place.parent.mkdir(parents=True, exist_ok=True)
            with undisturbed():
                self._stage(_JOURNAL, as_json({"moved": [*files], "gone": [*gone]}))
                self._settle()

    def _settle(self) -> None:
        """Carry out what the journal says, and sweep what was only prepared."""
        for staging in filter(is_own_folder, self._places):
            if journal := _read(staging / _JOURNAL):
                with self._writing():
                    for name in journal["moved"]:
                        if (staging / name).exists():
                            self._move(staging, name)
                    for name in journal["gone"]:
                        self._drop(name)
                    (staging / _JOURNAL).unlink()
            shutil.rmtree(staging, ignore_errors=True)

    def _usable(self) -> Path:
        """Return the first place from which a file moves into the folder in one step."""
        for staging in self._places:
            with suppress(OSError):
                staging.mkdir()  # fails where somebody else left something
                (staging / ".lock").touch()
                (staging / ".lock").rename(self.folder / ".staged")
                (self.folder / ".staged").unlink()
                return staging
        message = f"'{self.folder}' takes no files; name another."
        raise StoreError(message)

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

    def _place(self, name: str) -> Path:
        """Return where a file goes, which is in this folder: no link leads out of it."""
        place = self.folder / name
        if place.parent.resolve() != place.parent:
            message = (
                f"'{place.parent}' is a link to somewhere else; remove it, nothing follows it."
            )
            raise StoreError(message)
        return place

    def _stage(self, name: str, data: bytes) -> None:
        """Write a file where it is prepared."""
        path = self._staging / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def _move(self, staging: Path, name: str) -> None:
        """Move a prepared file to its place in one step."""
        target = self._place(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        (staging / name).replace(target)

    def _drop(self, name: str) -> None:
        """Remove a file, and its folders where they are empty now."""
        path = self._place(name)
        path.unlink(missing_ok=True)
        with suppress(OSError):
            for parent in path.relative_to(self.folder).parents:
                if parent != Path():
                    (self.folder / parent).rmdir()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put off Ctrl-C for the few milliseconds in which files change places."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _: caught.append(number)) for number in STOPS
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for number in caught:
        signal.raise_signal(number)


def _set_aside(job: Job) -> tuple[str, str]:
    """Return where a failed job's partial notebook and the account of it go."""
    return f"{_FAILED}/{job.path}.ipynb", f"{_FAILED}/{job.path}.json"


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
    found = (_read(path) for path in sorted(folder.rglob("*.json")))
    return [content for content in found if content is not None]


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
