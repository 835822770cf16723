"""The kernel's own side: an IPython kernel that drops nothing; run as a module, an ordinary kernel."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ipykernel.kernelapp import IPKernelApp

if TYPE_CHECKING:
    import zmq


class LosslessApp(IPKernelApp):
    """An IPython kernel that keeps what it shows until it is fetched.

    The stock kernel drops what its client is too slow to take, and nobody hears of it.
    """

    def init_iopub(self, context: zmq.Context) -> None:
        """Open the channel without a limit on what waits; `channels` limits it at the other end."""
        context.sndhwm = 0
        super().init_iopub(context)


if __name__ == "__main__":
    # As ipykernel's own launcher does: a file in the working folder is not to pass for a module.
    if sys.path[0] == "" or Path(sys.path[0]) == Path.cwd():
        del sys.path[0]
    LosslessApp.launch_instance()
