"""Places of accepted records that were lost, as far as records that the ledger wrote again still know of them.

A ledger that is made anew from a compacted topic, and has lost its places as well, finds them in the rows that such
records carry (ADR 0010, 11; ADR 0017). A row remembers the newest places and, beyond them, only how many there were.
Where nothing was lost this does nothing, and costs a look at each record that carries a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from analysis.ledger.identity import OwnId
from analysis.ledger.row import Record
from streams.ledger.accepted import AcceptedPlaces
from streams.ledger.records import NotARecord
from streams.ledger.state import LedgerState


@dataclass(slots=True)
class Recalled:
    """The events of one chunk whose places were lost."""

    state: LedgerState
    accepted: AcceptedPlaces
    before: dict[OwnId, int] = field(default_factory=dict)
    """Own id -> records that its row had counted before the chunk."""
    placed: dict[OwnId, int] = field(default_factory=dict)
    """Own id -> places that the chunk has brought."""
    last: dict[OwnId, Record] = field(default_factory=dict)

    @classmethod
    def of(
        cls, state: LedgerState, accepted: AcceptedPlaces, records: Iterable[Record | NotARecord | None]
    ) -> Recalled:
        """Look at a chunk before anything of it is counted."""
        found = cls(state, accepted)
        for record in records:
            if not isinstance(record, Record) or record.known is None or record.own_id in found.before:
                continue
            if accepted.missing(record.board, record.agency, record.known.seen):
                row = state.get(record.own_id)
                found.before[record.own_id] = 0 if row is None else row.records
                found.placed[record.own_id] = 0
        return found

    def note(self, record: Record, is_new: bool) -> None:
        """A record of the chunk was counted."""
        if record.own_id in self.before:
            self.placed[record.own_id] += is_new + self.accepted.recall(record)
            self.last[record.own_id] = record

    def settle(self) -> None:
        """All are folded: what the rows count and no place stands for is counted beside the places."""
        for own, record in self.last.items():
            row = self.state.get(own)
            more = 0 if row is None else row.records - self.before[own] - self.placed[own]
            if more > 0:
                self.accepted.add_unplaced(record, more)
