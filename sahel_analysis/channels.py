"""Channels: what a kernel shows, up to a limit, so that a loop that prints cannot fill the memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from jupyter_client.channels import AsyncZMQSocketChannel

MOST_MIB = 32  # a large report shows a tenth of it
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
