"""Hostile messages without end: valid events bent in every way known, each with a word that must never be seen again.

Seeded. The bent values come from Hypothesis, from a corpus of what is known to upset parsers, and from the events.
"""

from __future__ import annotations

import copy
import json
import random
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.factories import BOARD, event

CANARY = re.compile(rb"kzq[a-j]{8}q", re.IGNORECASE)
"""Letters alone: what looks like a number would be caught as one, and a name is not."""
TYPES = ("cse_concern", "indicator_observed", "missing_episode", "return_interview", "screening", "response")
Header = tuple[str, bytes]


@dataclass(frozen=True)
class Message:
    """One record to send; `valid` ones hold no canary and must be accepted."""

    valid: bool
    value: bytes | None
    key: bytes | None = None
    headers: tuple[Header, ...] = ()
    how: str = field(default="valid", compare=False)


def canary(number: int) -> str:
    """The word of message `number`."""
    return "kzq" + f"{number:08d}".translate(str.maketrans("0123456789", "abcdefghij")) + "q"


@cache
def _pool() -> tuple[Any, ...]:
    """JSON values from Hypothesis, the same every time."""
    found: list[Any] = []
    leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    values = st.recursive(
        leaf, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
        max_leaves=12,
    )  # fmt: skip

    @settings(
        max_examples=400, database=None, derandomize=True, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(values)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return tuple(found)


LITERALS = (
    "NaN", "Infinity", "-Infinity", "1e400", "-0", "0x10", "01", "1.", ".5", "1" * 5000, "-" + "9" * 400, "1e-9999",
    '"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\x41"', "'a'", "undefined", "True", "None", "\u2028", "{,}", "[,]",
    '{"a":1,}', "/*c*/1", "//", '"\t"', "9007199254740993", "18446744073709551616", "1E+2", "\ufeff1",
)  # fmt: skip
"""JSON that is none, or that parsers read differently; put in the place of a value."""


def messages(seed: int, count: int, agency: str, valid_every: int = 20) -> Iterator[Message]:
    """`count` messages for one agency's topic, about every `valid_every`th of them valid."""
    rng = random.Random(seed)
    for number in range(count):
        document = event(
            rng.choice(TYPES), record=f"fuzz-{seed}-{number}", agency=agency, board=BOARD, child=str(number)
        )
        if rng.randrange(valid_every) == 0:
            yield Message(True, json.dumps(document).encode(), rng.choice([None, BOARD.encode()]))
        else:
            bend = rng.choice(BENDS)
            made = bend(rng, document, canary(seed % 7 * 10_000_000 + number))
            yield Message(False, made.value, made.key, made.headers, bend.__name__)


def _text(document: Any) -> bytes:
    return json.dumps(document).encode()


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path] * bool(path) + [found for key, value in inner for found in _places(value, (*path, key))]


