"""What the pipeline says, read as it grows, and compared with what the broker acknowledged to the producers."""

from __future__ import annotations

import contextlib
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from pydantic import TypeAdapter
from sqlalchemy import Engine, select

from analysis.disclosure.noise import STANDARD
from analysis.ledger.row import Row, decode
from analysis.measures.children import view
from models.contract import topics
from models.contract.periods import bounds
from models.contract.receipts import IntakeReceipt, LedgerReceipt, Receipt
from models.releases import CellState
from models.store import ReleaseCellRow, ReleaseRow, SubmissionRow
from streams.balances.judge import judge
from streams.ledger.marks import Marks
from tests.factories import BOARD
from tests.faults.loads import QUARTERS
from tests.faults.told import Place, Told, standing_of
from tests.kafka.road import AGENCIES, IN_LEDGER
from tests.support.counting import counted
from tests.support.pace import patience

_RECEIPT: TypeAdapter[Receipt] = TypeAdapter(Receipt)
TOLD = ("current", "superseded", "duplicate", "withdrawn", "skipped")
"""Classes of the ledger's receipts that are numbers."""
_AGENCY_OF = {topics.receipts(agency): agency for agency in AGENCIES}


@dataclass
class Difference:
    """Where pipeline and producers disagree, counted in records; `notes` say what kind, without values."""

    lost: int = 0
    doubled: int = 0
    notes: Counter[str] = field(default_factory=Counter)

    def less(self, what: str, records: int = 1) -> None:
        """The pipeline has less than the producers were told."""
        if records > 0:
            self.lost += records
            self.notes[what] += records

    def more(self, what: str, records: int = 1) -> None:
        """The pipeline has more."""
        if records > 0:
            self.doubled += records
            self.notes[what] += records

    def both(self, what: str, found: int, expected: int) -> None:
        """Less or more, whichever it is."""
        self.less(what, expected - found)
        self.more(what, found - expected)


