"""The same jobs on the workers of a Dask scheduler, without a shared disk.

A worker gets job and notebook and gives back the finished files. It has the package, its data and
its locked environment installed; one that has not is refused.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice

from ..errors import SahelError, shown
from ..tables.loading import data_folder
from .jobs import Failure, Job, Outcome
from .store import code_sha256, data_sha256, environment_sha256
from .workers import shorten_temporary_folder

# What Dask would try for longer than anybody waits, or end in a trace of the stack.
_ADDRESS = re.compile(r"(?:(?:tcp|tls|ws|wss|ucx)://)?[^\s/:@]+:[0-9]{1,5}")
_TIMEOUT_S = 30  # to reach the scheduler


class ClusterError(SahelError, RuntimeError):
    """The cluster cannot be reached, or its workers are not ours."""


def made_on_cluster(jobs: Sequence[Job], scheduler: str, timeout: int | None) -> Iterator[Outcome]:
    """Yield what comes of each job, as it comes; close the generator to take back what is not done.

    Parameters
    ----------
    jobs : sequence of Job
        The reports.
    scheduler : str
        Address of the scheduler, such as ``tcp://10.0.0.1:8786``.
    timeout : int or None
        Longest time a cell may take, in seconds.

    Raises
    ------
    ClusterError
        If Dask is not installed, nobody answers, or a worker has other inputs; names each.
    """
    try:
        from distributed import Client
    except ImportError as fault:
        message = "A scheduler needs the extra 'cluster': pip install 'sahel-analysis[cluster]'."
        raise ClusterError(message) from fault
    if not _ADDRESS.fullmatch(scheduler):
        message = (
            f"'{shown(scheduler)}' is no address of a scheduler; expected such as "
            "'tcp://10.0.0.1:8786'."
        )
        raise ClusterError(message)
    try:
        client = Client(scheduler, timeout=_TIMEOUT_S, set_as_default=False)
    except (OSError, ValueError) as fault:
        message = f"No Dask scheduler answers at '{scheduler}' ({fault})."
        raise ClusterError(message) from fault
    with client, client.get_executor(pure=False) as executor:
        inputs, waiting, running = inputs_here(), iter(jobs), dict[Future, Job]()
        answers = client.run(refuse_other_inputs, inputs, on_error="return")
        refusals = sorted({str(fault) for fault in answers.values() if fault is not None})
        if refusals:
            raise ClusterError("\n".join(refusals))
        # Two for each thread, so that no worker waits for us; what was fetched is held no longer.
        slots = max(1, 2 * sum(client.nthreads().values()))
        try:
            while True:
                for job in islice(waiting, slots - len(running)):
                    order = (inputs, job, job.source(), timeout)
                    running[executor.submit(execute_there, *order)] = job
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield _outcome(future, running.pop(future))
        finally:
            for future in running:
                future.cancel()


def _outcome(future: Future, job: Job) -> Outcome:
    """Return what came of a job, or that no worker answered."""
    try:
        return future.result()
    except Exception as fault:
        message = str(fault) or "the cluster gave it up"
        return Outcome(job, failure=Failure("worker", None, type(fault).__name__, message))


def execute_there(inputs: Mapping[str, str], job: Job, source: str, timeout: int | None) -> Outcome:
    """Make one report on a worker; see `execute.execute`.

    Parameters
    ----------
    inputs : mapping of str to str
        What the build has; see `refuse_other_inputs`.
    job, source, timeout
        As for `execute.execute`.
    """
    from .execute import execute

    refuse_other_inputs(inputs)
    shorten_temporary_folder()
    return execute(job, source, timeout)


def inputs_here() -> dict[str, str]:
    """Return the hashes of what reports are made from, on this machine."""
    return {
        "data": data_sha256(data_folder()),
        "code": code_sha256(),
        "packages": environment_sha256(),
    }


def refuse_other_inputs(expected: Mapping[str, str]) -> None:
    """Raise `ClusterError` unless data, code and packages here have the hashes expected.

    Parameters
    ----------
    expected : mapping of str to str
        Hashes as from `inputs_here`.
    """
    here = inputs_here()
    other = [name for name, value in expected.items() if here[name] != value]
    if other:
        message = (
            f"Worker on '{socket.gethostname()}': {' and '.join(other)} differ from the build's; "
            "install the same version of the package and the same requirements.lock there, give "
            "it the same folder in SAHEL_DATA if the build has one, and start the worker anew."
        )
        raise ClusterError(message)
