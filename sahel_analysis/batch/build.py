"""The build: which reports are due, each made whole or not at all, and all of them listed."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from ..errors import SahelError
from ..evidence.posture import countries_told, followed
from ..files import SUMS, sums
from ..report.editions import editions_of
from ..tables.loading import Tables, load_tables
from .jobs import Failure, Job, Outcome
from .store import Inputs, Step, Store, as_json, plan
from .workers import made_here


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
        rows += [
            (path, f"FAILED  {_first_line(Failure(**self.failures[path]['failure']))}")
            for path in sorted(self.failed)
        ]
        width = max((len(path) for path, _ in rows), default=0)
        counts = f"{len(self.made)} made, {len(self.fresh)} unchanged, {len(self.failed)} failed."
        return "\n".join([*(f"{path:<{width}}  {text}" for path, text in rows), counts])


def build(
    jobs: Iterable[Job],
    output: Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    timeout: int | None = None,
    question: str = "",
) -> Summary:
    """Make the reports that are wanted and do not stand as they would be made now.

    The tables are those of `load_tables`, here and in every notebook.

    Parameters
    ----------
    jobs : iterable of Job
        The reports wanted.
    output : pathlib.Path
        Folder of the reports.
    workers : int, optional
        Reports made at once; as many as there are cores without it.
    scheduler : str, optional
        Address of a Dask scheduler that is to do the work instead of this machine.
    timeout : int, optional
        Longest time a cell may take, in seconds.
    question : str, optional
        Hash of what leads to these jobs; see `Store.answered`.

    Returns
    -------
    Summary
        What was made, what failed, what was fresh.

    Raises
    ------
    StoreError
        If the folder cannot be used.
    WorkerError
        If no process can be started.
    ClusterError
        If the scheduler or its workers cannot be used.
    BuildStopped
        On Ctrl-C or SIGTERM; the reports made by then stand, the others are as they were.
    """
    store, summary = Store(output), Summary()
    # Ctrl-C is for this thread; while it waits for the other one, files change places in peace.
    with _stoppable(), store.locked(), ThreadPoolExecutor(1) as writer:
        tables = load_tables()
        inputs = Inputs(tables)
        steps = {step.job.path: step for step in plan(jobs, inputs, store)}
        due = [step.job for step in steps.values() if step.reasons]
        if due:
            store.keep_rows(inputs.state, inputs.digests)
        summary.fresh = [path for path, step in steps.items() if not step.reasons]
        try:
            with closing(_outcomes(due, workers, scheduler, timeout)) as outcomes:
                for outcome in _with_progress(outcomes, len(due)):
                    step = steps[outcome.job.path]
                    writer.submit(_keep, outcome, step, store, summary).result()
        except KeyboardInterrupt:
            left = len(due) - len(summary.made) - len(summary.failed)
            message = (
                f"Stopped: {len(summary.made)} reports were made, {left} were not. "
                "The same command goes on from here."
            )
            raise BuildStopped(message) from None
        finally:
            writer.submit(list_reports, store, tables).result()
        if question and not summary.failed:
            store.answer(question, steps)
    return summary


def list_reports(store: Store, tables: Tables) -> None:
    """Write the index of all reports that stand, and the sums of the files of each edition.

    Parameters
    ----------
    store : Store
        The folder, locked. Written even if nothing was made: an earlier build may have been killed
        before it came to this.
    tables : Tables
        Of which the reports are made: the order of countries, which have too little on record, and
        the corrections, which have a page of their own.
    """
    from .catalogue import catalogue, corrections_page, listing

    records, failures, order = store.records(), store.failures(), followed(tables)
    briefs = [record for record in records if record["parameters"].get("country")]
    untold = {}
    for folder in {record["report"].split("/")[0] for record in briefs}:
        told = set(countries_told(*folder.split("_"), tables))
        told |= {b["parameters"]["country"] for b in briefs if b["report"].startswith(f"{folder}/")}
        untold[folder] = [
            tables.countries.at[iso3, "name_en"] for iso3 in order if iso3 not in told
        ]
    corrected = ""
    if len(tables.corrections):
        page, corrected = corrections_page(tables.corrections, editions_of(tables))
        store.put("corrections.html", page)
    atlas = store.has("atlas.html")
    page = catalogue(
        records, failures, atlas=atlas, order=order, untold=untold, corrections=corrected
    )
    store.put("index.html", page)
    store.put("index.json", as_json(listing(records, failures, order)))
    editions: dict[str, dict[str, str]] = defaultdict(dict)
    for record in records:
        for output, facts in record["outputs"].items():
            edition, _, name = output.partition("/")
            editions[edition][name] = facts["sha256"]
    for edition, digests in editions.items():
        store.put(f"{edition}/{SUMS}", sums(digests))


def listed(jobs: Iterable[Job], output: Path) -> str:
    """Return for each job whether it would run, and why, as lines for a terminal.

    Parameters
    ----------
    jobs, output
        As for `build`.
    """
    steps = plan(jobs, Inputs(load_tables()), Store(output))
    width = max((len(step.job.path) for step in steps), default=0)
    lines = [
        f"{'runs ' if step.reasons else 'fresh'}  {step.job.path:<{width}}  "
        f"{'; '.join(step.reasons)}".rstrip()
        for step in steps
    ]
    due = sum(bool(step.reasons) for step in steps)
    return "\n".join([*lines, f"{due} of {len(steps)} would run."])


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


def _outcomes(
    due: list[Job], workers: int | None, scheduler: str | None, timeout: int | None
) -> Iterator[Outcome]:
    """Yield what comes of each job, made here or on a cluster."""
    if due and scheduler:
        from .cluster import made_on_cluster

        yield from made_on_cluster(due, scheduler, timeout)
    elif due:
        yield from made_here(due, workers or cores(), timeout)


def _with_progress(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    """Yield outcomes and tell of each: a bar on a terminal, above it what failed; else a line each."""
    with tqdm(total=total, unit="report", leave=False, disable=None if total else True) as bar:
        for number, outcome in enumerate(outcomes, start=1):
            yield outcome
            if outcome.failure or bar.disable:
                result = _first_line(outcome.failure) if outcome.failure else "made"
                line = f"[{number}/{total}] {outcome.job.path}: {result} ({outcome.seconds:.1f} s)"
                bar.write(line, file=sys.stderr)
            bar.update()


def _keep(outcome: Outcome, step: Step, store: Store, summary: Summary) -> None:
    """Store what came of a job and count it."""
    path = outcome.job.path
    if outcome.failure is None:
        summary.records[path] = store.keep(outcome, step.key)
        summary.made.append(path)
    else:
        summary.failures[path] = store.set_aside(outcome, step.key)
        summary.failed.append(path)


def _sizes(record: dict) -> str:
    """Return the formats of a report with their sizes."""
    return ", ".join(
        f"{name.rsplit('.', 1)[1]} {facts['bytes'] / 1000:,.0f} kB"
        for name, facts in record["outputs"].items()
        if not name.endswith(".png")
    )


def _first_line(failure: Failure) -> str:
    """Return why a report failed, on one line."""
    return str(failure).splitlines()[0]


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
