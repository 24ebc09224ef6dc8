"""Dead letters: where a record lies that could not be used, and why; never what it says.

Whoever refuses a record (intake, the ledger, the sink) makes its dead letter here, with one key and one size class, so
that operations read them all alike.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol, Self

from pydantic import ValidationError

from models.contract.events import MAX_BYTES
from models.contract.fields import Closed, EventId
from models.contract.refusals import Refusal

Size = Literal["empty", "small", "medium", "large", "oversize"]

_AT_MOST: tuple[tuple[Size, int], ...] = (("empty", 0), ("small", 1024), ("medium", 8192), ("large", MAX_BYTES))
"""Bytes of each class at most; what is larger is `oversize`: more than an event may have."""


class UnusableRecord(Protocol):
    """A record as any Kafka client gives it."""

    @property
    def topic(self) -> str:
        """Where it lies."""
        ...

    @property
    def partition(self) -> int:
        """Where it lies."""
        ...

    @property
    def offset(self) -> int:
        """Where it lies."""
        ...

    @property
    def value(self) -> bytes | None:
        """Only its size is looked at."""
        ...


class DeadLetter(Closed):
    """A record that could not be used: where it lies and why, never what it says."""

    topic: str
    partition: int
    offset: int
    rule: str
    path: str
    event_id: EventId | None = None
    schema_version: Literal["v1"] = "v1"
    size: Size
    at: datetime

    @classmethod
    def of(cls, record: UnusableRecord, refusal: Refusal, at: datetime, event_id: str | None = None) -> Self:
        """The dead letter of a record; `event_id` only if it could be read and has the right form."""
        return cls(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            rule=refusal.rule,
            path=refusal.path,
            event_id=event_id,
            size=size_of(record.value),
            at=at,
        )

    @property
    def key(self) -> bytes:
        """What it is published under: the same for a repetition after a crash, so that a reader can tell."""
        return f"{self.topic}|{self.partition}|{self.offset}".encode()

    @property
    def body(self) -> bytes:
        """What is published."""
        return self.model_dump_json().encode()


def size_of(value: bytes | None) -> Size:
    """How large a record was, as a class: an exact length could tell one message from another."""
    length = len(value or b"")
    return next((name for name, limit in _AT_MOST if length <= limit), "oversize")


def read(value: bytes | None) -> DeadLetter | None:
    """A dead letter from its topic; None for a record that is no dead letter of ours."""
    try:
        return DeadLetter.model_validate_json(value or b"", strict=False)
    except ValidationError:
        return None
