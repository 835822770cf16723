"""Kernels that start warm: forked from a nursery that has the imports done.

`WarmKernelManager` goes to papermill as ``kernel_manager_class``; nothing else of papermill,
nbclient or jupyter_client is touched. Where a nursery cannot be had, the same manager starts an
ordinary kernel.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Unicode, default

from .channels import START_TIMEOUT, WarmKernelClient

# macOS has fork, but its system libraries may not survive it once they have been used.
CAN_FORK = sys.platform != "darwin" and hasattr(os, "fork")
_LONGEST_SOCKET_PATH = 100  # bytes; the kernel allows 108, or 104 elsewhere
_KERNEL = "sahel_analysis.batch.kernelapp"
_SOCKETS = ("shell", "iopub", "stdin", "control", "hb")

# One thread per kernel: the reports run in parallel, and sums come out the same everywhere.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Nursery:
    """A fork server for kernels, started on entry and gone with everything it forked on exit.

    Attributes
    ----------
    address : str
        Path of its socket; empty where the platform cannot fork, which asks for ordinary kernels.
    """

    def __init__(self) -> None:
        self.address = ""
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> Nursery:
        """Start the nursery; it is ready when its imports are done."""
        if CAN_FORK:
            folder = _short_folder()
            try:
                self._start(folder / "nursery")
            except OSError:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        return self

    def _start(self, address: Path) -> None:
        """Start the process with a socket that is there from the first moment."""
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(address))
            listener.listen(64)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sahel_analysis.batch.nursery", str(listener.fileno())],
                pass_fds=[listener.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                # No profile of the user's has a say in a report, and none is written in the home.
                env={**environment(), "IPYTHONDIR": str(address.parent / "ipython")},
                start_new_session=True,
            )
        self.address = str(address)

    def __exit__(self, *_: object) -> None:
        """Close the nursery's standard input, which ends it and its kernels."""
        if self._process is not None:
            self._process.stdin.close()
            try:
                self._process.wait(timeout=1)  # it does not hear while it imports
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            shutil.rmtree(Path(self.address).parent, ignore_errors=True)
            self._process = None


def environment() -> dict[str, str]:
    """Return the environment of kernels: ours, one thread each, and no drawing on a screen."""
    threads = {name: "1" for name in _THREADS}
    return {
        **os.environ,
        **threads,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        # A warning of the debugger, which nobody uses in a report.
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


def _short_folder() -> Path:
    """Return a new private folder whose path leaves room for the name of a socket."""
    folder = tempfile.mkdtemp(prefix="sahel-")
    if len(os.fsencode(folder)) + 40 > _LONGEST_SOCKET_PATH:
        Path(folder).rmdir()
        folder = tempfile.mkdtemp(prefix="sahel-", dir="/tmp")
    return Path(folder)


class _WarmProcess:
    """A forked kernel, seen as `subprocess.Popen` shows a process."""

    stdin = stdout = stderr = None

    def __init__(
        self, address: str, request: dict[str, Any], ended: Callable[[int, int | None], None]
    ) -> None:
        self._ended = ended
        self._connection = _connected(address)
        self._connection.sendall(json.dumps(request).encode() + b"\n")
        self._connection.settimeout(START_TIMEOUT)
        self._lines = self._connection.makefile("rb")
        self.pid: int = json.loads(self._lines.readline())["pid"]
        self.returncode: int | None = None

    def poll(self, timeout: float = 0) -> int | None:
        """Return the exit code, or None while the kernel runs."""
        if self.returncode is None:
            # The nursery says nothing more until the kernel is dead.
            try:
                self._connection.settimeout(timeout or 1e-6)
                line = self._connection.recv(4096)
            except TimeoutError:
                return None
            except OSError:
                line = b""
            told = json.loads(line) if line else {"code": -signal.SIGKILL}
            self.returncode = told["code"]
            self._lines.close()
            self._connection.close()
            self._ended(told["code"], told.get("peak_kb"))
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the kernel to die; return its exit code, or None if it did not."""
        return self.poll(timeout or 3600)

    def send_signal(self, number: int) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)


def _connected(address: str) -> socket.socket:
    """Return a connection to a nursery; one that still imports takes it when it is ready."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


class WarmProvisioner(LocalProvisioner):
    """Starts kernels in a nursery, or as processes of their own where there is none."""

    address = Unicode(help="Socket of the nursery; empty for ordinary kernels.").tag(config=True)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Fork a kernel with the arguments of a command that would start one."""
        if not self.address:
            return await super().launch_kernel(cmd, **kwargs)
        request = {
            "argv": cmd[cmd.index(_KERNEL) + 1 :],
            "cwd": str(kwargs.get("cwd") or Path.cwd()),
            "env": {},
        }
        try:
            self.process = _WarmProcess(self.address, request, self.parent.ended)
        except (OSError, ValueError):
            self.log.warning("The nursery does not answer; starting an ordinary kernel.")
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = request["cwd"]
        await self._bound()
        return self.connection_info

    async def _bound(self) -> None:
        """Wait until the kernel has bound its sockets: a client that is early waits 0.1 s to retry."""
        told = self.connection_info
        paths = [Path(f"{told['ip']}-{told[f'{name}_port']}") for name in _SOCKETS]
        deadline = time.monotonic() + START_TIMEOUT
        while not all(path.exists() for path in paths):
            if self.process.poll() is not None or time.monotonic() > deadline:
                return  # the client will find out
            await asyncio.sleep(0.002)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and wait the few milliseconds until it is gone."""
        await super().kill(restart=restart)
        if isinstance(self.process, _WarmProcess):
            self.process.poll(timeout=5)


class WarmKernelManager(AsyncKernelManager):
    """Manages a kernel of this very environment, forked from a nursery where there is one."""

    client_class = "sahel_analysis.batch.channels.WarmKernelClient"
    client_factory = WarmKernelClient

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # A kernel of another environment under the same name would not be forked from ours.
        self._kernel_spec = KernelSpec(
            argv=[sys.executable, "-m", _KERNEL, "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
        )
        self.kernel_id = os.urandom(6).hex()
        self.provisioner = WarmProvisioner(
            kernel_id=self.kernel_id, kernel_spec=self._kernel_spec, parent=self
        )
        folder = Path(self.provisioner.address).parent
        if self.provisioner.address and folder.is_dir():
            # Unix sockets: no port that another program could take between choice and use.
            self.transport = "ipc"
            self.ip = str(folder / self.kernel_id)
            self.connection_file = str(folder / f"{self.kernel_id}.json")

    def ended(self, code: int, peak_kb: int | None) -> None:
        """Hear how the kernel ended and how much memory it had held; for subclasses."""

    def flooded(self) -> None:
        """Kill a kernel that shows more than a report can hold."""
        with suppress(ProcessLookupError):
            self.provisioner.process.kill()

    @default("shutdown_wait_time")
    def _shutdown_wait_time_default(self) -> float:
        return 1.0

    async def _async_start_kernel(self, **kwargs: Any) -> None:
        kwargs.setdefault("env", environment())
        await super()._async_start_kernel(**kwargs)

    start_kernel = _async_start_kernel
