"""Which offset Faust would commit: what is wrong in its arithmetic, and why that cannot reach us."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiokafka.errors import NoOffsetForPartitionError
from faust.transport.drivers.aiokafka import Consumer
from faust.types import TP
from faust.types.tuples import ConsumerMessage

from streams.feed.transport import ChunkConsumer
from streams.settings import StreamSettings
from streams.worker import create_app

PLACE = TP("t", 0)


def with_consumer(kind: type[Any], see: Callable[[Any], Any]) -> Any:
    """What a consumer of this kind says, in an application that is not started."""

    async def run() -> Any:
        app = create_app("arithmetic", ["t"], StreamSettings())
        app.topics.acks_enabled_for = lambda topic: True  # type: ignore[method-assign]
        consumer = kind(app.transport, print, print, print)
        try:
            return await see(consumer)
        finally:
            consumer._thread.thread_loop.close()

    return asyncio.run(run())


def message(offset: int, number: Any) -> ConsumerMessage:
    """A chunk at an offset, the so-many-th since the last seek."""
    return ConsumerMessage("t", 0, offset, 0.0, 0, [], number, b"", None, 0, 0, PLACE)


async def out_of_order(consumer: Any) -> Any:
    """2585 is still under way; 2586 to 2589 are acknowledged."""
    consumer._committed_offset[PLACE] = 2585
    consumer._acked[PLACE] += [2586, 2587, 2588, 2589]
    return consumer._new_offset(PLACE)


def test_faust_still_commits_past_what_is_under_way() -> None:
    """Its issue 606. Once this fails the defect is mended upstream; until then agents take one chunk at a time."""
    assert with_consumer(Consumer, out_of_order) == 2590
    assert with_consumer(ChunkConsumer, out_of_order) == 2590, "we do not mend it: we never acknowledge out of order"


def test_a_chunk_under_way_keeps_the_commit_before_it() -> None:
    """A later one that a stream gives up, as it does when partitions move, is not acknowledged at all."""

    async def see(consumer: Any) -> list[Any]:
        done, under_way, given_up = message(2584, 0), message(2585, 1), message(2586, 2)
        consumer._committed_offset[PLACE] = 2584
        consumer.begin(done)
        consumer.done(done)
        consumer.ack(done)
        before = consumer._new_offset(PLACE)
        consumer._committed_offset[PLACE] = before
        consumer.begin(under_way)
        consumer.ack(given_up)
        return [before, consumer._new_offset(PLACE)]

    assert with_consumer(ChunkConsumer, see) == [2585, None]


def gaps(kind: type[Any], offsets: list[int]) -> Any:
    """The commit after records at these offsets, one by one: what lies between them is a hole in the log."""

    async def see(consumer: Any) -> Any:
        consumer._committed_offset[PLACE] = offsets[0]
        read: int | None = None
        for offset in offsets:
            if read and offset - read > 1:
                await consumer._add_gap(PLACE, read + 1, offset)
            read = offset
            consumer._acked[PLACE].append(offset)
        return consumer._new_offset(PLACE)

    return with_consumer(kind, see)


def test_the_commit_crosses_the_holes_of_a_compacted_or_a_transactional_log() -> None:
    holes = [100, 101, 150, 151, 153, 154, 200]
    assert gaps(ChunkConsumer, holes) == 201
    assert gaps(Consumer, holes) != 201, "Faust's own off-by-one is mended: the override can go"


def test_a_partition_that_was_never_committed_is_waited_for_when_it_is_fetched_before_it_is_sought(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """aiokafka says so when nothing may reset an offset in silence: a worker that joined a group ended by it."""

    async def none(*_: Any) -> Any:
        raise NoOffsetForPartitionError(PLACE)

    async def see(consumer: Any) -> Any:
        return await consumer._getmany({PLACE}, 0.01)

    monkeypatch.setattr(Consumer, "_getmany", none)
    assert with_consumer(ChunkConsumer, see) == {}
