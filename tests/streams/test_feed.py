"""The parts that lean on Faust's inside: chunking, gap arithmetic, the confirmed changelog, the safe stop."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import faust
import pytest
from aiokafka import ConsumerRecord
from faust.types import TP
from faust.types.tuples import ConsumerMessage
from hypothesis import given
from hypothesis import strategies as st

from streams.feed.coalescing import as_message, coalescing_scheduler, split
from streams.feed.table import ConfirmedTable
from streams.feed.transport import ChunkConsumer, ChunkLost, ChunkTransport
from streams.settings import StreamSettings
from streams.worker import confirmed, create_app


def record(offset: int, topic: str = "t", partition: int = 0) -> ConsumerRecord[Any, Any]:
    return ConsumerRecord(topic, partition, offset, 0, 0, None, b"v", None, 0, 0, ())


@given(st.integers(0, 30), st.integers(1, 10))
def test_pieces_keep_every_record_in_order_and_the_last_goes_alone(n: int, size: int) -> None:
    records = [record(i) for i in range(n)]
    pieces = list(split(records, size))
    assert [r for piece in pieces for r in piece] == records
    assert all(len(piece) <= size for piece in pieces)
    assert not pieces or len(pieces[-1]) == len(pieces[0]) == 1


def test_the_scheduler_chunks_its_topics_round_robin_and_passes_others() -> None:
    scheduler = coalescing_scheduler(frozenset({"t"}), 2)()
    fetched = {
        TP("t", 0): [record(i) for i in range(10, 15)],
        TP("t", 1): [record(i, partition=1) for i in range(2)],
        TP("log", 0): [record(7, "log")],
    }
    got = [(tp, m.offset, len(m.value) if tp.topic == "t" else None) for tp, m in scheduler.iterate(fetched)]
    assert got == [
        (TP("log", 0), 7, None),
        (TP("t", 0), 10, 2),
        (TP("t", 1), 0, 1),
        (TP("t", 0), 12, 2),
        (TP("t", 1), 1, 1),
        (TP("t", 0), 14, 1),
    ]


def test_what_was_fetched_before_a_seek_is_not_handed_over_after_it() -> None:
    """Else the next old piece counts as the first new one, and Faust commits past all that lies between."""
    scheduler: Any = coalescing_scheduler(frozenset({"t"}), 2)()
    tp, other = TP("t", 0), TP("t", 1)
    records = {tp: [record(i) for i in range(10, 20)], other: [record(5, partition=1), record(6, partition=1)]}
    scheduler.fetched()
    old = scheduler.iterate(records)
    assert [(p, m.offset, m.key) for p, m in (next(old), next(old))] == [(tp, 10, 0), (other, 5, 0)]
    scheduler.restart([tp])
    assert [(p, m.offset, m.key) for p, m in old] == [(other, 6, 1)]
    scheduler.fetched()
    again = [(p, m.offset, m.key) for p, m in scheduler.iterate({tp: records[tp]})]
    assert again[:2] == [(tp, 10, 0), (tp, 12, 1)]


def test_a_chunk_has_the_offset_of_its_first_record() -> None:
    assert as_message([record(4), record(5)], 0).offset == 4


def committed_after(chunks: list[tuple[int, int]], consumer_class: type[Any]) -> list[int | None]:
    """Feed (first offset, length) chunks through Faust's own acknowledgement arithmetic."""
    tp = TP("t", 0)
    offsets = []

    async def run() -> None:
        app = faust.App("arithmetic", broker="kafka://127.0.0.1:1")
        app.transport = ChunkTransport(app.conf.broker_consumer, app)
        consumer = consumer_class(app.transport, print, print, print)
        read: int | None = None
        for first, _ in chunks:
            # As Faust's own loop has it: a read offset of 0 counts as none.
            if read and first - read > 1:
                await consumer._add_gap(tp, read + 1, first)
            read = first
            consumer._acked[tp].append(first)
            found = consumer._new_offset(tp)
            if found is not None:
                consumer._committed_offset[tp] = found
            offsets.append(found)
        consumer._thread.thread_loop.close()

    asyncio.run(run())
    return offsets


CHUNKS = [(0, 1), (1, 499), (500, 500), (1000, 500), (1500, 500), (2000, 1)]


def test_with_our_gaps_the_committed_offset_keeps_up() -> None:
    assert committed_after(CHUNKS, ChunkConsumer)[-1] == 2001


def test_a_chunk_from_offset_0_would_hold_the_commit_back_for_good_so_that_record_goes_alone() -> None:
    assert set(committed_after([(0, 500), *CHUNKS[2:]], ChunkConsumer)[1:]) == {None}
    assert [p[0].offset for p in split([record(i) for i in range(5)], 2)] == [0, 1, 3, 4]


def test_a_resumed_partition_is_fetched_from_only_once_the_flow_resumes() -> None:
    async def run() -> None:
        app = faust.App("held", broker="kafka://127.0.0.1:1")
        app.transport = ChunkTransport(app.conf.broker_consumer, app)
        consumer = ChunkConsumer(app.transport, print, print, print)
        mine, poisoned = TP("t", 0), TP("t", 1)
        # A worker that had no partition before has its flow running when it is given some.
        consumer.resume_flow()
        consumer._set_active_tps({mine, poisoned})
        assert consumer._get_active_partitions() == set(), "nothing may be read before the ledger is recovered"
        consumer.resume_partitions({mine, poisoned})
        assert consumer._get_active_partitions() == set(), "what is fetched here is dropped when the flow resumes"
        consumer.pause_partitions({poisoned})
        consumer.resume_flow()
        assert consumer._get_active_partitions() == {mine}
        consumer._thread.thread_loop.close()

    asyncio.run(run())


