"""An event id belongs to the agency that published it: what another agency sends under it is another event."""

from __future__ import annotations

import logging
import random
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contract import topics
from models.releases.requests import RequestErase
from streams import metrics
from streams.ledger.watch import LedgerWatch
from tests.factories import BOARD, CARE, POLICE, an_event_id, an_own_id, event, token
from tests.streams.test_erasure import AT, PARTITION, TODAY, Held, accepted, erasure

Log = list["ConsumerRecord[Any, Any]"]


def of_police() -> Log:
    """An episode with its revision, a concern, a withdrawn one, and a return."""
    return accepted(
        event(record="1", child="a"),
        event(record="1", child="a", revision=1, sex="F"),
        event("cse_concern", record="2", child="b"),
        event(record="3", child="c"),
        event("withdrawal", record="3", revision=1),
        event("submission_return", record="4"),
    )


def of_care() -> Log:
    """The same ids from an agency that has a copy of the key: overwrites, withdraws, erases, and copies."""
    return accepted(
        event(record="1", agency=CARE, child="z", revision=5, sex="M"),
        event("withdrawal", record="2", agency=CARE, revision=9),
        event(record="3", agency=CARE, child="z", revision=1),
        event("withdrawal", record="4", agency=CARE, revision=1),
        event(record="1", agency=CARE, child="z", revision=5, sex="M"),
        erasure("e", agency=CARE, event_ids=[an_event_id("2"), an_event_id("1")], tokens=[token("b")]),
        agency=CARE,
    )


def rows_of(held: Held, agency: str) -> dict[str, bytes]:
    end = f"|{agency}".encode()
    return {key.decode(): value for key, value in held.rows.items() if key.endswith(end)}


def alone(records: Log, agency: str) -> tuple[dict[str, bytes], Any]:
    held = Held()
    held.fold(*records)
    return rows_of(held, agency), held.account(agency)


@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_in_any_order_and_any_replay_each_agency_has_what_it_would_have_alone(
    rng: random.Random, sizes: list[int]
) -> None:
    log = [*of_police(), *of_care()]
    order = log + rng.choices(log, k=rng.randrange(8))
    rng.shuffle(order)
    held = Held()
    while order:
        size = sizes[len(order) % len(sizes)]
        held.fold(*order[:size])
        order = order[size:]
        if rng.random() < 0.3:
            held.ledger.rebuild()
    for agency, records in ((POLICE, of_police()), (CARE, of_care())):
        assert (rows_of(held, agency), held.account(agency)) == alone(records, agency)


def test_one_agencys_erasure_request_and_nulls_leave_the_others_records() -> None:
    held = Held()
    held.fold(*of_police())
    [theirs] = accepted(event(record="1", agency=CARE, child="a"), agency=CARE)
    held.fold(theirs)
    request = RequestErase(request_id="e-1", board=BOARD, agency=CARE, requested_at=AT)
    caused = held.ledger.erase_agency(request, PARTITION, AT, TODAY)
    assert [out.key for out in caused.outs if out.topic == topics.ACCEPTED] == [theirs.key]
    assert (rows_of(held, POLICE), held.account(POLICE)) == alone(of_police(), POLICE)


def test_the_accepted_keys_of_two_agencies_differ_so_compaction_takes_neither() -> None:
    [ours] = accepted(event(record="1"))
    [theirs] = accepted(event(record="1", agency=CARE), agency=CARE)
    assert ours.key != theirs.key


def test_a_shared_id_is_shown_to_operations_until_one_of_the_events_goes(caplog: pytest.LogCaptureFixture) -> None:
    held = Held()
    watch = LedgerWatch(held.ledger)
    held.fold(*of_police()[:2])
    watch.look()
    assert metrics.SHARED_EVENT_IDS._value.get() == 0
    with caplog.at_level(logging.ERROR):
        held.fold(*accepted(event(record="1", agency=CARE), agency=CARE))
        for _ in range(2):
            watch.look()
    assert metrics.SHARED_EVENT_IDS._value.get() == 1
    [line] = [one.getMessage() for one in caplog.records]
    assert line.startswith(f"event-key-copied: {POLICE} and {CARE} use the same event ids")
    assert an_event_id("1") not in line
    held.ledger.rebuild()
    watch.look()
    assert metrics.SHARED_EVENT_IDS._value.get() == 1
    held.fold(*accepted(erasure("e", agency=CARE, event_ids=[an_event_id("1")]), agency=CARE, first=9))
    watch.look()
    assert metrics.SHARED_EVENT_IDS._value.get() == 0
    assert an_own_id("1") in rows_of(held, POLICE)


def test_neither_agency_is_told_of_the_other() -> None:
    """What an agency is sent is the same whether another uses its ids or not."""
    with_other, without = Held(), Held()
    with_other.fold(*of_care())
    caused = with_other.fold(*of_police()), without.fold(*of_police())
    ours = [[out for out in one.outs + one.first if out.topic != topics.ACCEPTED] for one in caused]
    assert ours[0] == ours[1]


def before_the_change(record: ConsumerRecord[Any, Any]) -> ConsumerRecord[Any, Any]:
    """The record as an older version's intake wrote it: its key had no agency."""
    event_id, _, revision = record.key.decode().split("|")
    key = f"{event_id}|{revision}".encode()
    return ConsumerRecord(
        record.topic,
        record.partition,
        record.offset,
        record.timestamp,
        0,
        key,
        record.value,
        None,
        0,
        0,
        record.headers,
    )


def test_records_under_old_keys_are_written_again_under_new_ones_and_count_the_same() -> None:
    held = Held()
    old = [before_the_change(record) for record in of_police()]
    caused = held.fold(*old)
    written = [out for out in caused.outs if out.topic == topics.ACCEPTED]
    assert {out.key for out in written if out.value is not None} == {record.key for record in of_police()}
    assert {out.key for out in written if out.value is None} == {record.key for record in old}
    # Each stands under its new key before the old one goes: the order is that of the partition.
    for number, out in enumerate(written):
        assert out.value is not None or written[number - 1].value is not None
    assert (rows_of(held, POLICE), held.account(POLICE)) == alone(of_police(), POLICE)


def test_a_row_without_its_agency_is_not_taken_for_one_of_this_version() -> None:
    held = Held()
    held.fold(*of_police())
    held.rows = {key.partition(b"|")[0]: value for key, value in held.rows.items()}
    held.ledger.state._table = held.rows
    with pytest.raises(ValueError):  # noqa: PT011
        held.ledger.state.rebuild()
