"""The ledger application: Faust's agents, timers and callbacks, wired to the worker that does the work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import faust

from analysis.disclosure.noise import RoundingKeys
from models.contract import topics
from models.register import Register
from models.service.keyfiles import read_key
from streams.ledger.tables import LedgerTables
from streams.ledger.worker import LedgerWorker
from streams.outputs import Outputs
from streams.remedies.guard import Guard
from streams.settings import StreamSettings
from streams.upkeep import keep_up
from streams.worker import chunk_topic, confirmed, create_app, holder, or_stop

NAME = topics.LEDGER_APP
ROUNDING_EPOCH = 1


def rounding_keys(directory: Path) -> RoundingKeys:
    """The keys of releases and signals; raises `KeyFileError` when one of the two files cannot be used."""
    record, rounding = (read_key(directory / f"{name}.key", name).secret for name in ("record", "rounding"))
    return RoundingKeys.derive(record, rounding, ROUNDING_EPOCH)


def build(settings: StreamSettings, register: Register) -> faust.App:
    """The application, ready to run; raises `KeyFileError` when a rounding key cannot be used."""
    keys = rounding_keys(settings.keys)
    app = create_app(NAME, [topics.ACCEPTED, topics.REQUESTS], settings)
    outputs = Outputs(settings, NAME)
    guard = Guard(NAME, settings, outputs, holder(app))
    tables = LedgerTables.of(app)
    worker = LedgerWorker(
        register=register,
        keys=keys,
        tables=tables,
        outputs=outputs,
        guard=guard,
        partitions=lambda: _partitions(app),
    )
    _wire(app, worker, tables, settings.schedule_seconds)
    keep_up(app, settings, outputs, guard, register)
    return app


def _wire(app: faust.App, worker: LedgerWorker, tables: LedgerTables, schedule_seconds: float) -> None:
    """Have Faust call the worker: after each recovery, with each chunk, by the clock, and at the end."""

    # Faust waits for its callbacks and looks at no result: rows after one that cannot be read would be missing from
    # every figure, and nobody would know. It calls one table after the other, and only then has that table let go of
    # the partitions that went elsewhere: before the marks have, no balance closes.
    @tables.events.on_recover
    async def _events_recovered() -> None:
        await or_stop(worker.derive)

    @tables.marks.on_recover
    async def _marks_recovered() -> None:
        await or_stop(worker.recovered)

    @app.agent(chunk_topic(app, [topics.ACCEPTED]), name="ledger", concurrency=1)
    async def _ledger(stream: Any) -> AsyncIterator[None]:
        async for event in stream.events():
            await confirmed(app, event.message, partial(worker.pieces.fold, event.value))
            yield

    @app.agent(chunk_topic(app, [topics.REQUESTS]), name="requests", concurrency=1)
    async def _requests(stream: Any) -> AsyncIterator[None]:
        async for event in stream.events():
            await confirmed(app, event.message, partial(worker.requests.answer, event.value))
            yield

    @app.on_before_shutdown.connect
    async def _end_build(*_: object, **__: object) -> None:
        worker.requests.stop()

    @app.timer(interval=schedule_seconds, name="schedule-releases")  # type: ignore[untyped-decorator]
    async def _schedule_releases() -> None:
        await or_stop(worker.schedules.ask_for_releases)

    @app.timer(interval=schedule_seconds, name="schedule-signals")  # type: ignore[untyped-decorator]
    async def _schedule_signals() -> None:
        await or_stop(worker.schedules.watch_boards)


def _partitions(app: faust.App) -> set[int]:
    assigned: Any = app.consumer.assignment()
    return {tp.partition for tp in assigned if tp.topic == topics.ACCEPTED}
