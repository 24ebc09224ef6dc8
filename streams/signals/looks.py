"""A look at each board with every chunk, and margins no older than a minute. Nothing of it leaves the ledger tier."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from analysis.ledger.row import Row
from analysis.signals.evidence import evidence
from analysis.signals.operational import operational, refusals
from analysis.signals.places import Places, places_of
from analysis.signals.provisional import WORTH_A_FULL_SCAN, Look, build, is_due
from analysis.silence import heard
from models.register import Board, Register
from models.service.clock import LONDON
from models.signals import OperationalSignal
from streams import metrics
from streams.feed.coalescing import Chunk
from streams.outputs import Out
from streams.signals.publishing import Pair, Signals, request_out, rows_of

FULL_AT_MOST = timedelta(hours=1)
"""Between two full scans that looks ask for, of one board."""
SILENCE_AT_MOST = timedelta(minutes=10)
"""The same, where an agency has fallen silent or come back."""


@dataclass(slots=True)
class _Watched:
    look: Look | None = None
    built_at: datetime | None = None
    asked_at: datetime | None = None
    touched: bool = True
    worth: bool = False
    held: tuple[str, ...] = ()
    """What was already asked for: signals of refused formats that are to begin or to end."""


@dataclass(slots=True)
class Looks:
    """What the worker sees of its boards between two full scans."""

    register: Register
    signals: Signals
    _boards: dict[str, _Watched] = field(default_factory=dict, repr=False)
    _places: dict[str, Places] = field(default_factory=dict, repr=False)

    def forget(self) -> None:
        """After a recovery: boards may have gone elsewhere."""
        self._boards.clear()

    def take(self, chunk: Chunk, row_of: Callable[[str], Row | None]) -> None:
        """Count a folded chunk's events in and scan each board they touched, once."""
        by_board: dict[str, dict[str, Row]] = {}
        for item in chunk:
            own = (item.key or b"").rpartition(b"|")[0].decode("ascii", "replace")
            row = row_of(own)
            if row is not None:
                by_board.setdefault(row.board, {})[own] = row
        for board, rows in by_board.items():
            watched = self._boards.setdefault(board, _Watched())
            watched.touched = True
            if watched.look is not None:
                with metrics.LOOK_SECONDS.time():
                    clusters = watched.look.rescan(watched.look.add(rows.items()))
                watched.worth |= any(c.p is not None and c.p < WORTH_A_FULL_SCAN for c in clusters.values())

    async def renew(self, boards: Iterable[Board], at: datetime, rows: Callable[[Board], list[Pair]]) -> list[Out]:
        """Build anew what is older than a minute, one board at a time; requests for full scans that are worth it."""
        outs = []
        for board in boards:
            watched = self._boards.setdefault(board.code, _Watched())
            if (held := self._newly_held(board, at)) != watched.held:
                watched.held = held
                if held:
                    outs.append(request_out(board, f"held-{board.code.lower()}-{at:%Y%m%d%H%M%S}", at, publish=False))
            if not watched.touched or not is_due(watched.built_at, at):
                continue
            watched.touched, watched.built_at = False, at
            watched.look, silence = await asyncio.to_thread(
                self._build, board, at, rows(board), self.signals.operational(board.code)
            )
            waited = at - watched.asked_at if watched.asked_at else FULL_AT_MOST
            if (silence and waited >= SILENCE_AT_MOST) or (watched.worth and waited >= FULL_AT_MOST):
                watched.worth, watched.asked_at = False, at
                outs.append(request_out(board, f"look-{board.code.lower()}-{at:%Y%m%d%H%M%S}", at, publish=False))
        return outs

    def _newly_held(self, board: Board, at: datetime) -> tuple[str, ...]:
        """Signals of refused formats that the holds now in force begin or end; immediate, whatever else is due."""
        told = self.signals.operational(board.code)
        today = at.astimezone(LONDON).date()
        agencies = self.register.agencies_of(board.code)
        after = refusals(told, board.code, agencies, self.signals.held(), today)
        return tuple(one.signal_id for one in after if one not in told)

    def _build(
        self, board: Board, at: datetime, stored: list[Pair], told: list[OperationalSignal]
    ) -> tuple[Look | None, bool]:
        """In a thread: a look, and whether an agency has fallen silent or come back."""
        rows = rows_of(stored)
        today = at.astimezone(LONDON).date()
        agencies = self.register.agencies_of(board.code)
        signs = heard(row for _, row in rows)
        standing = operational(told, board.code, agencies=agencies, signs=signs, held=self.signals.held(), today=today)
        changed = at >= board.live_from and standing != told
        if not board.wards:
            return None, changed
        if board.code not in self._places:
            self._places[board.code] = places_of(board)
        return build(evidence(rows, board.live_from), self._places[board.code], today), changed
