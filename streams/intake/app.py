"""The intake application: raw topics in; accepted, receipts and dead letters out. Holds the gate key, no state."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import faust

from models.contract import topics
from models.contract.tokens import derive_key
from models.register import Register
from models.service.clock import now, today
from models.service.keyfiles import KeyFileError, read_key
from streams import metrics
from streams.feed.coalescing import Chunk
from streams.intake.chunk import handle
from streams.intake.decide import Rules
from streams.intake.rate import RateWatch
from streams.outputs import Outputs
from streams.remedies.guard import Guard
from streams.settings import StreamSettings
from streams.worker import chunk_topic, confirmed, create_app, generation_of, holder, watch

logger = logging.getLogger(__name__)

NAME = topics.INTAKE_APP
PURPOSE = "ypsem"
"""Bound into the gate key: another purpose would need another key (disclosure.md 5)."""


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
    agency_of = {topics.raw(agency.id): agency.id for agency in register.agencies}
    app = create_app(NAME, list(agency_of), settings)
    outputs = Outputs(settings, NAME)
    rate = RateWatch()
    guard = Guard(NAME, settings, outputs, holder(app))

    @app.agent(chunk_topic(app, list(agency_of)), name="intake", concurrency=1)
    async def _intake(stream: Any) -> AsyncIterator[None]:
        async for event in stream.events():
            chunk: Chunk = event.value
            # Asked at once: who looks at the log's end again meanwhile, looks at another log than the chunk's.
            generation = generation_of(app, chunk)
            await guard.follower.caught_up()
            consumer: Any = app.consumer
            if consumer.stale(event.message) or guard.puts_off(chunk):
                consumer.leave(event.message)
                yield
                continue

            async def work(chunk: Chunk = chunk, generation: int = generation) -> None:
                async for piece in guard.pieces(chunk):
                    await decide_piece(piece, generation)

            await confirmed(app, event.message, work)
            yield

    async def decide_piece(piece: Chunk, generation: int) -> None:
        agency = agency_of[piece[0].topic]
        rules = Rules(register, keys, now(), today())
        with metrics.CHUNK_SECONDS.labels("raw").time():
            done = await guard.attempt(
                piece, lambda: handle(agency, piece, rules, guard.passed_over(piece), generation)
            )
            await outputs.confirm(done.outs)
        if rate.alarm(agency, done.links, rules.today):
            metrics.RATE_ALARM.inc()
            logger.warning("rate alarm: %s sent far more distinct tokens today than on its other days", agency)
        await guard.watch_for_poison(agency, done.outcomes)
        metrics.CHUNK_RECORDS.labels("raw").observe(len(piece))
        for rule, n in done.outcomes.items():
            metrics.RECORDS.labels("raw", "accepted" if rule == "accepted" else "refused").inc(n)
            if rule != "accepted":
                metrics.REFUSED.labels(rule).inc(n)
            if rule in ("skipped", "quarantined"):
                metrics.PASSED_OVER.labels("raw", rule).inc(n)
        for rule, n in done.warned.items():
            metrics.WARNED.labels(rule).inc(n)

    # There from the start, so that the first burst shows as an increase.
    metrics.RECORDS.labels("raw", "accepted")
    metrics.RECORDS.labels("raw", "refused")
    watch(app, settings, outputs, guard, register)
    return app
