"""The kernel's own side: an IPython kernel that loses no output, and stops at a flood of it.

Run as a module it is an ordinary kernel.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipykernel.kernelapp import IPKernelApp

if TYPE_CHECKING:
    import zmq

MOST_MIB = 16  # a large report shows a tenth of it
MOST_MESSAGES = 10_000
FLOODED = 87  # exit code of a kernel that showed more
_PR_SET_PDEATHSIG = 1


class ReportKernelApp(IPKernelApp):
    """An IPython kernel whose outputs all arrive, up to what a report can hold."""

    def init_iopub(self, context: zmq.Context) -> None:
        """Open the channel of outputs, without its limit on what waits, and count what goes out.

        The stock kernel drops what its client is too slow to take, and nobody hears of it.
        """
        context.sndhwm = 0
        super().init_iopub(context)
        send = self.iopub_thread.send_multipart
        messages = size = 0

        def send_counted(parts: list[bytes], *args: Any, **kwargs: Any) -> None:
            nonlocal messages, size
            messages, size = messages + 1, size + sum(map(len, parts))
            if messages > MOST_MESSAGES or size > MOST_MIB * 2**20:
                os._exit(FLOODED)
            send(parts, *args, **kwargs)

        self.iopub_thread.send_multipart = send_counted


def become_kernel(arguments: list[str], folder: str, environment: Mapping[str, str]) -> None:
    """Turn this process into a kernel, until it is told to stop or its parent ends.

    Parameters
    ----------
    arguments : list of str
        Of the command that would start such a kernel.
    folder : str
        Where it works.
    environment : mapping of str to str
        What it has beside its parent's: the folder for IPython's own files, for no profile of the
        user's has a say in a report, and that of the tables.
    """
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    # What it writes is shown in the notebook; it is not to fill the terminal as well.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    # The parent's loop, in the midst of which this process was forked, is the parent's.
    asyncio.set_event_loop(asyncio.new_event_loop())
    os.environ.update(environment)
    os.chdir(folder)
    # Where there is no signal of a parent's death, ipykernel asks for the parent once a second.
    app = ReportKernelApp.instance(parent_handle=parent)
    app.initialize(arguments)
    app.start()


if __name__ == "__main__":
    # As ipykernel's own launcher does: a file in the working folder is not to pass for a module.
    if sys.path[0] == "" or Path(sys.path[0]) == Path.cwd():
        del sys.path[0]
    ReportKernelApp.launch_instance()
