"""What the ledger keeps of what it no longer has: digests and raw coordinates, so that a replay brings nothing back.

A mark says "records of this event id are erased", "what carries this token and was published by then is erased",
"what this agency published by then is erased", or "this record was skipped". Event ids and tokens are in it as SHA-256
digests of what are keyed hashes already: who holds neither key learns nothing, and ids and tokens themselves are gone.
A skipped record's mark has its event id, as it is still on the topic, until an erasure or retention comes to it. Every
mark is of one board, and is written and deleted in that board's partition. Beside the marks, in the same table, stand
the places of all accepted records (`streams.ledger.accepted`): what leaves the marks for good is expired there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import date

import orjson

from analysis.ledger.links import digest, links_of
from analysis.ledger.row import Record, Row, is_new_offset, was_counted
from streams.ledger.accepted import PREFIX, AcceptedPlaces

EVENT, TOKEN, AGENCY, SKIPPED = "e", "t", "a", "s"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A skipped record that is still on the accepted topic."""

    key: bytes = field(repr=False)
    agency: str
    event_id: str = field(repr=False)
    revision: int
    links: frozenset[str] = field(repr=False)
    """Digests of the tokens it carries."""
    day: date
    """From which retention counts."""
    accepted_key: bytes = field(repr=False)
    """What it lies under on the accepted topic."""


