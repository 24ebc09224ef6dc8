"""Answers the requests topic: build releases, judge signals, erase an agency's events, remove what is too old."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from models.releases import RequestBuild
from models.releases.requests import REQUEST, AnyRequest, RequestErase, RequestRemove
from models.service.clock import now, today
from models.signals import RequestScan
from streams import metrics
from streams.dead_letters import dead_letter
from streams.feed.coalescing import Chunk
from streams.ledger.building import Builder
from streams.ledger.fold import Ledger
from streams.ledger.releases import ReleaseTable
from streams.ledger.sending import Sending
from streams.ledger.tables import LedgerTables, changes
from streams.outputs import Out, Outputs
from streams.remedies.guard import Guard
from streams.signals.publishing import Signals


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """One worker's. Only this agent writes the tables `released`, `homes` and `signals`."""

    ledger: Ledger
    releases: ReleaseTable
    signals: Signals
    builder: Builder
    tables: LedgerTables
    sending: Sending
    outputs: Outputs
    guard: Guard
    turn: asyncio.Lock
    """Held while rows or homes change."""

    def __post_init__(self) -> None:
        """Have the counter there from the start, so that the first burst shows as an increase."""
        metrics.RECORDS.labels("requests", "dead_lettered")

    async def answer(self, chunk: Chunk) -> None:
        """Answer a chunk of requests in turn; when this returns, the broker has confirmed all that they caused."""
        await self.guard.follower.caught_up()
        letters, requests = requests_in(chunk, self.guard.passed_over(chunk))
        await self.outputs.confirm(letters)
        for partition, request in requests:
            match request:
                case RequestBuild():
                    await self._build(request)
                case RequestScan():
                    await self._scan(request)
                case RequestErase() | RequestRemove():
                    await self._change_rows(request, partition)
            metrics.RECORDS.labels("requests", "answered").inc()

    def stop(self) -> None:
        """Give up the build under way: its request is read again."""
        self.builder.stop()

    async def _build(self, request: RequestBuild) -> None:
        """Homes first, then the stored copy, then the release: once it is out, a replay must find these very bytes."""
        releases = self.releases
        plan = releases.plan(request)
        # Copied once for all candidates, so that what is folded meanwhile is in none of them.
        rows = releases.rows(plan[0].board) if plan else []
        for candidate in plan:
            if releases.unbuilt(candidate):
                with metrics.BUILD_SECONDS.time():
                    result = await self.builder.build(releases.job(candidate, rows))
                async with self.turn:
                    # An erasure that takes a home away waits, or the two could reach the broker the other way round.
                    releases.settle(candidate.board, result)
                    await self.outputs.confirm(changes(self.tables.homes))
                releases.keep(candidate, result)
            else:
                metrics.RELEASES_BUILT.labels("re_emitted").inc(len(candidate.windows))
            outs = releases.emitted(candidate)
            await self.outputs.confirm(changes(self.tables.released))
            await self.outputs.confirm(outs)

    async def _scan(self, request: RequestScan) -> None:
        """Lives first, then the signals: once one is out, a replay must find it, and date nothing anew."""
        judged = await self.signals.answer(request, self.ledger.state.stored_rows_of(request.board))
        if judged is not None:
            self.signals.keep(request.board, judged)
            await self.outputs.confirm(changes(self.tables.signals))
            await self.outputs.confirm(self.signals.emitted(judged, request))

    async def _change_rows(self, request: RequestErase | RequestRemove, partition: int) -> None:
        """Rows are changed by one agent at a time: an older row sent again must not come after a newer one."""
        async with self.turn:
            if isinstance(request, RequestErase):
                caused = self.ledger.erase_agency(request, partition, now(), today())
            else:
                caused = self.ledger.remove_old(request, partition, now(), today())
            await self.sending.send(caused)
            self.sending.show()


def requests_in(chunk: Chunk, passed_over: Mapping[int, str]) -> tuple[list[Out], list[tuple[int, AnyRequest]]]:
    """Dead letters for records that are no requests or were skipped; the requests, each with its partition."""
    letters: list[Out] = []
    requests: list[tuple[int, AnyRequest]] = []
    for item in chunk:
        if item.offset in passed_over:
            letters.append(dead_letter(item, "skipped", now()))
            metrics.PASSED_OVER.labels("requests", "skipped").inc()
            continue
        try:
            requests.append((item.partition, REQUEST.validate_json(item.value or b"", strict=False)))
        except ValidationError:
            letters.append(dead_letter(item, "not-a-request", now()))
            metrics.RECORDS.labels("requests", "dead_lettered").inc()
    return letters, requests
