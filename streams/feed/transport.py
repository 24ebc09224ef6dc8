"""Faust's aiokafka transport with its acknowledgements made safe for chunks (streams.md 1.6).

Two things are mended; Faust is pinned and tests/streams holds both.

- Stock `_add_gap` also marks the *arriving* offset as read. With chunks that leaves one duplicate acknowledgement per
  chunk, and the committed offset crawls by one chunk per commit cycle.
- A stream acknowledges messages it *skips* because a rebalance overtook them. When the partition comes back to this
  worker that stale acknowledgement lets the commit jump over a chunk before it is handled. Here only a chunk that its
  agent declared done can be acknowledged.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from faust.transport.drivers import aiokafka as driver
from mode.utils.futures import notify


class ChunkConsumer(driver.Consumer):
    """Acknowledges what an agent has declared done, and nothing else; gaps end before the message that showed them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._done: WeakSet[Any] = WeakSet()

    def done(self, message: Any) -> None:
        """Everything the chunk caused is confirmed: its offset may be committed."""
        self._done.add(message)

    def ack(self, message: Any) -> bool:
        """Record the acknowledgement of a chunk that is done; drop any other."""
        if message in self._done:
            self._done.discard(message)
            return bool(super().ack(message))
        message.acked = True
        self._unacked_messages.discard(message)
        notify(self._waiting_for_ack)
        return False

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:
        await super()._add_gap(tp, offset_from, offset_to - 1)


class ChunkTransport(driver.Transport):
    """Transport that uses `ChunkConsumer`."""

    Consumer = ChunkConsumer
