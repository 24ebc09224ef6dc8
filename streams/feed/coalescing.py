"""Hands an agent up to a thousand records of one partition as one Faust message (docs/faust.md).

A chunk carries the offset of its *first* record. The last record of each fetch goes alone, so that the committed
offset reaches the end of the log when the topic is idle. So does the record at offset 0: Faust takes a read offset of 0
for none, notes no gap after it, and would commit 1 and nothing more until the partition is assigned anew.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import faust
from aiokafka import ConsumerRecord
from faust.transport.utils import DefaultSchedulingStrategy
from faust.types import TP

Chunk = list[ConsumerRecord]


def split(records: Chunk, size: int) -> Iterator[Chunk]:
    """Pieces of at most `size`; the last record, and the very first of the log, each in a piece of its own."""
    head, tail = records[:-1], records[-1:]
    if head and head[0].offset == 0:
        yield head[:1]
        head = head[1:]
    for start in range(0, len(head), size):
        yield head[start : start + size]
    if tail:
        yield tail


def as_message(chunk: Chunk, number: int) -> ConsumerRecord:
    """The chunk dressed as one record at the offset of its first, its number in the place of the key."""
    first = chunk[0]
    return ConsumerRecord(
        topic=first.topic,
        partition=first.partition,
        offset=first.offset,
        timestamp=first.timestamp,
        timestamp_type=first.timestamp_type,
        key=number,
        value=chunk,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=(),
    )


def coalescing_scheduler(topics: frozenset[str], size: int) -> type[DefaultSchedulingStrategy]:
    """A `ConsumerScheduler` that chunks these topics, round robin over partitions; others pass untouched.

    Pieces are numbered per partition since the last seek, so that an agent sees when one did not reach it. What was
    fetched before a seek and not handed over yet is dropped: it comes again.
    """

    class CoalescingScheduler(DefaultSchedulingStrategy):
        def __init__(self) -> None:
            self.numbers: Counter[TP] = Counter()
            self.seeks: Counter[TP] = Counter()
            self._fetched: dict[TP, int] = {}

        def restart(self, tps: Iterable[TP]) -> None:
            """Count these partitions' pieces from 0 again: they were sought. What was fetched before is dropped."""
            for tp in tps:
                self.numbers.pop(tp, None)
                self.seeks[tp] += 1

        def fetched(self) -> None:
            """A fetch has ended: its records are good until their partition is sought."""
            self._fetched = dict(self.seeks)

        def iterate(self, records: Mapping[TP, Chunk]) -> Iterator[tuple[TP, Any]]:
            fetched = self._fetched
            chunked = deque((tp, split(found, size)) for tp, found in records.items() if tp.topic in topics)
            others = {tp: found for tp, found in records.items() if tp.topic not in topics}
            if others:
                yield from super().iterate(others)
            while chunked:
                tp, pieces = chunked.popleft()
                piece = next(pieces, None)
                # A piece from before a seek would be taken for the first after it, and what lies between for a hole.
                if piece is not None and self.seeks[tp] == fetched.get(tp, 0):
                    yield tp, as_message(piece, self.numbers[tp])
                    self.numbers[tp] += 1
                    chunked.append((tp, pieces))

    return CoalescingScheduler


class ChunkSchema(faust.Schema[None, Chunk]):
    """Passes the chunk through: decoding happens in the agent, record by record, where a bad one can be refused."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> None:
        """Chunks have no key."""

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:
        """The list of records."""
        return message.value
