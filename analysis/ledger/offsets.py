"""Which raw offsets of one agency were accepted, and which of these have expired: sets of numbers, as blocks of bits.

The ledger's classes are sums over its rows and marks. This module counts independently what they must add up to: one
bit for each accepted record, by its coordinates on the agency's raw topic. A record that is read again sets a bit that
is already set, so it is not counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

SIZE = 1024
"""The number of offsets in a block."""

Seen = Mapping[int, Iterable[int]]
"""Raw partition -> offsets, in the form of ledger rows and marks."""


@dataclass(slots=True)
class Block:
    """`SIZE` consecutive offsets of one raw partition.

    A row or a mark remembers the newest 64 offsets of a partition; of older ones it only knows how many there were.
    Records whose offsets are unknown are counted in `accepted_unplaced` and `expired_unplaced`.
    """

    accepted: int = 0
    """Bit n is set if the record at offset n of the block was accepted."""
    expired: int = 0
    """Bit n is set if that record was accepted and has left its row or mark because its retention has ended."""
    accepted_unplaced: int = 0
    expired_unplaced: int = 0

    @property
    def counts(self) -> tuple[int, int]:
        """How many records were accepted, and how many of these expired."""
        return (
            self.accepted.bit_count() + self.accepted_unplaced,
            self.expired.bit_count() + self.expired_unplaced,
        )

    def encode(self) -> bytes:
        """The block as it is stored: compact JSON, with the bits in hexadecimal."""
        return orjson.dumps([f"{self.accepted:x}", f"{self.expired:x}", self.accepted_unplaced, self.expired_unplaced])


def decode(value: bytes) -> Block:
    """Read a block that `Block.encode` wrote."""
    accepted, expired, accepted_unplaced, expired_unplaced = orjson.loads(value)
    return Block(int(accepted, 16), int(expired, 16), accepted_unplaced, expired_unplaced)


def offsets_in(bits: int, block: int) -> list[int]:
    """The offsets whose bits are set, in ascending order. `block` is the number of the block."""
    return [block * SIZE + n for n in range(bits.bit_length()) if bits >> n & 1]


def unplaced(records: int, seen: Seen) -> int:
    """How many of an event's records have no remembered offset."""
    return max(0, records - sum(len(list(offsets)) for offsets in seen.values()))
