"""Runs: one job to one report, wherever it is run, with what went wrong if something did."""

from __future__ import annotations

import re
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from functools import cache

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from ..errors import SahelError
from ..publishing.exporters import SVG, export
from ..publishing.typesetting import thumbnail
from ..report.outputs import COVER_TYPE
from ..tables.loading import data_folder
from .channels import MOST_MESSAGES, MOST_MIB
from .freshness import code_sha256, data_sha256, environment_sha256
from .jobs import Failure, Order, Outcome
from .kernels import Nursery, WarmKernelManager

_ARRIVAL = 60  # seconds in which what a cell showed must have come
_STARTS = 3  # a kernel that does not come up is tried again; a cell that failed is not
_INJECTED = "injected-parameters"
_ERROR_MARK = "papermill-error-cell-tag"
_WORD = re.compile(r"\S+")
_CELL_FILE = re.compile(r"\S*ipykernel_\d+\S*\.py")
_LONGEST_PATH = 4096


class InputError(SahelError, RuntimeError):
    """A worker has other data or another package than the build it works for."""


def refuse_other_inputs(expected: Mapping[str, str]) -> None:
    """Raise `InputError` unless data, code and environment here have the hashes expected."""
    if not expected:
        return
    # What was imported when this process began must be right, and what a kernel reads now.
    states = (_inputs_at_start(), inputs_here())
    other = [
        name for name, value in expected.items() if any(here[name] != value for here in states)
    ]
    if other:
        message = (
            f"Worker on '{socket.gethostname()}': {' and '.join(other)} differ from the build's; "
            "install the same version of the package and the same requirements.lock there, "
            "and start the worker anew."
        )
        raise InputError(message)


def inputs_here() -> dict[str, str]:
    """Return the hashes of what reports are made from, on this machine."""
    return {
        "data": data_sha256(data_folder()),
        "code": code_sha256(),
        "packages": environment_sha256(),
    }


@cache
def _inputs_at_start() -> dict[str, str]:
    """Return the hashes as they were when this process was first asked for them."""
    return inputs_here()


def run(order: Order) -> Outcome:
    """Run one job: execute its notebook, and export it if every cell was sound.

    Parameters
    ----------
    order : Order
        The job and what it needs.

    Returns
    -------
    Outcome
        Equal orders give equal files.

    Raises
    ------
    InputError
        If data, code or environment here are not those the order was made for.
    """
    refuse_other_inputs(order.inputs)
    started = time.monotonic()
    outcome = Outcome(order.job)
    execution = _Execution(order)
    try:
        executed = execution.execute()
    except Exception as fault:
        outcome.failure = execution.failure(fault)
        if execution.notebook is not None:
            outcome.files = {"ipynb": written(execution.notebook, order.notebook)}
    else:
        text = written(executed, order.notebook)
        try:
            pages = export(executed, order.job.formats, name=order.job.name)
            drawn = thumbnail(figure_of(executed))
        except Exception as fault:
            outcome.failure = Failure("export", None, type(fault).__name__, str(fault))
            outcome.files = {"ipynb": text}
        else:
            small = {"thumbnail.png": drawn} if drawn else {}
            outcome.files = {"ipynb": text, **pages, **small}
            outcome.told = cover_of(executed)
    outcome.peak_kb = execution.peak_kb
    outcome.seconds = round(time.monotonic() - started, 3)
    return outcome


