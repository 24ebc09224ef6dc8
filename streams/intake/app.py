"""The intake application: raw topics in; accepted, receipts and dead letters out. Holds the gate key, no state."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import faust

from models.contract import topics
from models.contract.tokens import derive_key
from models.register import Register
from models.service.keyfiles import KeyFileError, read_key
from streams.feed.coalescing import Chunk
from streams.intake.worker import IntakeWorker
from streams.outputs import Outputs
from streams.remedies.guard import Guard
from streams.settings import StreamSettings
from streams.upkeep import keep_up
from streams.worker import chunk_topic, confirmed, create_app, generation_of, holder

NAME = topics.INTAKE_APP
PURPOSE = "ypsem"
"""Bound into the gate key: another purpose would need another key."""


def gate_keys(directory: Path) -> dict[int, bytes]:
    """The gate key of every epoch in `gate-<epoch>.key`; raises `KeyFileError` when there is none."""
    keys = {}
    for path in sorted(directory.glob("gate-*.key")):
        key = read_key(path, "gate")
        keys[key.epoch] = derive_key(key.secret, f"{key.epoch}|{PURPOSE}|v1")
    if not keys:
        raise KeyFileError(f"{directory}: no gate-<epoch>.key; intake cannot make child tokens without one")
    return keys


def build(settings: StreamSettings, register: Register) -> faust.App:
    """The application, ready to run; raises `KeyFileError` when the gate key cannot be used."""
    keys = gate_keys(settings.keys)
    raw_topics = [topics.raw(agency.id) for agency in register.agencies]
    app = create_app(NAME, raw_topics, settings)
    outputs = Outputs(settings, NAME)
    guard = Guard(NAME, settings, outputs, holder(app))
    worker = IntakeWorker(register, keys, outputs, guard)

    @app.agent(chunk_topic(app, raw_topics), name="intake", concurrency=1)
    async def _intake(stream: Any) -> AsyncIterator[None]:
        async for event in stream.events():
            chunk: Chunk = event.value
            # Asked at once: who looks at the log's end again meanwhile, looks at another log than the chunk's.
            generation = generation_of(app, chunk)
            await guard.follower.caught_up()
            consumer: Any = app.consumer
            if consumer.stale(event.message) or guard.puts_off(chunk):
                consumer.leave(event.message)
            else:
                await confirmed(app, event.message, partial(worker.take, chunk, generation))
            yield

    keep_up(app, settings, outputs, guard, register)
    return app
