"""Build: jobs to reports, in parallel, each whole or not at all."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import SahelError
from ..tables.loading import Tables
from .dispatch import outcomes
from .freshness import Inputs, Plan, plan
from .jobs import Failure, Job, Order, Outcome, notebook_folder
from .progress import Progress
from .store import Store, undisturbed

if TYPE_CHECKING:
    from .cluster import Cluster
    from .pool import Pool


class BuildStopped(SahelError, RuntimeError):
    """Somebody stopped the build; what was made so far stands."""


@dataclass
class Summary:
    """What a build did.

    Attributes
    ----------
    made, failed, fresh : list of str
        Paths of the reports made now, of those that failed, and of those left as they were.
    records : dict of str to dict
        Record of every report made now, by path.
    failures : dict of str to dict
        Account of every report that failed, by path.
    """

    made: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    records: dict[str, dict] = field(default_factory=dict)
    failures: dict[str, dict] = field(default_factory=dict)

    def table(self) -> str:
        """Return what was made and what failed, as lines for a terminal."""
        rows = [(path, _sizes(self.records[path])) for path in sorted(self.made)]
        rows += [(path, f"FAILED  {_why(self.failures[path])}") for path in sorted(self.failed)]
        width = max((len(path) for path, _ in rows), default=0)
        counts = f"{len(self.made)} made, {len(self.fresh)} unchanged, {len(self.failed)} failed."
        return "\n".join([*(f"{path:<{width}}  {told}" for path, told in rows), counts])


def build(
    jobs: Iterable[Job],
    output: Path,
    tables: Tables,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    timeout: int | None = None,
    log: Path | None = None,
) -> Summary:
    """Make the reports that are wanted and do not stand as they would be made now.

    Parameters
    ----------
    jobs : iterable of Job
        The reports wanted.
    output : pathlib.Path
        Folder of the reports.
    tables : Tables
        The package's own tables, which the notebooks will read.
    workers : int, optional
        Reports made at once; as many as there are cores without it.
    scheduler : str, optional
        Address of a Dask scheduler that is to do the work instead of this machine.
    timeout : int, optional
        Longest time a cell may take, in seconds.
    log : pathlib.Path, optional
        See `progress.Progress`.

    Returns
    -------
    Summary
        What was made, what failed, what was fresh.

    Raises
    ------
    StoreError
        If the folder cannot be used.
    ClusterError
        If the scheduler or its workers cannot be used.
    BuildStopped
        On Ctrl-C or SIGTERM; the reports made by then stand, the others are as they were.
    """
    store, summary = Store(output), Summary()
    with _stoppable(), store.locked():
        plans = plan(jobs, Inputs(tables), store)
        due = {step.job.path: step for step in plans if step.reasons}
        summary.fresh = [step.job.path for step in plans if not step.reasons]
        try:
            with Progress(len(due), log) as progress:
                if due:
                    with _workforce(len(due), workers, scheduler) as pool:
                        orders = _orders((step.job for step in due.values()), pool, timeout)
                        for outcome in outcomes(orders, pool, progress):
                            _take(outcome, due[outcome.job.path], store, summary, progress)
        except KeyboardInterrupt:
            left = len(due) - len(summary.made) - len(summary.failed)
            message = (
                f"Stopped: {len(summary.made)} reports were made, {left} were not. "
                "The same command goes on from here."
            )
            raise BuildStopped(message) from None
        finally:
            with undisturbed():
                list_reports(store, tables)
    return summary


def list_reports(store: Store, tables: Tables) -> None:
    """Write the catalogue and the crate of all reports that stand.

    Parameters
    ----------
    store : Store
        The folder, locked. Written even if nothing was made: an earlier build may have been killed
        before it came to this.
    tables : Tables
        The package's own tables.
    """
    from .catalogue import catalogue
    from .crate import crate

    records, failures = store.records(), store.failures()
    store.put("index.html", catalogue(records, failures, atlas=store.has("atlas.html")))
    store.put("ro-crate-metadata.json", crate(records, failures, tables))


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let SIGTERM stop a build as Ctrl-C does; a handler is the main thread's to set."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _workforce(jobs: int, workers: int | None, scheduler: str | None) -> Iterator[Pool | Cluster]:
    """Give what runs orders: worker processes here, or a cluster."""
    force: AbstractContextManager
    if scheduler:
        from .cluster import Cluster

        force = Cluster(scheduler)
    else:
        from .pool import Pool

        force = Pool(min(workers or cores(), jobs))
    with force as pool:
        yield pool


def _sizes(record: dict) -> str:
    """Return the formats of a report with their sizes."""
    return ", ".join(
        f"{name.rsplit('.', 1)[1]} {facts['bytes'] / 1000:,.0f} kB"
        for name, facts in record["outputs"].items()
        if not name.endswith(".png")
    )


def _why(account: dict) -> str:
    """Return why a report failed, on one line."""
    return str(Failure(**account["failure"])).splitlines()[0]


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _orders(jobs: Iterable[Job], pool: Pool | Cluster, timeout: int | None) -> Iterator[Order]:
    """Yield what a worker needs for each job."""
    sources: dict[str, str] = {}
    for job in jobs:
        if job.notebook not in sources:
            path = notebook_folder() / f"{job.notebook}.ipynb"
            sources[job.notebook] = path.read_text(encoding="utf-8")
        yield Order(job, sources[job.notebook], pool.address, timeout, pool.inputs)


def _take(outcome: Outcome, step: Plan, store: Store, summary: Summary, progress: Progress) -> None:
    """Store what came of a job, and tell of it."""
    path = outcome.job.path
    record = {
        "notebook": outcome.job.notebook,
        "parameters": outcome.job.values,
        "formats": list(outcome.job.formats),
        "told": outcome.told,
        "key": step.key,
    }
    if outcome.failure is None:
        summary.records[path] = store.keep(outcome, record)
        summary.made.append(path)
        told = "made"
    else:
        summary.failures[path] = store.set_aside(outcome, record)
        summary.failed.append(path)
        told = str(outcome.failure)
    progress.finish(path, told, seconds=outcome.seconds, peak_kb=outcome.peak_kb)
