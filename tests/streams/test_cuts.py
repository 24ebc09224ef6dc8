"""Logs that lose their end: whatever lay there and comes in whatever order, every account closes (ADR 0018).

Log, intake, the workers' memory and the ledger are ours; the broker is a list. A worker may die at any word it says,
and what it had handed over is handled again.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from analysis.ledger.coordinates import origin
from analysis.ledger.row import Record, decode
from models.contract import topics
from models.contract.receipts import GapReceipt, IntakeReceipt, LedgerReceipt, Receipt
from models.releases.requests import RequestErase, RequestRemove
from streams.balances.judge import judge
from streams.gaps.lookout import LogTruncated
from streams.intake.chunk import RAW_HEADER, handle
from streams.ledger.records import read
from streams.outputs import Out
from tests.factories import BOARD, POLICE, an_own_id, event, register, token, wire
from tests.streams.gaps.world import PARTITION, PLACE, Broker, Died, Process
from tests.streams.test_decide import RULES
from tests.streams.test_erasure import AT, TODAY, Held, erasure
from tests.streams.test_erasure import PARTITION as BOARDS
from tests.streams.test_removals import LATER

Raw = "ConsumerRecord[Any, Any]"
RECEIPT: TypeAdapter[Receipt] = TypeAdapter(Receipt)
CHUNK = 7
HISTORY = st.lists(st.integers(0, 10), min_size=5, max_size=40)
"""What happens, by its number."""
SEED = st.integers(0, 2**32)


class Pipeline:
    """One raw partition, intake, and the ledger of one board's partition."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.broker = Broker()
        self.held = Held()
        self.accepted: list[ConsumerRecord[Any, Any]] = []
        self.folded = 0
        self.skipped: dict[int, str] = {}
        self.places: set[bytes] = set()
        self.worker: Process | None = None
        self.at = 0
        self.committed: int | None = None
        self.lost: list[bytes] = []
        self.newest: Counter[str] = Counter()
        self.limit: int | None = None

    # -- what happens ------------------------------------------------------------------------------------------

    def sends(self, *values: bytes) -> None:
        """The broker acknowledges them. A cut log that grows past what was handled before anybody looks is told by
        nothing (ADR 0018): these come once a worker has looked."""
        if self.limit is not None and len(self.broker.log) + len(values) >= self.limit:
            self.looks()
        self.broker.log += values

    def sends_again(self) -> None:
        """What was lost, in another order."""
        again, self.lost = self.lost, []
        self.rng.shuffle(again)
        self.sends(*again)

    def is_cut(self) -> None:
        """Anywhere."""
        end = self.rng.randint(0, len(self.broker.log))
        self.lost += self.broker.log[end:]
        known = self.broker.memory().known.get(PLACE)
        if end < len(self.broker.log) and known is not None:
            self.limit = max(known.next, known.end)
        del self.broker.log[end:]

    def looks(self) -> None:
        """A worker is assigned the partition, and may die a few times while it says what it found."""
        self.worker = None
        while self.worker is None:
            worker = Process(self.broker, self.rng.choice([None, None, 0, 1, 2, 3, 4]))
            try:
                self.at = worker.look(self.committed)
                self.worker = worker
            except Died:
                continue
        self.limit = None

    def dies(self) -> None:
        """The worker; it has remembered what it handled."""
        self.worker = None

    def is_reset(self) -> None:
        """By somebody who has everything read again."""
        self.worker, self.committed = None, 0

    def reads(self) -> None:
        """A chunk; then it is remembered, and committed, unless the worker dies first."""
        if self.worker is None:
            self.looks()
        assert self.worker is not None
        if self.at > len(self.broker.log):
            with pytest.raises((LogTruncated, Died)):
                self.worker.look(self.at, running=True)
            self.worker = None
            return
        values = self.broker.log[self.at : self.at + self.rng.randint(1, CHUNK)]
        if not values:
            return
        records = [
            ConsumerRecord(PLACE[0], PARTITION, self.at + n, 0, 0, None, value, None, 0, 0, ())
            for n, value in enumerate(values)
        ]
        done = handle(POLICE, records, RULES, generation=self.worker.lookout.generation(PLACE))
        for out in done.outs:
            if out.topic == topics.ACCEPTED and out.partition == BOARDS:
                self.accepted.append(as_read(out, len(self.accepted)))
            self.broker.said.append(out)
        known = self.broker.memory().known.get(PLACE)
        upto = self.at + len(values)
        if known is not None and upto <= known.end and self.rng.random() < 0.2:
            self.worker = None  # It dies with what it has not remembered, of what it was known that it was there.
            return
        self.worker = self.worker if self.remembered(upto) else None
        self.at = upto

    def remembered(self, upto: int) -> bool:
        """Whether it lived to remember it; then it commits, as a rule."""
        assert self.worker is not None
        words, self.worker._words = self.worker._words, None
        self.worker.handled(upto)
        self.worker._words = words
        if self.rng.random() < 0.8:
            self.committed = upto
        return self.rng.random() < 0.8

    def folds(self, most: int) -> None:
        """The ledger: a chunk, twice where it died before its commit; some of it is to be passed over."""
        chunk = self.accepted[self.folded : self.folded + most]
        if not chunk:
            return
        for one in chunk:
            # A copy of what stands in a row already is nothing that a ledger could be stopped by.
            place = dict(one.headers)[RAW_HEADER]
            if place not in self.places and self.rng.random() < 0.03:
                self.skipped[one.offset] = "skipped"
            self.places.add(place)
        for _ in range(self.rng.choice([1, 1, 2])):
            caused = self.held.fold(*chunk, passed=self.skipped)
        for out in caused.outs:
            if out.topic == topics.ACCEPTED and out.value is not None:
                self.accepted.append(as_read(out, len(self.accepted)))
        self.folded += len(chunk)
        for _, record in read(chunk):
            if isinstance(record, Record):
                self.newest[record.own_id] = max(record.revision, self.newest[record.own_id])

    def everything(self) -> None:
        """Until nothing is on its way."""
        self.sends_again()
        self.looks()
        while self.at < len(self.broker.log) or self.worker is None:
            self.reads()
        while self.folded < len(self.accepted):
            self.folds(50)

    # -- what must hold ----------------------------------------------------------------------------------------

    def receipts(self) -> list[IntakeReceipt | GapReceipt]:
        """Of intake, of what this ledger reads."""
        said = [RECEIPT.validate_json(o.value or b"", strict=False) for o in self.broker.of(topics.receipts(POLICE))]
        return [one for one in said if not isinstance(one, LedgerReceipt)]

    def checks(self) -> None:
        """Every account closes, and no class is below 0."""
        account = self.held.account()
        rows = account.rows
        classes = [rows.current, rows.superseded, rows.duplicate, rows.withdrawn]
        assert min([*classes, account.erased, account.expired, account.skipped]) >= 0
        for stored in self.held.rows.values():
            row = decode(stored)
            assert row.records >= len(row.versions), "more versions than records"
        receipt = self.held.receipt()
        assert receipt.closes
        assert all(partition == PARTITION for partition, _ in receipt.through)


