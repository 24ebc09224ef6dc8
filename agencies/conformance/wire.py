"""One record as it lies on a raw topic, and the CloudEvent in it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from models.contract.events import Event
from models.contract.kafka_binding import BoundMessage, Mode, message_of
from models.contract.message import NotUnderstood, Understood, read
from models.contract.refusals import Refusal


@dataclass(frozen=True)
class WireRecord:
    """A record; what it says is never shown, only where it lies."""

    partition: int
    offset: int
    value: bytes | None = field(repr=False)
    key: bytes | None = field(default=None, repr=False)
    headers: tuple[tuple[str, bytes | None], ...] = field(default=(), repr=False)
    timestamp_ms: int = 0
    by_broker: bool = False
    """Whether the broker stamped it, as it should."""
    run: int = 0
    """Which run of the producer it came from."""

    @property
    def at(self) -> str:
        """`partition/offset`."""
        return f"{self.partition}/{self.offset}"

    @cached_property
    def _bound(self) -> BoundMessage:
        return message_of(self.value, self.headers)

    @property
    def mode(self) -> Mode:
        """`binary` or `structured`, as intake takes it."""
        return self._bound.mode

    @cached_property
    def document(self) -> Mapping[str, Any] | None:
        """The whole CloudEvent as JSON, whatever it says; None when there is no object to be read."""
        try:
            found = orjson.loads(self._bound.message or b"")
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    @cached_property
    def _read(self) -> Understood | NotUnderstood:
        return read(self._bound.message, limit=1)

    @property
    def event(self) -> Event | None:
        """The event, if it is one of the contract."""
        return self._read.event if isinstance(self._read, Understood) else None

    @property
    def refusal(self) -> Refusal | None:
        """Why it is none: rule and path."""
        return None if isinstance(self._read, Understood) else self._read.refusals[0]

    @cached_property
    def content(self) -> bytes:
        """What revisions are compared by: `data` without its revision, defaults left out, in one spelling."""
        if self.event is None:
            return b""
        data = self.event.data.model_dump(mode="json", exclude_defaults=True, exclude={"revision"})
        return orjson.dumps([self.event.type, data], option=orjson.OPT_SORT_KEYS)
