"""The ledger application: accepted events in; balances, submission states and releases out. Holds the state."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import faust
from pydantic import ValidationError

from analysis.disclosure.kr5 import RoundingKeys
from analysis.ledger.row import Record
from models.contract import topics
from models.contract.clock import now
from models.contract.keyfiles import read_key
from models.register import Register
from models.releases import RequestBuild
from streams import metrics
from streams.feed.coalescing import Chunk
from streams.feed.table import ConfirmedTable
from streams.ledger.chunk import balance_receipt, dead_letter, submission_states
from streams.ledger.records import NotARecord, read
from streams.ledger.releases import Releases
from streams.ledger.state import LedgerState
from streams.outputs import Out, Outputs
from streams.settings import StreamSettings
from streams.worker import chunk_topic, confirmed, create_app, or_stop, watch

NAME = topics.LEDGER_APP
ROUNDING_EPOCH = 1


def build(settings: StreamSettings, register: Register) -> faust.App:
    """The application, ready to run; raises `KeyFileError` when a rounding key cannot be used."""
    keys = RoundingKeys.derive(
        read_key(settings.keys / "record.key", "record").secret,
        read_key(settings.keys / "rounding.key", "rounding").secret,
        ROUNDING_EPOCH,
    )
    app = create_app(NAME, [topics.ACCEPTED, topics.REQUESTS], settings)
    outputs = Outputs(settings, NAME)
    events: ConfirmedTable = app.Table("events", key_type=bytes, value_type=bytes)  # type: ignore[assignment]
    released: ConfirmedTable = app.Table("released", key_type=bytes, value_type=bytes)  # type: ignore[assignment]
    state = LedgerState(events)
    releases = Releases(register, keys, state, released)

    @events.on_recover
    async def _recovered() -> None:
        state.rebuild()
        metrics.LEDGER_ROWS.set(len(state))

    @app.agent(chunk_topic(app, [topics.ACCEPTED]), name="ledger", concurrency=1)
    async def _ledger(stream: Any) -> AsyncIterator[None]:
        async for event in stream.events():
            chunk: Chunk = event.value

            async def work(chunk: Chunk = chunk) -> None:
                with metrics.CHUNK_SECONDS.labels("accepted").time():
                    outs = _fold(chunk, state, register)
                    await outputs.confirm(outs + _changes(events))
                metrics.CHUNK_RECORDS.labels("accepted").observe(len(chunk))
                metrics.RECORDS.labels("accepted", "folded").inc(len(chunk))
                metrics.LEDGER_ROWS.set(len(state))

            await confirmed(app, event.message, work)
            yield

    @app.agent(chunk_topic(app, [topics.REQUESTS]), name="requests", concurrency=1)
    async def _requests(stream: Any) -> AsyncIterator[None]:
        async for event in stream.events():
            chunk: Chunk = event.value

            async def work(chunk: Chunk = chunk) -> None:
                outs = _answer(chunk, releases)
                # The stored copy first: once a release is out, a replay must find these very bytes.
                await outputs.confirm(_changes(released))
                await outputs.confirm(outs)

            await confirmed(app, event.message, work)
            yield

    @app.timer(interval=settings.schedule_seconds, name="schedule-releases")  # type: ignore[untyped-decorator]
    async def _schedule() -> None:
        async def work() -> None:
            await outputs.confirm(_due(app, releases))

        await or_stop(work)

    # There from the start, so that the first burst shows as an increase.
    metrics.RECORDS.labels("accepted", "folded")
    metrics.RECORDS.labels("accepted", "dead_lettered")
    metrics.RECORDS.labels("requests", "dead_lettered")
    watch(app, settings, outputs)
    return app


def _fold(chunk: Chunk, state: LedgerState, register: Register) -> list[Out]:
    records: list[Record] = []
    outs: list[Out] = []
    at = now()
    for offset, record in read(chunk):
        if isinstance(record, NotARecord):
            outs.append(dead_letter(topics.ACCEPTED, chunk[0].partition, offset, "not-a-record", at))
            metrics.RECORDS.labels("accepted", "dead_lettered").inc()
        elif record is not None:
            records.append(record)
    touched = state.apply(records)
    outs += submission_states(touched.values(), register)
    for board, agency in sorted({(row.board, row.agency) for row in touched.values()}):
        outs.append(balance_receipt(board, agency, state.balances[board, agency], at))
    return outs


def _answer(chunk: Chunk, releases: Releases) -> list[Out]:
    outs: list[Out] = []
    for item in chunk:
        try:
            request = RequestBuild.model_validate_json(item.value or b"")
        except ValidationError:
            outs.append(dead_letter(topics.REQUESTS, item.partition, item.offset, "not-a-request", now()))
            metrics.RECORDS.labels("requests", "dead_lettered").inc()
            continue
        outs += releases.answer(request)
        metrics.RECORDS.labels("requests", "answered").inc()
    return outs


def _changes(table: ConfirmedTable) -> list[Out]:
    topic = f"{NAME}-{table.name}-changelog"
    return [Out(topic, partition, key, value) for partition, key, value in table.take_changes()]


def _due(app: faust.App, releases: Releases) -> list[Out]:
    """Requests for windows that have come due on boards whose partition is here."""
    mine = {tp.partition for tp in app.consumer.assignment() if tp.topic == topics.ACCEPTED}
    at = now()
    outs = []
    for board in releases.register.boards:
        windows = releases.due(board, at) if board.partition in mine else []
        if windows:
            request = RequestBuild(
                request_id=f"scheduled-{board.code.lower()}-{at:%Y%m%d%H%M%S}",
                board=board.code,
                windows=tuple(windows),
                requested_at=at,
            )
            body = request.model_dump_json().encode()
            outs.append(Out(topics.REQUESTS, board.partition, request.request_id.encode(), body))
    return outs
