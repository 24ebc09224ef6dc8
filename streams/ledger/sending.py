"""Sends what a change of the ledger causes, in an order that survives a crash, and shows the ledger as it then is."""

from __future__ import annotations

from streams import metrics
from streams.ledger.caused import Caused
from streams.ledger.fold import Ledger
from streams.ledger.tables import LedgerTables, changes
from streams.ledger.watch import LedgerWatch
from streams.outputs import Outputs
from streams.signals.looks import Looks


class Sending:
    """Used by whoever changes rows, one at a time: the caller holds the worker's lock."""

    def __init__(self, ledger: Ledger, tables: LedgerTables, outputs: Outputs, looks: Looks) -> None:
        self._ledger = ledger
        self._tables = tables
        self._outputs = outputs
        self._looks = looks
        self._watch = LedgerWatch(ledger)

    async def send(self, caused: Caused) -> None:
        """Confirm each stage before the next is begun; what was changed in the tables goes with them."""
        if caused.removed:
            self._looks.forget()
        tables = self._tables
        for stage in caused.stages(changes(tables.marks), changes(tables.homes), changes(tables.events)):
            await self._outputs.confirm(stage)

    def show(self) -> None:
        """Set the gauges to the ledger as it is, and say in the log what is new about it."""
        metrics.LEDGER_ROWS.set(len(self._ledger.state))
        self._watch.look()
