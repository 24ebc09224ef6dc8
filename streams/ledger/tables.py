"""The ledger's five tables, all by bytes, in the partition of the board that a row is of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import faust

from models.contract import topics
from streams.feed.table import ConfirmedTable
from streams.outputs import Out


@dataclass(frozen=True, slots=True)
class LedgerTables:
    """Each is kept in memory and read back from its changelog, `ypsem-ledger-<table>-changelog`."""

    events: ConfirmedTable
    """The rows: agency and event id -> `analysis.ledger.row`."""
    marks: ConfirmedTable
    """What was erased or skipped, and the places of all accepted records: `streams.ledger.marks`, `.accepted`."""
    homes: ConfirmedTable
    """Home areas that releases settled: `streams.ledger.homes`."""
    released: ConfirmedTable
    """Releases as built: `streams.ledger.releases`."""
    signals: ConfirmedTable
    """Lives of signals and full alert records: `streams.signals.publishing`."""

    @classmethod
    def of(cls, app: faust.App) -> Self:
        """The application's tables; Faust recovers them before it hands over the first record."""

        def table(name: str) -> ConfirmedTable:
            return app.Table(name, key_type=bytes, value_type=bytes)  # type: ignore[return-value]

        return cls(
            events=table("events"),
            released=table("released"),
            marks=table("marks"),
            homes=table("homes"),
            signals=table("signals"),
        )


def changes(table: ConfirmedTable) -> list[Out]:
    """What was written since the last call, as records for the table's changelog."""
    topic = f"{topics.LEDGER_APP}-{table.name}-changelog"
    return [Out(topic, partition, key, value) for partition, key, value in table.take_changes()]
