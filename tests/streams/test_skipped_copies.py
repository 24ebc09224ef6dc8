"""A skipped record that is a copy of one in a row, or of an erased one: it is passed over, and counted once."""

from __future__ import annotations

from typing import Any

import pytest
from aiokafka import ConsumerRecord
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contract import topics
from streams.balances.judge import judge
from streams.ledger.caused import Caused
from tests.factories import event, token
from tests.streams.test_erasure import Held, accepted, erasure

Log = list["ConsumerRecord[Any, Any]"]


def at(offset: int, record: ConsumerRecord[Any, Any]) -> ConsumerRecord[Any, Any]:
    """The same record once more, elsewhere on the accepted topic: intake ended before its commit, and read again."""
    return ConsumerRecord(
        record.topic,
        record.partition,
        offset,
        record.timestamp,
        0,
        record.key,
        record.value,
        None,
        0,
        0,
        record.headers,
    )


def written_again(caused: Caused, offset: int) -> ConsumerRecord[Any, Any]:
    """The record that the ledger wrote, with all that it knows of its event."""
    [out] = [out for out in caused.outs if out.topic == topics.ACCEPTED and out.value is not None]
    return ConsumerRecord(
        out.topic, out.partition, offset, out.timestamp_ms or 0, 0, out.key, out.value, None, 0, 0, out.headers
    )


def closes(held: Held) -> bool:
    return judge(dict(held.rows), dict(held.marked), ()).close


def classes(held: Held) -> tuple[int, int, int]:
    """Current, skipped and accepted records; the account closes."""
    receipt, account = held.receipt(), held.account()
    return receipt.current, receipt.skipped, account.accepted


def test_a_copy_in_the_same_chunk_is_counted_where_the_record_is() -> None:
    held, [one] = Held(), accepted(event(record="1"))
    caused = held.fold(one, at(1, one), passed={1: "skipped"})
    assert classes(held) == (1, 0, 1)
    assert [out.topic for out in caused.outs].count(topics.DEAD_LETTERS) == 1, "it was passed over all the same"


@pytest.mark.parametrize("rule", ["skipped", "quarantined"])
def test_a_copy_that_comes_later_is_counted_where_the_record_is(rule: str) -> None:
    held, [one] = Held(), accepted(event(record="1"))
    held.fold(one)
    held.fold(at(1, one), passed={1: rule})
    assert classes(held) == (1, 0, 1)
    held.ledger.rebuild()
    assert classes(held) == (1, 0, 1)


def test_the_first_is_skipped_and_the_copy_is_folded() -> None:
    held, [one] = Held(), accepted(event(record="1"))
    held.fold(one, passed={0: "skipped"})
    held.fold(at(1, one))
    held.fold(one, passed={0: "skipped"})
    assert classes(held) == (1, 0, 1)


def test_a_copy_of_an_erased_record_stays_erased() -> None:
    held, [one, erased] = Held(), accepted(event(record="1", child="gone"), erasure(tokens=[token("gone")]))
    held.fold(one, erased)
    held.fold(at(2, one), passed={2: "skipped"})
    assert (held.receipt().skipped, held.account().erased, held.account().accepted) == (0, 2, 2)


def test_what_the_ledger_wrote_again_is_skipped_and_all_that_it_knows_of_stays_counted() -> None:
    copies: Log = accepted(*[event(record="1")] * 3)
    held = Held()
    again = written_again(held.fold(*copies), 3)
    held.fold(again, passed={3: "skipped"})
    assert (held.account().accepted, held.receipt().duplicate, held.receipt().skipped) == (3, 2, 0)
    # Compaction has left nothing else of the event, and the ledger is made anew without it.
    anew = Held()
    anew.fold(again, passed={3: "skipped"})
    assert (anew.account().accepted, anew.receipt().skipped) == (3, 3)
    assert closes(anew)
    # Let through after all, each of them is where it belongs.
    anew.fold(at(4, again))
    assert (anew.account().accepted, anew.receipt().duplicate, anew.receipt().skipped) == (3, 2, 0)
    assert closes(anew)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=14),
    st.sets(st.integers(0, 13)),
    st.lists(st.integers(1, 5), min_size=1, max_size=3),
)
def test_whatever_is_skipped_of_a_log_with_copies_every_record_is_counted_once(
    picked: list[int], skipped: set[int], sizes: list[int]
) -> None:
    records = accepted(
        event(record="1", child="gone"),
        event(record="1", child="gone"),
        event(record="2", revision=1),
        erasure(tokens=[token("gone")]),
        event("withdrawal", record="2", revision=2),
    )
    log = [at(offset, records[number]) for offset, number in enumerate(picked)]
    passed = dict.fromkeys(skipped, "skipped")
    held = Held()
    for _ in range(2):
        left, turn = list(log), 0
        while left:
            size = sizes[turn % len(sizes)]
            held.fold(*left[:size], passed=passed)
            left, turn = left[size:], turn + 1
            assert held.account().accepted <= len(set(picked))
    assert held.account().accepted == len(set(picked))
    assert closes(held)
