"""The ledger: what a chunk of accepted records, an erasure or the end of retention changes in the books, and causes.

Nothing here waits or talks to the broker. What has to be confirmed before the rows' own changes is kept apart
(`first`, and everything once rows go: `removed`): should the process die in between, the input is read again and finds
rows from which the same can be said once more.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from analysis.ledger.identity import own_id, split
from analysis.ledger.row import Row
from models.contract.fields import size_class
from models.operations.retention import LONGEST_MONTH_DAYS, no_replay_days
from models.register.types import DEFAULT_MONTHS
from models.releases.requests import RequestErase, RequestRemove
from streams import metrics
from streams.feed.coalescing import Chunk
from streams.ledger.accepted import Pair
from streams.ledger.books import Books
from streams.ledger.caused import Caused
from streams.ledger.folding import Folding
from streams.ledger.removal import day_of, null, nulls

log = logging.getLogger(__name__)


class Ledger(Books):
    """The books, and the three things that are done to them."""

    def fold(self, chunk: Chunk, passed_over: Mapping[int, str], at: datetime, today: date) -> Caused:
        """Fold accepted records in; what was erased, is too old or was passed over stays out."""
        return Folding(self, passed_over, at, today).run(chunk)

    def erase_agency(self, request: RequestErase, partition: int, at: datetime, today: date) -> Caused:
        """Erase all that an agency published for a board up to the request."""
        caused, returned = Caused(removed=True), self.state.returns()
        until = int(request.requested_at.timestamp())
        self.marks.erase_agency(request.board, request.agency, until, today)
        # A request that is read again comes to events that were published since.
        named = {
            split(own)[0]
            for own, row in self.state.rows_of(request.board)
            if row.agency == request.agency and row.published() <= until
        }
        named |= {one.event_id for one in self.marks.skipped_of(request.board) if one.agency == request.agency}
        caused.outs += self.erasing.gone(partition, request.model_dump(), named, today)
        self.announce(caused, request, len(named))
        self.close(caused, {(request.board, request.agency)}, returned, at)
        log.warning("erased: all events of one agency for board %s, request %s", request.board, request.request_id)
        return caused

    def remove_old(self, request: RequestRemove, partition: int, at: datetime, today: date) -> Caused:
        """Remove what happened before the day given, accepted records included; counted as expired from then on."""
        caused, returned = Caused(removed=True), self.state.returns()
        rows = self._remove_rows(request, partition, caused)
        skipped = self._remove_skipped(request, partition, caused)
        board = self.register.board_by_code.get(request.board)
        months = board.retention_months if board else DEFAULT_MONTHS
        self.marks.expire(
            request.board,
            events_before=today - timedelta(days=LONGEST_MONTH_DAYS * months),
            times_before=today - timedelta(days=no_replay_days()),
        )
        if removed := {*rows, *skipped}:
            self.announce(caused, request, len(removed))
        pairs: set[Pair] = {(request.board, split(own)[1]) for own in removed}
        self.close(caused, pairs, returned, at)
        metrics.REMOVED.labels("retention").inc(len(rows))
        log.info(
            "removed: %s events of board %s that happened before %s",
            size_class(len(rows)),
            request.board,
            request.before,
        )
        return caused

    def _remove_rows(self, request: RequestRemove, partition: int, caused: Caused) -> set[str]:
        """Own ids of the rows that went."""
        gone: dict[str, Row] = {}
        for own, row in list(self.state.rows_of(request.board)):
            if day_of(row.data, row.first_ms) < request.before:
                caused.outs += nulls(partition, own, row)
                self.marks.accepted.expire(row.board, row.agency, row.records, row.seen)
                self.state.remove(own)
                gone[own] = row
        self.erasing.leave_homes(request.board, gone.values())
        return set(gone)

    def _remove_skipped(self, request: RequestRemove, partition: int, caused: Caused) -> set[str]:
        """Own ids of the skipped records that went."""
        gone = set()
        for one in self.marks.skipped_of(request.board):
            if one.day < request.before:
                caused.outs.append(null(partition, one.accepted_key))
                self.marks.leave_skipped(one, still_counted=False)
                gone.add(own_id(one.event_id, one.agency))
        return gone
