"""Blocks of accepted offsets, as they are stored: what an earlier program wrote is read as it was meant."""

from __future__ import annotations

from analysis.ledger.offsets import Block, decode, offsets_in, unplaced


def test_a_stored_block_holds_1024_offsets_as_bits() -> None:
    stored = b'["1f","11",7,2]'
    block = decode(stored)
    assert block == Block(accepted=31, expired=17, accepted_unplaced=7, expired_unplaced=2)
    assert block.counts == (5 + 7, 2 + 2)
    assert block.encode() == stored
    assert offsets_in(block.expired, 3) == [3 * 1024, 3 * 1024 + 4]
    assert Block().counts == (0, 0)


def test_records_without_an_offset_are_those_beyond_the_remembered_ones() -> None:
    assert unplaced(5, {0: [1, 2], 3: [9]}) == 2
    assert unplaced(3, {0: [1, 2], 3: [9]}) == 0
