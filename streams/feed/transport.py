"""Faust's aiokafka transport with its gap arithmetic mended (streams.md 1.6).

Stock `_add_gap` also marks the *arriving* offset as read. With chunks that leaves one duplicate acknowledgement per
chunk, and the committed offset crawls by one chunk per commit cycle. Faust is pinned; tests/streams holds this.
"""

from __future__ import annotations

from typing import Any

from faust.transport.drivers import aiokafka as driver


class GapConsumer(driver.Consumer):
    """Consumer whose gaps end before the message that showed them."""

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:
        await super()._add_gap(tp, offset_from, offset_to - 1)


class GapTransport(driver.Transport):
    """Transport that uses `GapConsumer`."""

    Consumer = GapConsumer
