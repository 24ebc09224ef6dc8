"""What the cleaner takes from the accepted topic, the ledger has written again: a rebuild is equal byte for byte."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.ledger.coordinates import SHIFT_OF_A_RESTORE
from analysis.ledger.identity import own_id
from analysis.ledger.row import REMEMBERED, Record, decode
from models.contract import topics
from models.operations.topic_specs import all_topics
from streams.backup.archive import lines, outs
from streams.ledger.fold import Ledger
from streams.ledger.marks import Marks
from streams.ledger.records import KNOWN_HEADER
from streams.ledger.state import LedgerState
from streams.outputs import Out
from tests.analysis.ledger.test_row import records
from tests.factories import register

TODAY = date(2026, 5, 11)
NOW = datetime(2026, 5, 11, 9, tzinfo=UTC)
BEGAN_MS = int(NOW.timestamp() * 1000)
OWN = own_id("a" * 40, "aldermere-police").encode()
Log = list["ConsumerRecord[Any, Any]"]


def ledger() -> tuple[Ledger, dict[bytes, bytes]]:
    table: dict[bytes, bytes] = {}
    return Ledger(register(), LedgerState(table), Marks({})), table


def from_intake(record: Record, later_ms: int = 0) -> Out:
    """What intake writes for a raw record, at whatever time it comes to it."""
    data = {"event_id": record.event_id, "revision": record.revision, **record.data}
    document = {"type": f"ypsem.{record.short_type}.v1", "time": "2026-05-01T00:00:00Z", "data": data}
    raw = b"%d:%d" % (record.raw_partition, record.raw_offset)
    stamp = BEGAN_MS + record.timestamp_ms + later_ms
    return Out(topics.ACCEPTED, 3, record.accepted_key, json.dumps(document).encode(), stamp, (("raw", raw),))


def append(log: Log, out: Out) -> None:
    offset = log[-1].offset + 1 if log else 0
    stamp = out.timestamp_ms or 0
    log.append(ConsumerRecord(out.topic, 3, offset, stamp, 0, out.key, out.value, None, 0, 0, out.headers))


def fold_to_the_end(its: Ledger, log: Log, start: int, sizes: list[int]) -> int:
    """Fold chunk by chunk, each one twice where the size is even (a crash in between), until nothing new is written."""
    turn = 0
    while todo := [record for record in log if record.offset >= start]:
        size = sizes[turn % len(sizes)]
        turn += 1
        assert turn < 2000, "the ledger answers itself without end"
        chunk = todo[:size]
        for _ in range(1 + (size % 2 == 0)):
            for out in its.fold(chunk, {}, NOW, TODAY).outs:
                if out.topic == topics.ACCEPTED:
                    append(log, out)
        start = chunk[-1].offset + 1
    # Whatever was lost of the places, the classes and what they must add up to say the same.
    assert all(account.closes for account in its.accounts().values())
    return start


def cleaned(log: Log, upto: int) -> Log:
    """The log after the cleaner went over what lies before `upto`."""
    last = {record.key: record.offset for record in log if record.offset < upto}
    return [record for record in log if record.offset >= upto or last[record.key] == record.offset]


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(records(), st.lists(st.integers(1, 5), min_size=1, max_size=6), st.floats(0, 1), st.integers(0, 9))
def test_a_ledger_rebuilt_after_compaction_or_a_replay_is_the_same(
    raw: list[Record], sizes: list[int], share: float, later_ms: int
) -> None:
    first, table = ledger()
    log: Log = []
    for record in raw:
        append(log, from_intake(record))
    start = fold_to_the_end(first, log, 0, sizes)
    log = cleaned(log, int(share * start) + 1)
    rebuilt, again = ledger()
    fold_to_the_end(rebuilt, list(log), 0, sizes)
    assert again == table
    assert rebuilt.state.balances == {place: b for place, b in first.state.balances.items() if b.records}
    # The raw topics are read from the beginning, too: intake writes everything again, with another time.
    replayed, once_more = ledger()
    for record in raw:
        append(log, from_intake(record, later_ms))
    end = fold_to_the_end(replayed, log, 0, sizes)
    assert once_more == table
    last, at_last = ledger()
    fold_to_the_end(last, cleaned(log, end), 0, sizes)
    assert at_last == table


def copies(number: int) -> list[Record]:
    data = {"agency": "aldermere-police", "board": "X08000001", "occurred_on": "2026-01-01"}
    return [Record("a" * 40, 0, "missing_episode", data, 0, n, 1000 + n) for n in range(number)]


@given(st.integers(1, 3), st.integers(1, 60))
@example(2, 200)
@settings(max_examples=15, deadline=None)
def test_of_more_copies_than_are_remembered_the_count_and_the_first_time_stay(times: int, size: int) -> None:
    number = REMEMBERED * times + 7
    its, table = ledger()
    log: Log = []
    for record in copies(number):
        append(log, from_intake(record))
    written = len(log)
    end = fold_to_the_end(its, log, 0, [size])
    assert len(log) - written <= 4 * (written // size + 3), "a flood of copies is not answered with a flood"
    rebuilt, again = ledger()
    fold_to_the_end(rebuilt, cleaned(log, end), 0, [size])
    assert again == table
    row = decode(table[OWN])
    assert (row.records, row.first_ms) == (number, BEGAN_MS + 1000)


def test_a_record_that_came_once_is_written_once() -> None:
    its, _ = ledger()
    log: Log = []
    append(log, from_intake(copies(1)[0]))
    for _ in range(2):
        assert fold_to_the_end(its, log, 0, [2]) == 1
    assert len(log) == 1


def test_a_word_of_somebody_else_is_no_record() -> None:
    its, table = ledger()
    log: Log = []
    for word in (
        b"",
        b"{}",
        b"[]",
        b"null",
        b'["a"]',
        b"\xff",
        b'["x",0,"d",{},0,0,[],[]]',
        b'["x",0,"d",[],0,0,[],[]]',
    ):
        made = from_intake(copies(1)[0])
        append(log, Out(made.topic, 3, made.key, made.value, 0, (*made.headers, (KNOWN_HEADER, word))))
    caused = its.fold(log, {}, NOW, TODAY)
    letters = [out for out in caused.outs if out.topic == topics.DEAD_LETTERS]
    assert len(letters) == len(log)
    assert not table


def test_a_backup_keeps_all_of_it_under_coordinates_that_nothing_will_have() -> None:
    its, table = ledger()
    log: Log = []
    for record in copies(5):
        append(log, from_intake(record))
    fold_to_the_end(its, log, 0, [9])
    [spec] = [s for s in all_topics([]) if s.name == topics.ACCEPTED]
    [brought] = outs(lines([(spec, log)], Counter()))
    restored: Log = []
    append(restored, brought)
    anew, again = ledger()
    fold_to_the_end(anew, restored, 0, [9])
    before, after = decode(table[OWN]), decode(again[OWN])
    assert (after.records, after.first_ms, after.versions) == (5, BEGAN_MS + 1000, before.versions)
    assert after.seen == {SHIFT_OF_A_RESTORE: before.seen[0]}
