"""Turns a Kafka record into a CloudEvent in structured mode, by CloudEvents' Kafka binding. Pure; never raises.

A content type of CloudEvents means structured mode, whatever else there is. Otherwise `ce_` headers are attributes. If
a header comes more than once, the last one counts. The record's key and all other headers are not part of the event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from models.contract.events import MAX_BYTES
from models.contract.message import structured

Headers = Sequence[tuple[str, bytes | None]]
Mode = Literal["structured", "binary"]

_ATTRIBUTE = "ce_"
_CONTENT_TYPE = "content-type"
_STRUCTURED = b"application/cloudevents"


@dataclass(frozen=True, slots=True)
class BoundMessage:
    """The event of a record, for `models.contract.message` to read, and the headers that are not part of it."""

    message: bytes | None = field(repr=False)
    dropped: Headers = field(repr=False)
    mode: Mode


def message_of(value: bytes | None, headers: Headers) -> BoundMessage:
    """Turn binary mode into structured mode. A record in structured mode, or in neither, stays as it came."""
    if not headers:
        return BoundMessage(value, (), "structured")
    attributes: dict[str, str] = {}
    others = []
    for name, text in headers:
        lower = name.lower()
        if lower == _CONTENT_TYPE:
            if bytes(text or b"").strip().lower().startswith(_STRUCTURED):
                return BoundMessage(value, _without_content_type(headers), "structured")
        elif lower.startswith(_ATTRIBUTE):
            if text is None:  # Kafka allows a header without a value: the attribute is then missing.
                continue
            attributes[lower.removeprefix(_ATTRIBUTE)] = bytes(text).decode("utf-8", "replace")
        else:
            others.append((name, text))
    if "specversion" not in attributes:
        return BoundMessage(value, _without_content_type(headers), "structured")
    if not value or len(value) > MAX_BYTES:
        return BoundMessage(value, others, "binary")
    # In binary mode the content type describes the data. Data that are not JSON are refused, whatever it says.
    attributes.pop("datacontenttype", None)
    return BoundMessage(structured(attributes, value), others, "binary")


def _without_content_type(headers: Headers) -> Headers:
    return [(name, text) for name, text in headers if name.lower() != _CONTENT_TYPE]
