"""Two agencies with one event id: what others send under the ids of a first one, and what each must be left with.

And what a message may carry that says nothing: keys and headers of opaque kinds, which no event may be refused for.
"""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from analysis.ledger.identity import own_id
from analysis.ledger.row import Row
from tests.factories import BOARD, an_event_id, an_own_id, event, wire
from tests.faults.told import Expected, Place, Told, standing_of
from tests.fuzz.hostile import TYPES, Header, Message

MOST_IDS = 500
"""That an erasure may name."""


@dataclass
class Owners:
    """What each agency has, by what was acknowledged to it."""

    told: Told = field(default_factory=Told)
    erased: set[str] = field(default_factory=set)
    """Own ids that must be in no row."""
    _without_place: int = 0

    def note(self, message: Message, place: Place | None = None) -> None:
        """A valid message was acknowledged; over HTTP nobody is told where it lies."""
        document = json.loads(message.value or b"")
        own = own_id(document["data"]["event_id"], document["data"]["agency"])
        if document["type"] == "ypsem.erasure.v1" or own in self.erased:
            return
        self._without_place += 1
        self.told.note(place or (document["data"]["agency"], -1, self._without_place), message.value, False)

    def problems(self, rows: Mapping[str, Row]) -> list[str]:
        """Where the ledger's rows are not those that their agencies sent; one line of each kind, with no value."""
        lost = sum(own not in rows for own in self.told.events)
        other = sum(_differs(rows[own], one) for own, one in self.told.events.items() if own in rows)
        back = len(self.erased & rows.keys())
        found = {
            "valid events without a row of their agency's": lost,
            "rows that are not what their agency sent": other,
            "erased events that still have a row": back,
        }
        return [f"{number} {what}" for what, number in found.items() if number]


def _differs(row: Row, expected: Expected) -> bool:
    standing = standing_of(row.short_type, row.data, row.revision)
    return (standing, row.records) != (expected.standing, expected.records)


def copies(seed: int, names: Iterable[str], agency: str, owners: Owners) -> list[Message]:
    """What an agency sends under the ids of these records of another's: higher revisions, withdrawals, erasures; and
    once more what it has erased."""
    rng = random.Random(seed)
    sent: list[Message] = []
    gone: list[str] = []
    again: list[Message] = []
    for number, name in enumerate(names):
        turn = number % 4
        if turn == 2:
            gone.append(name)
            again.append(_version(name, agency, 1))
        elif turn < 2:
            sent += [_version(name, agency, revision) for revision in rng.sample(range(1, 6), 2)]
        if turn in (1, 3):
            sent.append(_message(event("withdrawal", name, 7, agency)))
    owners.erased |= {an_own_id(name, agency) for name in gone}
    rng.shuffle(sent)
    erasures = [
        _message(event("erasure", f"erasure-{seed}-{agency}-{at}", 0, agency, event_ids=ids))
        for at in range(0, len(gone), MOST_IDS)
        if (ids := [an_event_id(name) for name in gone[at : at + MOST_IDS]])
    ]
    return [*again, *sent, *erasures, *again]


def _version(name: str, agency: str, revision: int) -> Message:
    """Another child, day and kind under that id; the same for a revision whenever it is asked for."""
    own = random.Random(f"{name}|{agency}|{revision}")
    day = f"2026-01-{own.randrange(1, 29):02}"
    kind = own.choice(TYPES)
    return _message(event(kind, name, revision, agency, BOARD, f"{agency}-{name}", occurred_on=day))


def _message(document: Mapping[str, object]) -> Message:
    return Message(True, wire(dict(document)), how="copied id")


def opaque(seed: int, count: int, agency: str) -> Iterator[Message]:
    """Valid events under keys, and with headers, as other people's producers and tracing write them."""
    rng = random.Random(seed)
    for number in range(count):
        document = event(rng.choice(TYPES), f"opaque-{seed}-{number}", agency=agency, child=f"opaque-{number}")
        key = rng.choice(KEYS)(rng)
        yield Message(True, wire(document), key.encode(), _headers(rng), "opaque")


def _hex(rng: random.Random, length: int) -> str:
    return f"{rng.getrandbits(4 * length):0{length}x}"


KEYS: tuple[Callable[[random.Random], str], ...] = (
    lambda rng: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
    lambda rng: hashlib.sha256(rng.randbytes(16)).hexdigest(),
    lambda rng: _hex(rng, 24),
    lambda rng: str(rng.getrandbits(63)),
)


def _headers(rng: random.Random) -> tuple[Header, ...]:
    trace, span = _hex(rng, 32), _hex(rng, 16)
    kinds: tuple[dict[str, str], ...] = (
        {"b3": f"{trace}-{span}-1"},
        {"X-B3-TraceId": trace, "X-B3-SpanId": span, "X-B3-Sampled": "1"},
        {"x-datadog-trace-id": str(rng.getrandbits(63)), "x-datadog-parent-id": str(rng.getrandbits(63))},
        {"uber-trace-id": f"{trace}:{span}:0:1"},
        {"traceparent": f"00-{trace}-{span}-01"},
        {},
    )
    return tuple((name, value.encode()) for name, value in rng.choice(kinds).items())