def as_read(out: Out, offset: int) -> ConsumerRecord[Any, Any]:
    return ConsumerRecord(
        out.topic, out.partition, offset, out.timestamp_ms or 0, 0, out.key, out.value, None, 0, 0, out.headers
    )


def some_events(rng: random.Random) -> list[bytes]:
    """Events of a few records: new, revised, copied, withdrawn, old, erased by id or by token."""
    found: list[dict[str, Any]] = []
    for _ in range(rng.randint(1, 12)):
        record, revision = str(rng.randrange(12)), rng.randrange(4)
        kind = rng.random()
        if kind < 0.1:
            found.append(event("withdrawal", record=record, revision=revision))
        elif kind < 0.15:
            found.append(event(record=f"old-{record}", occurred_on="2021-02-01"))
        elif kind < 0.2:
            found.append(event("submission_return", record=f"r-{record}", revision=revision))
        else:
            found.append(event(record=record, child=f"c{int(record) % 4}", revision=revision, sex="FM"[revision % 2]))
    return [wire(one) for one in found]


@settings(deadline=None, max_examples=60)
@given(HISTORY, SEED)
def test_whatever_is_cut_and_sent_again_every_account_closes_and_the_newest_stands(
    history: list[int], seed: int
) -> None:
    rng = random.Random(seed)
    pipeline = Pipeline(rng)
    steps = [
        lambda: pipeline.sends(*some_events(rng)),
        lambda: pipeline.sends(*some_events(rng)),
        pipeline.reads,
        pipeline.reads,
        lambda: pipeline.folds(9),
        pipeline.is_cut,
        pipeline.sends_again,
        pipeline.looks,
        pipeline.dies,
        pipeline.is_reset,
        pipeline.held.ledger.rebuild,
    ]
    for step in history:
        steps[step % len(steps)]()
        pipeline.checks()
    pipeline.everything()
    pipeline.checks()
    for own, revision in pipeline.newest.items():
        stored = pipeline.held.rows.get(own.encode())
        # What is passed over or too old is in no row.
        if stored is not None and not pipeline.skipped:
            assert decode(stored).revision == revision
    of_this_board = judge(dict(pipeline.held.rows), dict(pipeline.held.marked), pipeline.receipts())
    assert of_this_board.close or not of_this_board.not_in_ledger


