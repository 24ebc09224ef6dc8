"""What the ledger asks of itself by the calendar: releases, removal of what is too old, signals, looks at boards."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import date

from models.contract import topics
from models.register import Board, Register
from models.releases import RequestBuild
from models.releases.requests import AnyRequest, RequestRemove
from models.service.clock import now, today
from streams.ledger.releases import ReleaseTable
from streams.ledger.state import LedgerState
from streams.outputs import Out, Outputs
from streams.signals.looks import Looks
from streams.signals.publishing import Signals


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """One worker's, for the boards whose partition it has. Requests go to the requests topic, as a reviewer's do."""

    register: Register
    state: LedgerState
    releases: ReleaseTable
    signals: Signals
    looks: Looks
    outputs: Outputs
    partitions: Callable[[], Set[int]]
    """Those of the accepted topic that this worker has at present."""
    _swept: dict[str, date] = field(default_factory=dict)
    """Board -> day on which its removal was last asked for."""

    async def ask_for_releases(self) -> None:
        """Ask for releases that have come due, and once a day for the removal of what is too old."""
        await self.outputs.confirm([*self._releases_due(), *self._removals_due()])

    async def watch_boards(self) -> None:
        """Ask for today's publication of signals, and renew the looks at the boards."""
        boards = self._boards()
        due = [self.signals.daily_request(board, now()) for board in boards if self.signals.due(board, now())]
        await self.outputs.confirm(due)
        looks = await self.looks.renew(boards, now(), lambda board: self.state.stored_rows_of(board.code))
        await self.outputs.confirm(looks)

    def _boards(self) -> list[Board]:
        own = self.partitions()
        return [board for board in self.register.boards if board.partition in own]

    def _releases_due(self) -> list[Out]:
        """Requests for windows that have come due."""
        at = now()
        outs = []
        for board in self._boards():
            if windows := self.releases.due(board, at):
                request = RequestBuild(
                    request_id=f"scheduled-{board.code.lower()}-{at:%Y%m%d%H%M%S}",
                    board=board.code,
                    windows=tuple(windows),
                    requested_at=at,
                )
                outs.append(_out(request, board))
                self.releases.note_asked(board, windows, at)
        return outs

    def _removals_due(self) -> list[Out]:
        """Requests to remove what boards no longer keep."""
        outs = []
        for board in self._boards():
            if self._swept.get(board.code) != today():
                self._swept[board.code] = today()
                request = RequestRemove(
                    request_id=f"retention-{board.code.lower()}-{today():%Y%m%d}",
                    board=board.code,
                    before=board.accepted_dates(today())[0],
                    requested_at=now(),
                )
                outs.append(_out(request, board))
        return outs


def _out(request: AnyRequest, board: Board) -> Out:
    return Out(topics.REQUESTS, board.partition, request.request_id.encode(), request.model_dump_json().encode())
