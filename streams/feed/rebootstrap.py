"""A Kafka client that knows only brokers that are gone asks the addresses again that it was started with.

aiokafka knows the brokers that the last answer named. While two of three are away that is one; its list is not renewed
for minutes, unless something fails. Should that one go next, while the others are back, the client asks for ever a
broker that is not there: its worker reads nothing and does not end, and its producer, which has a list of its own, says
that all is well.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

log = logging.getLogger(__name__)

AGAIN_AFTER = 1.0
"""Least seconds between two tries of one client: without any broker it is asked many times in a second."""
_asked: Any = AIOKafkaClient._metadata_update


async def _metadata_update(self: Any, cluster_metadata: Any, topics: Any) -> bool:
    if await _asked(self, cluster_metadata, topics):
        return True
    if time.monotonic() - getattr(self, "_bootstrapped_at", 0.0) < AGAIN_AFTER:
        return False
    self._bootstrapped_at = time.monotonic()
    try:
        await self.bootstrap()
    except (KafkaError, OSError):
        return False
    log.warning("none of the known brokers answers; found others at the configured addresses")
    return bool(await _asked(self, cluster_metadata, topics))


def install() -> None:
    """For every client of this process, those that Faust makes among them. A second time changes nothing."""
    AIOKafkaClient._metadata_update = _metadata_update
