"""What the broker acknowledged and the service never read is sent again by itself, whatever made the hole, and whenever
the process dies: in the end the service has read the file's truth."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from agencies.outbox import Outbox, Sent, confirmations, erasures
from agencies.outbox.erasures import ErasureOut, ToErase
from agencies.publish.deliver import Delivery, deliver
from agencies.publish.follow import Followed, follow_and_send
from agencies.rows import SourceRow
from models.contract.receipts import GapCause, GapReceipt, IntakeReceipt, LedgerReceipt, Receipt, RefusedRecord
from models.service import clock
from tests.agencies.publish.test_any_sequence import Content, Killed, MortalLog
from tests.agencies.support import OTHER_WARD, WARD, YEAR, Log, minter, publish, row
from tests.factories import BOARD, POLICE

KEYS = [str(n) for n in range(4)]


class Service:
    """Reads a partition in order, and tells what it read; passes over what it is made to, and may tell that too."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.read = Log()
        self.receipts: list[Receipt] = []
        self.at = 0

    def reads(self, most: int) -> None:
        """The next records; one receipt for them."""
        end = min(self.at + most, len(self.log.values))
        if end > self.at:
            self.read.values += self.log.values[self.at : end]
            self.receipts.append(accepted((self.at, end - 1)))
            self.at = end

    def passes_over(self, most: int, told: bool) -> None:
        """The next records are deleted before they are read."""
        end = min(self.at + most, len(self.log.values))
        if end > self.at:
            if told:
                self.receipts.append(gap(self.at, end - 1))
            self.at = end

    def loses_the_end(self, most: int) -> None:
        """The broker loses the newest records; their places are given away again."""
        del self.log.values[max(0, len(self.log.values) - most) :]
        self.at = min(self.at, len(self.log.values))


class Told:
    """The receipts of a service from a position on, as `ReceiptSource` asks."""

    def __init__(self, service: Service, position: int) -> None:
        self._service, self._position = service, position

    def poll(self, seconds: float) -> tuple[list[Receipt], int]:
        """All that are there."""
        found = self._service.receipts[self._position :]
        self._position += len(found)
        return found, self._position


def accepted(*ranges: tuple[int, int], refused: tuple[int, ...] = ()) -> IntakeReceipt:
    """What intake says of partition 0."""
    letters = tuple(RefusedRecord(offset=offset, rule="no-agreement", path="data") for offset in refused)
    return IntakeReceipt(agency=POLICE, partition=0, accepted=ranges, refused=letters, at=clock.now())


def gap(first: int, last: int, cause: GapCause = "deleted") -> GapReceipt:
    """What a worker says of records that are gone."""
    return GapReceipt(agency=POLICE, partition=0, first=first, last=last, cause=cause, at=clock.now())


def in_ledger(through: int) -> LedgerReceipt:
    """What the ledger says of partition 0, as far as that goes."""
    return LedgerReceipt(
        agency=POLICE, board=BOARD, accepted="fewer than 10", current=0, superseded=0, duplicate=0, withdrawn=0,
        closes=True, through=((0, through),), at=clock.now(),
    )  # fmt: skip


def follow(outbox: Outbox, service: Service) -> Followed:
    """What `receipts` does."""
    source = Told(service, confirmations.position(outbox))
    return follow_and_send(outbox, source, lambda: deliver(outbox, service.log, batch=3), 0)


