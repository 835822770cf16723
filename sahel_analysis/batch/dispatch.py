"""Dispatch: orders to whatever runs them, outcomes back, and lost workers borne."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from typing import TYPE_CHECKING

from .jobs import Failure, Order, Outcome
from .progress import Progress

if TYPE_CHECKING:
    from .cluster import Cluster
    from .pool import Pool

_TICK = 1.0  # seconds between two redrawings of the running times


def outcomes(
    orders: Iterable[Order], pool: Pool | Cluster, progress: Progress
) -> Iterator[Outcome]:
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
            running[_submitted(order, pool)] = order
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
                yield _lost(order, fault, str(fault) or "the cluster gave it up")
            else:
                yield outcome
        if broken:
            suspects.extend(running.values())
            running.clear()
            pool.renew()


def _submitted(order: Order, pool: Pool | Cluster) -> Future[Outcome]:
    """Submit an order; to new workers, if the old ones were killed while they had nothing to do."""
    try:
        return pool.submit(order)
    except BrokenExecutor:
        pool.renew()
        return pool.submit(order)


def _lost(order: Order, fault: Exception, message: str) -> Outcome:
    """Return the outcome of an order that no worker answered."""
    return Outcome(order.job, failure=Failure("worker", None, type(fault).__name__, message))
