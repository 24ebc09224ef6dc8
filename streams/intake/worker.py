"""What intake does with each chunk of an agency's raw topic: decide, send, count. Knows nothing of Faust."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from models.contract import topics
from models.register import Register
from models.service.clock import now, today
from streams import metrics
from streams.feed.coalescing import Chunk
from streams.intake.chunk import Handled, handle
from streams.intake.decide import IntakeRules
from streams.intake.rate import RateWatch
from streams.outputs import Outputs
from streams.remedies.guard import Guard

log = logging.getLogger(__name__)


class IntakeWorker:
    """One intake process: the register, the gate keys, and what has to be remembered between chunks."""

    def __init__(self, register: Register, gate_keys: Mapping[int, bytes], outputs: Outputs, guard: Guard) -> None:
        self._register = register
        self._gate_keys = gate_keys
        self._outputs = outputs
        self._guard = guard
        self._rate = RateWatch()
        self._agency_of = {topics.raw(agency.id): agency.id for agency in register.agencies}
        # There from the start, so that the first burst shows as an increase.
        metrics.RECORDS.labels("raw", "accepted")
        metrics.RECORDS.labels("raw", "refused")

    async def take(self, chunk: Chunk, generation: int) -> None:
        """Decide a chunk and have the broker confirm all that it causes. `generation` is of the log that it is of."""
        async for piece in self._guard.pieces(chunk):
            await self._take_piece(piece, generation)

    async def _take_piece(self, piece: Chunk, generation: int) -> None:
        agency = self._agency_of[piece[0].topic]
        rules = IntakeRules(self._register, self._gate_keys, now(), today())
        with metrics.CHUNK_SECONDS.labels("raw").time():
            handled = await self._guard.attempt(
                piece, lambda: handle(agency, piece, rules, self._guard.passed_over(piece), generation)
            )
            await self._outputs.confirm(handled.outs)
        if self._rate.alarm(agency, handled.links, rules.today):
            metrics.RATE_ALARM.inc()
            log.warning("rate alarm: %s sent far more distinct tokens today than on its other days", agency)
        await self._guard.watch_for_poison(agency, handled.outcomes)
        _count(piece, handled)


def _count(piece: Chunk, handled: Handled) -> None:
    metrics.CHUNK_RECORDS.labels("raw").observe(len(piece))
    for rule, n in handled.outcomes.items():
        metrics.RECORDS.labels("raw", "accepted" if rule == "accepted" else "refused").inc(n)
        if rule != "accepted":
            metrics.REFUSED.labels(rule).inc(n)
        if rule in ("skipped", "quarantined"):
            metrics.PASSED_OVER.labels("raw", rule).inc(n)
    for rule, n in handled.warned.items():
        metrics.WARNED.labels(rule).inc(n)