class NothingStaysUnread(RuleBasedStateMachine):
    """An agency whose file changes and whose process dies, before a service with holes."""

    @initialize()
    def begin(self) -> None:
        # Each look at the clock is a second later: what came first is told by it.
        begun, ticks = clock.now(), count()
        self.clock = patch.object(clock, "now", lambda: begun + timedelta(seconds=next(ticks)))
        self.clock.start()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name)
        self.by = minter(path)
        self.log = MortalLog()
        self.service = Service(self.log)
        self.file: dict[str, Content] = dict.fromkeys(KEYS, (WARD, "low"))
        self.flushes = 0
        self.outbox = Outbox(path / "outbox.sqlite")
        self.publish_file(None)

    def rows(self) -> list[SourceRow]:
        return [row(key, ward=ward, police_grade=grade) for key, (ward, grade) in self.file.items()]

    def until_killed(self, do: Any) -> None:
        try:
            do()
        except Killed:
            self.outbox.close()
            self.outbox = Outbox(self.outbox.path)
        self.log.dies_after = None

    @rule(
        key=st.sampled_from(KEYS),
        change=st.none() | st.tuples(st.sampled_from([WARD, OTHER_WARD]), st.sampled_from(["low", "high"])),
        after=st.none() | st.integers(0, 4),
    )
    def change_and_publish(self, key: str, change: Content | None, after: int | None) -> None:
        if change is None:
            self.file.pop(key, None)
        else:
            self.file[key] = change
        self.publish_file(after)

    def publish_file(self, after: int | None) -> None:
        self.log.dies_after = after
        self.until_killed(lambda: publish(self.outbox, self.log, self.rows(), self.by, YEAR, yes=True))

    @rule(most=st.integers(1, 4))
    def service_reads(self, most: int) -> None:
        self.service.reads(most)

    @rule(most=st.integers(1, 3), told=st.booleans())
    def service_passes_over(self, most: int, told: bool) -> None:
        self.service.passes_over(most, told)

    @rule(most=st.integers(1, 3))
    def broker_loses_the_end(self, most: int) -> None:
        self.service.loses_the_end(most)

    @rule(after=st.none() | st.integers(0, 2))
    def read_receipts(self, after: int | None) -> None:
        self.log.dies_after = after
        self.until_killed(lambda: follow(self.outbox, self.service))

    @rule()
    def everything_settles(self) -> None:
        # What comes last and is lost without a word shows with the next record.
        self.flushes += 1
        self.file[f"{10 + self.flushes}"] = (WARD, "low")
        publish(self.outbox, self.log, self.rows(), self.by, YEAR, yes=True)
        for _ in range(4):
            self.service.reads(10_000)
            now = follow(self.outbox, self.service)
        assert (now.undecided, now.waiting_again, self.outbox.pending(), now.gone) == (0, 0, 0, (0, 0))
        found = sorted((data["board"], data["police_grade"]) for data in self.service.read.live().values())
        boards = {WARD: "X08000001", OTHER_WARD: "X08000002"}
        assert found == sorted((boards[ward], grade) for ward, grade in self.file.values())

    @invariant()
    def what_is_replaced_stays_wiped(self) -> None:
        if hasattr(self, "outbox"):
            kept = self.outbox.read(
                """SELECT count(*) FROM messages m WHERE payload IS NOT NULL AND state <> 'pending' AND EXISTS
                   (SELECT 1 FROM messages n WHERE n.event_id = m.event_id AND n.revision > m.revision
                    AND n.state <> 'pending')"""
            )
            assert kept == [(0,)]

    def teardown(self) -> None:
        if hasattr(self, "outbox"):
            try:
                self.everything_settles()
            finally:
                self.clock.stop()
                self.outbox.close()
                self.folder.cleanup()