class Books:
    """Receipts, changelog and dead letters of one bench; `read_up` reads what is new."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._consumer: Any = None
        self._positions: dict[TopicPartition, int] = {}
        self.accepted: set[Place] = set()
        self.accepted_before = 0
        """Accepted places in logs that the broker has cut since. It uses the offsets again, so these are not in
        `accepted`."""
        self.refused: dict[Place, str] = {}
        self.balances: dict[tuple[str, str], LedgerReceipt] = {}
        self.rows: dict[bytes, bytes] = {}
        """The changelog's last value of every key: what a recovery would read."""
        self.marks: dict[bytes, bytes] = {}
        """The same for the ledger's marks, which stay in the ledger tier: only there is an account exact."""
        self.rows_written = 0
        self.dead_letters: set[bytes] = set()
        self.dead_letter_bytes: list[bytes] = []

    def close(self) -> None:
        """Close the connection; the next read opens another."""
        if self._consumer is not None:
            with contextlib.suppress(KafkaError, OSError):
                self._consumer.close(autocommit=False)
            self._consumer = None

    def read_up(self, timeout: float = 20) -> bool:
        """Take in everything up to the present end; False when the broker did not answer in time."""
        deadline = time.monotonic() + timeout
        try:
            if self._consumer is None:
                self._consumer = self._connected()
            ends = self._consumer.end_offsets(list(self._positions), timeout_ms=int(timeout * 1000))
            while any(self._positions[place] < end for place, end in ends.items()):
                for place, records in self._consumer.poll(timeout_ms=200, max_records=10_000).items():
                    for record in records:
                        self._take(record)
                        self._positions[place] = record.offset + 1
                # Compaction and control records leave gaps in the offsets.
                for place in self._positions:
                    self._positions[place] = max(self._positions[place], self._consumer.position(place) or 0)
                if time.monotonic() > deadline:
                    return False
        except (KafkaError, OSError, TimeoutError):
            self.close()
            return False
        return True

    def cut(self, logs: Collection[tuple[str, int]]) -> None:
        """The broker lost the end of these logs (agency and partition): what was said about places there so far is not
        about the records that are there from now on."""
        before = {place for place in self.accepted if place[:2] in logs}
        self.accepted -= before
        self.accepted_before += len(before)
        self.refused = {place: rule for place, rule in self.refused.items() if place[:2] not in logs}

    def _connected(self) -> Any:
        consumer = KafkaConsumer(
            bootstrap_servers=self._bootstrap.split(","),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            bootstrap_timeout_ms=5000,
        )
        try:
            if not self._positions:
                wanted = [*_AGENCY_OF, topics.LEDGER_CHANGELOG, topics.MARKS_CHANGELOG, topics.DEAD_LETTERS]
                places = [TopicPartition(t, p) for t in wanted for p in consumer.partitions_for_topic(t) or ()]
                self._positions = consumer.beginning_offsets(places)
            consumer.assign(list(self._positions))
            for place, offset in self._positions.items():
                consumer.seek(place, offset)
        except BaseException:
            consumer.close(autocommit=False)
            raise
        return consumer

    def _take(self, record: Any) -> None:
        if record.topic == topics.LEDGER_CHANGELOG:
            self.rows_written += 1
            _keep(self.rows, record)
            return
        if record.topic == topics.MARKS_CHANGELOG:
            _keep(self.marks, record)
            return
        if record.topic == topics.DEAD_LETTERS:
            self.dead_letters.add(record.key)
            self.dead_letter_bytes.append(record.value)
            return
        receipt = _RECEIPT.validate_json(record.value)
        if isinstance(receipt, IntakeReceipt):
            agency, partition = _AGENCY_OF[record.topic], receipt.partition
            for first, last in receipt.accepted:
                self.accepted |= {(agency, partition, offset) for offset in range(first, last + 1)}
            self.refused |= {(agency, partition, one.offset): one.rule for one in receipt.refused}
        elif isinstance(receipt, LedgerReceipt):
            self.balances[receipt.agency, receipt.board] = receipt

    @property
    def in_ledger(self) -> int:
        """Records that the ledger says it has counted, in any class."""
        return sum(classes.total() for classes in self.classes().values())

    def classes(self) -> dict[tuple[str, str], Counter[str]]:
        """By agency and board: the classes as the agency sees them, and those that leave the ledger as size classes."""
        marks = Marks(dict(self.marks))
        marks.rebuild()
        found: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for place, receipt in self.balances.items():
            found[place].update({name: getattr(receipt, name) for name in TOLD})
        for name, counts in (("erased", marks.erased), ("expired", marks.accepted.expired)):
            for (board, agency), n in counts.items():
                found[agency, board][name] += n
        return found

    def settled(self, told: Told) -> bool:
        """Whether every acknowledged message was decided, and every accepted one is in the ledger.

        By their places and not by their number: what was refused and let through later has been decided twice.
        """
        undecided = (told.valid - self.accepted) or (told.poison - self.refused.keys() - self.accepted)
        return not undecided and self.in_ledger >= len(self.accepted) + self.accepted_before

    def ledger(self) -> dict[str, Row]:
        """The rows, decoded."""
        return {key.decode(): decode(value) for key, value in self.rows.items()}

    def differences(self) -> list[int]:
        """For each account: accepted records in no class, or less than 0; 1 where only the ledger says so."""
        found = judge(dict(self.rows), dict(self.marks), ()).statements
        by_table = {(agency, board): one.account.difference for (board, agency), one in found.items()}
        said_open = [at for at, receipt in self.balances.items() if not (receipt.closes or by_table.get(at))]
        return [*by_table.values(), *(1 for _ in said_open)]

    def compare(self, told: Told, rows: dict[str, Row] | None = None) -> Difference:
        """Receipts, balances, rows and measures against the producers' account."""
        found = Difference()
        if told.failures:
            found.notes["producer gave up"] += len(told.failures)
        found.less("deleted before it was read, and not sent again", told.owed.total())
        found.less("valid message without a receipt", len(told.valid - self.accepted))
        found.more("receipt for no message", len(self.accepted - told.valid))
        found.less("poison without a refusal", len(told.poison - self.refused.keys()))
        # Where one receipt accepts what another refused, accepted stands: operations let it through.
        found.more("refusal of a valid message", len(self.refused.keys() - told.poison - self.accepted))
        held = self.classes()
        for place, classes in told.balances().items():
            for name in IN_LEDGER:
                found.both(f"balance: {name}", held[place][name], classes[name])
        for difference in self.differences():
            found.both("balance that does not close", 0, difference)
        rows = self.ledger() if rows is None else rows
        compare_rows(told, rows, found)
        compare_measures(told, rows, found)
        return found


