"""Pool: worker processes of this machine, each of which drives kernels out of one nursery."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker, util
from pathlib import Path
from typing import ClassVar

from ..errors import SahelError
from .jobs import Order, Outcome
from .kernels import CAN_FORK, Nursery
from .worker import run

_PRELOAD = ["sahel_analysis.batch.worker", "sahel_analysis.batch.runs"]
_LONGEST_FOLDER = 60  # characters that leave room for the name of a socket; 104 are allowed in all


class PoolError(SahelError, RuntimeError):
    """Worker processes cannot be started."""


class Pool:
    """Runs orders in worker processes; a context manager that leaves no process behind.

    Parameters
    ----------
    workers : int
        Number of worker processes.

    Attributes
    ----------
    slots : int
        How many orders run at once.
    inputs : dict
        Nothing: the workers of this machine have what the build has.
    """

    inputs: ClassVar[dict[str, str]] = {}

    def __init__(self, workers: int) -> None:
        self.slots = workers
        self._nursery = Nursery()
        self._executor: ProcessPoolExecutor | None = None

    @property
    def address(self) -> str:
        """Socket of the nursery that the orders are to name."""
        return self._nursery.address

    def __enter__(self) -> Pool:
        """Start the nursery and the pool; they import side by side."""
        with _told():
            self._nursery.__enter__()
        try:
            self.renew()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End the workers at once, then the nursery with whatever kernel still runs."""
        self._end()
        self._nursery.__exit__()

    def submit(self, order: Order) -> Future[Outcome]:
        """Hand an order to the next free worker."""
        with _told():
            return self._executor.submit(run, order)

    def renew(self) -> None:
        """Replace the workers, such as after one of them was killed."""
        self._end()
        with _told():
            if CAN_FORK:
                _start_forkserver()
            self._executor = ProcessPoolExecutor(
                self.slots,
                mp_context=multiprocessing.get_context("forkserver" if CAN_FORK else "spawn"),
                initializer=_prepare_worker,
                # What a killed worker leaves goes with the nursery's folder.
                initargs=(str(Path(self.address).parent) if self.address else None,),
            )

    def _end(self) -> None:
        """Kill the workers; whoever closes a pool has what it wanted from it."""
        if self._executor is None:
            return
        workers = list((self._executor._processes or {}).values())
        for worker in workers:
            worker.kill()
        self._executor.shutdown(wait=True, cancel_futures=True)
        for worker in workers:
            worker.join()
        self._executor = None


@contextmanager
def _told() -> Iterator[None]:
    """Tell in a sentence that the system refuses what workers need."""
    try:
        yield
    except OSError as fault:
        place = f" in '{fault.filename}'" if fault.filename else ""
        message = (
            f"No worker process can be started ({fault.strerror or fault}{place}). They need room "
            "in the temporary folder and, on Linux, in /dev/shm."
        )
        raise PoolError(message) from fault


def _start_forkserver() -> None:
    """Start what forks the workers, deaf to Ctrl-C from its first moment: that is the build's."""
    if len(tempfile.gettempdir()) > _LONGEST_FOLDER:
        # multiprocessing asks once where its sockets go, and does not look at the length.
        chosen, tempfile.tempdir = tempfile.tempdir, "/tmp"
        util.get_temp_dir()
        tempfile.tempdir = chosen
    forkserver.set_forkserver_preload(_PRELOAD)
    resource_tracker.ensure_running()  # first, for it lifts the block
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare_worker(folder: str | None) -> None:
    """Leave Ctrl-C to the build, and end when the build does, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = folder
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    """End this process when the build's process is gone."""
    multiprocessing.parent_process().join()
    sys.stderr.flush()
    os._exit(1)