def _put(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(document)
    node = changed
    for part in path[:-1]:
        node = node[part]
    node[path[-1]] = value
    return changed


def _somewhere(rng: random.Random, document: Any, value: Any) -> bytes:
    return _text(_put(document, rng.choice(_places(document)), value))


def truncated(rng: random.Random, document: Any, word: str) -> Message:
    text = _text(document | {"subject": word})
    return Message(False, word.encode() + text[: rng.randrange(1, len(text))])


def not_utf8(rng: random.Random, document: Any, word: str) -> Message:
    text = bytearray(_text(document | {"subject": word}))
    for _ in range(rng.randrange(1, 4)):
        text.insert(rng.randrange(len(text)), rng.randrange(128, 256))
    return Message(False, bytes(text))


def nested(rng: random.Random, document: Any, word: str) -> Message:
    depth = rng.choice([8, 17, 130, 900, 1100, 20_000])
    opened, closed = rng.choice([("[", "]"), ('{"a":', "}")])
    deep = opened * depth + f'"{word}"' + closed * depth * rng.randrange(2)
    return Message(False, _somewhere(rng, document, "@@").replace(b'"@@"', deep.encode()))


def literal(rng: random.Random, document: Any, word: str) -> Message:
    odd = rng.choice(LITERALS).encode()
    return Message(False, _somewhere(rng, document | {"x": word}, "@@").replace(b'"@@"', odd))


def twice(rng: random.Random, document: Any, word: str) -> Message:
    key = rng.choice(list(document["data"]))
    text = _text(document).replace(b'"data": {', f'"data": {{"{key}": "{word}", '.encode(), 1)
    return Message(False, text)


def null_bytes(rng: random.Random, document: Any, word: str) -> Message:
    text = bytearray(_text(document | {"subject": word}))
    text.insert(rng.randrange(len(text)), 0)
    return Message(False, bytes(text))


def wrong_type(rng: random.Random, document: Any, word: str) -> Message:
    return Message(False, _somewhere(rng, document, rng.choice([[word], {word: 1}, word, [[word]] * 50])))


def from_hypothesis(rng: random.Random, document: Any, word: str) -> Message:
    value = {word: rng.choice(_pool())}
    return Message(False, _somewhere(rng, document, rng.choice([value, [value, rng.choice(_pool())]])))


def something_else(rng: random.Random, document: Any, word: str) -> Message:
    return Message(False, _text(rng.choice([word, [word], {word: word}, [document, word], {"data": word}])))


def version(rng: random.Random, document: Any, word: str) -> Message:
    name = rng.choice([f"ypsem.{word}.v1", "ypsem.missing_episode.v9", word, ""])
    return Message(False, _text(document | {"type": name, "specversion": rng.choice(["0.3", "1.0", word])} | {word: 1}))


def extra_key(rng: random.Random, document: Any, word: str) -> Message:
    name = rng.choice([word, "forename", "__proto__", "constructor", "", "\ud83d\ude00", word * 50, f"a.b[{word}]"])
    return Message(False, _text(_put(document, rng.choice([(name,), ("data", name)]), word)))


def giant_header(rng: random.Random, document: Any, word: str) -> Message:
    content = (word * rng.choice([1, 200, 3000])).encode()
    return Message(False, _text(document), headers=((rng.choice([word, "x", "traceparent", "content-type"]), content),))


def odd_headers(rng: random.Random, document: Any, word: str) -> Message:
    headers = [(f"{word}{n}", rng.randbytes(8)) for n in range(rng.choice([1, 5, 100]))]
    return Message(False, _text(document), headers=tuple(headers))


def binary_mode(rng: random.Random, document: Any, word: str) -> Message:
    attributes = {k: str(v) for k, v in document.items() if k != "data"} | {rng.choice(["id", "type", word]): word}
    headers = tuple((f"ce_{name}", value.encode()) for name, value in attributes.items())
    return Message(False, rng.choice([_text(document["data"]), word.encode(), b"\xff"]), headers=headers)


def in_the_key(rng: random.Random, document: Any, word: str) -> Message:
    key = rng.choice([word.encode(), word.encode() + b"\xff\x00", b"9434765919" + word.encode()])
    return Message(False, _text(document), key)


def tombstone(rng: random.Random, document: Any, word: str) -> Message:
    return Message(False, rng.choice([None, b"", b" "]), word.encode())


def noise(rng: random.Random, document: Any, word: str) -> Message:
    return Message(False, rng.randbytes(rng.randrange(200)) + word.encode() + rng.randbytes(rng.randrange(200)))


def squeezed(rng: random.Random, document: Any, word: str) -> Message:
    return Message(False, word.encode() * rng.randrange(2) + zlib.compress(_text(document | {"x": word})))


def oversize(rng: random.Random, document: Any, word: str) -> Message:
    if rng.randrange(20):
        return Message(False, _text(document | {"subject": word * 100}))
    return Message(False, _text(document | {"subject": word * 6000}))


def many_keys(rng: random.Random, document: Any, word: str) -> Message:
    return Message(False, _text(document | {f"{word}{n}": n for n in range(rng.choice([3, 40, 1000]))}))


def another_agency(rng: random.Random, document: Any, word: str) -> Message:
    data = document["data"] | {"agency": rng.choice(["aldermere-health", word])}
    return Message(False, _text(document | {"data": data, "dataschema": word}))


def identifiers(rng: random.Random, document: Any, word: str) -> Message:
    told = rng.choice(
        [f"{word} 943 476 5919", f"Mr {word}", f"{word}@example.org", f"{word} AB1 2CD", f"{word}\n{word}"]
    )
    return Message(False, _somewhere(rng, document, told))


def flipped(rng: random.Random, document: Any, word: str) -> Message:
    text = bytearray(_text(document | {"subject": word}))
    for _ in range(rng.randrange(1, 6)):
        text[rng.randrange(len(text))] ^= 1 << rng.randrange(8)
    return Message(False, bytes(text))


def spliced(rng: random.Random, document: Any, word: str) -> Message:
    text = _text(document | {"subject": word})
    cut = rng.randrange(len(text))
    return Message(False, text[:cut] + text[rng.randrange(len(text)) :])


Bend = Callable[[random.Random, Any, str], Message]
BENDS: tuple[Bend, ...] = (
    truncated, not_utf8, nested, literal, twice, null_bytes, wrong_type, from_hypothesis, something_else, version,
    extra_key, giant_header, odd_headers, binary_mode, in_the_key, tombstone, noise, squeezed, oversize, many_keys,
    another_agency, identifiers, flipped, spliced,
)  # fmt: skip
