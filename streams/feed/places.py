"""Where a consumer's partitions are read on, how far they are handled, and what of that is committed.

The consumer asks the lookout (`streams.gaps`) at each assignment, whenever an offset is not in the log, and about
topics that nobody fetches from; and has it remember what is handled before that is committed. Faust does none of this.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from aiokafka.errors import IllegalStateError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.feed.reached import Reached
from streams.feed.stalled import Fetched
from streams.gaps.compare import HandledUpTo

SETTLE_SECONDS = 5.0
"""How long a partition that lost records may take to finish what it was handed before that."""


class StartFinder(Protocol):
    """What says where partitions are read on, and remembers how far they were: `streams.gaps.lookout.Lookout`."""

    async def look(
        self,
        reading: Mapping[tuple[str, int], int | None],
        *,
        running: bool = False,
    ) -> Mapping[tuple[str, int], tuple[int, int]]:
        """Where to read on, and the present ends."""
        ...

    async def shortened(self, reading: Mapping[tuple[str, int], int]) -> list[tuple[str, int]]:
        """Those whose log begins behind what was handled."""
        ...

    def generation(self, place: tuple[str, int]) -> int:
        """How often the log that is read was found cut."""
        ...

    async def handled(self, reached: Mapping[tuple[str, int], HandledUpTo]) -> bool:
        """Remember it, before it is committed; False if it may not be."""
        ...


class PlacedConsumer(driver.Consumer):
    """Reads on where the lookout says, and commits what it has remembered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fetching = asyncio.Lock()
        """Held during a fetch and a seek, so that neither is in the middle of the other."""
        self.reached = Reached()
        self._ends: dict[Any, int] = {}

    def _state(self, tp: Any) -> Any:
        """aiokafka's own word on a partition: position and last stable offset; None while it has none."""
        subscription = self._thread._ensure_consumer()._subscription.subscription
        assignment = subscription.assignment if subscription is not None else None
        if assignment is None or tp not in assignment.tps:
            return None
        state = assignment.state_value(tp)
        return state if state is not None and state.has_valid_position else None

    def seen(self) -> dict[Any, tuple[int, int]]:
        """(handled up to, readable end) of every partition that is known, for lag; changelogs are not."""
        found = {}
        for tp in self._own():
            upto, state = self.reached.upto(tp), self._state(tp)
            if upto is not None:
                stable = state.lso if state is not None and state.lso is not None else -1
                found[tp] = upto, max(stable, self._ends.get(tp, -1), upto)
        return found

    def fetched(self) -> dict[Any, Fetched]:
        """How far every partition was fetched that is to be read; changelogs are not among them."""
        not_read: frozenset[str] = getattr(self.transport, "not_read", frozenset())
        found = {}
        for tp in self._own():
            if tp.topic not in not_read:
                position = self.reached.position(tp)
                under_way = position is not None and self.reached.clear(tp) is None
                found[tp] = Fetched(-1 if position is None else position, under_way)
        return found

    def _own(self) -> list[Any]:
        return [tp for tp in self.assignment() if not self._is_changelog_tp(tp)]

    async def _place(self, reading: Mapping[Any, int | None], *, running: bool) -> None:
        """Have the lookout compare these partitions, and seek them to where it says; what it moves is committed."""
        if not reading:
            return
        lookout: StartFinder | None = self.transport.lookout  # type: ignore[attr-defined]
        if lookout is None:
            starts = await self.earliest_offsets(*reading)
            places: Mapping[Any, int] = {tp: starts[tp] if at is None else at for tp, at in reading.items()}
        else:
            found = await lookout.look(reading, running=running)
            places = {tp: place for tp, (place, _) in found.items()}
            self._ends.update({tp: end for tp, (_, end) in found.items()})
        await self.seek_wait({tp: places[tp] for tp in reading})
        moved = {tp: places[tp] for tp, at in reading.items() if at is not None and places[tp] != at}
        for tp in reading:
            self.reached.sought(tp, places[tp])
            self._committed_offset[tp] = places[tp] or None
        if moved:
            await super()._commit(moved)

    async def _out_of_range(self, tps: Iterable[Any]) -> None:
        """What was to be fetched next is not in the log (any more)."""
        for partition in tps:
            tp = TP._make(partition)
            if self._is_changelog_tp(tp):
                # aiokafka takes its own class of partitions alone.
                await self._thread.seek_to_beginning(partition)
            else:
                with contextlib.suppress(IllegalStateError):  # it was taken away meanwhile: its new worker compares
                    await self._place({tp: await self._settled(tp)}, running=True)

    async def _settled(self, tp: Any) -> int | None:
        """How far a partition is handled, once what it was handed is, if that does not take long."""
        deadline = self.loop.time() + SETTLE_SECONDS
        while self.reached.clear(tp) is None and self.loop.time() < deadline:
            await asyncio.sleep(0.05)
        return self.reached.upto(tp)

    async def look_at_held(self) -> None:
        """Nothing is fetched from topics that are held, so nobody else would see what retention takes from them.

        Such a partition is sought past it, so that nothing that was fetched ahead is read after it was told as lost.
        """
        not_read: frozenset[str] = getattr(self.transport, "not_read", frozenset())
        async with self._fetching:
            held = {tp: self.reached.upto(tp) for tp in self._own() if tp.topic in not_read}
            reading = {tp: at for tp, at in held.items() if at is not None}
            lookout: StartFinder | None = self.transport.lookout  # type: ignore[attr-defined]
            if reading and lookout is not None:
                shortened = await lookout.shortened(reading)
                with contextlib.suppress(IllegalStateError):
                    await self._place({tp: reading[tp] for tp in shortened}, running=True)

    def _filter_committable_offsets(self, tps: Any) -> Any:
        """Faust's own, and the position of each partition of which everything is handled."""
        found = super()._filter_committable_offsets(tps)
        for tp in self.reached.places():
            clear = self.reached.clear(tp)
            if clear is not None and clear > max(self._committed_offset.get(tp) or 0, found.get(tp, 0)):
                found[tp] = clear
        return found

    async def _commit(self, offsets: Any) -> bool:
        """Commit, once the workers' own memory has it."""
        lookout: StartFinder | None = self.transport.lookout  # type: ignore[attr-defined]
        ends = {tp: end for tp, (_, end) in self.seen().items()}
        reached: dict[tuple[str, int], HandledUpTo] = {
            TP(*tp): HandledUpTo(at, max(at, ends.get(tp, at))) for tp, at in offsets.items()
        }
        if lookout is not None and not await lookout.handled(reached):
            return False
        return bool(await super()._commit(offsets))
