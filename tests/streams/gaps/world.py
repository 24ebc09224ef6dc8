"""A raw log that grows and is cut, the workers' memory beside it, and a lookout that may die at any word it says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from models.contract import topics
from streams.gaps.compare import HandledUpTo
from streams.gaps.lookout import Lookout
from streams.gaps.memory import Memory, Place
from streams.outputs import Out
from streams.standing import Standing
from tests.factories import POLICE

PARTITION = 2
PLACE: Place = (topics.raw(POLICE), PARTITION)


class Died(RuntimeError):
    """The process ended."""


class Broker:
    """What it has confirmed; one raw partition."""

    def __init__(self) -> None:
        self.log: list[bytes] = []
        self.said: list[Out] = []

    def of(self, topic: str) -> list[Out]:
        """Everything of a topic."""
        return [one for one in self.said if one.topic == topic]

    def memory(self) -> Memory:
        """What the workers remember now."""
        memory = Memory()
        for one in self.of(topics.POSITIONS):
            memory.take(one.value)
        return memory


class NoRemedies:
    """Nothing stands that has to be waited for."""

    def __init__(self) -> None:
        self.standing = Standing()

    async def known(self) -> None:
        """At once."""


class Process(Memory):
    """One worker: what it knows of the memory, its way to the broker, and its lookout.

    It dies once it has said so many words (`words`), between one and the next.
    """

    def __init__(self, broker: Broker, words: int | None = None) -> None:
        super().__init__()
        self._broker, self._words = broker, words
        self.stopped: list[BaseException] = []
        self.lookout = Lookout(self, self, NoRemedies(), {PLACE[0]: POLICE}, self.stopped.append)

    async def read(self) -> None:
        """Of the positions."""
        for one in self._broker.of(topics.POSITIONS):
            self.take(one.value)

    async def limits(self, places: Iterable[Place]) -> dict[Place, tuple[int, int]]:
        """Log start and end."""
        return {place: (0, len(self._broker.log)) for place in places}

    async def confirm(self, outs: Iterable[Out]) -> None:
        """One word after the other."""
        for one in outs:
            if self._words is not None:
                if self._words == 0:
                    raise Died
                self._words -= 1
            self._broker.said.append(one)

    async def stop(self) -> None:
        """Nothing is connected."""

    def look(self, committed: int | None = None, *, running: bool = False) -> int:
        """Where it reads on."""
        found = asyncio.run(self.lookout.look({PLACE: committed}, running=running))
        return found[PLACE][0]

    def handled(self, upto: int) -> None:
        """Remember it, as before a commit."""
        asyncio.run(self.lookout.handled({PLACE: HandledUpTo(upto, max(upto, len(self._broker.log)))}))
