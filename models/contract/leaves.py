"""The second line of defence: identifiers in fields that the schema leaves open (docs/protection.md#at-the-agency).

It runs on events that the schema has accepted, so most fields are closed already: codes, dates, numbers within bounds,
ids and tokens of letters a-p. They are not checked again, so this costs next to nothing; `models.register.admission`
checks the window of dates and the register's names. The open fields are worked out from the models. Today's contract
has none. If somebody adds plain text or an unbounded number tomorrow, that field is checked.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter

from models.contract import fields
from models.contract.events import Event
from models.contract.refusals import Refusal, safe_path
from models.contract.scan import LARGEST_NUMBER, leaf_rule, number_rule

Schema = dict[str, Any]
Place = tuple[int | str, ...]

_COMPARED = frozenset({"data.agency", "data.board", "data.agreement_id", "source", "id"})
"""Compared as a whole with another field, with the sender, or with the register (`models.register.admission`)."""

_CLOSED_TEXT = (fields.EventId, fields.Token, fields.AreaCode, fields.Period)
"""Text whose pattern has no room for an identifier: letters a-p, a code of the register, a quarter or month."""


def identifier(event: Event) -> Iterator[Refusal]:
    """Every identifier in an event's open fields, by rule and place."""
    for path in open_leaves(type(event)):
        for place, value in _values(event, path, ()):
            rule = leaf_rule(path[-1], value) if isinstance(value, str) else number_rule(value)
            if rule is not None:
                yield Refusal(rule, safe_path(place))


@cache
def open_leaves(model: type[BaseModel]) -> tuple[tuple[str, ...], ...]:
    """Paths of the fields that could hold an identifier although the schema and the register accept them."""
    schema = model.model_json_schema()
    paths = dict.fromkeys(_open(schema, (), schema.get("$defs", {})))
    return tuple(path for path in paths if ".".join(path) not in _COMPARED)


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
