"""Reads one event from an agency's bytes, by one rule for every entry point: HTTP, Kafka and a file of events.

An entry point only turns binary mode into structured mode, and handles its own keys and headers. Everything read here
is closed by the contract. Any other attribute is dropped and never passed on. If JSON repeats a key, only the last
value counts. One parser reads everything, so a message never has two readings.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from models.contract.events import EVENT, MAX_BYTES, Envelope, Event
from models.contract.leaves import identifier
from models.contract.refusals import Refusal, from_validation
from models.contract.warned import ATTRIBUTE, WHOLE, warned_by

MAX_DEPTH = 16
"""Nesting of one event: the contract's own is 4."""

_OWN = frozenset(Envelope.model_fields) | {"type", "data"}
_BASE64 = "data_base64"
_EVENT_ID = re.compile(r"[a-p]{40}")
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+"|([\[{])|([\]}])', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Understood:
    """An event in the form of the contract, and a warning for each kind of thing that was dropped beside it."""

    event: Event = field(repr=False)
    warnings: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Why there is no event, the first reason first; its id and revision only if they have the right form."""

    refusals: tuple[Refusal, ...]
    event_id: str | None = None
    revision: int | None = None


def read(value: bytes | None, limit: int = 5) -> Understood | NotUnderstood:
    """One CloudEvent in structured mode; whatever the bytes hold, this returns. At most `limit` refusals."""
    if refusal := _unreadable(value):
        return NotUnderstood((refusal,))
    message = value or b""
    try:
        document = from_json(message)
    except ValueError:
        return NotUnderstood((Refusal("not-json", WHOLE),))
    others = document.keys() - _OWN if isinstance(document, dict) else ()
    if _BASE64 in others and (message := _decoded(document)) == b"":
        return NotUnderstood((Refusal("data-base64", _BASE64),), *_identity(document))
    try:
        event = EVENT.validate_json(message)
    except ValidationError as error:
        return NotUnderstood(tuple(from_validation(error, limit)), *_identity(document))
    data = event.data
    if identifiers := list(identifier(event)):
        return NotUnderstood(tuple(identifiers[:limit]), data.event_id, data.revision)
    if not others:
        return Understood(event)
    return Understood(event, warned_by(ATTRIBUTE, ((name, document[name]) for name in others if name != _BASE64)))


def _unreadable(value: bytes | None) -> Refusal | None:
    if not value:
        return Refusal("empty", WHOLE)
    if len(value) > MAX_BYTES:
        return Refusal("too-large", WHOLE)
    # Counting is quick, and an event of the contract has too few brackets to need the slower check.
    if value.count(b"{") + value.count(b"[") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        return Refusal("too-deep", WHOLE)
    return None


def _depth(value: bytes) -> int:
    """How deep brackets nest outside of strings; any number for text that is not JSON."""
    depth = deepest = 0
    for match in _BRACKETS.finditer(value):
        depth += (match[1] is not None) - (match[2] is not None)
        deepest = max(deepest, depth)
    return deepest


def _decoded(document: dict[str, Any]) -> bytes:
    """The message with `data` in the place of `data_base64`; empty if it has both, or its data are not JSON."""
    try:
        content = base64.b64decode(document[_BASE64], validate=True)
        from_json(content)
    except (ValueError, TypeError, binascii.Error):
        return b""
    return b"" if "data" in document else structured(document, content)


def structured(attributes: Mapping[str, object], content: bytes) -> bytes:
    """Structured mode of an event in binary mode: its attributes, and its data as they came.

    Content that is not JSON is returned as it came, and `read` refuses it.
    """
    try:
        # Parse it alone first: otherwise a `}` in it could end the data and add attributes.
        from_json(content)
        own = {name: value for name, value in attributes.items() if name not in ("data", _BASE64)}
        return b'%s"data":%s}' % (_open(own), content)
    except ValueError:
        return content


def _open(attributes: Mapping[str, object]) -> bytes:
    text = json.dumps(attributes).encode()
    return text[:-1] + (b"," if attributes else b"")


def _identity(document: Any) -> tuple[str | None, int | None]:
    """Event id and revision of a message that is not understood, if they have the right form."""
    data = document.get("data") if isinstance(document, dict) else None
    event_id, revision = (data.get("event_id"), data.get("revision")) if isinstance(data, dict) else (None, None)
    if not (isinstance(event_id, str) and _EVENT_ID.fullmatch(event_id)):
        return None, None
    whole = isinstance(revision, int) and not isinstance(revision, bool) and 0 <= revision <= 999_999
    return event_id, revision if whole else None
