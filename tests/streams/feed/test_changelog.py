"""What a chunk read again writes: all of it once more, whatever the table held already."""

from __future__ import annotations

import asyncio

import pytest
from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st

from analysis.ledger.row import Record
from streams.feed.table import ConfirmedTable
from streams.ledger.state import LedgerState
from streams.settings import StreamSettings
from streams.worker import create_app
from tests.analysis.ledger.test_row import records


async def table_of(monkeypatch: pytest.MonkeyPatch) -> ConfirmedTable:
    """A table that believes it is written for partition 7."""
    table = ConfirmedTable(create_app("again", [], StreamSettings()), name="events", key_type=bytes, value_type=bytes)
    monkeypatch.setattr(table, "partition_for_key", lambda key: 7)
    return table


@given(found=records(), times=st.integers(2, 4))
def test_every_key_of_a_chunk_is_written_again_changed_or_not(found: list[Record], times: int) -> None:
    """After a kill a store may hold a row that the changelog lacks: to leave out what has not changed would lose it."""

    async def run() -> None:
        with pytest.MonkeyPatch.context() as patch:
            table = await table_of(patch)
            state = LedgerState(table)
            keys = {record.own_id.encode() for record in found}
            for _ in range(times):
                state.apply(found)
                assert {key for _, key, _ in table.take_changes()} == keys

    asyncio.run(run())


def test_a_table_gives_nothing_to_fausts_own_producer(monkeypatch: pytest.MonkeyPatch) -> None:
    """That one flushes for a tenth of a second before a commit, and logs what it could not send, payload included."""

    async def run() -> None:
        table = await table_of(monkeypatch)
        monkeypatch.setattr(table, "send_changelog", None)
        monkeypatch.setattr(table, "_send_changelog", None)
        table[b"a"] = b"1"
        del table[b"a"]
        assert table.take_changes() == [(7, b"a", None)]

    asyncio.run(run())


def test_a_table_written_outside_of_its_agent_is_an_error() -> None:
    """Faust would have no partition to write it to."""

    async def run() -> None:
        table = ConfirmedTable(create_app("outside", [], StreamSettings()), name="e", key_type=bytes, value_type=bytes)
        with pytest.raises(TypeError, match="outside of stream iteration"):
            table[b"a"] = b"1"
        assert table.take_changes() == []

    asyncio.run(run())


def test_a_store_drops_what_was_written_to_a_partition_that_is_elsewhere_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it kept would be there again with the partition, erased or not, once the tombstones had been compacted."""

    async def run() -> None:
        table = await table_of(monkeypatch)
        table[b"kept"] = b"1"
        monkeypatch.setattr(table, "partition_for_key", lambda key: 8)
        table[b"lost"] = b"2"
        table[b"deleted"] = b"3"
        del table[b"deleted"]
        await table.on_recovery_completed({TP(table.changelog_topic.get_topic_name(), 7)}, set())
        assert dict(table.items()) == {b"kept": b"1"}

    asyncio.run(run())