@settings(deadline=None, max_examples=60)
@given(HISTORY, SEED)
def test_erasures_and_the_end_of_retention_close_whatever_comes_again(history: list[int], seed: int) -> None:
    """What is erased, expired or skipped and is read again after the cut counts as that, once more."""
    rng = random.Random(seed)
    pipeline = Pipeline(rng)
    held = pipeline.held
    before = register().board_by_code[BOARD].accepted_dates(LATER)[0]
    remove = RequestRemove(request_id="r", board=BOARD, before=before, requested_at=AT)
    erase = RequestErase(request_id="e", board=BOARD, agency=POLICE, requested_at=AT)
    steps = [
        lambda: pipeline.sends(*some_events(rng)),
        lambda: pipeline.sends(wire(erasure(f"e{rng.randrange(3)}", tokens=[token(f"c{rng.randrange(4)}")]))),
        pipeline.reads,
        pipeline.reads,
        lambda: pipeline.folds(9),
        pipeline.is_cut,
        pipeline.sends_again,
        lambda: held.ledger.remove_old(remove, BOARDS, AT, LATER),
        lambda: held.ledger.erase_agency(erase, BOARDS, AT, TODAY),
        held.ledger.rebuild,
    ]
    for step in history:
        steps[step % len(steps)]()
        pipeline.checks()
    pipeline.everything()
    pipeline.checks()


def test_places_of_another_log_are_no_copies_and_what_was_left_is_one() -> None:
    """Two events change places, and one is left where it was: what is read again counts as a copy."""
    pipeline = Pipeline(random.Random(1))
    pipeline.rng.random = lambda: 0.5  # type: ignore[method-assign]
    first, second, third = (wire(event(record=n)) for n in "123")
    pipeline.sends(first, second, third)
    pipeline.everything()
    assert pipeline.held.account().rows.current == 3
    pipeline.limit = None
    del pipeline.broker.log[1:]
    pipeline.looks()
    pipeline.sends(third, second, wire(event(record="2", revision=1, sex="F")))
    pipeline.everything()
    account = pipeline.held.account()
    assert (account.accepted, account.rows.current, account.rows.superseded, account.rows.duplicate) == (7, 3, 1, 3)
    assert decode(pipeline.held.rows[an_own_id("2").encode()]).revision == 1
    assert pipeline.held.receipt().through == ((PARTITION, 3),)


def test_what_the_present_log_has_and_the_ledger_has_not_is_not_hidden_by_an_earlier_one() -> None:
    pipeline = Pipeline(random.Random(1))
    pipeline.rng.random = lambda: 0.5  # type: ignore[method-assign]
    pipeline.sends(*(wire(event(record=str(n))) for n in range(9)))
    pipeline.everything()
    assert pipeline.held.receipt().through == ((PARTITION, 8),)
    del pipeline.broker.log[2:]
    pipeline.looks()
    pipeline.sends(*(wire(event(record=str(n))) for n in (5, 4, 20)))
    while pipeline.at < len(pipeline.broker.log):
        pipeline.reads()
    pipeline.folds(3)
    assert pipeline.held.receipt().through == ((PARTITION, 2),)
    found = judge(dict(pipeline.held.rows), dict(pipeline.held.marked), pipeline.receipts())
    assert found.not_in_ledger == {POLICE: [(PARTITION, 3), (PARTITION, 4)]}
    pipeline.folds(9)
    assert judge(dict(pipeline.held.rows), dict(pipeline.held.marked), pipeline.receipts()).close
    assert {origin(p).generation for p, _ in pipeline.held.ledger.marks.accepted.places()[BOARD, POLICE]} >= {0, 1}
