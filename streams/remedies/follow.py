"""Reads the remedies topic to its end, and on: every worker knows every remedy before it handles a record."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiokafka
from aiokafka.errors import KafkaError

from models.contract import topics
from models.operations.remedies import Gap, Hold, Skip
from streams.settings import StreamSettings
from streams.standing import Standing

log = logging.getLogger(__name__)

AGAIN_AFTER = 2.0
"""Seconds until the next try when the broker is away."""


class Follower:
    """Keeps a `Standing` up to date; without a group, as every worker reads all of it."""

    def __init__(
        self, settings: StreamSettings, standing: Standing, changed: Callable[[Hold | Skip | Gap], Awaitable[None]]
    ) -> None:
        self._settings = settings
        self._standing = standing
        self._changed = changed
        self._caught_up = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def caught_up(self) -> None:
        """Wait until everything that stood on the topic at the start is known; later records follow as they come."""
        if self._task is None:
            self._task = asyncio.ensure_future(self._run())
        await self._caught_up.wait()

    def stop(self) -> None:
        """Read no further."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            try:
                await self._follow()
            except (KafkaError, OSError) as error:
                log.warning("cannot read the remedies (%s); trying again", type(error).__name__)
                await asyncio.sleep(AGAIN_AFTER)

    async def _follow(self) -> None:
        place = aiokafka.TopicPartition(topics.REMEDIES, 0)
        consumer: Any = aiokafka.AIOKafkaConsumer(
            bootstrap_servers=self._settings.bootstrap,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            **self._settings.client(),
        )
        await consumer.start()
        try:
            consumer.assign([place])
            end = (await consumer.end_offsets([place]))[place]
            while True:
                if await consumer.position(place) >= end:
                    self._caught_up.set()
                found = await consumer.getmany(place, timeout_ms=1000)
                for record in found.get(place, ()):
                    remedy = self._standing.read(record.value)
                    if remedy is not None:
                        await self._changed(remedy)
        finally:
            await consumer.stop()
