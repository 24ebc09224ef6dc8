"""What a chunk of accepted records, an erasure or the end of retention changes in the ledger, and what it causes.

Nothing here waits or talks to the broker. What has to be confirmed before the rows' own changes is kept apart
(`first`, and everything once rows go: `removed`): should the process die in between, the input is read again and finds
rows from which the same can be said once more.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from aiokafka import ConsumerRecord

from analysis.ledger.balance import Account
from analysis.ledger.identity import OwnId, own_id, split
from analysis.ledger.links import links_of
from analysis.ledger.row import Record, Row, says_less
from models.contract import topics
from models.contract.fields import size_class
from models.register import Register
from models.releases.requests import RequestErase, RequestRemove
from streams import metrics
from streams.errors import WorkerError
from streams.feed.coalescing import Chunk
from streams.ledger.accounts import account, accounts
from streams.ledger.caused import Caused
from streams.ledger.chunk import balance_receipt, dead_letter, submission_states, taken_back
from streams.ledger.erasing import Erasing
from streams.ledger.marks import Marks
from streams.ledger.recalled import Recalled
from streams.ledger.records import NotARecord, again, read
from streams.ledger.removal import day_of, null, nulls, of_child, of_request
from streams.ledger.state import LedgerState, Return
from streams.outputs import Out
from streams.remedies.standing import Standing
from streams.remedies.standing import out as tell

log = logging.getLogger(__name__)

ERASURE = "erasure"
RAW_DAYS = 37
"""The raw topics' retention and a week: after it no replay can bring an erased record back by its token."""
TOO_MANY = "too-many-versions"


class UnreadableRow(WorkerError):
    """A row of a table that the ledger did not write; the message names the table."""


