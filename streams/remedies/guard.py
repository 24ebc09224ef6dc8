"""Stands between a worker and its chunks: what is passed over, what is handled alone, what is held."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from models.operations.remedies import Gap, Hold, Skip
from models.service.clock import now
from streams import metrics
from streams.feed.coalescing import Chunk
from streams.gaps.lookout import show
from streams.outputs import Outputs
from streams.remedies.attempts import Attempts, RecordPlace, own_file
from streams.remedies.follow import Follower
from streams.remedies.poison import PoisonWatch
from streams.settings import StreamSettings
from streams.standing import WORKER, Standing, out

log = logging.getLogger(__name__)
T = TypeVar("T")


class Held(NamedTuple):
    """What a consumer has to be told."""

    topics: frozenset[str]
    """Not to be read."""
    again: Mapping[tuple[str, int], int]
    """(topic, partition) -> offset from which to read again what was put off."""


class Guard:
    """One application's remedies; `hold` tells its consumer which topics not to read."""

    def __init__(
        self, name: str, settings: StreamSettings, outputs: Outputs, hold: Callable[[Held], Awaitable[None]]
    ) -> None:
        folder: Path = settings.datadir / name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.standing = Standing()
        path, self._ours = own_file(folder)
        self.attempts = Attempts(path)
        self.poison = PoisonWatch(settings.poison_limit)
        self._outputs = outputs
        self._hold = hold
        self._put_off: dict[tuple[str, int], int] = {}
        self.follower = Follower(settings, self.standing, self._changed)

    async def known(self) -> None:
        """Wait until everything that stood on the remedies topic at the start is known."""
        await self.follower.caught_up()

    async def pieces(self, chunk: Chunk) -> AsyncIterator[Chunk]:
        """The chunk in pieces that may be handled, once every remedy is known."""
        await self.follower.caught_up()
        while self.attempts.condemned:
            await self.quarantine(self.attempts.condemned[-1])
            self.attempts.condemned.pop()
        for piece in self.attempts.pieces(chunk):
            yield piece

    def puts_off(self, chunk: Chunk) -> bool:
        """Whether the chunk is of a topic that is held: it came before the hold, and will be read again after it."""
        if chunk[0].topic not in self.standing.held_topics():
            return False
        self._put_off.setdefault((chunk[0].topic, chunk[0].partition), chunk[0].offset)
        return True

    def passed_over(self, chunk: Chunk) -> Mapping[int, str]:
        """Offset -> rule of the records of this chunk's partition that are not to be handled."""
        return self.standing.passed_over(chunk[0].topic, chunk[0].partition)

    async def attempt(self, piece: Chunk, work: Callable[[], T]) -> T:
        """Do what decides about the records, remembering that it was begun; it may end the process, but not for ever.

        A suspect record that raises when alone is quarantined before the process ends. Waiting for the broker is no
        part of this.
        """
        self.attempts.begin(piece)
        try:
            result = work()
        except Exception:
            if self.attempts.alone(piece):
                await self.quarantine(RecordPlace(piece[0].topic, piece[0].partition, piece[0].offset))
                self.attempts.done(piece)
            raise
        self.attempts.done(piece)
        return result

    async def quarantine(self, place: RecordPlace) -> None:
        """Have every worker pass this record over from now on."""
        skip = Skip(
            topic=place.topic, partition=place.partition, offset=place.offset, rule="quarantined", by=WORKER, at=now()
        )
        await self._outputs.confirm([out(skip)])
        self.standing.take(skip)
        self._show_quarantined()
        log.error("quarantined: %s partition %d offset %d", place.topic, place.partition, place.offset)

    async def watch_for_poison(self, agency: str, outcomes: Mapping[str, int]) -> None:
        """Hold the agency's raw topic once too much of what it sends is refused."""
        held = self.standing.holds.get(agency)
        if self.poison.tripped(agency, outcomes) and not (held and held.held):
            hold = Hold(agency=agency, held=True, by=WORKER, at=now())
            await self._outputs.confirm([out(hold)])
            self.standing.take(hold)
            await self._changed(hold)

    def _show_quarantined(self) -> None:
        for family, number in self.standing.quarantined().items():
            metrics.QUARANTINED.labels(family).set(number)

    async def _changed(self, remedy: Hold | Skip | Gap) -> None:
        if isinstance(remedy, Skip):
            self._show_quarantined()
            return
        if isinstance(remedy, Gap):
            show(self.standing)
            return
        held = self.standing.held_topics()
        again = {place: offset for place, offset in self._put_off.items() if place[0] not in held}
        for place in again:
            del self._put_off[place]
        await self._hold(Held(held, again))
        metrics.HELD.set(len(held))
        if remedy.held:
            log.error("held: the raw topic of %s is no longer read: too much of it is refused", remedy.agency)
        else:
            self.poison.forget(remedy.agency)
            log.warning("resumed: the raw topic of %s is read again", remedy.agency)
