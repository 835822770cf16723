"""Kernels for papermill: forked from a process that has the imports done, or ordinary ones.

`execute` hands one of the managers to papermill as ``kernel_manager_class``; nothing else of
papermill, nbclient or jupyter_client is touched.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from ..tables.schema import environment

# One thread per kernel: the reports run in parallel, and sums come out the same everywhere.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # a warning of the debugger, which no report uses
}


class ReportKernelManager(AsyncKernelManager):
    """Manages an ordinary kernel of this very environment: a process that imports all it needs."""

    provisioner_class = LocalProvisioner

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # A kernel of another environment may stand under the notebook's name.
        self._kernel_spec = KernelSpec(
            argv=[
                sys.executable,
                "-m",
                "sahel_analysis.batch.kernel_app",
                "-f",
                "{connection_file}",
            ],
            display_name="Python 3",
            language="python",
        )
        self.kernel_id = os.urandom(6).hex()
        self.provisioner = self.provisioner_class(
            kernel_id=self.kernel_id, kernel_spec=self._kernel_spec, parent=self
        )

    def kernel_ended(self, exit_code: int) -> None:
        """Hear how a kernel that ended of itself ended; for subclasses."""

    def client(self, **kwargs: Any) -> AsyncKernelClient:
        """Return a client that leaves in the kernel what it is too slow to take."""
        client = super().client(**kwargs)
        client.context.rcvhwm = 8
        return client

    async def _async_start_kernel(self, **kwargs: Any) -> None:
        # No profile of the user's has a say in a report, and none is written in the home.
        profiles = {"IPYTHONDIR": str(Path(kwargs["cwd"]).parent / "ipython")}
        own = {**os.environ, **ENVIRONMENT, **profiles, **environment()}
        await super()._async_start_kernel(**kwargs, env=own)

    start_kernel = _async_start_kernel

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        if self.has_kernel and (exit_code := self.provisioner.process.poll()) is not None:
            self.kernel_ended(exit_code)
        await super()._async_cleanup_resources(restart=restart)

    cleanup_resources = _async_cleanup_resources


class _ForkedProcess:
    """A forked kernel, seen as `subprocess.Popen` shows a process."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        self._process, self.pid = process, process.pid

    def poll(self) -> int | None:
        """Return the exit code, or None while the kernel runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the kernel to end; return its exit code, or None if it did not."""
        self._process.join(timeout)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Send SIGKILL."""
        self._process.kill()

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._process.terminate()


class _ForkProvisioner(LocalProvisioner):
    """Forks kernels from this process, of whose group they remain: who ends it ends them."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Fork a kernel with the arguments of a command that would start one."""
        from .kernel_app import become_kernel

        arguments = cmd[cmd.index("-f") :]
        own = {name: kwargs["env"][name] for name in ("IPYTHONDIR", *environment())}
        target = (arguments, kwargs["cwd"], own)
        process = multiprocessing.get_context("fork").Process(target=become_kernel, args=target)
        process.start()
        self.process, self.pid = _ForkedProcess(process), process.pid
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and wait the few milliseconds until it is gone."""
        await super().kill(restart=restart)
        self.process.wait(1)


class ForkKernelManager(ReportKernelManager):
    """Manages a kernel forked from this process, which must have one thread and never run Typst."""

    provisioner_class = _ForkProvisioner
