"""Every message that the broker acknowledged to a producer, and what must become of it. Uses none of our code.

Messages are remembered as they left the producer, with the place that the broker's acknowledgement named. So neither
intake, ledger nor the raw topics are asked what there should be.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from confluent_kafka import Producer

from analysis.ledger.identity import own_id, split
from models.contract import topics
from tests.factories import BOARD
from tests.support.pace import patience

Place = tuple[str, int, int]
"""Agency, raw partition, raw offset."""

Standing = tuple[int, str, str | None, str | None]
"""Revision, short type, the date it is about (a return's: submitted on), sex: what must win."""

Headers = list[tuple[str, str | bytes | None]]
"""As librdkafka's client types them."""

_EVENT_ID = re.compile(rb"[a-p]{40}")


@dataclass(slots=True)
class Expected:
    """One event id as the acknowledged messages have it."""

    agency: str
    board: str
    period: str | None = None
    children: tuple[str, ...] = field(default=(), repr=False)
    versions: Counter[Standing] = field(default_factory=Counter)
    """How many records there are of each."""

    @property
    def records(self) -> int:
        """Records that were acknowledged and can be read."""
        return self.versions.total()

    @property
    def standing(self) -> Standing:
        """The version that must win: the generator never gives one revision two contents."""
        return max(self.versions)


def _standing(document: dict[str, Any]) -> Standing:
    """Of a message."""
    data = document["data"]
    return standing_of(document["type"].split(".")[1], data, data["revision"])


def standing_of(short_type: str, data: dict[str, Any], revision: int) -> Standing:
    """The comparable part of a version."""
    return revision, short_type, data.get("occurred_on") or data.get("submitted_on"), data.get("sex")


class Told:
    """The acknowledged messages of a bench, by event id and agency; filled from several threads."""

    def __init__(self) -> None:
        self.events: dict[str, Expected] = {}
        self.valid: set[Place] = set()
        self.poison: set[Place] = set()
        self.erased: Counter[tuple[str, str]] = Counter()
        """(agency, board) -> accepted records of what is erased in the end, erasures included."""
        self.owed: Counter[tuple[str, Standing]] = Counter()
        """Versions of events whose record is gone before anybody read it, and has not been sent again."""
        self.failures: list[str] = []
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        """Messages that the broker acknowledged."""
        return len(self.valid) + len(self.poison)

    def note(self, place: Place, message: bytes | None, poison: bool) -> None:
        """A message was acknowledged at this place."""
        with self._lock:
            if poison or not message:
                self.poison.add(place)
                return
            document = json.loads(message)
            data = document["data"]
            self.valid.add(place)
            own = own_id(data["event_id"], data["agency"])
            found = self.events.get(own)
            if found is None:
                found = Expected(data["agency"], data["board"])
                self.events[own] = found
            # A withdrawal has neither, and may be the first to arrive.
            found.period = found.period or data.get("period")
            found.children = found.children or tuple(token["token"] for token in data.get("tokens", ()))
            standing = _standing(document)
            found.versions[standing] += 1
            if self.owed[own, standing] > 0:
                self.owed[own, standing] -= 1

    def gone(self, place: Place, message: bytes) -> None:
        """What was acknowledged at this place was deleted before anybody read it: it counts once it is sent again."""
        with self._lock:
            document = json.loads(message)
            own, standing = own_id(document["data"]["event_id"], document["data"]["agency"]), _standing(document)
            self.valid.remove(place)
            versions = self.events[own].versions
            versions[standing] -= 1
            if not versions[standing]:
                del versions[standing]
            if not versions:
                del self.events[own]
            self.owed[own, standing] += 1

    def cut(self, had: Mapping[Place, bytes | None], has: Mapping[Place, bytes | None], read: Iterable[Place]) -> None:
        """The broker lost the end of these logs and uses the places again: what they had, what they have.

        What had been read counts for good; the rest must be sent again. What is left is read again, and counts once
        more.
        """
        read, logs = set(read), {place[:2] for place in had}
        for place in [place for place in self.valid if place[:2] in logs]:
            if place not in has and place not in read:
                self.gone(place, had[place] or b"")
            elif place not in has:
                self.valid.remove(place)
            elif place in read:
                self._once_more(has[place] or b"")
        self.poison -= {place for place in self.poison if place[:2] in logs and place not in has}

    def _once_more(self, message: bytes) -> None:
        document = json.loads(message)
        agency, board = document["data"]["agency"], document["data"]["board"]
        event = self.events.get(own_id(document["data"]["event_id"], agency))
        if event is None:
            self.erased[agency, board] += 1
        else:
            event.versions[_standing(document)] += 1

    def shared(self) -> int:
        """Event ids that more than one agency uses."""
        users = Counter(split(own)[0] for own in self.events)
        return sum(agencies > 1 for agencies in users.values())

    def balances(self) -> dict[tuple[str, str], Counter[str]]:
        """The classes of an agency's balance (ADR 0026) by agency and board; no accepted record is skipped here."""
        found: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for place, records in self.erased.items():
            found[place]["erased"] += records
        for event in self.events.values():
            classes = found[event.agency, event.board]
            classes["withdrawn" if event.standing[1] == "withdrawal" else "current"] += 1
            classes["superseded"] += len(event.versions) - 1
            classes["duplicate"] += event.records - len(event.versions)
        return dict(found)

    def returns(self) -> dict[tuple[str, str, str], date]:
        """(board, agency, period) -> submitted on: what SQL must hold of the submission returns."""
        return {
            (event.board, event.agency, event.period): date.fromisoformat(event.standing[2])
            for event in self.events.values()
            if event.period is not None and event.standing[2] is not None
        }

    def children(self, short_type: str) -> dict[str, set[str]]:
        """Quarter -> children of the first board for whom one began in it, by the dates the load gives.

        Reports of one child on one day or on neighbouring days, without an hour, are one episode, which began on the
        first of them (docs/domain.md#one-episode-several-reports). A concern stands for itself.
        """
        days: defaultdict[str, set[date]] = defaultdict(set)
        for event in self.events.values():
            _, kind, day, _ = event.standing
            if event.board == BOARD and kind == short_type and event.children and day:
                days[event.children[0]].add(date.fromisoformat(day))
        found: defaultdict[str, set[str]] = defaultdict(set)
        for child, its in days.items():
            for day_ in its:
                if short_type == "cse_concern" or day_ - timedelta(days=1) not in its:
                    found[f"{day_.year}Q{(day_.month + 2) // 3}"].add(child)
        return dict(found)


def poisonous(message: bytes | None) -> bool:
    """Whether a message of `road.load` is one of those that are cut off."""
    try:
        json.loads(message or b"")
    except ValueError:
        return True
    return False


def feed(
    bootstrap: str,
    messages: Iterable[tuple[str, bytes | None]],
    told: Told,
    *,
    per_second: float = 0,
    poison: bool | None = None,
    seed: int = 0,
    headers: Headers | None = None,
) -> int:
    """Publish (agency, message) pairs with librdkafka and note each acknowledgement; returns how many.

    `poison` says whether intake must refuse them all; by default those that are not JSON. Waits up to two minutes of
    a free machine for a broker that is away. The codec is the seed's choice.
    """
    settings = {
        "bootstrap.servers": bootstrap,
        "enable.idempotence": True,
        "acks": "all",
        "linger.ms": 20,
        "message.timeout.ms": int(patience(120_000)),
        "message.max.bytes": 4_000_000,
        # Every try to reach a broker that is away on purpose would be a line of its own.
        "log_level": 2,
        "compression.type": random.Random(seed).choice(["none", "lz4", "zstd", "gzip", "snappy"]),
    }
    producer = Producer(settings)
    sent = 0
    started = time.monotonic()

    def noted(agency: str, message: bytes | None, bad: bool) -> Any:
        def delivered(error: Any, record: Any) -> None:
            if error is not None:
                told.failures.append(error.name())
            else:
                told.note((agency, record.partition(), record.offset()), message, bad)

        return delivered

    for agency, message in messages:
        bad = poisonous(message) if poison is None else poison
        key = found[0] if message and (found := _EVENT_ID.search(message)) else None
        while True:
            try:
                producer.produce(
                    topics.raw(agency), key=key, value=message, headers=headers, on_delivery=noted(agency, message, bad)
                )
                break
            except BufferError:
                producer.poll(0.1)
        sent += 1
        producer.poll(0)
        if per_second and (ahead := sent / per_second - (time.monotonic() - started)) > 0.02:
            producer.poll(ahead)
    producer.flush(patience(125))
    return sent
