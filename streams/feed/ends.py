"""Asks the broker for readable ends, by a client of its own that has nothing else to do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any

import aiokafka
from aiokafka.errors import KafkaError

from streams.settings import StreamSettings

ANSWER_WITHIN = 5.0
"""Seconds; a broker that takes longer is out of reach, which `streams.reach` says."""

Place = tuple[str, int]
"""Topic and partition."""


class Ends:
    """One worker's; connects when it is first asked, and anew after a failure."""

    def __init__(self, settings: StreamSettings) -> None:
        self._settings = settings
        self._consumer: Any = None

    async def of(self, places: Iterable[Place]) -> dict[Place, int] | None:
        """The offset up to which each partition can be read; None if the broker does not answer."""
        wanted = [aiokafka.TopicPartition(*place) for place in places]
        try:
            found = await asyncio.wait_for(self._ask(wanted), ANSWER_WITHIN)
        except (KafkaError, OSError, TimeoutError):
            await self.stop()
            return None
        return {(at.topic, at.partition): end for at, end in found.items()}

    async def _ask(self, wanted: list[Any]) -> dict[Any, int]:
        if self._consumer is None:
            self._consumer = aiokafka.AIOKafkaConsumer(
                bootstrap_servers=self._settings.bootstrap,
                group_id=None,
                enable_auto_commit=False,
                isolation_level="read_committed",
                **self._settings.client(),
            )
            await self._consumer.start()
        found: dict[Any, int] = await self._consumer.end_offsets(wanted)
        return found

    async def stop(self) -> None:
        """Disconnect."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with contextlib.suppress(KafkaError, OSError):
                await consumer.stop()