class Marks:
    """Marks of this worker's boards over any `bytes -> bytes` mapping (a Faust table, or a dict in tests).

    `erased` and `skipped` count accepted records by board and agency; they are functions of the set of records, as a
    ledger row is, so that a replay changes nothing.
    """

    def __init__(self, table: MutableMapping[bytes, bytes]) -> None:
        self._table = table
        self.accepted = AcceptedPlaces(table)
        self._until: dict[bytes, int] = {}
        self._events: set[bytes] = set()
        self._skipped: set[bytes] = set()
        self.erased: dict[tuple[str, str], int] = {}
        self.skipped: dict[tuple[str, str], int] = {}

    def rebuild(self) -> None:
        """Derive counts and indexes anew; called after every recovery."""
        for kept in (self._until, self._events, self._skipped, self.erased, self.skipped):
            kept.clear()
        self.accepted.rebuild()
        for key, value in self._table.items():
            if not key.startswith(PREFIX):
                self._index(key, orjson.loads(value), 1)
        self._restore_places()

    def _restore_places(self) -> None:
        """Marks of an older version have no places beside them: nothing else would count their records as accepted."""
        for key in sorted(self._events):
            board, agency, records, seen, _ = orjson.loads(self._table[key])
            self.accepted.restore(board, agency, records, dict(seen))
        for key in sorted(self._skipped):
            board, agency, *_ = orjson.loads(self._table[key])
            self.accepted.restore(board, agency, 1, _place_of_skipped(key))

    # -- erased --------------------------------------------------------------------------------------------------

    def erase_event(self, board: str, agency: str, event_id: str, row: Row | None, on: date) -> None:
        """Nothing under this id is taken again; the row's records (if there is one) are counted as erased."""
        key = _event_key(agency, event_id)
        if key not in self._events:
            seen = {} if row is None else row.seen
            self._put(key, [board, agency, 0 if row is None else row.records, sorted(seen.items()), on.toordinal()])

    def erase_token(self, board: str, agency: str, link: str, until_s: int, on: date) -> None:
        """Whatever this agency published for this board with a token of this digest until then is erased, should it
        still come."""
        key = f"{TOKEN}|{board}|{agency}|{link}".encode()
        self._put(key, [max(until_s, self._until.get(key, 0)), on.toordinal()])

    def erase_agency(self, board: str, agency: str, until_s: int, on: date) -> None:
        """Whatever this agency published for this board until then is erased, should it still come."""
        key = f"{AGENCY}|{board}|{agency}".encode()
        self._put(key, [max(until_s, self._until.get(key, 0)), on.toordinal()])

    def refuse(self, record: Record) -> bool:
        """Whether a record may not come back."""
        if not (self._events or self._until):
            return False
        board, agency = record.board, record.agency
        if _event_key(agency, record.event_id) in self._events:
            return True
        return record.published_s <= max(self._times(board, agency, links_of(record.data)), default=-1)

    def is_erased(self, agency: str, event_id: str) -> bool:
        """Whether this very id has been erased before."""
        return _event_key(agency, event_id) in self._events

    def has_erased(self, record: Record) -> bool:
        """Whether this very record is counted among those of an erased event."""
        key = _event_key(record.agency, record.event_id)
        if key not in self._events:
            return False
        seen: dict[int, list[int]] = dict(orjson.loads(self._table[key])[3])
        return was_counted(seen.get(record.raw_partition, []), record.raw_offset)

    def count(self, record: Record) -> None:
        """Count a record of an erased event id, once; the id has been erased."""
        key = _event_key(record.agency, record.event_id)
        board, agency, records, seen, day = orjson.loads(self._table[key])
        by_partition = dict(seen)
        if is_new_offset(by_partition.setdefault(record.raw_partition, []), record.raw_offset):
            records += 1
        self._put(key, [board, agency, records, sorted(by_partition.items()), day])

    def _times(self, board: str, agency: str, links: Iterable[str]) -> Iterator[int]:
        for key in (f"{AGENCY}|{board}|{agency}", *(f"{TOKEN}|{board}|{agency}|{link}" for link in links)):
            if (until := self._until.get(key.encode())) is not None:
                yield until

    # -- skipped -------------------------------------------------------------------------------------------------

    def skip(self, record: Record, day: date, links: Iterable[str], accepted_key: bytes) -> None:
        """Count an accepted record that was passed over; `day` is for retention, `links` are its tokens' digests.

        So are the records that it alone still knows of, where the ledger had written it again.
        """
        what = [record.event_id, record.revision, sorted(links), day.toordinal(), accepted_key.decode()]
        for key in _skip_keys(record):
            if key not in self._skipped:
                self._put(key, [record.board, record.agency, *what])

    def skipped_of(self, board: str) -> list[Skipped]:
        """The skipped records of a board that an erasure or retention has not come to yet."""
        found = []
        for key in sorted(self._skipped):
            at, agency, *rest = orjson.loads(self._table[key])
            if at == board and rest:
                event_id, revision, links, day, *newer = rest
                # An older version kept no key: it was the event id and the revision.
                lies_under = str(newer[0]) if newer else f"{event_id}|{revision}"
                found.append(
                    Skipped(
                        key=key,
                        agency=agency,
                        event_id=event_id,
                        revision=revision,
                        links=frozenset(links),
                        day=date.fromordinal(day),
                        accepted_key=lies_under.encode(),
                    )
                )
        return found

    def leave_skipped(self, skipped: Skipped, still_counted: bool) -> None:
        """Forget what a skipped record was; an erased one is still counted, one past its retention is not."""
        if still_counted:
            self._put(skipped.key, orjson.loads(self._table[skipped.key])[:2])
        else:
            board = str(orjson.loads(self._table[skipped.key])[0])
            self.accepted.expire(board, skipped.agency, 1, _place_of_skipped(skipped.key))
            self._delete(skipped.key)

    def came_after_all(self, record: Record) -> None:
        """A skipped record was let through: it is counted where it belongs, and not here any more."""
        for key in _skip_keys(record) if self._skipped else ():
            if key in self._skipped:
                self._delete(key)

    def places_of(self, pair: tuple[str, str]) -> list[tuple[int, int]]:
        """(raw partition, offset) of the records that marks count for a board and agency: erased and skipped ones."""
        found: list[tuple[int, int]] = []
        for key in self._events:
            board, agency, _, seen, _ = orjson.loads(self._table[key])
            if (board, agency) == pair:
                found += [(partition, offset) for partition, offsets in seen for offset in offsets]
        for key in self._skipped:
            if tuple(orjson.loads(self._table[key])[:2]) == pair:
                found += [(p, offset) for p, offsets in _place_of_skipped(key).items() for offset in offsets]
        return found

    # -- keeping -------------------------------------------------------------------------------------------------

    def expire(self, board: str, events_before: date, times_before: date) -> None:
        """Forget a board's marks that nothing can come back to: older than its and the raw topics' retention.

        The records of an erased event count as expired from then on.
        """
        for key, stored in [(key, value) for key, value in self._table.items() if not key.startswith(PREFIX)]:
            kind, _, rest = key.decode().partition("|")
            value = orjson.loads(stored)
            of = str(value[0]) if kind == EVENT else rest.partition("|")[0]
            limit = {EVENT: events_before, TOKEN: times_before, AGENCY: times_before}.get(kind)
            if limit is not None and of == board and value[-1] < limit.toordinal():
                if kind == EVENT:
                    self.accepted.expire(board, str(value[1]), value[2], dict(value[3]))
                self._delete(key)

    def _put(self, key: bytes, value: list[object]) -> None:
        if (before := self._table.get(key)) is not None:
            self._index(key, orjson.loads(before), -1)
        self._table[key] = orjson.dumps(value)
        self._index(key, value, 1)

    def _delete(self, key: bytes) -> None:
        self._index(key, orjson.loads(self._table[key]), -1)
        del self._table[key]

    def _index(self, key: bytes, value: list[object], sign: int) -> None:
        kind = key[:1].decode()
        if kind == EVENT:
            board, agency, records = str(value[0]), str(value[1]), int(str(value[2]))
            self.erased[board, agency] = self.erased.get((board, agency), 0) + sign * records
            (self._events.add if sign > 0 else self._events.discard)(key)
        elif kind == SKIPPED:
            at = str(value[0]), str(value[1])
            self.skipped[at] = self.skipped.get(at, 0) + sign
            (self._skipped.add if sign > 0 else self._skipped.discard)(key)
        elif sign > 0:
            self._until[key] = int(str(value[0]))
        else:
            self._until.pop(key, None)


def _event_key(agency: str, event_id: str) -> bytes:
    return f"{EVENT}|{agency}|{digest(event_id)}".encode()


def _skip_keys(record: Record) -> list[bytes]:
    """One for the record's own place, and one for each other place that the row it carries has."""
    places = {(record.raw_partition, record.raw_offset)}
    if record.known is not None:
        places |= {(partition, offset) for partition, offsets in record.known.seen.items() for offset in offsets}
    return [f"{SKIPPED}|{record.agency}|{partition}:{offset}".encode() for partition, offset in sorted(places)]


def _place_of_skipped(key: bytes) -> dict[int, list[int]]:
    """Raw partition -> the one offset that the mark is of."""
    partition, _, offset = key.decode().rpartition("|")[2].partition(":")
    return {int(partition): [int(offset)]}


def is_of_skipped(key: bytes | None) -> bool:
    """Whether a mark is of a skipped record."""
    return key is not None and key.startswith(f"{SKIPPED}|".encode())
