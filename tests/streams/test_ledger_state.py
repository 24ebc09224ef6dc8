"""The ledger's storage: chunks in any cut equal one batch, balances follow, and a rebuild changes nothing."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from hypothesis import given
from hypothesis import strategies as st

from analysis.ledger.balance import Account
from analysis.ledger.row import Record, decode, encode, fold
from models.contract import topics
from models.contract.receipts import LedgerReceipt
from models.releases import SubmissionState
from streams.intake.chunk import handle
from streams.ledger.chunk import balance_receipt, submission_states
from streams.ledger.records import NotARecord, read
from streams.ledger.state import LedgerState
from tests.analysis.ledger.test_row import records
from tests.factories import BOARD, POLICE, event, register, wire
from tests.streams.test_decide import RULES
from tests.streams.test_intake_chunk import raw


@given(records(), st.lists(st.integers(1, 6), min_size=1))
def test_however_the_log_is_cut_into_chunks_the_table_is_the_same(found: list[Record], sizes: list[int]) -> None:
    table: dict[bytes, bytes] = {}
    state = LedgerState(table)
    rest = list(found)
    while rest:
        size = sizes[len(rest) % len(sizes)]
        state.apply(rest[:size])
        rest = rest[size:]
    expected: dict[bytes, Any] = {}
    for record in found:
        key = record.own_id.encode()
        expected[key] = fold(expected.get(key), record)
    assert table == {key: encode(row) for key, row in expected.items()}
    kept = copy.deepcopy(state.balances)
    state.rebuild()
    assert state.balances == kept
    assert sum(b.records for b in kept.values()) == len(found)
    assert len(state) == len(table)


def accepted(*documents: dict[str, Any]) -> list[ConsumerRecord[Any, Any]]:
    """What intake makes of raw events, as the ledger would consume it."""
    chunk = [raw(i, wire(document)) for i, document in enumerate(documents)]
    outs = [o for o in handle(POLICE, chunk, RULES).outs if o.topic == topics.ACCEPTED]
    assert len(outs) == len(documents)
    return [
        ConsumerRecord(o.topic, o.partition, i, o.timestamp_ms or 0, 0, o.key, o.value, None, 0, 0, o.headers)
        for i, o in enumerate(outs)
    ]


def apply(*documents: dict[str, Any]) -> LedgerState:
    state = LedgerState({})
    state.apply([r for _, r in read(accepted(*documents)) if isinstance(r, Record)])
    return state


def test_what_intake_writes_the_ledger_reads() -> None:
    state = apply(event(record="1"), event(record="1", revision=1, sex="F"), event("withdrawal", "2"))
    rows = dict(state.rows_of(BOARD))
    assert len(rows) == 2
    assert sorted((row.short_type, row.revision) for row in rows.values()) == [
        ("missing_episode", 1),
        ("withdrawal", 0),
    ]
    balance = state.balances[BOARD, POLICE]
    assert (balance.current, balance.superseded, balance.withdrawn) == (1, 1, 1)


@pytest.mark.parametrize("value", [b"{", b"[]", b'{"data":{}}', b'{"data":{"event_id":1}}', b"\xff"])
def test_a_strangers_record_is_marked_not_raised(value: bytes) -> None:
    [item] = accepted(event())
    stranger = ConsumerRecord(item.topic, 3, 9, 0, 0, None, value, None, 0, 0, item.headers)
    [(offset, record)] = read([stranger])
    assert offset == 9
    assert isinstance(record, NotARecord)


def test_a_tombstone_is_no_record() -> None:
    [item] = accepted(event())
    assert list(read([ConsumerRecord(item.topic, 3, 9, 0, 0, item.key, None, None, 0, 0, ())])) == [(9, None)]


def test_the_receipt_holds_the_balance() -> None:
    state = apply(event(record="1"), event(record="1"), event(record="2"))
    out = balance_receipt(BOARD, POLICE, Account(3, state.balances[BOARD, POLICE]), [(0, 2)], RULES.now)
    receipt = LedgerReceipt.model_validate_json(out.value or b"")
    assert (receipt.current, receipt.duplicate, receipt.superseded, receipt.withdrawn) == (2, 1, 0, 0)
    assert (receipt.closes, receipt.through, receipt.erased) == (True, ((0, 2),), "fewer than 10")
    assert out.topic == topics.receipts(POLICE)


@pytest.mark.parametrize(("submitted", "on_time"), [("2026-04-21", True), ("2026-04-22", False)])
def test_a_return_is_late_after_its_due_date(submitted: str, on_time: bool) -> None:
    state = apply(event("submission_return", submitted_on=submitted))
    [out] = submission_states((row for _, row in state.rows_of(BOARD)), register())
    parsed = SubmissionState.model_validate_json(out.value or b"")
    assert (parsed.period, parsed.on_time) == ("2026Q1", on_time)
    assert set(json.loads(out.value or b"")) == {
        "agency",
        "board",
        "period",
        "submitted_on",
        "received_at",
        "on_time",
        "withdrawn",
    }


def test_rows_survive_encoding() -> None:
    for _, row in apply(event(record="1"), event(record="1", revision=1, sex="F")).rows_of(BOARD):
        assert decode(encode(row)) == row
