"""CloudEvents over HTTP: which part of a request is the event, in structured, binary and batched mode.

What each event then is, the contract decides (`models.contract.message`). Headers that are no part of the event are
dropped; those that a client or proxy adds to every request are not even looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from pydantic_core import from_json, to_json
from starlette.datastructures import Headers

from agencies.errors import RequestError
from models.contract.message import structured
from models.contract.refusals import Refusal
from models.contract.warned import HEADER, warned_by

SINGLE = "application/cloudevents+json"
BINARY = "application/json"
BATCH = "application/cloudevents-batch+json"
LINES = "application/x-ndjson"

ATTRIBUTE = "ce-"
_OF_HTTP = re.compile(
    r"accept|accept-.*|authorization|cache-control|connection|content-.*|cookie|date|dnt|expect|forwarded|from|host|"
    r"if-.*|keep-alive|max-forwards|origin|pragma|priority|proxy-.*|range|referer|sec-.*|te|trailer|transfer-encoding|"
    r"upgrade|upgrade-insecure-requests|user-agent|via|warning|x-forwarded-.*|x-real-ip|x-request-id"
)


class NotABatch(RequestError):
    """The body is no JSON array."""


def media(headers: Headers) -> str:
    """The media type of the body; JSON where a client sends attributes and says nothing, as one SDK does."""
    if "content-type" not in headers and f"{ATTRIBUTE}specversion" in headers:
        return BINARY
    return headers.get("content-type", "")


def attributes(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The attributes in `ce-` headers, decoded as the HTTP binding says: quotation marks, then percent-encoding."""
    return {
        name.removeprefix(ATTRIBUTE): unquote(_unquoted(text.strip()))
        for name, text in headers
        if name.startswith(ATTRIBUTE) and name != f"{ATTRIBUTE}datacontenttype"
    }


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if len(text) > 1 and text[0] == text[-1] == '"' else text


def binary(found: dict[str, str], body: bytes) -> bytes:
    """The event in structured mode; a body that is not JSON comes back as it is, to be refused as such."""
    return structured(found, body)


def batch(body: bytes, limit: int) -> list[bytes]:
    """Each event of a JSON array, at most `limit` and one more; raises `NotABatch`."""
    try:
        listed = from_json(body)
    except ValueError:
        raise NotABatch from None
    if not isinstance(listed, list):
        raise NotABatch
    return [to_json(one, inf_nan_mode="constants") for one in listed[: limit + 1]]


def warnings(headers: Headers, binary_mode: bool) -> tuple[Refusal, ...]:
    """Rules of what the other headers look like; in binary mode `ce-` headers were looked at as attributes."""
    return warned_by(HEADER, _dropped(headers, binary_mode))


def _dropped(headers: Headers, binary_mode: bool) -> Iterator[tuple[str, object]]:
    for name, text in headers.items():
        own = binary_mode and name.startswith(ATTRIBUTE)
        if not own and _OF_HTTP.fullmatch(name) is None:
            yield name, text
