"""What intake and ledger have in common: the Faust app's settings, the loud stop, the confirmed chunk.

What goes on beside the chunks is `streams.upkeep`.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import faust
import setproctitle
from faust.types import TP

from models.contract import topics
from models.service.exits import FAULT
from models.service.faults import where
from streams.errors import Unfinished
from streams.feed import rebootstrap
from streams.feed.coalescing import Chunk, ChunkSchema, coalescing_scheduler
from streams.feed.table import ConfirmedTable
from streams.feed.transport import ChunkTransport
from streams.gaps.lookout import Lookout
from streams.remedies.guard import Held
from streams.settings import StreamSettings

log = logging.getLogger(__name__)

stopped_for: list[int] = []
"""The exit code of a stop in good order that was this process's own wish."""


def create_app(name: str, chunked: Sequence[str], settings: StreamSettings) -> faust.App:
    """A Faust application with this service's settings; `chunked` topics arrive as chunks."""
    rebootstrap.install()
    app = faust.App(
        name,
        broker=f"kafka://{settings.bootstrap.replace(',', ';kafka://')}",
        datadir=str(settings.datadir / name),
        store="memory://",
        web_enabled=False,
        processing_guarantee="at_least_once",
        ConsumerScheduler=coalescing_scheduler(frozenset(chunked), settings.chunk),
        Table=ConfirmedTable,
        stream_buffer_maxsize=16,
        broker_max_poll_records=None,
        consumer_max_fetch_size=1_048_576,
        consumer_auto_offset_reset="none",
        broker_session_timeout=settings.session_timeout,
        broker_heartbeat_interval=max(0.5, min(3.0, settings.session_timeout / 3)),
        broker_request_timeout=max(90.0, settings.session_timeout),
        broker_rebalance_timeout=60.0,
        broker_max_poll_interval=300.0,
        producer_request_timeout=120.0,
        topic_partitions=topics.PARTITIONS,
        topic_replication_factor=settings.replication,
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        autodiscover=False,
        broker_credentials=_credentials(settings),
    )
    app.transport = ChunkTransport(app.conf.broker_consumer, app)
    return app


def _credentials(settings: StreamSettings) -> Any:
    """Faust's word for a secured connection; None in clear."""
    context = settings.ssl_context()
    if settings.kafka_sasl_username is None:
        return None if context is None else faust.SSLCredentials(context=context)
    # Faust makes SASL_SSL of it only where there is a context.
    return faust.SASLCredentials(
        mechanism=settings.kafka_sasl_mechanism,
        username=settings.kafka_sasl_username,
        password=settings.password(),
        ssl_context=context,
    )


class QuietWorker(faust.Worker):
    """Faust's process shell without its spinner and banner, under our own process title."""

    def __init__(self, role: str, app: faust.App) -> None:
        self._role = role
        super().__init__(app, loglevel="INFO", logfile=None, quiet=True, redirect_stdouts=False, override_logging=False)
        self.spinner = None

    def _setproctitle(self, info: str, *, ident: str = "") -> None:
        setproctitle.setproctitle(f"ypsem-streams {self._role} {info}")


def chunk_topic(app: faust.App, names: Sequence[str]) -> faust.TopicT:
    """Topics whose messages are chunks of raw records."""
    return app.topic(*names, schema=ChunkSchema(), acks=True)


async def confirmed(app: faust.App, message: Any, work: Callable[[], Awaitable[None]]) -> None:
    """Run one chunk to its end whatever happens to the agent, then let its message be acknowledged.

    Faust acknowledges a message in a `finally`, so an exception or a cancellation inside the agent would lose it
    (docs/faust.md). Therefore a failure ends the process, and a cancellation waits for the end of the work.
    """
    consumer: Any = app.consumer

    async def in_turn() -> None:
        consumer.begin(message)
        await work()

    task = asyncio.ensure_future(or_stop(in_turn))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        try:
            await task
            _acknowledge(app, message)
        except Unfinished:
            consumer.leave(message)
        raise
    except Unfinished:
        consumer.leave(message)
        # The worker is stopping: the agent's cancellation is on its way, and until then nothing may go on.
        await asyncio.Event().wait()
    _acknowledge(app, message)


def _acknowledge(app: faust.App, message: Any) -> None:
    consumer: Any = app.consumer
    consumer.done(message)


async def or_stop(work: Callable[[], Awaitable[None]]) -> None:
    """Do the work, or end the process loudly; raises `Unfinished` when it was given up."""
    try:
        await work()
    except Unfinished:
        raise
    except BaseException as error:
        stop_loudly(error)


def stop_loudly(error: BaseException) -> None:
    """Log where it broke, never what it held (messages may quote a record), and end the process."""
    log.critical("stopping: %s; input not acknowledged, it will be read again", where(error))
    logging.shutdown()
    os._exit(FAULT)


def holder(app: faust.App) -> Callable[[Held], Awaitable[None]]:
    """What tells an application's consumer which topics not to read, and where to read again."""

    async def hold(held: Held) -> None:
        transport: Any = app.transport
        consumer: Any = app.consumer
        for (topic, partition), offset in held.again.items():
            place = TP(topic, partition)
            if place in consumer.assignment():
                await consumer.read_again(place, offset)
        transport.not_read = held.topics

    return hold


def generation_of(app: faust.App, chunk: Chunk) -> int:
    """How often the log that a chunk is of was found cut; 0 where nothing is compared."""
    transport: Any = app.transport
    lookout: Lookout | None = transport.lookout
    return 0 if lookout is None else lookout.generation((chunk[0].topic, chunk[0].partition))
