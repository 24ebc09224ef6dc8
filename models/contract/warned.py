"""What stands beside an event and is dropped: where it has an identifier's structure, its sender is warned.

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
"""Places of what is dropped: a Kafka record's key, a header of either protocol, an attribute that is not ours."""

MOST = 100
"""Names and values of one message that are looked at: all are dropped, whatever they hold."""


def warned_by(place: str, dropped: Iterable[tuple[str, object]]) -> tuple[Refusal, ...]:
    """Each rule once, for the names and values that are dropped at one place; sorted, so that it is repeatable."""
    found: set[str] = set()
    for _, (name, value) in zip(range(MOST), dropped, strict=False):
        found |= {rule for rule in (name_rule(name), value_rule(value)) if rule}
    return tuple(Refusal(rule, place) for rule in sorted(found))


def name_rule(name: str) -> str | None:
    """Why the name of something dropped should not be sent: it promises an identifier, or is one."""
    bare = name.casefold().removeprefix("ce_").removeprefix("ce-").removeprefix("x-")
    return "identifier.key" if key_is_denied(bare) else value_rule(name)


def value_rule(value: object) -> str | None:
    """The identifier in a value of any kind: bytes of a key or header, or whatever JSON holds."""
    if not value or value is True:
        return None
    if isinstance(value, bytes | bytearray | memoryview):
        # Avro and its like put a string between bytes that are none: these become delimiters.
        return _rule(bytes(value).decode("utf-8", "replace"))
    return _rule(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


@lru_cache(maxsize=4096)
def _rule(text: str) -> str | None:
    return find_structure(text)
