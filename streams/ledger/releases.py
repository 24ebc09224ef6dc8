"""Which releases a request or the calendar asks for, and what is stored of them; once built, the bytes stay.

A replay, or a second request, re-emits the stored bytes. Nothing here builds: that is `building`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from analysis.disclosure.noise import RoundingKeys
from analysis.ledger.links import tokens_of
from analysis.ledger.row import decode
from analysis.release import LADDER_VERSION, candidates, closed_windows, may_join
from models.contract import topics
from models.contract.periods import bounds, years_of
from models.register import Board, Register
from models.releases import RequestBuild
from models.service.clock import LONDON
from streams import metrics
from streams.ledger.building import Job, Result
from streams.ledger.homes import Pair, records_of_board
from streams.ledger.state import LedgerState
from streams.outputs import Out

log = logging.getLogger(__name__)

ASK_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Windows of a board that are built together; those already stored are only emitted again."""

    board: Board
    cut_off: datetime
    windows: tuple[str, ...]


@dataclass(slots=True)
class ReleaseTable:
    """The tables `released` and `homes`, and what is needed to fill them."""

    register: Register
    keys: RoundingKeys = field(repr=False)
    state: LedgerState
    table: MutableMapping[bytes, bytes]
    homes: MutableMapping[bytes, bytes] = field(default_factory=dict, repr=False)
    asked: dict[bytes, datetime] = field(default_factory=dict)
    """When the calendar last asked for a window: a build takes its time."""

    def plan(self, request: RequestBuild) -> list[Candidate]:
        """The candidates that answer a request, by cut-off, then oldest first; windows still open give nothing."""
        board = self.register.board_by_code.get(request.board)
        if board is None:
            return []
        by_cut_off: dict[datetime, list[str]] = {}
        # What is stored is emitted again, also of a schedule that the board no longer has.
        for window in dict.fromkeys((*self.closed(board, request.requested_at), *sorted(self._released(board)))):
            if not request.windows or window in request.windows:
                cut_off = scheduled_cut_off(board, window)
                by_cut_off.setdefault(request.requested_at if cut_off < board.live_from else cut_off, []).append(window)
        found = [
            Candidate(board, cut_off, windows)
            for cut_off, together in by_cut_off.items()
            for windows in candidates(together)
        ]
        return sorted(found, key=lambda one: (one.cut_off, bounds(one.windows[0])[0]))

    def unbuilt(self, candidate: Candidate) -> tuple[str, ...]:
        """Its windows that have no release yet, of any ladder.

        A window is released once: two releases of it would say more together than either may. Of a board that changed
        its schedule, a quarter is not released beside a pair of years that holds it, nor the pair beside the quarter.
        """
        return self._missing(candidate.board, candidate.windows)

    def _missing(self, board: Board, windows: Iterable[str]) -> tuple[str, ...]:
        released = self._released(board)
        return tuple(w for w in windows if w not in released and may_join(w, released))

    def _released(self, board: Board) -> dict[str, bytes]:
        """The board's windows that have a release, with its key."""
        keys = ((key.decode().split("|"), key) for key in self.table)
        return {window: key for (code, window, _), key in keys if code == board.code}

    def rows(self, board: Board) -> list[Pair]:
        """The board's rows as they stand: a copy, so that what is folded meanwhile does not get into a build."""
        return self.state.stored_rows_of(board.code)

    def job(self, candidate: Candidate, rows: list[Pair]) -> Job:
        """What it takes to build what is missing of a candidate, from rows copied when its request was read."""
        windows, board = self.unbuilt(candidate), candidate.board.code
        homes = records_of_board(self.homes, board, frozenset(year for window in windows for year in years_of(window)))
        return Job(
            register=self.register,
            board=board,
            windows=windows,
            cut_off=candidate.cut_off,
            keys=self.keys,
            rows=rows,
            homes=homes,
        )

    def settle(self, board: Board, result: Result) -> None:
        """Write the home areas of a result to their table: to be confirmed before its releases are kept.

        A token that was erased while the build ran is left out: its event is no longer there.
        """
        present = self._tokens(board) if result.homes else set()
        for key, value in result.homes:
            if key.decode().split("|", 2)[2] in present:
                self.homes.setdefault(key, value)

    def _tokens(self, board: Board) -> set[str]:
        rows = (decode(value) for _, value in self.state.stored_rows_of(board.code))
        return {f"{kind}:{token}" for row in rows for kind, token in tokens_of(row.data)}

    def keep(self, candidate: Candidate, result: Result) -> None:
        """Write the releases of a result to their table: to be confirmed before they are emitted."""
        for window, body in result.bodies.items():
            self.table[release_key(candidate.board.code, window)] = body
            metrics.RELEASES_BUILT.labels("built").inc()

    def emitted(self, candidate: Candidate) -> list[Out]:
        """What is stored of a candidate, for the topic; rewritten in the table, as every key touched is."""
        outs = []
        released = self._released(candidate.board)
        for window in candidate.windows:
            if (key := released.get(window)) is not None:
                self.table[key] = stored = self.table[key]
                outs.append(Out(topics.RELEASES, 0, key, stored))
        return outs

    def due(self, board: Board, at: datetime) -> list[str]:
        """Closed windows of a live board that have no release yet, and were not asked for in the last day.

        A release on an older ladder is one.
        """
        if at < board.live_from:
            return []
        missing = {release_key(board.code, window): window for window in self._missing(board, self.closed(board, at))}
        return [w for key, w in missing.items() if key not in self.asked or at - self.asked[key] >= ASK_AGAIN]

    def note_asked(self, board: Board, windows: Iterable[str], at: datetime) -> None:
        """Remember that these were asked for."""
        self.asked |= {release_key(board.code, window): at for window in windows}

    def closed(self, board: Board, at: datetime) -> list[str]:
        """Windows whose cut-off has passed, from the first day the register asks for returns."""
        starts = [agency.returns_from for agency in self.register.agencies_of(board.code)]
        if not starts:
            return []
        return closed_windows(board, min(starts), at.astimezone(LONDON).date())


def release_key(board: str, window: str) -> bytes:
    """Key of a release in the table and on the topic."""
    return f"{board}|{window}|l{LADDER_VERSION}".encode()


def scheduled_cut_off(board: Board, window: str) -> datetime:
    """London midnight after the window's end plus the board's cut-off days."""
    day = bounds(window)[1] + timedelta(days=board.cut_off_days)
    return datetime.combine(day, time(), LONDON)
