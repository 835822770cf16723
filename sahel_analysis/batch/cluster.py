"""Cluster: the same orders on the workers of a Dask scheduler, without a shared disk.

Orders carry notebook and parameters, outcomes the finished files. The workers have the package, its
data and its locked environment installed; one that has not is refused.
"""

from __future__ import annotations

from concurrent.futures import Future

from ..errors import SahelError
from .jobs import Order, Outcome
from .runs import inputs_here, refuse_other_inputs, run

_TIMEOUT = 30  # seconds to reach the scheduler


class ClusterError(SahelError, RuntimeError):
    """The cluster cannot be reached, or its workers are not ours."""


class Cluster:
    """Runs orders on a Dask cluster; takes the place of `pool.Pool`.

    Parameters
    ----------
    scheduler : str
        Address of the scheduler, such as ``tcp://10.0.0.1:8786``.
    """

    address = None  # each worker has a nursery of its own

    def __init__(self, scheduler: str) -> None:
        self._scheduler = scheduler
        self.inputs = inputs_here()

    def __enter__(self) -> Cluster:
        """Connect, and hold every worker's data, code and packages against ours.

        Raises
        ------
        ClusterError
            If Dask is not installed, nobody answers, or a worker has other inputs; names each.
        """
        try:
            from distributed import Client
        except ImportError as fault:
            message = (
                "A scheduler needs the extra 'cluster': pip install 'sahel-analysis[cluster]'."
            )
            raise ClusterError(message) from fault
        try:
            self._client = Client(self._scheduler, timeout=_TIMEOUT, set_as_default=False)
        except (OSError, ValueError) as fault:
            message = f"No Dask scheduler answers at '{self._scheduler}' ({fault})."
            raise ClusterError(message) from fault
        try:
            told = self._client.run(refuse_other_inputs, self.inputs, on_error="return")
        except BaseException:
            self._client.close()
            raise
        refusals = sorted({str(fault) for fault in told.values() if fault is not None})
        if refusals:
            self._client.close()
            raise ClusterError("\n".join(refusals))
        self._executor = self._client.get_executor(pure=False)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Take back what is not done and leave the cluster to others."""
        self._executor.shutdown(wait=kind is None)
        self._client.close()

    @property
    def slots(self) -> int:
        """How many orders are held at once: two per thread, so that no worker waits for us.

        Raises
        ------
        ClusterError
            If the scheduler does not answer any more.
        """
        try:
            threads = self._client.nthreads()
        except OSError as fault:
            message = (
                f"The Dask scheduler at '{self._scheduler}' was lost. What was made by then "
                "stands; with a scheduler, the same command goes on from here."
            )
            raise ClusterError(message) from fault
        return max(1, 2 * sum(threads.values()))

    def submit(self, order: Order) -> Future[Outcome]:
        """Hand an order to the scheduler."""
        return self._executor.submit(run, order)

    def renew(self) -> None:
        """Do nothing: the scheduler replaces lost workers itself."""