def _keep(table: dict[bytes, bytes], record: Any) -> None:
    """The last value of each key, as a recovery reads it."""
    if record.value is None:
        table.pop(record.key, None)
    else:
        table[record.key] = record.value


def compare_rows(told: Told, rows: dict[str, Row], found: Difference) -> None:
    """Every event of every agency: the version that counts, and how many records it has had."""
    for own, expected in told.events.items():
        row = rows.get(own)
        if row is None:
            found.less("event without a ledger row", expected.records)
            continue
        found.both("records of an event", row.records, expected.records)
        if standing_of(row.short_type, row.data, row.revision) != expected.standing:
            found.less("ledger row of another version")
    found.more("ledger row of no event", len(rows.keys() - told.events.keys()))


def compare_measures(told: Told, rows: dict[str, Row], found: Difference) -> None:
    """M1 and M9 of the first board by quarter, from the ledger's rows by `analysis`, against plain sets of tokens."""
    board = view(((own, row) for own, row in sorted(rows.items()) if row.board == BOARD), 2**53)
    concerns, missing = told.children("cse_concern"), told.children("missing_episode")
    for quarter in QUARTERS:
        start, end = bounds(quarter)
        for name, count, expected in (("measure M1", "m1_children", concerns), ("measure M9", "m9_children", missing)):
            found.both(name, len(counted(board, count, start, end)), len(expected.get(quarter, ())))


def compare_sql(told: Told, engine: Engine, found: Difference) -> None:
    """The submission returns in SQL against the newest ones acknowledged."""
    wanted, stored = told.returns(), returns_in_sql(engine)
    for key, day in wanted.items():
        if stored.get(key) != day:
            found.less("return missing or old in SQL")
    found.more("return in SQL of no event", len(stored.keys() - wanted.keys()))


def compare_releases(told: Told, engine: Engine, found: Difference) -> None:
    """M1 and M9 of the first board in SQL, as published from everything acknowledged, against plain sets of tokens."""
    cell, release = ReleaseCellRow, ReleaseRow
    query = select(cell.measure, release.window, cell.value).join(release, release.release_id == cell.release_id)
    of_all = (getattr(cell, name) == "any" for name in ("sector", "agency", "indicator"))
    query = query.where(cell.level == "board", cell.area == BOARD, cell.state == CellState.FIGURE.value, *of_all)
    with engine.connect() as connection:
        figures = {(measure, window): value for measure, window, value in connection.execute(query)}
    compared = 0
    for measure, kind in (("m1_children", "cse_concern"), ("m9_children", "missing_episode")):
        for quarter, children in told.children(kind).items():
            if (value := figures.get((measure, quarter))) is not None:
                compared += 1
                # All but about one figure in a million stand for a number of children between these two.
                low, high = STANDARD.bounds(value)
                found.less("figure of a release in SQL", len(children) - high)
                found.more("figure of a release in SQL", low - len(children))
    if not compared:
        found.notes["no figure of a release to compare"] += 1


def returns_in_sql(engine: Engine) -> dict[tuple[str, str, str], date]:
    """(board, agency, period) -> submitted on."""
    columns = SubmissionRow.board, SubmissionRow.agency, SubmissionRow.period, SubmissionRow.submitted_on
    with engine.connect() as connection:
        return {(board, agency, period): day for board, agency, period, day in connection.execute(select(*columns))}


def wait(condition: Callable[[], bool], seconds: float, pause: float = 0.25) -> float | None:
    """Seconds until the condition was true; None if it was not in time. The limit is longer on a busy machine."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > patience(seconds):
            return None
        time.sleep(pause)
    return time.monotonic() - started
