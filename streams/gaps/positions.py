"""The workers' own memory, read from the broker: how far each partition was handled, apart from the groups' commits.

It is written and confirmed before an offset is committed: so a committed offset that is *ahead* of it was moved by
somebody else, and one behind it is a replay or a crash. A worker never says less than it knows of, so that a replay
does not make the memory shorter; one that was fenced off may still say what it handled, which is true, and costs no
more than reading again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import aiokafka
from aiokafka.errors import KafkaError

from models.contract import topics
from streams.gaps.memory import Memory, Place
from streams.settings import StreamSettings

log = logging.getLogger(__name__)

AGAIN_AFTER = 1.0
"""Seconds until the next try when the broker is away."""
T = TypeVar("T")
TOPIC = aiokafka.TopicPartition(topics.POSITIONS, 0)


class Positions(Memory):
    """What is remembered, as it was when it was last read."""

    def __init__(self, settings: StreamSettings) -> None:
        super().__init__()
        self._settings = settings
        self._consumer: Any = None

    async def read(self) -> None:
        """Read the topic to its present end; raises aiokafka's errors when no broker answered for `give_up_after`."""
        await self._until_answered(self._read)

    async def limits(self, places: Iterable[Place]) -> dict[Place, tuple[int, int]]:
        """Log start and readable end of each; raises as `read` does.

        Asked here, because the worker's own client has fetches under way that wait for records, and a broker answers
        one request of a connection after the other.
        """
        wanted = [aiokafka.TopicPartition(*place) for place in places]

        async def ask() -> dict[Place, tuple[int, int]]:
            consumer = await self._connected()
            starts, ends = await asyncio.gather(consumer.beginning_offsets(wanted), consumer.end_offsets(wanted))
            return {(at.topic, at.partition): (starts[at], ends[at]) for at in wanted}

        return await self._until_answered(ask)

    async def _until_answered(self, ask: Callable[[], Awaitable[T]]) -> T:
        deadline = asyncio.get_running_loop().time() + self._settings.give_up_after
        while True:
            try:
                return await ask()
            except (KafkaError, OSError) as error:
                await self.stop()
                if asyncio.get_running_loop().time() > deadline:
                    raise
                log.warning(
                    "cannot read the positions (%s), trying again; if topic %s is missing, create it with "
                    "`python -m streams topics --apply`",
                    type(error).__name__,
                    topics.POSITIONS,
                )
                await asyncio.sleep(AGAIN_AFTER)

    async def _connected(self) -> Any:
        if self._consumer is None:
            consumer: Any = aiokafka.AIOKafkaConsumer(
                bootstrap_servers=self._settings.bootstrap,
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                isolation_level="read_committed",
                **self._settings.client(),
            )
            await consumer.start()
            consumer.assign([TOPIC])
            self._consumer = consumer
        return self._consumer

    async def _read(self) -> None:
        consumer = await self._connected()
        end = (await consumer.end_offsets([TOPIC]))[TOPIC]
        consumer.resume(TOPIC)
        while await consumer.position(TOPIC) < end:
            found = await consumer.getmany(TOPIC, timeout_ms=500)
            for record in found.get(TOPIC, ()):
                self.take(record.value)
        # A request waits behind a fetch that waits for records, on the same connection.
        consumer.pause(TOPIC)

    async def stop(self) -> None:
        """Disconnect."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()