@dataclass
class Ledger:
    """The rows and marks of this worker's boards, and the register's rules about them."""

    register: Register
    state: LedgerState
    marks: Marks
    homes: MutableMapping[bytes, bytes] = field(default_factory=dict)
    """Settled home areas (`streams.ledger.homes`): they go with the last event of their child."""
    standing: Standing = field(default_factory=Standing)
    """Knows which removals have been told already."""

    def __post_init__(self) -> None:
        self.erasing = Erasing(self.state, self.marks, self.homes)

    def rebuild(self) -> None:
        """Derive everything in memory anew; called after every recovery. Raises `UnreadableRow`."""
        for table, rebuild in (("events", self.state.rebuild), ("marks", self.marks.rebuild)):
            try:
                rebuild()
            except (ValueError, KeyError, TypeError, IndexError, AttributeError):
                log.critical("table-unreadable: a row of %s is none of this version's; see docs/runbook.md", table)
                raise UnreadableRow(table) from None

    def fold(self, chunk: Chunk, passed_over: Mapping[int, str], at: datetime, today: date) -> Caused:
        """Fold accepted records in; what was erased, is too old or was skipped stays out."""
        caused = Caused()
        partition = chunk[0].partition
        returned, told = self.state.returns(), set[Return]()
        touched: dict[bytes, Row] = {}
        pairs: set[tuple[str, str]] = set()
        fresh: list[Record] = []
        left_out: list[Record] = []
        offsets: dict[tuple[str, int, int], int] = {}
        newest: dict[tuple[OwnId, int], tuple[Record, ConsumerRecord]] = {}
        repeated: set[tuple[OwnId, int]] = set()
        found = list(read(chunk))
        recalled = Recalled.of(self.state, self.marks.accepted, (record for _, record in found))
        for item, (offset, record) in zip(chunk, found, strict=True):
            if offset in passed_over:
                caused.outs.append(self._passed_over(partition, offset, item.key, record, passed_over[offset], at))
            elif isinstance(record, NotARecord):
                caused.outs.append(dead_letter(topics.ACCEPTED, partition, offset, "not-a-record", at))
                metrics.RECORDS.labels("accepted", "dead_lettered").inc()
            if record is None or isinstance(record, NotARecord):
                continue
            pairs.add((record.board, record.agency))
            is_new = self.marks.accepted.take(record)
            recalled.note(record, is_new)
            if offset in passed_over:
                self.marks.accepted.counts_again(record)
                continue
            self.marks.came_after_all(record)
            erasure, refused = record.short_type == ERASURE, self.marks.refuse(record)
            if erasure or refused:
                touched |= self.state.apply(fresh, repeated, left_out)
                fresh = []
            if record.short_type == "submission_return":
                told.add((record.board, record.agency, str(record.data["period"])))
            if erasure:
                self.marks.accepted.counts_again(record)
                if not self.marks.is_erased(record.agency, record.event_id):
                    # Told once: a copy that comes later, from a replay, has another place on the topic.
                    word = of_child(record.board, partition, offset, record.timestamp_ms)
                    caused.outs.append(tell(word))
                named = self.erasing.named(record, today)
                for event_id in named:
                    touched.pop(own_id(event_id, record.agency).encode(), None)
                caused.outs += self.erasing.gone(partition, record.data, named, today)
                caused.removed = True
                caused.outs.append(null(partition, item.key))
            elif refused:
                touched.pop(record.own_id.encode(), None)
                self.marks.accepted.counts_again(record)
                caused.outs += self.erasing.refused(partition, item.key, record, today, caused)
            elif self._too_old(record.data, record.timestamp_ms, today):
                caused.outs.append(null(partition, item.key))
                if is_new:  # What was read before stands in a class already.
                    place = {record.raw_partition: [record.raw_offset]}
                    self.marks.accepted.expire(record.board, record.agency, 1, place)
            else:
                self.marks.accepted.counts_again(record)
                fresh.append(record)
                newest[record.own_id, record.revision] = record, item
                offsets[record.agency, record.raw_partition, record.raw_offset] = offset
        touched |= self.state.apply(fresh, repeated, left_out)
        recalled.settle()
        for record in left_out:
            place_ = offsets[record.agency, record.raw_partition, record.raw_offset]
            key = newest[record.own_id, record.revision][1].key
            caused.outs.append(self._passed_over(partition, place_, key, record, TOO_MANY, at))
        for version, (record, item) in newest.items():
            row = touched.get(record.own_id.encode())
            if row is not None and (says_less(record, version in repeated, row) or item.key != record.accepted_key):
                caused.outs += again(item, record.accepted_key, row)
        caused.outs += submission_states(touched.values(), self.register)
        self._close(caused, pairs, {*returned, *told}, at)
        return caused

    def erase_agency(self, request: RequestErase, partition: int, at: datetime, today: date) -> Caused:
        """Erase all that an agency published for a board up to the request."""
        caused, returned = Caused(removed=True), self.state.returns()
        until = int(request.requested_at.timestamp())
        self.marks.erase_agency(request.board, request.agency, until, today)
        rows = self.state.rows_of(request.board)
        # A request that is read again comes to events that were published since.
        named = [own for own, row in rows if row.agency == request.agency and row.published() <= until]
        named = [split(own)[0] for own in named]
        skipped = [one.event_id for one in self.marks.skipped_of(request.board) if one.agency == request.agency]
        caused.outs += self.erasing.gone(partition, request.model_dump(), [*named, *skipped], today)
        self._tell(caused, request, len({*named, *skipped}))
        self._close(caused, {(request.board, request.agency)}, returned, at)
        log.warning("erased: what an agency published for board %s, request %s", request.board, request.request_id)
        return caused

    def remove_old(self, request: RequestRemove, partition: int, at: datetime, today: date) -> Caused:
        """Remove what happened before the day given, accepted records included; counted as expired from then on."""
        caused, returned = Caused(removed=True), self.state.returns()
        pairs: set[tuple[str, str]] = set()
        gone: list[Row] = []
        removed: set[str] = set()
        for own, row in list(self.state.rows_of(request.board)):
            if day_of(row.data, row.first_ms) < request.before:
                caused.outs += nulls(partition, own, row)
                self.marks.accepted.expire(row.board, row.agency, row.records, row.seen)
                self.state.remove(own)
                pairs.add((row.board, row.agency))
                gone.append(row)
                removed.add(own)
        for one in self.marks.skipped_of(request.board):
            if one.day < request.before:
                caused.outs.append(null(partition, one.accepted_key))
                self.marks.leave_skipped(one, still_counted=False)
                pairs.add((request.board, one.agency))
                removed.add(own_id(one.event_id, one.agency))
        self.erasing.leave_homes(request.board, gone)
        board = self.register.board_by_code.get(request.board)
        months = board.retention_months if board else 28
        self.marks.expire(request.board, today - timedelta(days=31 * months), today - timedelta(days=RAW_DAYS))
        if removed:
            self._tell(caused, request, len(removed))
        self._close(caused, pairs, returned, at)
        metrics.REMOVED.labels("retention").inc(len(gone))
        log.info("removed: %s events of board %s from before %s", size_class(len(gone)), request.board, request.before)
        return caused

    def _tell(self, caused: Caused, request: RequestErase | RequestRemove, events: int) -> None:
        """Leave a word that lasts, once: read again after a crash a request finds less than it had found."""
        word = of_request(request, events)
        if not self.standing.told(word):
            caused.outs.append(tell(word))

    def _passed_over(
        self, partition: int, offset: int, key: bytes, record: Record | NotARecord | None, rule: str, at: datetime
    ) -> Out:
        if isinstance(record, Record):
            self.marks.skip(record, *_known_of(record), key)
        metrics.PASSED_OVER.labels("accepted", rule).inc()
        if rule == TOO_MANY:
            return dead_letter(topics.ACCEPTED, partition, offset, "too-many-versions", at)
        return dead_letter(
            topics.ACCEPTED, partition, offset, "quarantined" if rule == "quarantined" else "skipped", at
        )

    def _too_old(self, data: Mapping[str, object], first_ms: int, today: date) -> bool:
        """What the board no longer keeps does not come back from an old record either (decision 6)."""
        board = self.register.board_by_code.get(str(data["board"]))
        return board is not None and day_of(data, first_ms) < board.accepted_dates(today)[0]

    def _close(
        self, caused: Caused, pairs: Iterable[tuple[str, str]], returned: Iterable[Return], at: datetime
    ) -> None:
        """Add what follows from the change: of the returns that stood before or were read, those that stand no more
        (a process that ended in between may have said that one is there), and the agencies' balances.

        Nulls get the time that the records beside them have, by our clocks and not by the broker's: segments are
        closed by their records' times, and those of one topic have to be of one clock.
        """
        stamp = int(at.timestamp() * 1000)
        caused.outs = [replace(out, timestamp_ms=stamp) if out.value is None else out for out in caused.outs]
        standing = self.state.returns()
        gone = sorted(set(returned) - standing.keys())
        caused.first += [taken_back(*one, at) for one in gone]
        self.marks.accepted.write({board for board, _ in pairs})
        for pair in sorted(pairs):
            caused.outs.append(balance_receipt(*pair, self.account(pair), self.marks.accepted.through(pair), at))

    def account(self, pair: tuple[str, str]) -> Account:
        """Where the accepted records of an agency stand, by board and agency."""
        return account(self.state, self.marks, pair)

    def accounts(self) -> dict[tuple[str, str], Account]:
        """Every account of this worker's boards."""
        return accounts(self.state, self.marks)


def _known_of(record: Record) -> tuple[date, set[str]]:
    """From which day retention counts, and the tokens' digests; of a record that may have been skipped for its form."""
    try:
        return day_of(record.data, record.timestamp_ms), links_of(record.data)
    except (ValueError, KeyError, TypeError, AttributeError):
        return day_of({}, record.timestamp_ms), set()
