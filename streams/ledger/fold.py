"""What a chunk of accepted records, an erasure or the end of retention changes in the ledger, and what it causes.

Nothing here waits or talks to the broker. What has to be confirmed before the rows' own changes is kept apart
(`first`): should the process die between the two, the input is read again and finds rows from which the same can be
said once more.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from aiokafka import ConsumerRecord

from analysis.ledger.balance import Balance
from analysis.ledger.row import Record, Row, says_less
from analysis.measures.children import tokens_of
from models.contract import topics
from models.contract.periods import bounds
from models.register import Register
from models.releases.requests import RequestErase, RequestRemove
from streams import metrics
from streams.feed.coalescing import Chunk
from streams.ledger.chunk import balance_receipt, dead_letter, submission_states, taken_back
from streams.ledger.homes import keys_of_token
from streams.ledger.marks import Marks
from streams.ledger.records import NotARecord, again, read
from streams.ledger.state import LedgerState, Return
from streams.outputs import Out

log = logging.getLogger(__name__)

ERASURE = "erasure"
RAW_DAYS = 37
"""The raw topics' retention and a week: after it no replay can bring an erased record back by its token."""
_DAYS = ("occurred_on", "held_on")


class UnreadableRow(RuntimeError):
    """A row of a table that the ledger did not write; the message names the table."""


@dataclass
class Caused:
    """Records to send: `first` before the changes of the ledger's tables, `outs` with them."""

    first: list[Out] = field(default_factory=list)
    outs: list[Out] = field(default_factory=list)
    removed: bool = False
    """Whether rows went: what was derived from them in memory has to be derived anew."""