def test_stock_gaps_crawl_which_is_why_ours_exist() -> None:
    from faust.transport.drivers.aiokafka import Consumer

    assert committed_after(CHUNKS, Consumer)[-1] != 2001


def test_a_table_keeps_its_changes_for_the_agent_to_confirm(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        app = create_app("changes", [], StreamSettings())
        table = ConfirmedTable(app, name="events", key_type=bytes, value_type=bytes)
        # Outside an agent there is no chunk being handled, so we say which partition it would be of.
        monkeypatch.setattr(table, "partition_for_key", lambda key: 7)
        table[b"a"] = b"1"
        table[b"a"] = b"2"
        table[b"b"] = b"1"
        del table[b"b"]
        assert table.take_changes() == [(7, b"a", b"2"), (7, b"b", None)]
        assert table.take_changes() == []
        assert table[b"a"] == b"2"

    asyncio.run(run())


class Desk:
    """Stands where the app does in `confirmed`: keeps which messages were declared done."""

    def __init__(self) -> None:
        self.consumer = self
        self.declared: list[str] = []

    def begin(self, message: str) -> None:
        """Every chunk is in turn here."""

    def done(self, message: str) -> None:
        self.declared.append(message)


def test_cancelling_an_agent_does_not_cut_its_chunk_short() -> None:
    asyncio.run(_cancel_an_agent())


async def _cancel_an_agent() -> None:
    started, release = asyncio.Event(), asyncio.Event()
    desk: Any = Desk()

    async def work() -> None:
        started.set()
        await release.wait()

    agent = asyncio.create_task(confirmed(desk, "chunk", work))
    await started.wait()
    agent.cancel()
    await asyncio.sleep(0)
    assert not agent.done()
    assert desk.declared == []
    release.set()
    with pytest.raises(asyncio.CancelledError):
        await agent
    assert desk.declared == ["chunk"]


def test_only_a_chunk_that_is_done_is_acknowledged() -> None:
    """A message that the stream skipped after a rebalance must not let the commit jump over it."""

    async def run() -> None:
        app = create_app("acks", ["t"], StreamSettings())
        app.topics.acks_enabled_for = lambda topic: True  # type: ignore[method-assign]
        consumer = ChunkConsumer(app.transport, print, print, print)
        tp = TP("t", 0)
        skipped, handled = (ConsumerMessage("t", 0, offset, 0.0, 0, [], None, b"", None, 0, 0, tp) for offset in (0, 1))
        consumer.done(handled)
        assert consumer.ack(handled)
        assert not consumer.ack(skipped)
        assert consumer._acked[tp] == [1]
        consumer._thread.thread_loop.close()

    asyncio.run(run())


def test_a_chunk_that_did_not_reach_its_agent_is_noticed_with_the_next() -> None:
    async def run() -> None:
        app = create_app("turns", ["t"], StreamSettings())
        consumer = ChunkConsumer(app.transport, print, print, print)
        tp = TP("t", 0)
        fetched = {tp: [record(i) for i in range(10, 15)]}
        first, second, third = (
            ConsumerMessage("t", 0, m.offset, 0.0, 0, [], m.key, m.value, None, 0, 0, tp)
            for _, m in coalescing_scheduler(frozenset({"t"}), 2)().iterate(fetched)
        )
        consumer.begin(first)
        with pytest.raises(ChunkLost):
            consumer.begin(third)
        consumer.begin(second)
        consumer.begin(third)
        consumer.begin(first)  # after a seek back the count starts again
        consumer._thread.thread_loop.close()

    asyncio.run(run())


def test_a_chunk_that_is_not_done_looks_acknowledged_to_streams_that_would_acknowledge_it_themselves() -> None:
    """Faust's streams append to the consumer's list without asking `ack`; only `message.acked` keeps them from it."""

    async def run() -> None:
        app = create_app("acks", ["t"], StreamSettings())
        consumer = ChunkConsumer(app.transport, print, print, print)
        tp = TP("t", 0)
        numbers: list[Any] = [0, 1]
        done, left = (ConsumerMessage("t", 0, n, 0.0, 0, [], n, b"", None, 0, 0, tp) for n in numbers)
        unacked: Any = {done, left}
        consumer._unacked_messages = unacked
        consumer.begin(done)
        assert done.acked
        consumer.done(done)
        assert not done.acked
        consumer.begin(left)
        consumer.leave(left)
        assert left.acked
        assert unacked == {done}
        consumer._thread.thread_loop.close()

    asyncio.run(run())


def test_a_programming_error_ends_the_process_and_names_the_place_not_the_value() -> None:
    program = """
import asyncio, logging, sys
from types import SimpleNamespace
from streams.worker import confirmed
logging.basicConfig(stream=sys.stderr)
consumer = SimpleNamespace(begin=lambda message: None)
async def work():
    raise KeyError("Canary-943-476-5919")
asyncio.run(confirmed(SimpleNamespace(consumer=consumer), None, work))
print("went on")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 70
    assert "went on" not in done.stdout
    assert "KeyError at" in done.stderr
    assert "Canary" not in done.stderr
