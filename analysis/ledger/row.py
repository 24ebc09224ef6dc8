"""One ledger row and how a record folds into it (ADR 0004, ADR 0023, ADR 0026).

`fold` is commutative, associative over records and idempotent: a row is a function of the *set* of accepted raw
records of one agency's event. That is what makes at-least-once delivery enough. A record may carry what the ledger
knew of its event when it wrote it again (`Record.known`): compaction keeps one record of a key, and that one then says
what the others said (ADR 0010, 11).
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
"""Distinct versions of one event that the ledger takes: more would outgrow what the broker carries in one record. What
is really one record of a case system has a few; a change every day makes a thousand in the time it is kept."""
REMEMBERED = 64
"""Raw offsets kept per event and raw partition; an event has two or three records as a rule."""


@dataclass(frozen=True, slots=True)
class Record:
    """One accepted record: an event at a revision, with the raw coordinates it came from."""

    event_id: str
    revision: int
    short_type: str
    """`missing_episode`, or `withdrawal`."""
    data: dict[str, Any] = field(repr=False)
    raw_partition: int
    raw_offset: int
    timestamp_ms: int
    """Broker timestamp of the accepted record."""
    published_s: int = 0
    """When the agency published it, in seconds: an erasure reaches what was published before it."""
    known: Row | None = field(default=None, repr=False)
    """The event's row as the ledger had it when it wrote this record; None in what intake wrote."""
    own_id: OwnId = field(init=False, repr=False, compare=False)
    """What its row is kept under: another agency's event with the same id is another event."""

    def __post_init__(self) -> None:
        """Made once: it is asked for several times of each record."""
        object.__setattr__(self, "own_id", own_id(self.event_id, self.data["agency"]))

    @property
    def agency(self) -> str:
        """Who published it: intake has held this against the topic it came on."""
        return str(self.data["agency"])

    @property
    def board(self) -> str:
        """Whose board it is for."""
        return str(self.data["board"])

    @property
    def accepted_key(self) -> bytes:
        """What it lies under on the accepted topic."""
        return accepted_key(self.own_id, self.revision)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical form, as 32 hex digits: what "same content" means."""
        canonical = orjson.dumps([self.short_type, self.data], option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(canonical).hexdigest()[:32]


@dataclass(slots=True)
class Row:
    """What the ledger keeps of one agency's event."""

    short_type: str
    revision: int
    digest: str
    data: dict[str, Any] = field(repr=False)
    first_ms: int
    """Earliest broker timestamp of any of its records: cut-offs compare with this."""
    records: int = 0
    """Distinct accepted raw records seen."""
    versions: list[tuple[int, str]] = field(default_factory=list)
    """Distinct (revision, digest) seen, sorted."""
    seen: dict[int, list[int]] = field(default_factory=dict)
    """By raw partition: the offsets counted, ascending; the lowest of a full list stands for all below it."""
    former: list[str] = field(default_factory=list)
    """Digests of child tokens that some version carried and the standing one does not, sorted: an erasure that names
    one of them reaches the event all the same."""
    since: dict[str, int] = field(default_factory=dict)
    """Digest of a token -> when, in seconds, a record that carries it was first published; under "" of any record. An
    erasure reaches what was published by then, and not what came after. Empty where that is not known."""

    @property
    def agency(self) -> str:
        """Who published it."""
        return str(self.data["agency"])

    @property
    def board(self) -> str:
        """Whose board it is for."""
        return str(self.data["board"])

    @property
    def links(self) -> set[str]:
        """Digests of the child tokens that any of its versions carried."""
        return links_of(self.data) | set(self.former)

    def published(self, link: str = "") -> int:
        """When it, or a record of it with this token, was first published; 0 if nobody knows."""
        return self.since.get(link, 0)

    @property
    def withdrawn(self) -> bool:
        """Whether the newest revision takes the event back."""
        return self.short_type == WITHDRAWAL

    @property
    def conflicts(self) -> int:
        """Revisions that came with more than one content, beyond the first of each."""
        return len(self.versions) - len({revision for revision, _ in self.versions})


def fold(row: Row | None, record: Record) -> Row:
    """The row after a record; a replayed record changes nothing, and the order of records does not matter.

    The newest revision wins; at equal revision a withdrawal wins, else the lower digest. Replays are
    known by their raw offsets, of which the newest `REMEMBERED` are kept: intake reads each raw partition in
    order, so a record further back than that can only be a replay.
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
    """Whether the event has so many versions that this one, which is another, is not taken."""
    return len(row.versions) >= MOST_VERSIONS and (record.revision, record.digest) not in row.versions


def says_less(record: Record, repeated: bool, row: Row) -> bool:
    """Whether its key would lose something if the broker kept nothing but this record of it.

    `repeated` says whether the revision was there before the record, `row` is the one to be kept. True for a copy, a
    second content or a replay; False for the first of a revision, and for what carries all there is to know.
    """
    if record.known is not None:
        return encode(record.known) != encode(row)
    once = row.records == len(row.versions) == len({revision for revision, _ in row.versions})
    return repeated and not (once and record.timestamp_ms <= row.first_ms)


def _merged(row: Row | None, known: Row) -> Row:
    """Two accounts of one event as one; which of them is the longer does not matter."""
    other = decode(encode(known))
    if row is None:
        return other
    before = {partition: list(offsets) for partition, offsets in row.seen.items()}
    # Of more offsets than are remembered only the count is left: the larger account has seen the other's.
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
    """Let the content of another version stand or not, and remember the tokens that the standing one lacks."""
    loser = row.data if wins else data
    if wins:
        row.data = data
    if row.former or former or loser.get("tokens"):
        row.former = sorted({*row.former, *former, *links_of(loser)} - links_of(row.data))


def _since(record: Record) -> dict[str, int]:
    return dict.fromkeys(["", *links_of(record.data)], record.published_s)


def _earliest(ours: dict[str, int], theirs: dict[str, int]) -> dict[str, int]:
    """The earlier of both, by token. Of a row that an older version stored nothing is known, and so of the two."""
    if not (ours and theirs):
        return {}
    never = max(*ours.values(), *theirs.values())
    return {link: min(ours.get(link, never), theirs.get(link, never)) for link in ours | theirs}


def _unite(seen: dict[int, list[int]], more: dict[int, list[int]]) -> int:
    """Take more offsets in; returns how many were new."""
    return sum(
        is_new_offset(seen.setdefault(partition, []), offset)
        for partition, offsets in more.items()
        for offset in offsets
    )


def is_new_offset(seen: list[int], offset: int) -> bool:
    """Whether a raw offset was not counted before; it is from now on (`seen` is ascending and bounded)."""
    if was_counted(seen, offset):
        return False
    insort(seen, offset)
    if len(seen) > REMEMBERED:
        del seen[0]
    return True


def was_counted(seen: list[int], offset: int) -> bool:
    """Whether a raw offset was counted: the lowest of a full list stands for all below it."""
    return offset in seen or (len(seen) >= REMEMBERED and offset < seen[0])


def _rank(revision: int, short_type: str, digest: str) -> tuple[int, bool, tuple[int, ...]]:
    return revision, short_type == WITHDRAWAL, tuple(-byte for byte in digest.encode())


def encode(row: Row) -> bytes:
    """The row as stored and as written to the changelog: compact JSON with fixed key order."""
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
    """The row `encode` wrote."""
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
