"""Which raw offsets of one agency were accepted, and which of them expired since: sets of numbers, in blocks of bits.

The ledger's classes are sums over its rows and marks. What they must add up to is counted here, apart from them: one
bit for each accepted record, by its place on the agency's raw topic. A record that is read again sets a bit that is
set already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

SIZE = 1024
"""Offsets of a block."""

Seen = Mapping[int, Iterable[int]]
"""Raw partition -> offsets, as ledger rows and marks keep them."""


@dataclass(slots=True)
class Block:
    """`SIZE` offsets of one raw partition.

    A row or a mark remembers the newest 64 offsets of a partition and, beyond them, only how many there were. Where the
    offsets themselves are not known, such records are counted in `accepted_unplaced` and `expired_unplaced`.
    """

    accepted: int = 0
    """Bit n: the record at offset n of the block was accepted."""
    expired: int = 0
    """Bit n: it was accepted, and is in no row or mark any more because its retention has ended."""
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
        """As stored: compact JSON, the bits in hexadecimal."""
        return orjson.dumps([f"{self.accepted:x}", f"{self.expired:x}", self.accepted_unplaced, self.expired_unplaced])


def decode(value: bytes) -> Block:
    """What `Block.encode` wrote."""
    accepted, expired, accepted_unplaced, expired_unplaced = orjson.loads(value)
    return Block(int(accepted, 16), int(expired, 16), accepted_unplaced, expired_unplaced)


def offsets_in(bits: int, block: int) -> list[int]:
    """The offsets whose bits are set in the block of this number, ascending."""
    return [block * SIZE + n for n in range(bits.bit_length()) if bits >> n & 1]


def unplaced(records: int, seen: Seen) -> int:
    """How many of an event's records are remembered by number only."""
    return max(0, records - sum(len(list(offsets)) for offsets in seen.values()))
