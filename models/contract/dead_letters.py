"""Dead letters: where a record that could not be used lies, and why; never its content.

Intake, the ledger and the sink all make their dead letters here, so keys and size classes are the same for all.
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
"""Most bytes of each class; a record that is larger than an event may be is `oversize`."""


class UnusableRecord(Protocol):
    """A record as any Kafka client gives it."""

    @property
    def topic(self) -> str:
        """The topic it lies on."""
        ...

    @property
    def partition(self) -> int:
        """The partition it lies in."""
        ...

    @property
    def offset(self) -> int:
        """Its offset there."""
        ...

    @property
    def value(self) -> bytes | None:
        """Its bytes; only the size is used."""
        ...


class DeadLetter(Closed):
    """A record that could not be used: its coordinates and the reason, never its content."""

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
        """The key it is published under. A repeat after a crash has the same key, so that readers can recognise it."""
        return f"{self.topic}|{self.partition}|{self.offset}".encode()

    @property
    def body(self) -> bytes:
        """The JSON that is published."""
        return self.model_dump_json().encode()


def size_of(value: bytes | None) -> Size:
    """How large a record was, as a class: an exact length could tell one message from another."""
    length = len(value or b"")
    return next((name for name, limit in _AT_MOST if length <= limit), "oversize")


def read(value: bytes | None) -> DeadLetter | None:
    """A dead letter from its topic; None for a record that is not one."""
    try:
        return DeadLetter.model_validate_json(value or b"", strict=False)
    except ValidationError:
        return None
