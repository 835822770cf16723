"""Build: jobs to reports, in parallel, each whole or not at all."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, field
from pathlib import Path

from .jobs import Job, notebook_folder
from .pool import Pool
from .progress import Progress
from .runs import Failure, Order, Outcome
from .store import Store

_TICK = 1.0  # seconds between two redrawings of the running times


@dataclass
class Summary:
    """What a build did.

    Attributes
    ----------
    made, failed, fresh : list of str
        Paths of the reports made now, of those that failed, and of those left as they were.
    records : dict of str to dict
        Record of every report that stands, by path.
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
        rows = [(path, _sizes(self.records[path])) for path in self.made]
        rows += [(path, f"FAILED  {_why(self.failures[path])}") for path in self.failed]
        width = max((len(path) for path, _ in rows), default=0)
        counts = f"{len(self.made)} made, {len(self.fresh)} unchanged, {len(self.failed)} failed."
        return "\n".join([*(f"{path:<{width}}  {told}" for path, told in rows), counts])


def build(
    jobs: Iterable[Job],
    output: Path,
    *,
    workers: int | None = None,
    timeout: int | None = None,
    log: Path | None = None,
) -> Summary:
    """Make the reports that are wanted and not there yet.

    Parameters
    ----------
    jobs : iterable of Job
        The reports wanted.
    output : pathlib.Path
        Folder of the reports.
    workers : int, optional
        Reports made at once; as many as there are cores without it.
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
    """
    jobs = list(jobs)
    store, summary = Store(output), Summary()
    with store.locked(), Progress(len(jobs), log) as progress:
        if jobs:
            with Pool(min(workers or cores(), len(jobs))) as pool:
                for outcome in _outcomes(_orders(jobs, pool, timeout), pool, progress):
                    _take(outcome, store, summary, progress)
    return summary


def _sizes(record: dict) -> str:
    """Return the formats of a report with their sizes."""
    return ", ".join(
        f"{name.rsplit('.', 1)[1]} {facts['bytes'] / 1000:,.0f} kB"
        for name, facts in record["outputs"].items()
    )


def _why(account: dict) -> str:
    """Return why a report failed, on one line."""
    return str(Failure(**account["failure"])).splitlines()[0]


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _orders(jobs: Iterable[Job], pool: Pool, timeout: int | None) -> Iterator[Order]:
    """Yield what a worker needs for each job."""
    sources: dict[str, str] = {}
    for job in jobs:
        if job.notebook not in sources:
            path = notebook_folder() / f"{job.notebook}.ipynb"
            sources[job.notebook] = path.read_text(encoding="utf-8")
        yield Order(job, sources[job.notebook], pool.address, timeout)


def _take(outcome: Outcome, store: Store, summary: Summary, progress: Progress) -> None:
    """Store what came of a job, and tell of it."""
    path = outcome.job.path
    if outcome.failure is None:
        record = {"notebook": outcome.job.notebook, "parameters": outcome.job.values}
        summary.records[path] = store.keep(outcome, record)
        summary.made.append(path)
        told = "made"
    else:
        summary.failures[path] = store.set_aside(outcome)
        summary.failed.append(path)
        told = str(outcome.failure)
    progress.finish(path, told, seconds=outcome.seconds)


def _outcomes(orders: Iterable[Order], pool: Pool, progress: Progress) -> Iterator[Outcome]:
    """Yield what comes of each order, as it comes; only as many are held as run at once.

    A worker that is killed takes the whole pool with it. Those that ran are then run again, one at
    a time: whichever breaks the pool alone is the one to blame.
    """
    waiting = iter(orders)
    suspects: deque[Order] = deque()
    running: dict[Future[Outcome], Order] = {}
    exhausted = on_trial = False
    while True:
        on_trial = bool(suspects) or (on_trial and bool(running))
        room = 1 if on_trial else pool.slots
        while len(running) < room:
            order = suspects.popleft() if suspects else next(waiting, None)
            if order is None:
                exhausted = True
                break
            progress.start(order.job.path)
            running[pool.submit(order)] = order
        if not running:
            if exhausted:
                return
            continue
        done, _ = wait(running, timeout=_TICK, return_when=FIRST_COMPLETED)
        progress.refresh()
        broken = False
        for future in done:
            order = running.pop(future)
            try:
                outcome = future.result()
            except BrokenExecutor as fault:
                broken = True
                if on_trial:
                    message = "the worker process was killed, or ran out of memory"
                    yield _lost(order, fault, message)
                else:
                    suspects.append(order)
            except Exception as fault:
                yield _lost(order, fault, str(fault))
            else:
                yield outcome
        if broken:
            suspects.extend(running.values())
            running.clear()
            pool.renew()


def _lost(order: Order, fault: Exception, message: str) -> Outcome:
    """Return the outcome of an order that no worker answered."""
    return Outcome(order.job, failure=Failure("worker", None, type(fault).__name__, message))
