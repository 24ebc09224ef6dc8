"""Warns a sender when something that is dropped beside an event has the structure of an identifier.

A warning is a rule and a place, never the key, header or attribute itself, and it refuses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache

from models.contract.detect import key_is_denied
from models.contract.refusals import Refusal
from models.contract.structures import find_structure

WHOLE = "(whole message)"
MESSAGE_KEY, HEADER, ATTRIBUTE = "(message key)", "(header)", "(attribute)"
"""Places of what is dropped: a Kafka record's key, a header of either protocol, an attribute outside the contract."""

MOST = 100
"""Most names and values of one message that are checked; all are dropped anyway."""


def warned_by(place: str, dropped: Iterable[tuple[str, object]]) -> tuple[Refusal, ...]:
    """Each rule that a dropped name or value at this place matches, once; sorted, so that repeats agree."""
    rules: set[str] = set()
    for _, (name, value) in zip(range(MOST), dropped, strict=False):
        rules |= {rule for rule in (name_rule(name), value_rule(value)) if rule}
    return tuple(Refusal(rule, place) for rule in sorted(rules))


def name_rule(name: str) -> str | None:
    """The rule against sending this name, because it promises an identifier or is one; None if there is none."""
    bare = name.casefold().removeprefix("ce_").removeprefix("ce-").removeprefix("x-")
    return "identifier.key" if key_is_denied(bare) else value_rule(name)


def value_rule(value: object) -> str | None:
    """The identifier in a value of any kind: bytes of a key or header, or whatever JSON holds."""
    if not value or value is True:
        return None
    if isinstance(value, bytes | bytearray | memoryview):
        # Avro and similar formats put other bytes around a string; these become delimiters.
        return _rule(bytes(value).decode("utf-8", "replace"))
    return _rule(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


@lru_cache(maxsize=4096)
def _rule(text: str) -> str | None:
    return find_structure(text)
