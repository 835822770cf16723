"""One job to one report, or why not: the notebook run by papermill, its pages made from it."""

from __future__ import annotations

import logging
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from ..prose.markdown import plain
from ..publishing.exporters import SVG, cover_of, export
from ..publishing.typesetting import thumbnail
from .jobs import Failure, Job, Outcome, how_it_ended
from .kernel_app import FLOODED, MOST_MESSAGES, MOST_MIB
from .kernels import ReportKernelManager
from .workers import DIED

_ARRIVAL_S = 15  # in which what a cell showed must have come
_INJECTED = "injected-parameters"
_NAMING = ("title", "subtitle")  # what the notebook's metadata take over from the cover
_ERROR_MARK = "papermill-error-cell-tag"
_WORD = re.compile(r"\S+")
_SOURCE_MARK = re.compile(r"\[\d+\]\(#source-\d+\)(?:\{[^}]*\})?")
_CELL_FILE = re.compile(r"\S*ipykernel_\d+\S*\.py")
_LONGEST_PATH = 4096

# What papermill would log is in the outcome.
logging.getLogger("papermill").addHandler(logging.NullHandler())


def execute(job: Job, source: str, timeout: int | None = None) -> Outcome:
    """Make one report here, in this process and an ordinary kernel; never raise an error.

    Parameters
    ----------
    job : Job
        The report.
    source : str
        Its notebook, JSON.
    timeout : int, optional
        Longest time a cell may take, in seconds.

    Returns
    -------
    Outcome
        Equal jobs and sources give equal files.
    """
    *_, outcome = stages(job, source, timeout)
    return outcome


def stages(
    job: Job,
    source: str,
    timeout: int | None = None,
    manager: type[ReportKernelManager] = ReportKernelManager,
    alive: Callable[[], None] = lambda: None,
) -> Iterator[Outcome]:
    """Yield what came of a job: once if its notebook fails, else before and after its conversion.

    What is yielded before holds the executed notebook, and a failure that stands if this process
    does not survive the conversion.

    Parameters
    ----------
    job, source, timeout
        As for `execute`.
    manager : type
        Starts the kernel.
    alive : callable
        Called whenever a cell begins.
    """
    started = time.monotonic()
    outcome = Outcome(job)
    run = _Run(job, timeout, alive)
    try:
        executed = run.execute(source, manager)
    except Exception as fault:
        outcome.failure = run.failure(fault)
        if run.notebook is not None:
            outcome.files = {"ipynb": _kept(run.notebook, source)}
    else:
        outcome.files = {"ipynb": _kept(executed, source)}
        yield replace(outcome, failure=Failure("export", None, DIED, ""))
        try:
            outcome.files |= export(executed, job.formats, name=job.name)
            if drawn := thumbnail(_first_figure(executed)):
                outcome.files["thumbnail.png"] = drawn
            outcome.cover = _cover(executed)
        except Exception as fault:
            outcome.failure = Failure("export", None, type(fault).__name__, str(fault))
            outcome.files = {"ipynb": outcome.files["ipynb"]}
    outcome.seconds = round(time.monotonic() - started, 3)
    yield outcome


