"""What the workers remember of each partition: how far it was handled, and how often its log was found cut.

One compacted topic. How far has one key a partition, and its newest word stands. A cut has a key for itself, which is
written once and never again: whatever a worker writes that was fenced off, or knows less, takes no cut back.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError

from models.contract import topics
from models.contract.fields import Closed
from streams.gaps.compare import HandledUpTo
from streams.outputs import Out

log = logging.getLogger(__name__)

Place = tuple[str, int]
"""Topic and partition."""


class Position(Closed):
    """How far one partition was handled."""

    topic: str
    partition: int = Field(ge=0)
    next: int = Field(ge=0)
    end: int = Field(ge=0)


class Cut(Closed):
    """A log was found to have lost its end: what is read from now on is of this generation."""

    topic: str
    partition: int = Field(ge=0)
    generation: int = Field(ge=1)


_WORD: TypeAdapter[Position | Cut] = TypeAdapter(Position | Cut)


def out(place: Place, handled: HandledUpTo) -> Out:
    """The record that has every worker remember how far a partition was handled."""
    topic, partition = place
    position = Position(topic=topic, partition=partition, next=handled.next, end=handled.end)
    return Out(topics.POSITIONS, 0, f"{topic}|{partition}".encode(), position.model_dump_json().encode())


def cut(place: Place, generation: int) -> Out:
    """The record that has every worker remember a cut."""
    topic, partition = place
    word = Cut(topic=topic, partition=partition, generation=generation)
    key = f"cut|{topic}|{partition}|{generation}".encode()
    return Out(topics.POSITIONS, 0, key, word.model_dump_json().encode())


class Memory:
    """What was said on the topic, as far as it was read."""

    def __init__(self) -> None:
        self.known: dict[Place, HandledUpTo] = {}
        self.cuts: dict[Place, int] = {}
        """How often a log was found cut; the others were not."""

    def take(self, value: bytes | None) -> None:
        """Take in a record of the topic; one that cannot be read is passed by, and said so."""
        if value is None:
            return
        try:
            found = _WORD.validate_json(value, strict=False)
        except ValidationError:
            log.error("position-unreadable: ignored a record on %s that this service did not write", topics.POSITIONS)
            return
        place = found.topic, found.partition
        if isinstance(found, Cut):
            self.cuts[place] = max(found.generation, self.generation(place))
        else:
            self.known[place] = HandledUpTo(found.next, found.end)

    def generation(self, place: Place) -> int:
        """How often this log was found cut."""
        return self.cuts.get(place, 0)

    def further(self, reached: Mapping[Place, HandledUpTo]) -> dict[Place, HandledUpTo]:
        """Of these, what says more than is known."""
        return {
            place: handled
            for place, handled in reached.items()
            if (known := self.known.get(place)) is None or handled.next > known.next
        }


def cuts_in(records: Iterable[Any]) -> dict[Place, int]:
    """How often each log was found cut, as the records of the whole topic say; for a command."""
    memory = Memory()
    for record in records:
        memory.take(record.value)
    return memory.cuts
