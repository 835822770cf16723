"""Nursery: one process that has the imports done, and forks a kernel whenever it is asked to.

Run as ``python -m sahel_analysis.batch.nursery DESCRIPTOR``. A client connects, sends one JSON line, and
gets one with the kernel's process id. The connection is the kernel's life line: when it closes,
the kernel is killed; when the kernel dies, its exit code comes down the connection. The nursery
itself lives as long as its standard input is open, so that nothing outlives a killed build.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import selectors
import shutil
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

# What a kernel imports while it starts, and what the notebooks import.
_IMPORTS = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger", "IPython.core.completerlib",
    "IPython.core.debugger", "IPython.core.oinspect", "IPython.extensions.storemagic", "sqlite3",
    "faulthandler", "tornado.platform.asyncio", "matplotlib.pyplot", "geopandas",
    "sahel_analysis.batch.kernelapp", "sahel_analysis.report.report", "sahel_analysis.report.exhibits",
    "sahel_analysis.prose.audit",
)  # fmt: skip
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def serve(descriptor: int) -> None:
    """Fork kernels for whoever connects, until standard input closes.

    Parameters
    ----------
    descriptor : int
        Of the Unix socket that whoever started us listens on for us.
    """
    # Ctrl-C is for the build, which closes our standard input; a child's death wakes the selector.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    _adopt_orphans()
    listener = socket.socket(fileno=descriptor)
    for name in _IMPORTS:
        import_module(name)
    # Whatever is wrong with tables or maps, the reports will say it better.
    with suppress(Exception):
        _warm_up()
    # What is here stays; a collection in a fork would copy every page it looks at.
    gc.collect()
    gc.freeze()
    _Nursery(listener).run()
    shutil.rmtree(Path(listener.getsockname()).parent, ignore_errors=True)


def _warm_up() -> None:
    """Read tables and outlines and draw once, so that no kernel need do it again."""
    from ..evidence.record import article_day
    from ..report.diagrams import timeline
    from ..report.exhibits import combined_map
    from ..report.parameters import scope
    from ..report.report import Report
    from ..tables.loading import load_tables

    tables = load_tables()
    asked = {
        "as_of": article_day(tables).date().isoformat(),
        "evidence": "checked",
        "country": next(iter(scope(tables))),
        "lang": "en",
    }
    report = Report("country_brief", asked, tables)
    for output in (report.cover(), combined_map(report), timeline(report), report.notes()):
        output._repr_mimebundle_()


class _Nursery:
    """The kernels that run, each with the connection that keeps it alive."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.kernels: dict[int, socket.socket] = {}
        self.selector = selectors.DefaultSelector()
        woken, waker = socket.socketpair()
        for end in (woken, waker):
            end.setblocking(False)
        self.own = (listener, woken, waker)
        self.woken = woken
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        self.selector.register(listener, selectors.EVENT_READ, self.accept)
        self.selector.register(woken, selectors.EVENT_READ, self.reap)
        self.selector.register(sys.stdin.fileno(), selectors.EVENT_READ, None)

    def run(self) -> None:
        """Serve until standard input closes, then kill what is left."""
        while True:
            for key, _ in self.selector.select():
                if key.data is None:
                    self.end()
                    return
                key.data(key)

    def end(self) -> None:
        """Kill every child, and every child that their deaths make ours."""
        with suppress(ChildProcessError):
            while True:
                for pid in _children() or self.kernels:
                    _kill(pid)
                os.wait()

    def accept(self, key: selectors.SelectorKey) -> None:
        """Take a connection and fork the kernel it asks for."""
        connection, _ = self.listener.accept()
        with connection.makefile("rb") as lines:
            line = lines.readline()
        if not line:
            connection.close()
            return
        pid = os.fork()
        if pid == 0:
            self.become_kernel(json.loads(line))
        self.kernels[pid] = connection
        self.selector.register(connection, selectors.EVENT_READ, lambda _: self.abandon(pid))
        _send(connection, {"pid": pid})

    def abandon(self, pid: int) -> None:
        """Kill the kernel whose connection was closed."""
        self.selector.unregister(self.kernels.pop(pid))
        _kill(pid)

    def reap(self, key: selectors.SelectorKey) -> None:
        """Tell of every kernel that died, and how much memory it had used; end what it started."""
        with suppress(BlockingIOError):
            self.woken.recv(4096)
        with suppress(ChildProcessError):
            while dead := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                _kill(dead.si_pid)  # its group; nobody else can have the number yet
                pid, status, usage = os.wait4(dead.si_pid, 0)
                connection = self.kernels.pop(pid, None)
                if connection is not None:
                    self.selector.unregister(connection)
                    code = os.waitstatus_to_exitcode(status)
                    _send(connection, {"code": code, "peak_kb": usage.ru_maxrss})
                    connection.close()
        # A child of ours that is no kernel has lost the kernel that it worked for.
        for pid in _children() - self.kernels.keys():
            _kill(pid)

    def become_kernel(self, request: Mapping) -> NoReturn:
        """Turn this fork into a kernel."""
        code = 1
        try:
            os.setsid()
            _die_with(os.getppid())
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGINT, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            self.selector.close()
            for end in (*self.own, *self.kernels.values()):
                end.close()
            # What it writes is shown in the notebook; it is not to fill the terminal as well.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            os.chdir(request["cwd"])
            os.environ.update(request["env"])
            _run_kernel(request["argv"])
            code = 0
        finally:
            os._exit(code)


def _run_kernel(argv: list[str]) -> None:
    """Run an IPython kernel until it is told to stop."""
    from .kernelapp import LosslessApp

    # The second line of defence where there is no parent-death signal: ipykernel's own poller.
    app = LosslessApp.instance(parent_handle=os.getppid())
    app.initialize(argv)
    app.start()


def _die_with(parent: int) -> None:
    """Ask Linux to kill this process when its parent dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _adopt_orphans() -> None:
    """Ask Linux to give us every process that a kernel leaves behind, in whatever session."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def _children() -> set[int]:
    """Return the children of this process, where Linux tells."""
    found = Path("/proc/self/task").glob("*/children")
    return {int(pid) for path in found for pid in path.read_text().split()}


def _kill(pid: int) -> None:
    """Kill a process and its group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _send(connection: socket.socket, message: Mapping) -> None:
    """Send one JSON line to a client that may be gone."""
    with suppress(OSError):
        connection.sendall(json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    # A core file of every killed kernel would fill the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(int(sys.argv[1]))
