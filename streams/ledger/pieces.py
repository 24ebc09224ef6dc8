"""Folds the accepted topic's chunks into the ledger, piece by piece."""

from __future__ import annotations

import asyncio

from models.service.clock import now, today
from streams import metrics
from streams.feed.coalescing import Chunk
from streams.ledger.fold import Ledger
from streams.ledger.sending import Sending
from streams.remedies.guard import Guard
from streams.signals.looks import Looks


class Pieces:
    """One worker's; `turn` is held while rows change."""

    def __init__(self, ledger: Ledger, guard: Guard, sending: Sending, looks: Looks, turn: asyncio.Lock) -> None:
        self._ledger = ledger
        self._guard = guard
        self._sending = sending
        self._looks = looks
        self._turn = turn
        # There from the start, so that the first burst shows as an increase.
        metrics.RECORDS.labels("accepted", "folded")
        metrics.RECORDS.labels("accepted", "dead_lettered")

    async def fold(self, chunk: Chunk) -> None:
        """Fold a chunk; when this returns, the broker has confirmed everything that it caused."""
        async for piece in self._guard.pieces(chunk):
            async with self._turn:
                await self._fold_piece(piece)

    async def _fold_piece(self, piece: Chunk) -> None:
        passed_over = self._guard.passed_over
        with metrics.CHUNK_SECONDS.labels("accepted").time():
            caused = await self._guard.attempt(
                piece, lambda: self._ledger.fold(piece, passed_over(piece), now(), today())
            )
            await self._sending.send(caused)
        metrics.CHUNK_RECORDS.labels("accepted").observe(len(piece))
        metrics.CLOCK_AHEAD.set(max(0.0, piece[-1].timestamp / 1000 - now().timestamp()))
        metrics.RECORDS.labels("accepted", "folded").inc(len(piece))
        self._looks.take(piece, self._ledger.state.get)
        self._sending.show()
