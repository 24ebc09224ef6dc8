"""Builds releases that were asked for or have come due, once each; a replay re-emits the stored bytes (decision 17)."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from analysis.disclosure.gate import GateClosed
from analysis.disclosure.kr5 import RoundingKeys
from analysis.measures.children import BoardView
from analysis.release import LADDER_VERSION, board_at, build_release, closed_windows
from models.contract import topics
from models.contract.clock import LONDON
from models.contract.periods import bounds
from models.register import Board, Register
from models.releases import Release, RequestBuild
from streams import metrics
from streams.ledger.state import LedgerState
from streams.outputs import Out

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Releases:
    """The released table and what is needed to fill it."""

    register: Register
    keys: RoundingKeys = field(repr=False)
    state: LedgerState
    table: MutableMapping[bytes, bytes]

    def answer(self, request: RequestBuild) -> list[Out]:
        """Release records for a request: built now if new, as stored if not; windows still open give nothing."""
        board = self.register.board_by_code.get(request.board)
        if board is None:
            return []
        closed = self.closed(board, request.requested_at)
        wanted = [w for w in closed if not request.windows or w in request.windows]
        views: dict[datetime, BoardView] = {}
        made = (self._emit(board, window, request.requested_at, views) for window in wanted)
        return [out for out in made if out is not None]

    def due(self, board: Board, at: datetime) -> list[str]:
        """Closed windows of a live board that have no release yet."""
        if at < board.live_from:
            return []
        return [w for w in self.closed(board, at) if release_key(board.code, w) not in self.table]

    def closed(self, board: Board, at: datetime) -> list[str]:
        """Windows whose cut-off has passed, from the first day the register asks for returns."""
        starts = [agency.returns_from for agency in self.register.agencies_of(board.code)]
        if not starts:
            return []
        return closed_windows(board, min(starts), at.astimezone(LONDON).date())

    def _emit(self, board: Board, window: str, requested_at: datetime, views: dict[datetime, BoardView]) -> Out | None:
        key = release_key(board.code, window)
        stored = self.table.get(key)
        if stored is None:
            cut_off = scheduled_cut_off(board, window)
            if cut_off < board.live_from:
                cut_off = requested_at
            if cut_off not in views:
                views[cut_off] = board_at(self.state.rows_of(board.code), cut_off)
            try:
                release = build_release(
                    self.register, board, window, views[cut_off], self.keys, cut_off, self._archive(board)
                )
            except GateClosed:
                # Failing closed: nothing leaves, the request is answered by nothing, and an operator sees it.
                log.error("the gate let nothing of %s %s leave", board.code, window)
                metrics.RELEASES_BUILT.labels("gate_closed").inc()
                return None
            stored = release.model_dump_json().encode()
            metrics.RELEASES_BUILT.labels("built").inc()
        else:
            metrics.RELEASES_BUILT.labels("re_emitted").inc()
        self.table[key] = stored
        return Out(topics.RELEASES, 0, key, stored)

    def _archive(self, board: Board) -> list[Release]:
        """Every release of the board so far: readers keep what they once saw."""
        prefix = f"{board.code}|".encode()
        found = sorted((key, value) for key, value in self.table.items() if key.startswith(prefix))
        return [Release.model_validate_json(value, strict=False) for _, value in found]


def release_key(board: str, window: str) -> bytes:
    """Key of a release in the table and on the topic."""
    return f"{board}|{window}|l{LADDER_VERSION}".encode()


def scheduled_cut_off(board: Board, window: str) -> datetime:
    """London midnight after the window's end plus the board's cut-off days."""
    day = bounds(window)[1] + timedelta(days=board.cut_off_days)
    return datetime.combine(day, time(), LONDON)
