"""What the ledger's classes must add up to: every accepted record, counted by its place on the agency's raw topic.

It is kept in the table of marks, in rows of its own: a record's place is confirmed before, or together with, what says
which class it belongs to. A crash in between changes nothing: the input is read again, and a place counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, MutableMapping
from typing import NamedTuple

from analysis.ledger.coordinates import newest
from analysis.ledger.offsets import SIZE, Block, Seen, decode, offsets_in, unplaced
from analysis.ledger.row import Record

PREFIX = b"c|"
Pair = tuple[str, str]
"""Board and agency."""


class BlockKey(NamedTuple):
    """A block of an agency's raw partition, as far as it is for one board."""

    board: str
    agency: str
    partition: int
    block: int

    @property
    def key(self) -> bytes:
        """In the table."""
        return PREFIX + f"{self.board}|{self.agency}|{self.partition}|{self.block}".encode()


def place_of(key: bytes) -> BlockKey:
    """The place that a key of the table is of; raises `ValueError` for any other key."""
    board, agency, partition, block = key[len(PREFIX) :].decode().split("|")
    return BlockKey(board, agency, int(partition), int(block))


class AcceptedPlaces:
    """Accepted and expired records of this worker's boards, by board and agency."""

    def __init__(self, table: MutableMapping[bytes, bytes]) -> None:
        self._table = table
        self._blocks: dict[BlockKey, Block] = {}
        self._changed: set[BlockKey] = set()
        self._last: dict[tuple[str, str, int], int] = {}
        self.counts: dict[Pair, int] = {}
        """Every record that was ever accepted."""
        self.expired: dict[Pair, int] = {}
        """Those of them whose retention has ended."""

    def rebuild(self) -> None:
        """Read the table anew; called after every recovery."""
        self._blocks.clear()
        self._changed.clear()
        self._last.clear()
        self.counts.clear()
        self.expired.clear()
        for key, value in self._table.items():
            if key.startswith(PREFIX):
                place, block = place_of(key), decode(value)
                self._blocks[place] = block
                self._count(place, block)

    def _count(self, place: BlockKey, block: Block) -> None:
        pair, (accepted, expired) = (place.board, place.agency), block.counts
        self.counts[pair] = self.counts.get(pair, 0) + accepted
        self.expired[pair] = self.expired.get(pair, 0) + expired
        if block.accepted:
            of, last = (*pair, place.partition), place.block * SIZE + block.accepted.bit_length() - 1
            self._last[of] = max(self._last.get(of, -1), last)

    def take(self, record: Record) -> bool:
        """Count an accepted record; returns whether it is new, and was not read before."""
        place, bit = _at(record)
        # Written again, changed or not, as every row that a chunk touches is.
        self._changed.add(place)
        block = self._blocks.get(place)
        if block is not None and block.accepted & bit:
            return False
        self._accept(place, bit)
        return True

    def restore(self, board: str, agency: str, records: int, seen: Seen) -> None:
        """Count the records of a mark whose places are not there: it was written by an older version."""
        if missing := self.missing(board, agency, seen):
            more = unplaced(records, seen)
            for number, (partition, offset) in enumerate(missing):
                self._accept(*_place(board, agency, partition, offset), 0 if number else more)

    def missing(self, board: str, agency: str, seen: Seen) -> list[tuple[int, int]]:
        """Those of these (raw partition, offset) that are not among the accepted."""
        return [(p, offset) for p, offset in _in_order(seen) if not self.has(board, agency, p, offset)]

    def recall(self, record: Record) -> int:
        """Count the lost places that a record written again knows of its event; returns how many were new."""
        seen = record.known.seen if record.known is not None else {}
        missing = self.missing(record.board, record.agency, seen)
        for partition, offset in missing:
            self._accept(*_place(record.board, record.agency, partition, offset))
        return len(missing)

    def add_unplaced(self, record: Record, more: int) -> None:
        """Records of an event that nobody knows the places of any more, beside this one of it."""
        self._accept(*_at(record), more, bits=0)

    def expire(self, board: str, agency: str, records: int, seen: Seen) -> None:
        """The records of a row or a mark are counted in no other class from now on: their retention has ended.

        Done again after a crash it changes nothing.
        """
        for number, (partition, offset) in enumerate(_in_order(seen)):
            place, bit = _place(board, agency, partition, offset)
            block = self._block(place)
            if not block.expired & bit:
                more = unplaced(records, seen) if number == 0 else 0
                block.expired |= bit
                block.expired_unplaced += more
                self.expired[board, agency] = self.expired.get((board, agency), 0) + 1 + more

    def counts_again(self, record: Record) -> None:
        """A record that had expired is counted in another class: the board keeps more than it did, and it was read
        again."""
        if not self.expired.get((record.board, record.agency)):
            return
        place, bit = _at(record)
        block = self._block(place)
        if block.expired & bit:
            block.expired &= ~bit
            self.expired[place.board, place.agency] -= 1

    def has(self, board: str, agency: str, partition: int, offset: int) -> bool:
        """Whether the record at this place was accepted."""
        place, bit = _place(board, agency, partition, offset)
        block = self._blocks.get(place)
        return block is not None and bool(block.accepted & bit)

    def through(self, pair: Pair) -> list[tuple[int, int]]:
        """(raw partition, offset) of the last record of each partition that was accepted, in its newest log."""
        return newest((partition, last) for (*of, partition), last in self._last.items() if tuple(of) == pair)

    def places(self) -> dict[Pair, set[tuple[int, int]]]:
        """(raw partition, offset) of every accepted record whose place is known: for a command, not for each chunk."""
        return self._places(lambda block: block.accepted)

    def expired_places(self, pair: Pair) -> set[tuple[int, int]]:
        """The same of those that expired."""
        return self._places(lambda block: block.expired).get(pair, set())

    def _places(self, bits: Callable[[Block], int]) -> dict[Pair, set[tuple[int, int]]]:
        found: dict[Pair, set[tuple[int, int]]] = {}
        for place, block in self._blocks.items():
            its = found.setdefault((place.board, place.agency), set())
            its |= {(place.partition, offset) for offset in offsets_in(bits(block), place.block)}
        return found

    def write(self, boards: Collection[str]) -> None:
        """Put what has changed of these boards into the table: once a chunk, which touches a few blocks.

        Of these boards only: what is written goes to the partition of the record under way.
        """
        for place in sorted(place for place in self._changed if place.board in boards):
            self._table[place.key] = self._blocks[place].encode()
            self._changed.discard(place)

    def _accept(self, place: BlockKey, bit: int, more: int = 0, bits: int = 1) -> None:
        """`bits` is 0 if the bit is set already."""
        block = self._block(place)
        block.accepted |= bit
        block.accepted_unplaced += more
        board, agency, partition, number = place
        self.counts[board, agency] = self.counts.get((board, agency), 0) + bits + more
        of, last = (board, agency, partition), number * SIZE + bit.bit_length() - 1
        if self._last.get(of, -1) < last:
            self._last[of] = last

    def _block(self, place: BlockKey) -> Block:
        self._changed.add(place)
        block = self._blocks.get(place)
        if block is None:
            block = self._blocks[place] = Block()
        return block


def _at(record: Record) -> tuple[BlockKey, int]:
    return _place(record.board, record.agency, record.raw_partition, record.raw_offset)


def _place(board: str, agency: str, partition: int, offset: int) -> tuple[BlockKey, int]:
    """The block of an offset, and its bit there."""
    return BlockKey(board, agency, partition, offset // SIZE), 1 << offset % SIZE


def _in_order(seen: Seen) -> Iterator[tuple[int, int]]:
    return ((partition, offset) for partition in sorted(seen) for offset in sorted(seen[partition]))
