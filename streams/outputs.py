"""Everything a chunk causes is sent in batches and confirmed by the broker before the chunk is acknowledged."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import aiokafka
from aiokafka.errors import KafkaError

from models.operations.topic_specs import LARGEST_RECORD
from streams import metrics
from streams.errors import WorkerError
from streams.fence import Fence
from streams.settings import StreamSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Out:
    """One record to produce; `value` None is a tombstone."""

    topic: str
    partition: int
    key: bytes | None
    value: bytes | None = field(repr=False)
    timestamp_ms: int | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


class NotConfirmed(WorkerError):
    """The broker did not confirm in time; the process must end without acknowledging its input."""


class Outputs:
    """A producer with acks from all in-sync replicas, idempotent where the broker can."""

    def __init__(self, settings: StreamSettings, client_id: str) -> None:
        self._settings = settings
        self._client_id = client_id
        self._give_up_after = settings.give_up_after
        self._connecting = asyncio.Lock()
        self._producer: Any = None
        self._waiting: dict[object, float] = {}
        self._fence = Fence(settings.session_timeout / 2)
        self.silent = False
        """Whether the last question of `answers` found a connection, and no answer on it."""
        self.before_request: Callable[[], None] = lambda: None
        """Called before anything is sent; may end the process (`streams.reach`)."""

    def fence(self) -> None:
        """Have the process end when it is stopped past half its session; see `streams.fence`."""
        self._fence.start()

    async def start(self) -> None:
        """Connect once; raises aiokafka's errors when no broker answers."""
        async with self._connecting:
            if self._producer is not None:
                return
            compression = self._settings.compression
            producer = aiokafka.AIOKafkaProducer(
                bootstrap_servers=self._settings.bootstrap,
                client_id=self._client_id,
                acks="all",
                enable_idempotence=self._settings.idempotent,
                compression_type=None if compression == "none" else compression,
                max_batch_size=262_144,
                max_request_size=LARGEST_RECORD,
                linger_ms=0,
                request_timeout_ms=30_000,
                **self._settings.client(),
            )
            await producer.start()
            self._fence.before_each_request(producer.client)
            self._check_each_request(producer.client)
            self._producer = producer

    async def stop(self) -> None:
        """Disconnect; everything sent was confirmed already."""
        async with self._connecting:
            producer, self._producer = self._producer, None
            if producer is not None:
                await producer.stop()

    def _check_each_request(self, client: Any) -> None:
        send = client.send

        async def checked(*args: Any, **kwargs: Any) -> Any:
            self.before_request()
            return await send(*args, **kwargs)

        client.send = checked

    @property
    def waiting(self) -> float:
        """Seconds that the oldest unconfirmed chunk has waited; 0 when none has."""
        return time.monotonic() - min(self._waiting.values()) if self._waiting else 0.0

    async def answers(self, within: float) -> bool:
        """Whether a broker answers a small request in so many seconds."""
        self.silent = False
        try:
            if self._producer is None:
                await self.start()
            return bool(await asyncio.wait_for(self._producer.client.force_metadata_update(), within))
        except TimeoutError:
            self.silent = True
            return False
        except (KafkaError, OSError):
            return False

    async def confirm(self, outs: Iterable[Out]) -> None:
        """Produce and wait for the broker's word on every record.

        Retries what failed, whole groups at a time (all records are absolute or carry their own identity, so a
        repetition changes nothing); raises `NotConfirmed` when it cannot be done in time.
        """
        mark = object()
        self._waiting[mark] = time.monotonic()
        try:
            await self._confirm(outs)
        finally:
            del self._waiting[mark]

    async def _confirm(self, outs: Iterable[Out]) -> None:
        groups: defaultdict[tuple[str, int], list[Out]] = defaultdict(list)
        for out in outs:
            groups[out.topic, out.partition].append(out)
        if self._producer is None:
            await self.start()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._give_up_after
        wait = 0.1
        while groups:
            results = await asyncio.gather(*map(self._send, groups.values()), return_exceptions=True)
            failed = {key for key, result in zip(list(groups), results, strict=True) if result is not None}
            for result in results:
                if isinstance(result, BaseException) and not isinstance(result, KafkaError):
                    raise result
            groups = defaultdict(list, {key: group for key, group in groups.items() if key in failed})
            if not groups:
                return
            kinds = sorted({type(r).__name__ for r in results if r is not None})
            if loop.time() + wait > deadline:
                raise NotConfirmed(f"the broker did not confirm within {self._give_up_after:.0f} s: {kinds}")
            metrics.PRODUCE_RETRIES.inc()
            log.warning("producing failed (%s); trying again in %.1f s", ", ".join(kinds), wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, 5.0)

    async def _send(self, outs: list[Out]) -> None:
        topic, partition = outs[0].topic, outs[0].partition
        sent: list[asyncio.Future[Any]] = []
        batch = self._producer.create_batch()
        for out in outs:
            fields = {"key": out.key, "value": out.value, "timestamp": out.timestamp_ms}
            if batch.append(**fields, headers=list(out.headers)) is None:
                sent.append(await self._producer.send_batch(batch, topic, partition=partition))
                batch = self._producer.create_batch()
                batch.append(**fields, headers=list(out.headers))
        sent.append(await self._producer.send_batch(batch, topic, partition=partition))
        await asyncio.gather(*sent)
