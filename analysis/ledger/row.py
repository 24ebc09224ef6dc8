"""A ledger row, and how a record is folded into it (ADR 0004, ADR 0023, ADR 0026).

`fold` is commutative, associative over records and idempotent. So a row is a function of the *set* of accepted raw
records of one agency's event, and at-least-once delivery is enough. Compaction keeps only one record of each key. So
when the ledger writes a record again, the record carries the row that the ledger had (`Record.known`), which replaces
the records that compaction removes (ADR 0010, 11).
"""

from __future__ import annotations

import hashlib
from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from analysis.ledger.identity import OwnId, accepted_key, own_id
from analysis.ledger.links import links_of

WITHDRAWAL = "withdrawal"
MOST_VERSIONS = 10_000
"""The greatest number of distinct versions of an event: with more, its row would exceed the broker's record size. A
real record of a case system has a few; one that changes every day has about a thousand within its retention."""
REMEMBERED = 64
"""Raw offsets kept for each event and raw partition. Most events have two or three records."""


@dataclass(frozen=True, slots=True)
class Record:
    """One accepted record: an event at a revision, with its coordinates on the raw topic."""

    event_id: str
    revision: int
    short_type: str
    """The type of event, such as `missing_episode`, or `withdrawal`."""
    data: dict[str, Any] = field(repr=False)
    raw_partition: int
    raw_offset: int
    timestamp_ms: int
    """Broker timestamp of the accepted record."""
    published_s: int = 0
    """When the agency published it, in Unix seconds. An erasure reaches only what was published before it."""
    known: Row | None = field(default=None, repr=False)
    """The event's row at the time when the ledger wrote this record; None if intake wrote it."""
    own_id: OwnId = field(init=False, repr=False, compare=False)
    """The key of its row. Another agency's event with the same event id is a different event."""

    def __post_init__(self) -> None:
        """Build the own id once, because it is read several times for each record."""
        object.__setattr__(self, "own_id", own_id(self.event_id, self.data["agency"]))

    @property
    def agency(self) -> str:
        """The agency that published it. Intake has checked this against the raw topic."""
        return str(self.data["agency"])

    @property
    def board(self) -> str:
        """The code of the board that the event is for."""
        return str(self.data["board"])

    @property
    def accepted_key(self) -> bytes:
        """Its key on the accepted topic."""
        return accepted_key(self.own_id, self.revision)

    @property
    def digest(self) -> str:
        """The first 32 hex digits of the SHA-256 of the canonical form. Equal digests mean the same content."""
        canonical = orjson.dumps([self.short_type, self.data], option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(canonical).hexdigest()[:32]


@dataclass(slots=True)
class Row:
    """What the ledger keeps for one event of an agency."""

    short_type: str
    revision: int
    digest: str
    data: dict[str, Any] = field(repr=False)
    first_ms: int
    """The earliest broker timestamp of its records. Cut-offs are compared with it."""
    records: int = 0
    """The number of distinct accepted raw records."""
    versions: list[tuple[int, str]] = field(default_factory=list)
    """The distinct (revision, digest) pairs, sorted."""
    seen: dict[int, list[int]] = field(default_factory=dict)
    """Raw partition -> counted offsets, ascending. In a full list, every offset below the lowest counts as counted."""
    former: list[str] = field(default_factory=list)
    """Digests of child tokens that some version carried and the current one does not, sorted. An erasure that names one
    of them still reaches the event."""
    since: dict[str, int] = field(default_factory=dict)
    """Digest of a token -> when a record with it was first published, in Unix seconds; under "": any record. An erasure
    reaches only what was published before it. Empty if this is not known."""

    @property
    def agency(self) -> str:
        """The agency that published it."""
        return str(self.data["agency"])

    @property
    def board(self) -> str:
        """The code of the board that the event is for."""
        return str(self.data["board"])

    @property
    def links(self) -> set[str]:
        """The digests of the child tokens that any of its versions carried."""
        return links_of(self.data) | set(self.former)

    def published(self, link: str = "") -> int:
        """When a record of the event (with `link`: one that carries this token) was first published; 0 if unknown."""
        return self.since.get(link, 0)

    @property
    def withdrawn(self) -> bool:
        """Whether the newest revision withdraws the event."""
        return self.short_type == WITHDRAWAL

    @property
    def conflicts(self) -> int:
        """The number of versions that repeat a revision with different content."""
        return len(self.versions) - len({revision for revision, _ in self.versions})


def fold(row: Row | None, record: Record) -> Row:
    """The row after a record. A replayed record changes nothing, and the order of records does not matter.

    The newest revision wins; at equal revision a withdrawal wins, else the lower digest. A replay is recognised by its
    raw offset. Only the newest `REMEMBERED` offsets are kept: intake reads each raw partition in order, so a record
    with a lower offset can only be a replay.
    """
    if record.known is not None:
        row = _merged(row, record.known)
    digest = record.digest
    if row is None:
        return Row(
            record.short_type,
            record.revision,
            digest,
            record.data,
            record.timestamp_ms,
            1,
            [(record.revision, digest)],
            {record.raw_partition: [record.raw_offset]},
            since=_since(record),
        )
    row.since = _earliest(row.since, _since(record))
    row.first_ms = min(row.first_ms, record.timestamp_ms)
    if is_new_offset(row.seen.setdefault(record.raw_partition, []), record.raw_offset):
        row.records += 1
    version = (record.revision, digest)
    if version not in row.versions:
        insort(row.versions, version)
    wins = _rank(record.revision, record.short_type, digest) > _rank(row.revision, row.short_type, row.digest)
    if wins:
        row.short_type, row.revision, row.digest = record.short_type, record.revision, digest
    _take(row, record.data, wins)
    return row


def is_full(row: Row, record: Record) -> bool:
    """Whether the event already has the most versions allowed, so that a new version in `record` is not taken."""
    return len(row.versions) >= MOST_VERSIONS and (record.revision, record.digest) not in row.versions


def says_less(record: Record, repeated: bool, row: Row) -> bool:
    """Whether information would be lost if compaction kept only this record of its key.

    `repeated` is whether the revision existed before the record; `row` is the row to keep. True for a copy, a second
    content or a replay. False for the first record of a revision, and for a record that carries the whole row.
    """
    if record.known is not None:
        return encode(record.known) != encode(row)
    once = row.records == len(row.versions) == len({revision for revision, _ in row.versions})
    return repeated and not (once and record.timestamp_ms <= row.first_ms)


def _merged(row: Row | None, known: Row) -> Row:
    """Merge two rows of one event. Either of them may know more than the other."""
    other = decode(encode(known))
    if row is None:
        return other
    before = {partition: list(offsets) for partition, offsets in row.seen.items()}
    # Of offsets that are no longer remembered only the count is left; the larger count includes the other one.
    ours = row.records + _unite(row.seen, other.seen)
    row.records = max(ours, other.records + _unite(other.seen, before))
    row.first_ms = min(row.first_ms, other.first_ms)
    row.since = _earliest(row.since, other.since)
    row.versions = sorted({*row.versions, *other.versions})
    wins = _rank(other.revision, other.short_type, other.digest) > _rank(row.revision, row.short_type, row.digest)
    if wins:
        row.short_type, row.revision, row.digest = other.short_type, other.revision, other.digest
    _take(row, other.data, wins, other.former)
    return row


def _take(row: Row, data: dict[str, Any], wins: bool, former: Iterable[str] = ()) -> None:
    """Take the content of another version if it wins, and remember the tokens that the current content lacks."""
    loser = row.data if wins else data
    if wins:
        row.data = data
    if row.former or former or loser.get("tokens"):
        row.former = sorted({*row.former, *former, *links_of(loser)} - links_of(row.data))


def _since(record: Record) -> dict[str, int]:
    return dict.fromkeys(["", *links_of(record.data)], record.published_s)


def _earliest(ours: dict[str, int], theirs: dict[str, int]) -> dict[str, int]:
    """The earlier time for each token. A row stored by an older program has no times; then the result has none."""
    if not (ours and theirs):
        return {}
    never = max(*ours.values(), *theirs.values())
    return {link: min(ours.get(link, never), theirs.get(link, never)) for link in ours | theirs}


def _unite(seen: dict[int, list[int]], more: dict[int, list[int]]) -> int:
    """Add more offsets to `seen`. Returns how many were new."""
    return sum(
        is_new_offset(seen.setdefault(partition, []), offset)
        for partition, offsets in more.items()
        for offset in offsets
    )


def is_new_offset(seen: list[int], offset: int) -> bool:
    """Add a raw offset to `seen` if it is new, and return whether it was. `seen` stays ascending and bounded."""
    if was_counted(seen, offset):
        return False
    insort(seen, offset)
    if len(seen) > REMEMBERED:
        del seen[0]
    return True


def was_counted(seen: list[int], offset: int) -> bool:
    """Whether a raw offset was counted. In a full list, every offset below the lowest counts as counted."""
    return offset in seen or (len(seen) >= REMEMBERED and offset < seen[0])


def _rank(revision: int, short_type: str, digest: str) -> tuple[int, bool, tuple[int, ...]]:
    return revision, short_type == WITHDRAWAL, tuple(-byte for byte in digest.encode())


def encode(row: Row) -> bytes:
    """The row as it is stored and written to the changelog: compact JSON with a fixed key order."""
    fields = [
        row.short_type,
        row.revision,
        row.digest,
        row.data,
        row.first_ms,
        row.records,
        row.versions,
        sorted(row.seen.items()),
    ]
    if row.since:
        fields += [row.former, sorted(row.since.items())]
    elif row.former:
        fields.append(row.former)
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def decode(value: bytes) -> Row:
    """Read a row that `encode` wrote."""
    short_type, revision, digest, data, first_ms, records, versions, seen, *more = orjson.loads(value)
    return Row(
        short_type,
        revision,
        digest,
        data,
        first_ms,
        records,
        [(number, text) for number, text in versions],
        dict(seen),
        former=more[0] if more else [],
        since=dict(more[1]) if len(more) > 1 else {},
    )
