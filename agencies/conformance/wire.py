"""One record as it lies on a raw topic, and the CloudEvent in it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from pydantic import ValidationError

from models.contract.events import EVENT, Event
from models.contract.refusals import Refusal, from_validation


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
    def attributes(self) -> dict[str, bytes]:
        """Of binary mode, by name; a header without a value is an attribute that is not there."""
        found = {name[3:].lower(): text for name, text in self.headers if name.lower().startswith("ce_")}
        return {name: text for name, text in found.items() if text is not None}

    @property
    def mode(self) -> str:
        """`binary` or `structured`."""
        return "binary" if "specversion" in self.attributes else "structured"

    @cached_property
    def document(self) -> Mapping[str, Any] | None:
        """The whole CloudEvent as JSON, whatever it says; None when there is no object to be read."""
        try:
            found = orjson.loads(self.value or b"")
            if self.mode == "binary":
                found = {name: text.decode("ascii") for name, text in self.attributes.items()} | {"data": found}
        except (ValueError, UnicodeDecodeError):
            return None
        return found if isinstance(found, dict) else None

    @cached_property
    def _parsed(self) -> Event | Refusal:
        if self.document is None:
            return Refusal("not-json", "(whole message)")
        try:
            return EVENT.validate_json(orjson.dumps(self.document))
        except ValidationError as error:
            return from_validation(error, limit=1)[0]

    @property
    def event(self) -> Event | None:
        """The event, if it is one of the contract."""
        return None if isinstance(self._parsed, Refusal) else self._parsed

    @property
    def refusal(self) -> Refusal | None:
        """Why it is none: rule and path."""
        return self._parsed if isinstance(self._parsed, Refusal) else None

    @cached_property
    def content(self) -> bytes:
        """What revisions are compared by: `data` without its revision, defaults left out, in one spelling."""
        if self.event is None:
            return b""
        data = self.event.data.model_dump(mode="json", exclude_defaults=True, exclude={"revision"})
        return orjson.dumps([self.event.type, data], option=orjson.OPT_SORT_KEYS)