class _Run:
    """One notebook in one kernel, and how far it came."""

    def __init__(self, job: Job, timeout: int | None, alive: Callable[[], None]) -> None:
        self.job, self.timeout, self.alive = job, timeout, alive
        self.arrival = min(_ARRIVAL_S, timeout or _ARRIVAL_S)
        self.notebook: NotebookNode | None = None
        self.cell: int | None = None
        self.exit_code: int | None = None

    def execute(self, source: str, manager: type[ReportKernelManager]) -> NotebookNode:
        """Return the executed notebook."""
        run = self

        class Manager(manager):
            def kernel_ended(self, exit_code: int) -> None:
                run.exit_code = exit_code

        with tempfile.TemporaryDirectory(prefix="sahel-") as folder:
            work = Path(folder) / "work"
            work.mkdir()
            connection = {"connection_file": f"{folder}/kernel.json"}
            if os.name != "nt":
                # No port that another program could take between choice and use.
                connection |= {"transport": "ipc", "ip": f"{folder}/kernel"}
            return papermill.execute_notebook(
                nbformat.reads(source, as_version=4),
                None,
                parameters=self.job.values,
                progress_bar=False,
                execution_timeout=self.timeout,
                iopub_timeout=self.arrival,
                kernel_manager_class=Manager,
                config=Config(KernelManager=connection),
                resources={"metadata": {"path": str(work)}},
                # Its outputs are in by the time the last cell is done.
                shutdown_kernel="immediate",
                record_timing=False,
                on_notebook_start=self._begin,
                on_cell_start=self._advance,
            )

    def _begin(self, notebook: NotebookNode) -> None:
        """Remember the notebook that fills: papermill loses it with a dead kernel."""
        self.notebook = notebook

    def _advance(self, cell: NotebookNode, cell_index: int) -> None:
        """Remember the cell that runs, counted from 1."""
        self.cell = cell_index + 1
        self.alive()

    def failure(self, fault: Exception) -> Failure:
        """Return what an exception of papermill or nbclient means."""
        if isinstance(fault, PapermillExecutionError):
            return Failure("cell", fault.cell_index + 1, fault.ename, fault.evalue)
        if isinstance(fault, CellTimeoutError):
            message = f"took longer than {self.timeout} s; allow more with '--timeout'"
            if "IOPub" in str(fault):
                message = f"what it showed did not arrive within {self.arrival} s"
            return Failure("time-out", self.cell, "CellTimeoutError", message)
        if self.exit_code == FLOODED:
            most = f"{MOST_MIB} MiB or {MOST_MESSAGES:,} messages"
            message = f"showed more than {most}, which no report can hold; let it show less"
            return Failure("output", self.cell, "OutputError", message)
        if isinstance(fault, DeadKernelError):
            message = f"the kernel died{how_it_ended(self.exit_code)}"
            return Failure("dead kernel", self.cell, "DeadKernelError", message)
        stage = "start" if self.notebook is None else "cell"
        return Failure(stage, self.cell, type(fault).__name__, str(fault))


def _cover(notebook: NotebookNode) -> dict[str, str]:
    """Return title, place and bottom line, plain text, as an executed notebook's cover has them."""
    cover = cover_of(notebook)
    if not cover:
        return {}
    line = plain(_SOURCE_MARK.sub("", cover["bottom_line"]))
    return {"title": cover["title"], "place": cover["edition"][0][1], "bottom_line": line}


def _first_figure(notebook: NotebookNode) -> str:
    """Return the first figure of an executed notebook as SVG, or nothing."""
    figures = (output.get("data", {}).get(SVG, "") for output in _outputs(notebook))
    return next(("".join(svg) for svg in figures if svg), "")


def _outputs(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """Yield every output of a notebook."""
    for cell in notebook.cells:
        yield from cell.get("outputs", [])


def _kept(notebook: NotebookNode, source: str) -> bytes:
    """Return an executed notebook as it is kept: the same bytes for the same run.

    Times, paths and process ids go; what papermill was given stays as its parameters.
    """
    kept = nbformat.from_dict(notebook)
    before = nbformat.reads(source, as_version=4)
    given = notebook.metadata.get("papermill", {}).get("parameters", {})
    named = {name: text for name, text in cover_of(notebook).items() if name in _NAMING}
    kept.metadata = nbformat.from_dict(
        {**before.metadata, **named, "papermill": {"parameters": given}}
    )
    # papermill marks a failed cell with cells of its own, which would shift the numbers.
    kept.cells = [c for c in kept.cells if _ERROR_MARK not in c.metadata.get("tags", [])]
    kept.nbformat, kept.nbformat_minor = before.nbformat, before.nbformat_minor
    for cell in kept.cells:
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
        if _INJECTED in cell.metadata.get("tags", []):
            cell["id"] = _INJECTED
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = _WORD.sub(_without_cell_file, output.text)
    return nbformat.writes(kept).encode() + b"\n"


def _without_cell_file(word: re.Match) -> str:
    """Return a word without the path of a cell; a search through megabytes would never end."""
    text = word[0]
    if len(text) > _LONGEST_PATH or "ipykernel_" not in text:
        return text
    return _CELL_FILE.sub("cell.py", text)
