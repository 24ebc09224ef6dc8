"""What passes in and out of the outbox: plain records, no SQL."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as the outbox last recorded it."""

    event_id: str
    record_digest: str
    event_type: str
    board: str
    day: str
    revision: int
    content_hash: bytes | None = field(repr=False)
    """None once withdrawn: whatever comes back under this id is a change."""
    withdrawn: bool
    refused: bool
    """Intake refused the latest revision, so the same content is worth sending again."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A revision to publish."""

    event_id: str
    record_digest: str
    event_type: str
    board: str
    day: str
    revision: int
    content_hash: bytes | None = field(repr=False)
    """None for a withdrawal."""
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Takeback:
    """A withdrawal to publish: the next revision of an event that is stored."""

    event_id: str
    board: str
    revision: int
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Changes:
    """What one file changes; recorded whole or not at all, withdrawals queued first."""

    withdraw: tuple[Takeback, ...]
    publish: tuple[Outgoing, ...]
    source: str
    at: str


@dataclass(frozen=True, slots=True)
class Queued:
    """A message the broker has not acknowledged yet, in the order it must be sent."""

    seq: int
    event_id: str
    withdrawal: bool
    board: str
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """Where the broker put a queued message."""

    seq: int
    partition: int
    offset: int
