"""What erasing events takes away: rows, settled homes, skipped records, and every accepted record of theirs."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import date

from analysis.ledger.coordinates import named as named_place
from analysis.ledger.identity import own_id, split
from analysis.ledger.links import links_of
from analysis.ledger.row import Record, Row
from streams import metrics
from streams.ledger.caused import Caused
from streams.ledger.homes import keys_of_links
from streams.ledger.marks import Marks
from streams.ledger.removal import null, nulls
from streams.ledger.state import LedgerState
from streams.outputs import Out

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Erasing:
    """The three tables that an erasure changes."""

    state: LedgerState
    marks: Marks
    homes: MutableMapping[bytes, bytes] = field(repr=False)

    def named(self, record: Record, today: date) -> list[str]:
        """Take an erasure in; returns the event ids of the agency's that it names, by id or by token."""
        board, agency = record.board, record.agency
        named = {str(one) for one in record.data.get("event_ids", ())}
        links = links_of(record.data)
        for link in links:
            self.marks.erase_token(board, agency, link, record.published_s, today)
        for own, row in self.state.rows_of(board) if links else ():
            # What was published since is the agency's own word after its erasure, also when that is read again.
            if row.agency == agency and any(row.published(one) <= record.published_s for one in links & row.links):
                named.add(split(own)[0])
        named |= {
            one.event_id
            for one in self.marks.skipped_of(board)
            if one.agency == agency and not links.isdisjoint(one.links)
        }
        # The erasure is an accepted record itself, and is counted among what it erased.
        self.marks.erase_event(board, agency, record.event_id, None, today)
        self.marks.count(record)
        log.warning(
            "erased: the events named by the erasure at raw %s", named_place((record.raw_partition, record.raw_offset))
        )
        return sorted(named)

    def refused(self, partition: int, key: bytes, record: Record, today: date, caused: Caused) -> list[Out]:
        """A record that an erasure reaches comes: what is there of its event (a withdrawal that came before) goes.

        `key` is what the record lies under on the accepted topic.
        """
        board, agency = record.board, record.agency
        caused.removed |= self.state.get(record.own_id) is not None
        outs = self.gone(partition, record.data, [record.event_id], today)
        self.marks.erase_event(board, agency, record.event_id, None, today)
        self.marks.count(record)
        return [*outs, null(partition, key)]

    def gone(
        self,
        partition: int,
        of: Mapping[str, object],
        event_ids: Iterable[str],
        today: date,
    ) -> list[Out]:
        """Erase events of one agency's, by its own ids: row, memory, home, and every accepted record.

        Another agency's event with the same id is not touched.
        """
        board, agency = str(of["board"]), str(of["agency"])
        outs: list[Out] = []
        gone: list[Row] = []
        for event_id in sorted(named := set(event_ids)):
            own = own_id(event_id, agency)
            row = self.state.get(own)
            self.marks.erase_event(board, agency, event_id, row, today)
            if row is not None:
                self.state.remove(own)
                outs += nulls(partition, own, row)
                gone.append(row)
        for one in self.marks.skipped_of(board):
            if one.agency == agency and one.event_id in named:
                outs.append(null(partition, one.accepted_key))
                self.marks.leave_skipped(one, still_counted=True)
        self.leave_homes(board, gone)
        metrics.REMOVED.labels("erasure").inc(len(gone))
        return outs

    def leave_homes(self, board: str, gone: Iterable[Row]) -> None:
        """A settled home goes with the last event that carries its token."""
        left = {link for row in gone for link in row.links}
        if left:
            left -= {link for _, row in self.state.rows_of(board) for link in links_of(row.data)}
        for key in keys_of_links(self.homes, board, left) if left else ():
            del self.homes[key]