NothingStaysUnread.TestCase.settings = settings(
    max_examples=60, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestNothingStaysUnread = NothingStaysUnread.TestCase


@pytest.fixture
def outbox(tmp_path: Path) -> Any:
    with Outbox(tmp_path / "outbox.sqlite") as made:
        yield made


def test_a_gap_is_sent_again_in_order_and_said(outbox: Outbox, tmp_path: Path) -> None:
    log = Log()
    service = Service(log)
    publish(outbox, log, [row(str(n)) for n in range(6)], minter(tmp_path))
    service.reads(1)
    service.passes_over(3, told=True)
    service.reads(2)
    now = follow(outbox, service)
    assert (now.published_again, now.waiting_again, now.accepted, now.undecided) == (3, 0, 3, 3)
    assert log.values[6:] == log.values[1:4]
    assert "3 published again: the service never read them" in list(now.lines())
    assert now.as_dict()["published_again"] == 3
    # Told again, as a worker that starts anew does, it changes nothing: the old places are nobody's.
    service.receipts += [gap(1, 3), accepted((1, 3))]
    again = follow(outbox, service)
    assert (again.published_again, again.accepted, again.undecided) == (0, 3, 3)
    service.reads(9)
    assert follow(outbox, service).accepted == 6
    assert len(log.values) == 9


def test_without_a_word_what_was_passed_by_is_sent_again_and_the_rest_waits(outbox: Outbox, tmp_path: Path) -> None:
    log = Log()
    service = Service(log)
    publish(outbox, log, [row(str(n)) for n in range(6)], minter(tmp_path))
    service.receipts.append(accepted((0, 0), (3, 3), refused=(1,)))
    now = follow(outbox, service)
    assert (now.published_again, now.accepted, now.refused.total(), now.undecided) == (1, 2, 1, 3)
    assert log.values[6:] == [log.values[2]]


def test_a_record_told_as_skipped_or_quarantined_is_not_missing(outbox: Outbox, tmp_path: Path) -> None:
    log = Log()
    service = Service(log)
    publish(outbox, log, [row(str(n)) for n in range(3)], minter(tmp_path))
    put_aside = RefusedRecord(offset=0, rule="quarantined", path="(whole message)")
    service.receipts.append(accepted((1, 2)).model_copy(update={"refused": (put_aside,)}))
    assert follow(outbox, service).published_again == 0
    assert len(log.values) == 3


def test_a_place_that_is_given_away_twice_is_the_last_ones(outbox: Outbox, tmp_path: Path) -> None:
    by, log = minter(tmp_path), Log()
    service = Service(log)
    publish(outbox, log, [row("1"), row("2")], by)
    service.receipts.append(accepted((0, 0)))
    follow(outbox, service)
    service.loses_the_end(2)
    receipt = publish(outbox, log, [row("3")], by)
    # The one that was read stays read, and lies nowhere; the other is behind the new one, in the same run.
    assert receipt.spooled == 0
    places = outbox.read('SELECT state, "offset" FROM messages ORDER BY seq')
    assert places == [("confirmed", None), ("sent", 1), ("sent", 0)]
    assert len(log.values) == 2


def test_what_was_read_before_the_log_lost_its_end_is_not_waited_for(outbox: Outbox, tmp_path: Path) -> None:
    """The ledger speaks of the log as it is, which begins to grow again before the places of what was read."""
    log = Log()
    service = Service(log)
    publish(outbox, log, [row(str(n)) for n in range(6)], minter(tmp_path))
    service.receipts += [accepted((0, 4)), in_ledger(4), gap(2, 5, "truncated"), accepted((0, 1)), in_ledger(1)]
    service.loses_the_end(4)
    now = follow(outbox, service)
    assert (now.accepted, now.published_again, now.undecided, now.not_in_ledger) == (5, 1, 1, 0)
    service.receipts += [accepted((2, 2)), in_ledger(1)]
    assert follow(outbox, service).not_in_ledger == 1, "the one that came again"
    service.receipts.append(in_ledger(2))
    now = follow(outbox, service)
    assert (now.accepted, now.undecided, now.not_in_ledger) == (6, 0, 0)


def test_a_gap_of_a_log_that_was_cut_is_enough_to_forget_the_places_of_what_was_read(
    outbox: Outbox, tmp_path: Path
) -> None:
    service = Service(log := Log())
    publish(outbox, log, [row(str(n)) for n in range(6)], minter(tmp_path))
    service.receipts += [accepted((0, 5)), in_ledger(5), gap(2, 5, "truncated"), accepted((0, 1)), in_ledger(1)]
    now = follow(outbox, service)
    assert (now.accepted, now.published_again, now.undecided, now.not_in_ledger) == (6, 0, 0, 0)
    # Of records that were deleted nothing is forgotten: their log is the same.
    service.receipts += [gap(0, 0), in_ledger(0)]
    assert follow(outbox, service).not_in_ledger == 1


def test_a_duplicate_without_a_place_is_no_sign_of_loss(outbox: Outbox, tmp_path: Path) -> None:
    log = Log()
    publish(outbox, log, [row("1")], minter(tmp_path))
    publish(outbox, Log(takes=0), [row("2")], minter(tmp_path / "more", keys=minter(tmp_path / "x").keys))
    (queued,) = outbox.next_batch(9)
    outbox.acknowledge([Sent(queued.seq, 0, -1)])
    assert outbox.pending() == 0
    service = Service(log)
    service.receipts.append(accepted((0, 0)))
    assert follow(outbox, service).published_again == 1


def test_away_again_it_waits_and_says_what_to_do(outbox: Outbox, tmp_path: Path) -> None:
    log = Log()
    service = Service(log)
    publish(outbox, log, [row("1"), row("2")], minter(tmp_path))
    service.passes_over(1, told=True)
    log.takes = 0
    now = follow(outbox, service)
    assert (now.published_again, now.waiting_again) == (0, 1)
    (line,) = now.never_read_lines()
    assert line.startswith("1 wait to be published again")
    assert "no acknowledgement" in line
    assert "python -m agencies drain" in line
    log.takes = None
    assert deliver(outbox, log, batch=9) == Delivery(1, 0, None, again=1)


def test_a_replaced_revision_need_not_come_again_unless_what_replaced_it_was_refused(
    outbox: Outbox, tmp_path: Path
) -> None:
    by, log = minter(tmp_path), Log()
    service = Service(log)
    publish(outbox, log, [row("1")], by)
    publish(outbox, log, [row("1", police_grade="high")], by)
    # The last word is about a place that is nobody's any more.
    service.receipts += [gap(0, 0), accepted((1, 1)), accepted((0, 0))]
    now = follow(outbox, service)
    assert (now.accepted, now.published_again, now.undecided, now.gone) == (1, 0, 0, (0, 0))
    publish(outbox, log, [row("2")], by)
    publish(outbox, log, [row("2", police_grade="high")], by)
    service.receipts += [gap(2, 2), accepted(refused=(3,))]
    now = follow(outbox, service)
    assert (now.published_again, now.undecided, now.gone.events) == (0, 0, 1)
    assert any("publish your export again" in line for line in now.lines())
    # As it says: the same content goes out under the next revision, and all is well.
    publish(outbox, log, [row("1", police_grade="high"), row("2", police_grade="high")], by)
    service.receipts.append(accepted((4, 4)))
    assert follow(outbox, service).gone == (0, 0)


def test_an_erasure_that_is_not_kept_any_more_is_asked_for_again(outbox: Outbox, tmp_path: Path) -> None:
    log = Log()
    service = Service(log)
    publish(outbox, log, [row("1")], minter(tmp_path))
    payload = log.values[0][1]
    erasure = ErasureOut("e" * 32, BOARD, payload)
    assert erasures.record(outbox, ToErase(), [erasure], date(2026, 1, 1)) == 1
    deliver(outbox, log, batch=9)
    erasures.forget_sent(outbox, date(2026, 3, 1))
    service.receipts += [accepted((0, 0)), gap(1, 1)]
    now = follow(outbox, service)
    assert (now.published_again, now.undecided, now.gone) == (0, 0, (0, 1))
    assert any("python -m agencies erase" in line for line in now.lines())
    assert erasures.record(outbox, ToErase(), [erasure], date(2026, 5, 1)) == 1
    erasures.forget_sent(outbox, date(2026, 3, 1))
    assert deliver(outbox, log, batch=9).acknowledged == 1
    service.receipts.append(accepted((2, 2)))
    assert follow(outbox, service).gone == (0, 0)
