"""What keeps one bad record or agency from stopping the rest: the rules, without a broker."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.contract import topics
from models.contract.dead_letters import DeadLetter
from models.contract.receipts import IntakeReceipt, RefusedRecord
from models.operations.remedies import REMEDY, Hold, Skip, reason_rule, remedy_key
from models.operations.retention import days
from streams.intake.chunk import handle
from streams.operators.commands import redrive_command
from streams.operators.redrive import AT_ONCE, Redriver, letters_of
from streams.operators.skipping import Done, skip_record
from streams.outputs import Out
from streams.remedies.attempts import LIMIT, Attempts, RecordPlace, own_file
from streams.remedies.poison import WINDOW, PoisonWatch
from streams.standing import Standing, out
from tests.factories import CARE, POLICE, event, wire
from tests.streams.test_decide import RULES
from tests.streams.test_intake_chunk import raw

AT = datetime(2026, 5, 11, 9, tzinfo=UTC)
RAW = topics.raw(POLICE)


# -- poison ------------------------------------------------------------------------------------------------------------


def test_an_agency_trips_at_the_limit_and_not_before() -> None:
    watch = PoisonWatch(100)
    assert not watch.tripped(POLICE, {"schema.json_invalid": 99})
    assert not watch.tripped(CARE, {"schema.json_invalid": 99})
    assert watch.tripped(POLICE, {"date-window": 1})
    assert not watch.tripped(POLICE, {"date-window": 99}), "a trip begins the count anew"


def test_an_agency_with_mostly_sound_events_never_trips() -> None:
    watch = PoisonWatch(100)
    assert not any(watch.tripped(POLICE, {"accepted": 51, "date-window": 49}) for _ in range(100))


def test_what_operations_passed_over_is_not_held_against_the_agency() -> None:
    watch = PoisonWatch(10)
    assert not any(watch.tripped(POLICE, {"skipped": 50, "quarantined": 50}) for _ in range(10))


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=60))
def test_only_the_latest_records_count(chunks: list[tuple[int, int]]) -> None:
    watch = PoisonWatch(200)
    kept: list[tuple[int, int]] = []
    for good, bad in chunks:
        kept.append((good, bad))
        while len(kept) > 1 and sum(map(sum, kept[1:])) >= WINDOW:
            kept.pop(0)
        refused, records = sum(b for _, b in kept), sum(map(sum, kept))
        expected = refused >= 200 and 2 * refused > records
        assert watch.tripped(POLICE, {"accepted": good, "x": bad}) == expected
        if expected:
            kept.clear()


# -- attempts ----------------------------------------------------------------------------------------------------------


def chunk(first: int, last: int, partition: int = 0) -> list[ConsumerRecord[Any, Any]]:
    return [
        ConsumerRecord(RAW, partition, offset, 0, 0, None, b"x", None, 0, 0, ()) for offset in range(first, last + 1)
    ]


def run(path: Path, chunks: list[list[ConsumerRecord[Any, Any]]], bad: set[int], passed: set[int]) -> list[int] | None:
    """One life of a worker that a bad record ends; what it handled, or None if it died."""
    attempts = Attempts(path)
    passed |= {place.offset for place in attempts.condemned}
    handled = []
    for one in chunks:
        for piece in attempts.pieces(one):
            attempts.begin(piece)
            if any(r.offset in bad - passed for r in piece):
                return None
            attempts.done(piece)
            handled += [r.offset for r in piece]
    return handled


@settings(deadline=None, max_examples=40)
@given(st.sets(st.integers(0, 29), min_size=1, max_size=2), st.lists(st.integers(1, 12), min_size=1, max_size=5))
def test_a_worker_gets_past_every_bad_record_and_past_no_other(
    tmp_path_factory: pytest.TempPathFactory, bad: set[int], sizes: list[int]
) -> None:
    path = tmp_path_factory.mktemp("attempts") / "attempts.json"
    passed: set[int] = set()
    for life in range(40):
        # The chunks of a fetch differ from one life to the next.
        size = sizes[life % len(sizes)]
        chunks = [chunk(first, min(first + size - 1, 29)) for first in range(0, 30, size)]
        handled = run(path, chunks, bad, passed)
        if handled is not None:
            break
    assert handled == list(range(30))
    assert passed == bad
    assert life <= len(bad) * (LIMIT + 1) * 2
    assert Attempts(path).condemned == []


def test_three_crashes_are_needed_and_then_one_more_alone(tmp_path: Path) -> None:
    path = tmp_path / "attempts.json"
    passed: set[int] = set()
    for _ in range(LIMIT):
        assert run(path, [chunk(0, 9)], {4}, passed) is None
        assert passed == set()
    assert run(path, [chunk(0, 9)], {4}, passed) is None
    assert run(path, [chunk(0, 9)], {4}, passed) == list(range(10))
    assert passed == {4}


def test_a_record_that_was_only_near_is_never_condemned(tmp_path: Path) -> None:
    path = tmp_path / "attempts.json"
    for _ in range(LIMIT):
        Attempts(path).begin(chunk(0, 9))
    assert run(path, [chunk(0, 9)], set(), set()) == list(range(10))
    assert Attempts(path).condemned == []
    assert [len(p) for p in Attempts(path).pieces(chunk(0, 9))] == [10]


def test_two_workers_of_one_folder_do_not_share_a_file(tmp_path: Path) -> None:
    (first, held), (second, other) = own_file(tmp_path), own_file(tmp_path)
    assert first != second
    os.close(held)
    again, held = own_file(tmp_path)
    assert again == first, "a dead worker's file comes first: it says where it died"
    os.close(held)
    os.close(other)


def test_a_damaged_file_is_passed_by(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "attempts.json"
    path.write_text('[["x", 0]]')
    attempts = Attempts(path)
    assert attempts.condemned == []
    assert "attempts-unreadable" in caplog.text
    attempts.begin(chunk(0, 0))
    attempts.done(chunk(0, 0))
    path.write_text('[["t",0,3,3,4,[3,3],true]]')
    assert Attempts(path).condemned == [RecordPlace("t", 0, 3)]


# -- standing ----------------------------------------------------------------------------------------------------------


def skip(offset: int, **fields: Any) -> Skip:
    given: dict[str, Any] = {"topic": RAW, "partition": 0, "offset": offset, "rule": "skipped", "by": "op1", "at": AT}
    return Skip(**given | fields)


def test_the_newest_word_stands() -> None:
    standing = Standing()
    for remedy in (skip(3), skip(4), skip(3, lifted=True), Hold(agency=POLICE, held=True, by="worker", at=AT)):
        assert standing.read(out(remedy).value) == remedy
    assert standing.passed_over(RAW, 0) == {4: "skipped"}
    assert standing.passed_over(RAW, 1) == {}
    assert standing.held_topics() == {RAW}
    standing.take(Hold(agency=POLICE, held=False, by="op1", at=AT))
    assert standing.held_topics() == set()


def test_a_strangers_record_is_passed_by(caplog: pytest.LogCaptureFixture) -> None:
    assert Standing().read(b'{"kind":"skip","surname":"x"}') is None
    assert "remedy-unreadable" in caplog.text
    assert "surname" not in caplog.text


@pytest.mark.parametrize(
    "reason",
    ["asked by John Smith", "call 07700 900123", "NHS 943 476 5919", "record 12345 is bad", "a@b.uk", "SW1A 1AA"],
)
def test_a_reason_names_nobody(reason: str) -> None:
    assert reason_rule(reason) is not None
    with pytest.raises(ValidationError) as error:
        skip(1, reason=reason)
    assert reason not in str(error.value)


def test_a_sentence_is_a_reason() -> None:
    remedy = skip(1, reason="The worker stops on it; the fault is known and the ticket is open.")
    assert REMEDY.validate_json(out(remedy).value or b"", strict=False) == remedy
    assert remedy_key(remedy) == f"skip|{RAW}|0|1".encode()


def test_passed_over_records_are_told_and_not_looked_at() -> None:
    records = [raw(0, wire(event())), raw(1, b"\xff"), raw(2, wire(event(record="2")))]
    done = handle(POLICE, records, RULES, {1: "quarantined", 2: "skipped"})
    receipt = IntakeReceipt.model_validate_json(done.outs[-1].value or b"", strict=False)
    assert receipt.accepted == ((0, 0),)
    assert [(r.offset, r.rule) for r in receipt.refused] == [(1, "quarantined"), (2, "skipped")]
    assert done.outcomes == {"accepted": 1, "quarantined": 1, "skipped": 1}


# -- redrive -----------------------------------------------------------------------------------------------------------


class Log:
    """A topic as a list, and what was sent."""

    def __init__(self, records: list[ConsumerRecord[Any, Any]]) -> None:
        self._records = records
        self.sent: list[Out] = []

    def at(self, topic: str, partition: int, offsets: list[int]) -> list[ConsumerRecord[Any, Any]]:
        return [r for r in self._records if r.topic == topic and r.partition == partition and r.offset in offsets]

    def confirm(self, outs: list[Out]) -> None:
        self.sent += outs


def redriver(log: Log, standing: Standing, cuts: dict[tuple[str, int], int] | None = None) -> Redriver:
    """Of the raw topic of the police, by an operator."""
    agencies = {RAW: POLICE}
    return Redriver(
        broker=log, agencies=agencies, rules=lambda: RULES, standing=standing, by="op1", at=AT, cuts=cuts or {}
    )


def letter(offset: int, rule: str = "area-not-in-board", day: int = 11, topic: str = RAW) -> ConsumerRecord[Any, Any]:
    at = datetime(2026, 5, day, 9, tzinfo=UTC)
    value = DeadLetter(topic=topic, partition=0, offset=offset, rule=rule, path="x", size="small", at=at)
    return ConsumerRecord(topics.DEAD_LETTERS, 0, 0, 0, 0, None, value.model_dump_json().encode(), None, 0, 0, ())


def test_letters_are_chosen_by_rule_day_and_agency() -> None:
    found = [letter(1), letter(1), letter(2, "other"), letter(3, day=9), letter(4, topic=topics.raw(CARE))]
    found.append(letter(5, topic=topics.REQUESTS))
    assert letters_of(found, "area-not-in-board", date(2026, 5, 10), None) == {
        (RAW, 0): [1],
        (topics.raw(CARE), 0): [4],
        (topics.REQUESTS, 0): [5],
    }
    assert letters_of(found, "area-not-in-board", date(2026, 5, 10), CARE) == {(topics.raw(CARE), 0): [4]}


def test_what_passes_now_is_forwarded_and_told_and_the_rest_stays_refused() -> None:
    log = Log([raw(1, wire(event())), raw(2, wire(event(areas={"home": "X05900009"})))])
    standing = Standing()
    for offset in (1, 2, 3):
        standing.take(skip(offset, partition=2))
    done = redriver(log, standing).redrive({(RAW, 2): [1, 2, 9]})
    assert (done.letters, done.gone, done.forwarded, done.refused) == (3, 1, 1, 1)
    accepted, receipt, lifted = log.sent
    assert accepted.topic == topics.ACCEPTED
    assert accepted.headers == (("raw", b"2:1"),)
    told = IntakeReceipt.model_validate_json(receipt.value or b"", strict=False)
    assert (told.accepted, told.refused) == (((1, 1),), ())
    remedy = REMEDY.validate_json(lifted.value or b"", strict=False)
    assert isinstance(remedy, Skip)
    assert (remedy.offset, remedy.lifted) == (1, True)


def test_what_is_let_through_has_the_place_that_intake_would_write() -> None:
    """A log that was cut gives places away again: without its generation the record would stand where another did."""
    log = Log([raw(1, wire(event(record="1")))])
    redriver(log, Standing(), {(RAW, 2): 3, (RAW, 1): 9}).redrive({(RAW, 2): [1]})
    accepted, receipt = log.sent
    assert accepted.headers == (("raw", b"3000002:1"),)
    told = IntakeReceipt.model_validate_json(receipt.value or b"", strict=False)
    assert (told.partition, told.accepted) == (2, ((1, 1),))


@pytest.mark.parametrize("topic", [topics.ACCEPTED, topics.REQUESTS])
def test_a_record_of_our_own_is_sent_again_as_it_was_and_its_skip_is_lifted(topic: str) -> None:
    log = Log([ConsumerRecord(topic, 3, 7, 123, 0, b"k|0", b"{}", None, 0, 0, (("raw", b"0:1"),))])
    standing = Standing()
    standing.take(skip(7, topic=topic, partition=3))
    done = redriver(log, standing).redrive({(topic, 3): [7]})
    sent, lifted = log.sent
    assert sent == Out(topic, 3, b"k|0", b"{}", 123, (("raw", b"0:1"),))
    standing.read(lifted.value)
    assert standing.passed_over(topic, 3) == {}
    assert (done.letters, done.forwarded, done.refused) == (1, 1, 0)


def test_very_many_records_are_told_in_portions() -> None:
    """One receipt about all of them would be larger than the broker takes."""
    count = AT_ONCE + 10
    log = Log([raw(n, wire(event(record=str(n)))) for n in range(count)])
    done = redriver(log, Standing()).redrive({(RAW, 2): list(range(count))})
    assert done.forwarded == count
    receipts = [one for one in log.sent if one.topic == topics.receipts(POLICE)]
    told = [IntakeReceipt.model_validate_json(one.value or b"", strict=False).accepted for one in receipts]
    assert told == [((0, AT_ONCE - 1),), ((AT_ONCE, count - 1),)]
    assert len({one.key for one in receipts}) == 2


# -- skip --------------------------------------------------------------------------------------------------------------


class Topics:
    """A broker in memory: what was said, what was committed, and what happens when a remedy is said."""

    def __init__(self, committed: int = 0) -> None:
        self.records: dict[str, list[Any]] = {RAW: [None] * 10, topics.ACCEPTED: [None] * 10}
        self.next = committed
        self.then: list[Out] = []

    def limits(self, topic: str, partition: int) -> tuple[int, int] | None:
        return (2, len(self.records[topic])) if partition == 0 else None

    def committed(self, group: str, topic: str, partition: int) -> int:
        return self.next

    def read(self, topic: str) -> list[Any]:
        return self.records.get(topic, [])

    def confirm(self, outs: list[Out]) -> None:
        for made in [*outs, *self.then]:
            said = self.records.setdefault(made.topic, [])
            said.append(ConsumerRecord(made.topic, 0, len(said), 0, 0, made.key, made.value, None, 0, 0, ()))
        self.then = []

    def standing(self) -> Standing:
        found = Standing()
        for record in self.read(topics.REMEDIES):
            found.read(record.value)
        return found


def receipt(accepted: tuple[tuple[int, int], ...] = (), refused: dict[int, str] | None = None) -> Out:
    refusals = tuple(RefusedRecord(offset=o, rule=r, path="") for o, r in (refused or {}).items())
    body = IntakeReceipt(agency=POLICE, partition=0, accepted=accepted, refused=refusals, at=AT)
    return Out(topics.receipts(POLICE), 0, b"intake|0|0", body.model_dump_json().encode())


def wish(offset: int, topic: str = RAW) -> Skip:
    return Skip(topic=topic, partition=0, offset=offset, rule="skipped", reason="known", by="op1", at=AT)


def test_a_skip_may_be_said_twice_and_changes_nothing_the_second_time() -> None:
    broker = Topics()
    assert skip_record(broker, wish(4), "g", POLICE) is Done.SKIPPED
    broker.confirm([receipt(accepted=((2, 3),), refused={4: "skipped"})])
    broker.next = 9
    assert skip_record(broker, wish(4), "g", POLICE) is Done.ALREADY
    assert len(broker.records[topics.REMEDIES]) == 1


@pytest.mark.parametrize(
    "told", [receipt(accepted=((2, 6),)), receipt(refused={4: "date-window"}), receipt(((4, 4),), {4: "skipped"})]
)
def test_what_was_handled_is_not_skipped_though_nothing_is_committed_yet(told: Out) -> None:
    broker = Topics()
    broker.confirm([told])
    assert skip_record(broker, wish(4), "g", POLICE) is Done.HANDLED
    assert not broker.standing().passed_over(RAW, 0)


@pytest.mark.parametrize("offset", [1, 10])
def test_what_is_not_there_is_not_skipped(offset: int) -> None:
    assert skip_record(Topics(), wish(offset), "g", POLICE) is Done.NO_RECORD


@pytest.mark.parametrize("topic", [RAW, topics.ACCEPTED])
def test_without_a_word_the_groups_commit_says_what_was_handled(topic: str) -> None:
    agency = POLICE if topic == RAW else None
    assert skip_record(Topics(committed=5), wish(4, topic), "g", agency) is Done.HANDLED
    assert skip_record(Topics(committed=4), wish(4, topic), "g", agency) is Done.SKIPPED


def test_a_worker_that_was_quicker_wins_and_the_skip_is_taken_back() -> None:
    broker = Topics()
    broker.then = [receipt(accepted=((4, 4),))]
    assert skip_record(broker, wish(4), "g", POLICE) is Done.TOO_LATE
    assert not broker.standing().passed_over(RAW, 0)


def test_a_worker_that_obeyed_at_once_is_not_taken_for_one_that_was_quicker() -> None:
    broker = Topics()
    letter = DeadLetter(topic=topics.ACCEPTED, partition=0, offset=4, rule="skipped", path="", size="small", at=AT)
    broker.then = [Out(topics.DEAD_LETTERS, 0, b"", letter.model_dump_json().encode())]
    broker.next = 0
    assert skip_record(broker, wish(4, topics.ACCEPTED), "g", None) is Done.SKIPPED
    broker.next = 9
    assert broker.standing().passed_over(topics.ACCEPTED, 0) == {4: "skipped"}


def test_the_help_says_how_long_records_are_kept() -> None:
    said = " ".join(str(redrive_command.help).split())
    assert f"Raw topics keep a record for {days('topic:raw')} days" in said
    assert f"dead letters are kept for {days('topic:dead-letters')}." in said
