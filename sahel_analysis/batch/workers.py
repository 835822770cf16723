"""Reports made side by side on this machine, each in a process of its own.

The processes are forked from multiprocessing's fork server, which has all imports done. Whatever a
kernel, pandoc or Typst does to its process, the other reports are made.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil

from ..errors import SahelError
from .jobs import Failure, Job, Outcome, how_it_ended

# macOS has fork, but its system libraries may not survive it once they have been used.
CAN_FORK = sys.platform != "darwin" and hasattr(os, "fork")
DIED = "WorkerDied"  # error of a report whose process did not live to tell
_KILLED = "by SIGKILL"  # as `how_it_ended` says it
_PRELOAD = "sahel_analysis.batch.preload"
_CONVERSION_S = 600  # longest time that pages may take, all formats together; pandoc has 300
_GRACE_S = 25  # beyond the time a cell may take, in which a process must have said something
_STOPPED_S = 10  # after which a process that was stopped is not waited for
_FEW, _MANY = 3, 25  # kills that a report bears: if it alone is killed, and if others are too
SCRATCH = "SAHEL_SCRATCH"  # folder that the fork server removes when the build is gone
_LONGEST_FOLDER = 60  # characters that leave room for the name of a socket; 104 are allowed in all


class WorkerError(SahelError, RuntimeError):
    """Processes cannot be started."""


def made_here(jobs: Iterable[Job], workers: int, timeout: int | None) -> Iterator[Outcome]:
    """Yield what comes of each job, as it comes; close the generator to end what still runs.

    Parameters
    ----------
    jobs : iterable of Job
        The reports.
    workers : int
        How many are made at once.
    timeout : int or None
        Longest time a cell may take, in seconds.

    Raises
    ------
    WorkerError
        If a process cannot be started.
    """
    waiting, running, kills = deque(jobs), set[_Worker](), Counter[str]()
    with _processes() as (context, folder):
        try:
            while True:
                while waiting and len(running) < workers:
                    running.add(_Worker(context, folder, waiting.popleft(), timeout))
                if not running:
                    return
                wait([end for worker in running for end in worker.ends], timeout=1)
                for worker in [worker for worker in running if worker.is_done()]:
                    running.remove(worker)
                    worker.end()
                    job = worker.outcome.job
                    kills[job.path] += worker.was_killed
                    borne = _FEW if sum(map(bool, kills.values())) < 2 else _MANY
                    if worker.was_killed and kills[job.path] < borne:
                        waiting.append(job)  # last, when what killed it may be over
                    else:
                        yield worker.outcome
        finally:
            for worker in running:
                worker.end()


class _Worker:
    """A process that makes one report, and the latest that it said of it."""

    def __init__(self, context: BaseContext, folder: str, job: Job, timeout: int | None) -> None:
        self.outcome = Outcome(job, failure=Failure("worker", None, DIED, ""))
        self._receiver, sender = context.Pipe(duplex=False)
        arguments = (sender, folder, job, job.source(), timeout)
        self._process = context.Process(target=_work, args=arguments)
        self._patience = float("inf") if timeout is None else timeout + _GRACE_S
        self._out_of_memory = _out_of_memory()
        self._stopped_since: float | None = None
        self.stuck = ""
        _start(self._process)
        self._deadline = time.monotonic() + self._patience
        sender.close()
        self.ends = [self._receiver, self._process.sentinel]

    def is_done(self) -> bool:
        """Take what the process has said; return whether it has no more to say."""
        # In this order: what a process said before it ended is in the pipe.
        ended = self._process.exitcode is not None
        with suppress(EOFError, OSError):
            while self._receiver.poll():
                said = self._receiver.recv()
                converting = said is not None
                if converting:  # nothing: it only lives
                    self.outcome = said
                self._deadline = time.monotonic() + (
                    _CONVERSION_S if converting else self._patience
                )
        if self.outcome.failure is None or self.outcome.failure.error != DIED:
            return True
        if ended:
            message = f"the process that made it died{how_it_ended(self._process.exitcode)}"
        elif time.monotonic() > self._deadline:
            message = self.stuck = "the process that made it said nothing for too long"
            if self.outcome.failure.stage == "export":
                message, self.stuck = f"its pages took longer than {_CONVERSION_S} s", ""
        elif self._is_stopped():
            message = self.stuck = "the process that made it was stopped"
        else:
            return False
        self.outcome.failure = replace(self.outcome.failure, message=message)
        return True

    def _is_stopped(self) -> bool:
        """Return whether the process has been stopped, as by SIGSTOP, for some seconds."""
        try:
            stopped = psutil.Process(self._process.pid).status() == psutil.STATUS_STOPPED
        except psutil.Error:
            stopped = False
        if not stopped:
            self._stopped_since = None
        elif self._stopped_since is None:
            self._stopped_since = time.monotonic()
        return stopped and time.monotonic() - self._stopped_since > _STOPPED_S

    @property
    def was_killed(self) -> bool:
        """Whether somebody killed or stopped it or its kernel, and not the system for its memory."""
        failure = self.outcome.failure
        return bool(
            failure
            and (self.stuck or _KILLED in failure.message)
            and failure.error in (DIED, "DeadKernelError")
            and _out_of_memory() == self._out_of_memory
        )

    def end(self) -> None:
        """Kill the process and its group: its kernel, pandoc, and what a cell has started."""
        with suppress(ProcessLookupError):
            if CAN_FORK:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()
        self._receiver.close()


def _out_of_memory() -> int:
    """Return how many processes this machine has killed because its memory was full."""
    try:
        counters = Path("/proc/vmstat").read_text().split()
        return int(counters[counters.index("oom_kill") + 1])
    except (OSError, ValueError):
        return 0


def _start(process: BaseProcess) -> None:
    """Start a process, also where the fork server has just died."""
    for pause in (0.1, 1, 5):
        try:
            return process.start()
        except (EOFError, ConnectionError):
            # It no longer answers, yet the system still counts it among the living; once it does
            # not, multiprocessing starts another.
            time.sleep(pause)
    process.start()


def _work(sender: Connection, folder: str, job: Job, source: str, timeout: int | None) -> None:
    """Make a report in this process and send what came of it, stage by stage."""
    tempfile.tempdir = folder
    if CAN_FORK:
        os.setsid()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        # The fork server ends, and ends us, when nobody holds this pipe: only the build shall.
        os.close(forkserver._forkserver._forkserver_alive_fd)
    from .execute import stages
    from .kernels import ForkKernelManager, ReportKernelManager

    manager = ForkKernelManager if CAN_FORK else ReportKernelManager
    for outcome in stages(job, source, timeout, manager, lambda: sender.send(None)):
        sender.send(outcome)


@contextmanager
def _processes() -> Iterator[tuple[BaseContext, str]]:
    """Give what starts processes, and a folder that goes with whatever they leave in it.

    Where the system refuses what they need, the error says so in a sentence.
    """
    shorten_temporary_folder()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="sahel-", ignore_cleanup_errors=True) as folder,
            _forking(folder) if CAN_FORK else nullcontext(),
        ):
            yield multiprocessing.get_context("forkserver" if CAN_FORK else "spawn"), folder
    except EOFError as fault:
        message = "No process can be started: what forks them does not answer."
        raise WorkerError(message) from fault
    except OSError as fault:
        place = f" in '{fault.filename}'" if fault.filename else ""
        message = (
            f"No process can be started ({fault.strerror or fault}{place}). They need room in the "
            "temporary folder."
        )
        raise WorkerError(message) from fault


@contextmanager
def _forking(folder: str) -> Iterator[None]:
    """Have a fork server, whose socket is in a folder that it removes if the build is killed."""
    settings = multiprocessing.current_process()._config
    usual, settings["tempdir"], os.environ[SCRATCH] = settings.get("tempdir"), folder, folder
    try:
        _start_fork_server()
        yield
    finally:
        del os.environ[SCRATCH]
        settings["tempdir"] = usual
        with suppress(FileNotFoundError):  # somebody has emptied the folder
            forkserver._forkserver._stop()


def _start_fork_server() -> None:
    """Start what forks the processes, deaf to Ctrl-C from its first moment: that is the build's."""
    forkserver.set_forkserver_preload([_PRELOAD])
    resource_tracker.ensure_running()  # first, for it lifts the block
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def shorten_temporary_folder() -> None:
    """Let temporary files of this process go where the path leaves room for a socket's name."""
    if CAN_FORK and len(os.fsencode(tempfile.gettempdir())) > _LONGEST_FOLDER:
        tempfile.tempdir = "/tmp"
