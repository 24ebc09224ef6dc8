"""What the ledger's classes must add up to: every accepted record, counted by its place on the agency's raw topic.

It is kept in the table of marks, in rows of its own: a record's place is confirmed before, or together with, what says
which class it belongs to. A crash in between changes nothing: the input is read again, and a place counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass

from analysis.ledger.offsets import SIZE, Block, Seen, decode, offsets_in, unplaced
from analysis.ledger.row import Record

PREFIX = b"c|"
Pair = tuple[str, str]
"""Board and agency."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A block of an agency's raw partition, as far as it is for one board."""

    board: str
    agency: str
    partition: int
    block: int

    @property
    def key(self) -> bytes:
        """In the table."""
        return PREFIX + f"{self.board}|{self.agency}|{self.partition}|{self.block}".encode()


def place_of(key: bytes) -> Place:
    """The place that a key of the table is of; raises `ValueError` for any other key."""
    board, agency, partition, block = key[len(PREFIX) :].decode().split("|")
    return Place(board, agency, int(partition), int(block))


class Accepted:
    """Accepted and expired records of this worker's boards, by board and agency."""

    def __init__(self, table: MutableMapping[bytes, bytes]) -> None:
        self._table = table
        self._blocks: dict[Place, Block] = {}
        self._changed: set[Place] = set()
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
                self._count(place, block, 1)

    def take(self, record: Record) -> bool:
        """Count an accepted record; returns whether it is new, and was not read before.

        A record that the ledger wrote again knows of others of its event. They are counted as well, should the places
        of these have been lost: compaction has left nothing else of them.
        """
        board, agency = record.board, record.agency
        if record.known is not None:
            self.restore(board, agency, record.known.records, record.known.seen)
        if self.has(board, agency, record.raw_partition, record.raw_offset):
            # Written again, changed or not, as every row that a chunk touches is.
            self._changed.add(Place(board, agency, record.raw_partition, record.raw_offset // SIZE))
            return False
        self._accept(board, agency, record.raw_partition, record.raw_offset)
        return True

    def restore(self, board: str, agency: str, records: int, seen: Seen) -> None:
        """Count the records of a row or mark whose places are not there: they were written by an older version."""
        missing = [(p, offset) for p, offset in _in_order(seen) if not self.has(board, agency, p, offset)]
        for number, (partition, offset) in enumerate(missing):
            self._accept(board, agency, partition, offset, 0 if number else unplaced(records, seen))

    def expire(self, board: str, agency: str, records: int, seen: Seen) -> None:
        """The records of a row or a mark are counted in no other class from now on: their retention has ended.

        Done again after a crash it changes nothing.
        """
        for number, (partition, offset) in enumerate(_in_order(seen)):
            place, bit = Place(board, agency, partition, offset // SIZE), 1 << offset % SIZE
            with self._changing(place) as block:
                if number == 0 and not block.expired & bit:
                    block.expired_unplaced += unplaced(records, seen)
                block.expired |= bit

    def counts_again(self, record: Record) -> None:
        """A record that had expired is counted in another class: the board keeps more than it did, and it was read
        again."""
        place, bit = _at(record)
        block = self._blocks.get(place)
        if block is not None and block.expired & bit:
            with self._changing(place) as block:
                block.expired &= ~bit

    def has(self, board: str, agency: str, partition: int, offset: int) -> bool:
        """Whether the record at this place was accepted."""
        block = self._blocks.get(Place(board, agency, partition, offset // SIZE))
        return block is not None and bool(block.accepted >> offset % SIZE & 1)

    def through(self, pair: Pair) -> list[tuple[int, int]]:
        """(raw partition, offset) of the last record of each partition that was accepted."""
        found = ((partition, last) for (*of, partition), last in self._last.items() if tuple(of) == pair)
        return sorted(found)

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

    def _accept(self, board: str, agency: str, partition: int, offset: int, more: int = 0) -> None:
        with self._changing(Place(board, agency, partition, offset // SIZE)) as block:
            block.accepted |= 1 << offset % SIZE
            block.accepted_unplaced += more

    @contextmanager
    def _changing(self, place: Place) -> Iterator[Block]:
        block = self._blocks.setdefault(place, Block())
        self._count(place, block, -1)
        yield block
        self._count(place, block, 1)
        self._changed.add(place)

    def _count(self, place: Place, block: Block, sign: int) -> None:
        pair, (accepted, expired) = (place.board, place.agency), block.counts
        self.counts[pair] = self.counts.get(pair, 0) + sign * accepted
        self.expired[pair] = self.expired.get(pair, 0) + sign * expired
        if sign > 0 and block.accepted:
            of, last = (*pair, place.partition), place.block * SIZE + block.accepted.bit_length() - 1
            self._last[of] = max(self._last.get(of, 0), last)


def _at(record: Record) -> tuple[Place, int]:
    block, bit = divmod(record.raw_offset, SIZE)
    return Place(record.board, record.agency, record.raw_partition, block), 1 << bit


def _in_order(seen: Seen) -> Iterator[tuple[int, int]]:
    return ((partition, offset) for partition in sorted(seen) for offset in sorted(seen[partition]))