@dataclass
class Ledger:
    """The rows and marks of this worker's boards, and the register's rules about them."""

    register: Register
    state: LedgerState
    marks: Marks
    homes: MutableMapping[bytes, bytes] = field(default_factory=dict)
    """Settled home areas (`streams.ledger.homes`): they go with the last event of their child."""

    def rebuild(self) -> None:
        """Derive everything in memory anew; called after every recovery. Raises `UnreadableRow`."""
        for table, rebuild in (("events", self.state.rebuild), ("marks", self.marks.rebuild)):
            try:
                rebuild()
            except (ValueError, KeyError, TypeError, IndexError, AttributeError):
                log.critical("table-unreadable: a row of %s is none of this program's; see docs/runbook.md", table)
                raise UnreadableRow(table) from None

    def fold(self, chunk: Chunk, passed_over: Mapping[int, str], at: datetime, today: date) -> Caused:
        """Fold accepted records in; what was erased, is too old or was skipped stays out."""
        caused = Caused()
        partition = chunk[0].partition
        returned = self.state.returns()
        touched: dict[bytes, Row] = {}
        pairs: set[tuple[str, str]] = set()
        fresh: list[Record] = []
        newest: dict[tuple[str, int], tuple[Record, ConsumerRecord]] = {}
        repeated: set[tuple[str, int]] = set()
        for item, (offset, record) in zip(chunk, read(chunk), strict=True):
            if offset in passed_over:
                caused.outs.append(self._passed_over(partition, offset, record, passed_over[offset], at))
            elif isinstance(record, NotARecord):
                caused.outs.append(dead_letter(topics.ACCEPTED, partition, offset, "not-a-record", at))
                metrics.RECORDS.labels("accepted", "dead_lettered").inc()
            if record is None or isinstance(record, NotARecord):
                continue
            pairs.add((str(record.data["board"]), str(record.data["agency"])))
            if offset in passed_over:
                continue
            self.marks.came_after_all(record)
            if record.short_type == ERASURE:
                touched |= self.state.apply(fresh, repeated)
                fresh = []
                named = self._named(record, today)
                for event_id in named:
                    touched.pop(event_id.encode(), None)
                caused.outs += self._gone(partition, record.data, named, today)
                caused.removed = True
                caused.outs.append(_null(partition, record.event_id, record.revision))
            elif self.marks.refuses(record, today) or self._too_old(record.data, record.timestamp_ms, today):
                caused.outs.append(_null(partition, record.event_id, record.revision))
            else:
                fresh.append(record)
                newest[record.event_id, record.revision] = record, item
        touched |= self.state.apply(fresh, repeated)
        for place, (record, item) in newest.items():
            row = touched.get(record.event_id.encode())
            if row is not None and says_less(record, place in repeated, row):
                caused.outs.append(again(item, row))
        caused.outs += submission_states(touched.values(), self.register)
        self._close(caused, pairs, returned, at)
        return caused

    def erase_agency(self, request: RequestErase, partition: int, at: datetime, today: date) -> Caused:
        """Erase all that an agency published for a board up to the request."""
        caused, returned = Caused(removed=True), self.state.returns()
        self.marks.erase_agency(request.board, request.agency, int(request.requested_at.timestamp()), today)
        named = [event_id for event_id, row in self.state.rows_of(request.board) if row.agency == request.agency]
        caused.outs += self._gone(partition, request.model_dump(), named, today)
        self._close(caused, {(request.board, request.agency)}, returned, at)
        log.warning("erased: what an agency published for board %s, request %s", request.board, request.request_id)
        return caused

    def remove_old(self, request: RequestRemove, partition: int, at: datetime, today: date) -> Caused:
        """Remove what happened before the day given, accepted records included; counted in no class from then on."""
        caused, returned = Caused(removed=True), self.state.returns()
        pairs: set[tuple[str, str]] = set()
        gone: list[Row] = []
        for event_id, row in list(self.state.rows_of(request.board)):
            if day_of(row.data, row.first_ms) < request.before:
                caused.outs += _nulls(partition, event_id, row)
                self.state.remove(event_id)
                pairs.add((row.board, row.agency))
                gone.append(row)
        self._leave_homes(request.board, gone)
        board = self.register.board_by_code.get(request.board)
        months = board.retention_months if board else 28
        self.marks.expire(today - timedelta(days=31 * months), today - timedelta(days=RAW_DAYS))
        self._close(caused, pairs, returned, at)
        metrics.REMOVED.labels("retention").inc(len(gone))
        log.info("removed: %s events of board %s from before %s", _class(len(gone)), request.board, request.before)
        return caused

    def _named(self, record: Record, today: date) -> list[str]:
        """Take an erasure in; returns the event ids of the agency's that it names, by id or by token."""
        board, agency = str(record.data["board"]), str(record.data["agency"])
        named = {str(one) for one in record.data.get("event_ids", ())}
        tokens = set(tokens_of(record.data))
        for _, token in tokens:
            self.marks.erase_token(agency, token, record.published_s, today)
        for event_id, row in self.state.rows_of(board) if tokens else ():
            if row.agency == agency and tokens.intersection(tokens_of(row.data)):
                named.add(event_id)
        # The erasure is an accepted record itself, and is counted among what it erased.
        self.marks.erase_event(board, agency, record.event_id, None, today)
        self.marks.count(record)
        log.warning("erased: what the erasure at raw %d:%d names", record.raw_partition, record.raw_offset)
        return sorted(named)

    def _gone(self, partition: int, of: Mapping[str, object], event_ids: Iterable[str], today: date) -> list[Out]:
        """Erase events of one agency's: row, memory, home, and every accepted record; another agency's stay."""
        board, agency = str(of["board"]), str(of["agency"])
        outs: list[Out] = []
        gone: list[Row] = []
        for event_id in event_ids:
            row = self.state.get(event_id)
            if row is not None and row.agency != agency:
                continue
            self.marks.erase_event(board, agency, event_id, row, today)
            if row is not None:
                self.state.remove(event_id)
                outs += _nulls(partition, event_id, row)
                gone.append(row)
        self._leave_homes(board, gone)
        metrics.REMOVED.labels("erasure").inc(len(gone))
        return outs

    def _leave_homes(self, board: str, gone: Iterable[Row]) -> None:
        """A settled home goes with the last event that carries its token."""
        left = {token for row in gone for token in tokens_of(row.data)}
        if left:
            left -= {token for _, row in self.state.rows_of(board) for token in tokens_of(row.data)}
        for kind, token in left:
            for key in keys_of_token(self.homes, kind, token):
                if key.startswith(f"{board}|".encode()):
                    del self.homes[key]

    def _passed_over(
        self, partition: int, offset: int, record: Record | NotARecord | None, rule: str, at: datetime
    ) -> Out:
        if isinstance(record, Record):
            self.marks.skip(record)
        metrics.PASSED_OVER.labels("accepted", rule).inc()
        return dead_letter(
            topics.ACCEPTED, partition, offset, "quarantined" if rule == "quarantined" else "skipped", at
        )

    def _too_old(self, data: Mapping[str, object], first_ms: int, today: date) -> bool:
        """What the board no longer keeps does not come back from an old record either (decision 6)."""
        board = self.register.board_by_code.get(str(data["board"]))
        return board is not None and day_of(data, first_ms) < board.accepted_dates(today)[0]

    def _close(
        self, caused: Caused, pairs: Iterable[tuple[str, str]], returned: Mapping[Return, int], at: datetime
    ) -> None:
        """Add what follows from the change: returns that stand no more, and the agencies' balances.

        Nulls get the time that the records beside them have, by our clocks and not by the broker's: segments are
        closed by their records' times, and those of one topic have to be of one clock.
        """
        stamp = int(at.timestamp() * 1000)
        caused.outs = [replace(out, timestamp_ms=stamp) if out.value is None else out for out in caused.outs]
        standing = self.state.returns()
        gone = sorted(one for one in returned if one not in standing)
        caused.first += [taken_back(*one, at) for one in gone]
        for board, agency in sorted(pairs):
            balance = self.state.balances.get((board, agency), Balance())
            erased, skipped = self.marks.erased.get((board, agency), 0), self.marks.skipped.get((board, agency), 0)
            caused.outs.append(balance_receipt(board, agency, balance, at, erased, skipped))


def day_of(data: Mapping[str, object], first_ms: int) -> date:
    """The day that retention counts from: when it happened, or the end of a return's period; else its arrival."""
    if day := next((data[name] for name in _DAYS if data.get(name)), None):
        return date.fromisoformat(str(day))
    if period := data.get("period"):
        return bounds(str(period))[1]
    return datetime.fromtimestamp(first_ms / 1000, UTC).date()


def _null(partition: int, event_id: str, revision: int) -> Out:
    return Out(topics.ACCEPTED, partition, f"{event_id}|{revision}".encode(), None)


def _nulls(partition: int, event_id: str, row: Row) -> list[Out]:
    """A null for every accepted record of an event: compaction then takes record and null away (decision 10)."""
    return [_null(partition, event_id, revision) for revision in sorted({number for number, _ in row.versions})]


def _class(n: int) -> str:
    """How many, as a log may say it."""
    return "no" if not n else "fewer than 10" if n < 10 else "10 or more"
