"""Channels: how we talk to a kernel, and how much we listen to before a loop that prints is stopped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from traitlets import Type

START_TIMEOUT = 60  # seconds
MOST_MIB = 16  # a large report shows a tenth of it
MOST_MESSAGES = 10_000


class OutputChannel(AsyncZMQSocketChannel):
    """What one kernel shows, as it arrives.

    Attributes
    ----------
    flooded : callable
        Called once when the limit is passed; from then on nothing more is read, whatever comes.
    """

    flooded: Callable[[], None]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bytes = self._messages = 0

    async def _recv(self, **kwargs: Any) -> dict[str, Any]:
        """Return the next message."""
        # While messages wait, nothing else lets go of the loop, and no time-out could strike.
        await asyncio.sleep(0)
        parts = await self.socket.recv_multipart(**kwargs)
        self._messages += 1
        self._bytes += sum(map(len, parts))
        if self._messages > MOST_MESSAGES or self._bytes > MOST_MIB * 2**20:
            self.flooded()
            await asyncio.Event().wait()
        _, message = self.session.feed_identities(parts)
        return self.session.deserialize(message)


class WarmKernelClient(AsyncKernelClient):
    """A client that starts to talk as soon as the kernel answers."""

    iopub_channel_class = Type(OutputChannel)

    @property
    def iopub_channel(self) -> OutputChannel:
        """Channel of what the kernel shows; the manager hears if it is too much."""
        if self._iopub_channel is None:
            # Messages that wait here are in our memory; the kernel keeps the rest and drops none.
            self.context.rcvhwm = 8
        channel = super().iopub_channel
        channel.flooded = self.parent.flooded
        return channel

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait for the first reply and the first broadcast; drain nothing.

        The stock client then waits another 0.2 s for broadcasts that nbclient ignores anyway.
        """
        deadline = time.monotonic() + (timeout or START_TIMEOUT)
        self.kernel_info()
        heard = False
        while True:
            if not heard:
                with suppress(Empty):
                    await self.get_iopub_msg(timeout=0.5)
                    heard = True
            if heard:
                with suppress(Empty):
                    reply = await self.get_shell_msg(timeout=0.5)
                    if reply["msg_type"] == "kernel_info_reply":
                        self._handle_kernel_info_reply(reply)
                        return
            if not await self._async_is_alive():
                message = "Kernel died before replying to kernel_info"
                raise RuntimeError(message)
            if time.monotonic() > deadline:
                message = f"Kernel did not reply to kernel_info in {timeout} seconds"
                raise RuntimeError(message)

    wait_for_ready = _async_wait_for_ready