class _Execution:
    """One notebook in one kernel, and how far it came."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.notebook: NotebookNode | None = None
        self.cell: int | None = None
        self.code: int | None = None
        self.peak_kb: int | None = None
        self.flooded = False
        self._patience = min(_ARRIVAL, order.timeout or _ARRIVAL)

    def execute(self) -> NotebookNode:
        """Return the executed notebook; try again where the kernel did not start."""
        import papermill

        address = own_nursery().address if self.order.address is None else self.order.address
        source = nbformat.reads(self.order.notebook, as_version=4)
        execution = self

        class Manager(WarmKernelManager):
            def ended(self, code: int, peak_kb: int | None) -> None:
                execution.code, execution.peak_kb = code, peak_kb

            def flooded(self) -> None:
                execution.flooded = True
                super().flooded()

        for attempt in range(1, _STARTS + 1):
            with tempfile.TemporaryDirectory(prefix="sahel-") as folder:
                try:
                    return papermill.execute_notebook(
                        source,
                        None,
                        parameters=self.order.job.values,
                        progress_bar=False,
                        execution_timeout=self.order.timeout,
                        iopub_timeout=self._patience,
                        kernel_manager_class=Manager,
                        config=Config(WarmProvisioner={"address": address}),
                        resources={"metadata": {"path": folder}},
                        # Its outputs are in by the time the last cell is done.
                        shutdown_kernel="immediate",
                        record_timing=False,
                        on_notebook_start=self._begin,
                        on_cell_start=self._advance,
                    )
                except RuntimeError:
                    if self.notebook is not None or attempt == _STARTS:
                        raise
        raise AssertionError

    def _begin(self, notebook: NotebookNode) -> None:
        """Remember the notebook that fills: papermill loses it with a dead kernel."""
        self.notebook = notebook

    def _advance(self, cell: NotebookNode, cell_index: int) -> None:
        self.cell = cell_index + 1

    def failure(self, fault: Exception) -> Failure:
        """Return what an exception of papermill or nbclient means."""
        if isinstance(fault, PapermillExecutionError):
            return Failure("cell", fault.cell_index + 1, fault.ename, fault.evalue)
        if isinstance(fault, CellTimeoutError):
            message = f"took longer than {self.order.timeout} s; allow more with '--timeout'"
            if "IOPub" in str(fault):
                message = f"what it showed did not arrive within {self._patience} s"
            return Failure("time-out", self.cell, "CellTimeoutError", message)
        if self.flooded:
            most = f"{MOST_MIB} MiB or {MOST_MESSAGES:,} messages"
            message = f"showed more than {most}, which no report can hold; let it show less"
            return Failure("output", self.cell, "OutputError", message)
        if isinstance(fault, DeadKernelError):
            message = f"the kernel died{_how(self.code, self.peak_kb)}"
            return Failure("dead kernel", self.cell, "DeadKernelError", message)
        stage = "start" if self.notebook is None else "cell"
        return Failure(stage, self.cell, type(fault).__name__, str(fault))


def _how(code: int | None, peak_kb: int | None) -> str:
    """Return how a kernel ended and how much memory it had held, as far as is known."""
    held = f"; it had held {peak_kb / 1024:,.0f} MiB at most" if peak_kb else ""
    if code is None:
        return f": it was killed, or the machine ran out of memory{held}"
    if code == -signal.SIGKILL:
        return f" by SIGKILL: somebody killed it, or the machine ran out of memory{held}"
    if code < 0:
        return f" by {signal.Signals(-code).name}{held}"
    return f" with exit code {code}{held}"


def cover_of(notebook: NotebookNode) -> dict[str, str]:
    """Return title and place as an executed notebook's cover has them."""
    for output in _outputs(notebook):
        if COVER_TYPE in output.get("data", {}):
            cover = output["data"][COVER_TYPE]
            return {"title": cover["title"], "place": cover["edition"][0][1]}
    return {}


def figure_of(notebook: NotebookNode) -> str:
    """Return the first figure of an executed notebook as SVG, or nothing."""
    drawn = (output.get("data", {}).get(SVG, "") for output in _outputs(notebook))
    return next(("".join(svg) for svg in drawn if svg), "")


def _outputs(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """Yield every output of a notebook."""
    for cell in notebook.cells:
        yield from cell.get("outputs", [])


def written(notebook: NotebookNode, source: str) -> bytes:
    """Return an executed notebook as it is kept: the same bytes for the same run.

    Times, paths and process ids go; what papermill was given stays as its parameters.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Executed by papermill.
    source : str
        The notebook it was made from, JSON.
    """
    kept = nbformat.from_dict(notebook)
    before = nbformat.reads(source, as_version=4)
    given = notebook.metadata.get("papermill", {}).get("parameters", {})
    kept.metadata = nbformat.from_dict({**before.metadata, "papermill": {"parameters": given}})
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


_nursery: Nursery | None = None
_nursery_lock = threading.Lock()


def own_nursery() -> Nursery:
    """Return the nursery of this process, for workers to whom nobody gave one."""
    global _nursery
    with _nursery_lock:
        if _nursery is None:
            _nursery = Nursery().__enter__()
        return _nursery
