"""Intake's second line: the agency's refusals again, on what the closed schema leaves open (disclosure.md 4.4).

Runs on events that the schema and the register have accepted, so most leaves are closed: codes, dates within the
board's window, numbers within bounds, ids and tokens of letters a-p, areas and names of the register. They are not
looked at again, which is why this costs a microsecond. What is open is found from the models themselves: a field
that somebody adds tomorrow as plain text or an unbounded number is looked at from then on. Where JSON gives one key
twice, only the last value counts, and only what counts goes any further.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

from pydantic import BaseModel, TypeAdapter

from models.contract import fields
from models.contract.events import Event
from models.contract.refusals import Refusal, safe_path
from models.contract.scan import LARGEST_NUMBER, key_rule, leaf_rule, number_rule

Schema = dict[str, Any]
Place = tuple[int | str, ...]

MESSAGE_KEY, HEADER = "(message key)", "(header)"

_BY_REGISTER = frozenset({"data.agency", "data.board", "data.agreement_id", "source", "id", "partitionkey"})
"""Compared whole with the topic, the register or another field in `streams.intake.decide`."""

_CLOSED_TEXT = (fields.EventId, fields.Token, fields.AreaCode, fields.Period)
"""Text whose pattern has no room: letters a-p only, a code of the board's own register, a quarter or month."""

_OWN_KEY = re.compile(rb"[A-Z][0-9]{8}|[a-p]{40}([|.][0-9]{1,6})?")
"""What a client may well use as Kafka key: the board, the event id, or the id with its revision."""

_OWN_HEADER = {
    "content-type": re.compile(rb"application/(cloudevents\+)?json(; ?charset=utf-?8)?", re.IGNORECASE),
    "traceparent": re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"),
}
"""Headers with a form of their own; tracing libraries add `traceparent` unasked (W3C Trace Context)."""


def identifier(event: Event, key: bytes | None, headers: Sequence[tuple[str, bytes]]) -> Refusal | None:
    """The first identifier in an accepted event, its Kafka key or its headers, by rule and place; None if clean."""
    for path in open_leaves(type(event)):
        for place, value in _values(event, path, ()):
            rule = leaf_rule(path[-1], value) if isinstance(value, str) else number_rule(value)
            if rule is not None:
                return Refusal(rule, safe_path(place))
    if key and (rule := _key(bytes(key))):
        return Refusal(rule, MESSAGE_KEY)
    # In binary mode the `ce_` headers are the event's attributes, and were looked at as such.
    binary = any(name.lower() == "ce_specversion" for name, _ in headers)
    for name, text in headers:
        if not (binary and name.lower().startswith("ce_")) and (rule := _header(name, bytes(text or b""))):
            return Refusal(rule, HEADER)
    return None


@cache
def open_leaves(model: type[BaseModel]) -> tuple[tuple[str, ...], ...]:
    """Paths of the fields that could hold an identifier although the schema and the register accept them."""
    schema = model.model_json_schema()
    found = dict.fromkeys(_open(schema, (), schema.get("$defs", {})))
    return tuple(path for path in found if ".".join(path) not in _BY_REGISTER)


def _open(schema: Schema, path: tuple[str, ...], defs: Schema) -> Iterator[tuple[str, ...]]:
    if "$ref" in schema:
        yield from _open(defs[schema["$ref"].rpartition("/")[2]], path, defs)
    elif "properties" in schema:
        for name, inner in schema["properties"].items():
            yield from _open(inner, (*path, name), defs)
    elif "anyOf" in schema or "items" in schema:
        for inner in schema.get("anyOf") or [schema["items"]]:
            yield from _open(inner, path, defs)
    elif not _is_closed(schema):
        yield path


def _is_closed(leaf: Schema) -> bool:
    if "enum" in leaf or "const" in leaf or leaf.get("type") in ("boolean", "null"):
        return True
    if leaf.get("type") in ("integer", "number"):
        return leaf.get("maximum", math.inf) <= LARGEST_NUMBER and "minimum" in leaf
    return leaf.get("format") in ("date", "date-time") or leaf.get("pattern") in _closed_patterns()


@cache
def _closed_patterns() -> frozenset[str]:
    return frozenset(TypeAdapter(text).json_schema()["pattern"] for text in _CLOSED_TEXT)


def _values(
    node: Any, path: Sequence[str], above: tuple[int | str, ...]
) -> Iterator[tuple[tuple[int | str, ...], Any]]:
    if node is None:
        return
    if isinstance(node, tuple):
        for index, value in enumerate(node):
            yield from _values(value, path, (*above, index))
    elif path:
        yield from _values(getattr(node, path[0]), path[1:], (*above, path[0]))
    else:
        yield above, node


@lru_cache(maxsize=4096)
def _key(key: bytes) -> str | None:
    return None if _OWN_KEY.fullmatch(key) else _text_rule(key)


@lru_cache(maxsize=4096)
def _header(name: str, value: bytes) -> str | None:
    own = _OWN_HEADER.get(name.lower())
    if own is not None and own.fullmatch(value):
        return None
    return key_rule(name) or _text_rule(value)


def _text_rule(value: bytes) -> str | None:
    try:
        return leaf_rule("", value.decode("ascii"))
    except UnicodeDecodeError:
        return "identifier.not-ascii"
