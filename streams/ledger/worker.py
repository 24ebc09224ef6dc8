"""One ledger process: its tables, what is derived from them, and the four that use them. Knows nothing of agents.

`pieces` folds what was accepted, `requests` answers, `schedules` asks by the calendar, `sending` sends what they cause.
Rows change under one lock (`turn`), so that an older row is never sent after a newer one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Set

from analysis.disclosure.noise import RoundingKeys
from models.register import Register
from streams.ledger.building import Builder
from streams.ledger.fold import Ledger
from streams.ledger.marks import Marks
from streams.ledger.pieces import Pieces
from streams.ledger.releases import ReleaseTable
from streams.ledger.requests import Requests
from streams.ledger.schedules import Schedules
from streams.ledger.sending import Sending
from streams.ledger.state import LedgerState
from streams.ledger.tables import LedgerTables
from streams.outputs import Outputs
from streams.remedies.guard import Guard
from streams.signals.looks import Looks
from streams.signals.publishing import Signals


class LedgerWorker:
    """Everything of a ledger process that is not Faust's."""

    def __init__(
        self,
        *,
        register: Register,
        keys: RoundingKeys,
        tables: LedgerTables,
        outputs: Outputs,
        guard: Guard,
        partitions: Callable[[], Set[int]],
    ) -> None:
        """`partitions` says which of the accepted topic this worker has at present."""
        state = LedgerState(tables.events)
        turn = asyncio.Lock()
        releases = ReleaseTable(register, keys, state, tables.released, tables.homes)
        signals = Signals(register, keys, tables.signals, guard.standing)
        self._ledger = Ledger(register, state, Marks(tables.marks), tables.homes, guard.standing)
        self._looks = Looks(register, signals)
        self._sending = Sending(self._ledger, tables, outputs, self._looks)
        self.pieces = Pieces(self._ledger, guard, self._sending, self._looks, turn)
        self.requests = Requests(
            ledger=self._ledger,
            releases=releases,
            signals=signals,
            builder=Builder(),
            tables=tables,
            sending=self._sending,
            outputs=outputs,
            guard=guard,
            turn=turn,
        )
        self.schedules = Schedules(
            register=register,
            state=state,
            releases=releases,
            signals=signals,
            looks=self._looks,
            outputs=outputs,
            partitions=partitions,
        )

    async def derive(self) -> None:
        """Derive everything in memory from the tables as they are. Raises `UnreadableRow`."""
        self._ledger.rebuild()
        self._looks.forget()

    async def recovered(self) -> None:
        """All tables were read back: derive everything, and show it. Raises `UnreadableRow`."""
        await self.derive()
        self._sending.show()
