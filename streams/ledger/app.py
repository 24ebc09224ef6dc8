"""The ledger application: accepted events in; balances, submission states and releases out. Holds the state."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import date
from typing import Any

import faust
from pydantic import ValidationError

from analysis.disclosure.noise import RoundingKeys
from models.contract import topics
from models.register import Register
from models.releases import RequestBuild
from models.releases.requests import REQUEST, AnyRequest, RequestErase, RequestRemove
from models.service.clock import now, today
from models.service.keyfiles import read_key
from models.signals import RequestScan
from streams import metrics
from streams.feed.coalescing import Chunk
from streams.feed.table import ConfirmedTable
from streams.ledger.building import Builder
from streams.ledger.caused import Caused
from streams.ledger.chunk import dead_letter
from streams.ledger.fold import Ledger
from streams.ledger.marks import Marks
from streams.ledger.releases import Releases
from streams.ledger.state import LedgerState
from streams.ledger.watch import Watch
from streams.outputs import Out, Outputs
from streams.remedies.guard import Guard
from streams.settings import StreamSettings
from streams.signals.looks import Looks
from streams.signals.publishing import Signals
from streams.worker import chunk_topic, confirmed, create_app, holder, or_stop, watch

NAME = topics.LEDGER_APP
ROUNDING_EPOCH = 1


def build(settings: StreamSettings, register: Register) -> faust.App:
    """The application, ready to run; raises `KeyFileError` when a rounding key cannot be used."""
    masters = (
        read_key(settings.keys / "record.key", "record").secret,
        read_key(settings.keys / "rounding.key", "rounding").secret,
    )
    keys = RoundingKeys.derive(*masters, ROUNDING_EPOCH)
    app = create_app(NAME, [topics.ACCEPTED, topics.REQUESTS], settings)
    outputs = Outputs(settings, NAME)
    events: ConfirmedTable = app.Table("events", key_type=bytes, value_type=bytes)  # type: ignore[assignment]
    released: ConfirmedTable = app.Table("released", key_type=bytes, value_type=bytes)  # type: ignore[assignment]
    marks: ConfirmedTable = app.Table("marks", key_type=bytes, value_type=bytes)  # type: ignore[assignment]
    homes: ConfirmedTable = app.Table("homes", key_type=bytes, value_type=bytes)  # type: ignore[assignment]
    told: ConfirmedTable = app.Table("signals", key_type=bytes, value_type=bytes)  # type: ignore[assignment]
    state = LedgerState(events)
    guard = Guard(NAME, settings, outputs, holder(app))
    ledger = Ledger(register, state, Marks(marks), homes, guard.standing)
    seen = Watch(ledger)
    turn = asyncio.Lock()
    swept: dict[str, date] = {}
    releases = Releases(register, keys, state, released, homes)
    builder = Builder()
    signals = Signals(register, RoundingKeys.derive(*masters, ROUNDING_EPOCH), told, guard.standing)
    looks = Looks(register, signals)

    @events.on_recover
    @marks.on_recover
    async def _recovered() -> None:
        async def work() -> None:
            ledger.rebuild()
            looks.forget()
            show()

        # Faust waits for its callbacks and looks at no result: rows after one that cannot be read would be missing
        # from every figure, and nobody would be told.
        await or_stop(work)

    @app.agent(chunk_topic(app, [topics.ACCEPTED]), name="ledger", concurrency=1)
    async def _ledger(stream: Any) -> AsyncIterator[None]:
        async for event in stream.events():
            chunk: Chunk = event.value

            async def work(chunk: Chunk = chunk) -> None:
                async for piece in guard.pieces(chunk):
                    async with turn:
                        await fold_piece(piece)

            await confirmed(app, event.message, work)
            yield

    async def fold_piece(piece: Chunk) -> None:
        with metrics.CHUNK_SECONDS.labels("accepted").time():
            await send(await guard.attempt(piece, lambda: ledger.fold(piece, guard.passed_over(piece), now(), today())))
        metrics.CHUNK_RECORDS.labels("accepted").observe(len(piece))
        metrics.CLOCK_AHEAD.set(max(0.0, piece[-1].timestamp / 1000 - now().timestamp()))
        metrics.RECORDS.labels("accepted", "folded").inc(len(piece))
        looks.take(piece, state.get)
        show()

    def show() -> None:
        metrics.LEDGER_ROWS.set(len(state))
        seen.look()

    async def send(caused: Caused) -> None:
        if caused.removed:
            looks.forget()
        for stage in caused.stages(_changes(marks), _changes(homes), _changes(events)):
            await outputs.confirm(stage)

    async def answer(request: RequestBuild) -> None:
        """Homes first, then the stored copy, then the release: once it is out, a replay must find these very bytes."""
        for number, candidate in enumerate(plan := releases.plan(request)):
            if number == 0:
                rows = releases.rows(plan[0].board)
            if releases.unbuilt(candidate):
                with metrics.BUILD_SECONDS.time():
                    result = await builder.build(releases.job(candidate, rows))
                async with turn:
                    # An erasure that takes a home away waits, or the two could reach the broker the other way round.
                    releases.settle(candidate.board, result)
                    await outputs.confirm(_changes(homes))
                releases.keep(candidate, result)
            else:
                metrics.RELEASES_BUILT.labels("re_emitted").inc(len(candidate.windows))
            outs = releases.emitted(candidate)
            await outputs.confirm(_changes(released))
            await outputs.confirm(outs)

    async def tell(request: RequestScan) -> None:
        """Lives first, then the signals: once one is out, a replay must find it, and date nothing anew."""
        judged = await signals.answer(request, state.stored_rows_of(request.board))
        if judged is not None:
            signals.keep(request.board, judged)
            await outputs.confirm(_changes(told))
            await outputs.confirm(signals.emitted(judged, request))

    async def change(request: RequestErase | RequestRemove, partition: int) -> None:
        """Rows are changed by one agent at a time: an older row sent again must not come after a newer one."""
        async with turn:
            if isinstance(request, RequestErase):
                await send(ledger.erase_agency(request, partition, now(), today()))
            else:
                await send(ledger.remove_old(request, partition, now(), today()))
            show()

    @app.on_before_shutdown.connect
    async def _end_build(*_: object, **__: object) -> None:
        builder.stop()

    @app.agent(chunk_topic(app, [topics.REQUESTS]), name="requests", concurrency=1)
    async def _requests(stream: Any) -> AsyncIterator[None]:
        async for event in stream.events():
            chunk: Chunk = event.value

            async def work(chunk: Chunk = chunk) -> None:
                await guard.follower.caught_up()
                letters, asked = _asked(chunk, guard.passed_over(chunk))
                await outputs.confirm(letters)
                for partition, request in asked:
                    if isinstance(request, RequestBuild):
                        await answer(request)
                    elif isinstance(request, RequestScan):
                        await tell(request)
                    else:
                        await change(request, partition)
                    metrics.RECORDS.labels("requests", "answered").inc()

            await confirmed(app, event.message, work)
            yield

    @app.timer(interval=settings.schedule_seconds, name="schedule-releases")  # type: ignore[untyped-decorator]
    async def _schedule() -> None:
        async def work() -> None:
            await outputs.confirm(_due(app, releases) + _outlived(app, register, swept))

        await or_stop(work)

    @app.timer(interval=settings.schedule_seconds, name="schedule-signals")  # type: ignore[untyped-decorator]
    async def _watch_boards() -> None:
        async def work() -> None:
            mine = {tp.partition for tp in app.consumer.assignment() if tp.topic == topics.ACCEPTED}
            boards = [board for board in register.boards if board.partition in mine]
            due = [signals.daily_request(board, now()) for board in boards if signals.due(board, now())]
            await outputs.confirm(due)
            await outputs.confirm(await looks.renew(boards, now(), lambda board: state.stored_rows_of(board.code)))

        await or_stop(work)

    # There from the start, so that the first burst shows as an increase.
    metrics.RECORDS.labels("accepted", "folded")
    metrics.RECORDS.labels("accepted", "dead_lettered")
    metrics.RECORDS.labels("requests", "dead_lettered")
    watch(app, settings, outputs, guard, register)
    return app


def _asked(chunk: Chunk, passed_over: Mapping[int, str]) -> tuple[list[Out], list[tuple[int, AnyRequest]]]:
    """Dead letters for what is no request, and the requests with their partition."""
    letters: list[Out] = []
    asked: list[tuple[int, AnyRequest]] = []
    for item in chunk:
        if item.offset in passed_over:
            letters.append(dead_letter(topics.REQUESTS, item.partition, item.offset, "skipped", now()))
            metrics.PASSED_OVER.labels("requests", "skipped").inc()
            continue
        try:
            asked.append((item.partition, REQUEST.validate_json(item.value or b"", strict=False)))
        except ValidationError:
            letters.append(dead_letter(topics.REQUESTS, item.partition, item.offset, "not-a-request", now()))
            metrics.RECORDS.labels("requests", "dead_lettered").inc()
    return letters, asked


def _outlived(app: faust.App, register: Register, swept: dict[str, date]) -> list[Out]:
    """Once a day, requests to remove what boards whose partition is here no longer keep (decision 6)."""
    mine = {tp.partition for tp in app.consumer.assignment() if tp.topic == topics.ACCEPTED}
    outs = []
    for board in register.boards:
        if board.partition in mine and swept.get(board.code) != today():
            swept[board.code] = today()
            request = RequestRemove(
                request_id=f"retention-{board.code.lower()}-{today():%Y%m%d}",
                board=board.code,
                before=board.accepted_dates(today())[0],
                requested_at=now(),
            )
            body = request.model_dump_json().encode()
            outs.append(Out(topics.REQUESTS, board.partition, request.request_id.encode(), body))
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
            releases.note_asked(board, windows, at)
    return outs
