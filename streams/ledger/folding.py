"""One chunk of accepted records on its way into the books: what it changes there, and what it causes.

Nothing here waits or talks to the broker.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from aiokafka import ConsumerRecord

from analysis.ledger.identity import OwnId, own_id
from analysis.ledger.links import links_of
from analysis.ledger.row import Record, Row, says_less
from streams import metrics
from streams.dead_letters import dead_letter
from streams.feed.coalescing import Chunk
from streams.ledger.accepted import Pair
from streams.ledger.books import Books
from streams.ledger.caused import Caused
from streams.ledger.chunk import submission_states
from streams.ledger.recalled import Recalled
from streams.ledger.records import NotARecord, again, read
from streams.ledger.removal import day_of, null, of_child
from streams.standing import out as remedy_out

ERASURE = "erasure"
RETURN = "submission_return"
TOO_MANY_VERSIONS = "too-many-versions"


class Folding:
    """Folds one chunk, once: `run` does it all.

    Records that change rows are put by and applied together, as a chunk often has several of one event. What has to
    see their rows applies them first.
    """

    def __init__(self, books: Books, passed_over: Mapping[int, str], at: datetime, today: date) -> None:
        """`passed_over` has the offsets, and rules, of records that stay out."""
        self._books = books
        self._marks = books.marks
        self._passed_over = passed_over
        self._at = at
        self._today = today
        self._caused = Caused()
        self._pairs: set[Pair] = set()
        """Board and agency of every record read: their balances are said anew."""
        self._returns = set(books.state.returns())
        """Submission returns that stood before the chunk, or that it brought."""
        self._put_by: list[Record] = []
        self._touched: dict[bytes, Row] = {}
        self._left_out: list[Record] = []
        """Versions that an event with too many does not take."""
        self._repeated: set[tuple[OwnId, int]] = set()
        """Own id and revision of those whose revision was there before."""
        self._newest: dict[tuple[OwnId, int], tuple[Record, ConsumerRecord]] = {}
        self._items: dict[tuple[str, int, int], ConsumerRecord] = {}
        """Agency, raw partition and raw offset -> the record of the accepted topic."""

    def run(self, chunk: Chunk) -> Caused:
        """Fold the chunk's records in; what was erased, is too old or was passed over stays out."""
        found = [record for _, record in read(chunk)]
        recalled = Recalled.of(self._books.state, self._marks.accepted, found)
        for item, record in zip(chunk, found, strict=True):
            if isinstance(record, Record):
                self._pairs.add((record.board, record.agency))
                is_new = self._marks.accepted.take(record)
                recalled.note(record, is_new)
                self._take(item, record, is_new)
            elif item.offset in self._passed_over:
                self._tell_passed_over(item, self._passed_over[item.offset])
            elif isinstance(record, NotARecord):
                self._caused.outs.append(dead_letter(item, "not-a-record", self._at))
                metrics.RECORDS.labels("accepted", "dead_lettered").inc()
        self._apply()
        recalled.settle()
        self._tell_left_out()
        self._write_again()
        self._caused.outs += submission_states(self._touched.values(), self._books.register)
        self._books.close(self._caused, self._pairs, self._returns, self._at)
        return self._caused

    def _take(self, item: ConsumerRecord, record: Record, is_new: bool) -> None:
        if item.offset in self._passed_over:
            self._skip(item, record, self._passed_over[item.offset])
            return
        self._marks.came_after_all(record)
        if record.short_type == RETURN:
            self._returns.add((record.board, record.agency, str(record.data["period"])))
        refused = self._marks.refuse(record)
        if record.short_type == ERASURE:
            self._erase(item, record)
        elif refused:
            self._refuse(item, record)
        elif self._books.is_too_old(record.data, record.timestamp_ms, self._today):
            self._expire(item, record, is_new)
        else:
            self._marks.accepted.counts_again(record)
            self._put_by.append(record)
            self._newest[record.own_id, record.revision] = record, item
            self._items[record.agency, record.raw_partition, record.raw_offset] = item

    def _apply(self) -> None:
        """Fold what was put by into its rows."""
        records, self._put_by = self._put_by, []
        self._touched |= self._books.state.apply(records, self._repeated, self._left_out)

    def _skip(self, item: ConsumerRecord, record: Record, rule: str) -> None:
        """Count a record as skipped, unless it is a copy: what it is a copy of may be in a row, and counts there."""
        self._apply()
        if not self._books.counts(record):
            self._marks.skip(record, *_known_of(record), item.key)
        self._marks.accepted.counts_again(record)
        self._tell_passed_over(item, rule)

    def _erase(self, item: ConsumerRecord, erasure: Record) -> None:
        """Take away all that an erasure names, and the erasure itself."""
        self._apply()
        self._marks.accepted.counts_again(erasure)
        if not self._marks.is_erased(erasure.agency, erasure.event_id):
            # Announced once: a copy that comes later, from a replay, has another place on the topic.
            removal = of_child(erasure.board, item.partition, item.offset, erasure.timestamp_ms)
            self._caused.outs.append(remedy_out(removal))
        named = self._books.erasing.named(erasure, self._today)
        for event_id in named:
            self._touched.pop(own_id(event_id, erasure.agency).encode(), None)
        self._caused.outs += self._books.erasing.gone(item.partition, erasure.data, named, self._today)
        self._caused.removed = True
        self._caused.outs.append(null(item.partition, item.key))

    def _refuse(self, item: ConsumerRecord, record: Record) -> None:
        """Keep out what an erasure reaches, and take away what is there of its event."""
        self._apply()
        self._touched.pop(record.own_id.encode(), None)
        self._marks.accepted.counts_again(record)
        self._caused.outs += self._books.erasing.refused(item.partition, item.key, record, self._today, self._caused)

    def _expire(self, item: ConsumerRecord, record: Record, is_new: bool) -> None:
        """Keep out what the board no longer keeps; it counts as expired."""
        self._caused.outs.append(null(item.partition, item.key))
        if is_new:  # What was read before stands in a class already.
            place = {record.raw_partition: [record.raw_offset]}
            self._marks.accepted.expire(record.board, record.agency, 1, place)

    def _tell_left_out(self) -> None:
        for record in self._left_out:
            item = self._items[record.agency, record.raw_partition, record.raw_offset]
            key = self._newest[record.own_id, record.revision][1].key
            self._marks.skip(record, *_known_of(record), key)
            self._tell_passed_over(item, TOO_MANY_VERSIONS)

    def _tell_passed_over(self, item: ConsumerRecord, rule: str) -> None:
        metrics.PASSED_OVER.labels("accepted", rule).inc()
        if rule == TOO_MANY_VERSIONS:
            letter = dead_letter(item, "too-many-versions", self._at)
        else:
            letter = dead_letter(item, "quarantined" if rule == "quarantined" else "skipped", self._at)
        self._caused.outs.append(letter)

    def _write_again(self) -> None:
        """Send records again that would otherwise take something with them when compaction leaves only them."""
        for version, (record, item) in self._newest.items():
            row = self._touched.get(record.own_id.encode())
            if row is not None and (
                says_less(record, version in self._repeated, row) or item.key != record.accepted_key
            ):
                self._caused.outs += again(item, record.accepted_key, row)


def _known_of(record: Record) -> tuple[date, set[str]]:
    """From which day retention counts, and the tokens' digests; of a record that may have been skipped for its form."""
    try:
        return day_of(record.data, record.timestamp_ms), links_of(record.data)
    except (ValueError, KeyError, TypeError, AttributeError):
        return day_of({}, record.timestamp_ms), set()
