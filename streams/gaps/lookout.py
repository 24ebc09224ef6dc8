"""Says where a worker's partitions are read on, and tells what of them was never read: agency, pages, operators.

In this order: that a raw log was cut; the word on the remedies topic and the agency's receipt; the memory that reading
goes on behind the gap. A crash in between tells it again, under the same key, and a cut counted twice changes nothing.
One that is not counted would have two records in one place (`analysis.ledger.coordinates`): so nothing of the new log
is handled before it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from models.contract import topics
from models.contract.receipts import GapReceipt
from models.operations.remedies import Gap
from models.service.clock import now
from streams import metrics
from streams.errors import WorkerError
from streams.gaps.compare import Comparison, HandledUpTo, Lost, compare
from streams.gaps.memory import Place, cut, out
from streams.outputs import Out
from streams.standing import WORKER, Standing
from streams.standing import out as remedy

log = logging.getLogger(__name__)


class LogTruncated(WorkerError):
    """A log became shorter under a running worker: it must start anew, with nothing under way."""


class Remedies(Protocol):
    """What stands on the remedies topic: `streams.remedies.guard.Guard`."""

    standing: Standing

    async def known(self) -> None:
        """Wait until everything that stood there at the start is known."""
        ...


class KnownPositions(Protocol):
    """The workers' memory, and the broker's word on logs: `streams.gaps.positions.Positions`."""

    known: dict[Place, HandledUpTo]
    cuts: dict[Place, int]

    async def read(self) -> None:
        """Read up what the workers have said."""
        ...

    async def limits(self, places: Iterable[Place]) -> dict[Place, tuple[int, int]]:
        """Log start and readable end of each."""
        ...

    def further(self, reached: Mapping[Place, HandledUpTo]) -> dict[Place, HandledUpTo]:
        """Of these, what says more than is known."""
        ...

    def generation(self, place: Place) -> int:
        """How often this log was found cut."""
        ...

    async def stop(self) -> None:
        """Disconnect."""
        ...


class Confirms(Protocol):
    """What sends, and waits for the broker's word: `streams.outputs.Outputs`."""

    async def confirm(self, outs: Iterable[Out]) -> None:
        """Raises if the broker does not confirm."""
        ...


class Lookout:
    """One worker's."""

    def __init__(
        self,
        positions: KnownPositions,
        outputs: Confirms,
        remedies: Remedies,
        agency_of: Mapping[str, str],
        stop: Callable[[BaseException], None],
    ) -> None:
        self._positions = positions
        self._outputs = outputs
        self._remedies = remedies
        self._agency_of = agency_of
        self._stop = stop
        self._open = True

    async def look(
        self,
        reading: Mapping[Place, int | None],
        *,
        running: bool = False,
    ) -> dict[Place, tuple[int, int]]:
        """Where each partition is read on, and its present end; what was lost was told. Ends the process if it cannot.

        `running`: `reading` is how far this worker has handled them; otherwise it is what the group has committed.
        """
        try:
            if not running:
                await self._positions.read()
            return await self._look(reading, running)
        except Exception as error:
            self._stop(error)
            raise

    async def shortened(self, reading: Mapping[Place, int]) -> list[Place]:
        """The partitions whose log begins behind what was handled of them."""
        limits = await self._positions.limits(reading)
        return [place for place, at in reading.items() if limits[place][0] > at]

    async def _look(self, reading: Mapping[Place, int | None], running: bool) -> dict[Place, tuple[int, int]]:
        limits = await self._positions.limits(reading)
        found: dict[Place, Comparison] = {}
        for place, at in reading.items():
            known = self._positions.known.get(place)
            if running and at is not None:
                known = HandledUpTo(max(at, known.next), known.end) if known else HandledUpTo(at, at)
            found[place] = compare(*limits[place], at, known, from_zero=place[0] in self._agency_of)
        lost = {place: one.lost for place, one in found.items() if one.lost is not None}
        cut_off = [place for place, one in lost.items() if one.cause == "truncated"]
        await self._count_cuts(cut_off)
        if running and cut_off:
            # For the worker that looks next: this one may have handled more than it has remembered so far.
            handled = {place: at for place in cut_off if (at := reading[place]) is not None}
            await self._remember(self._positions.further({p: HandledUpTo(at, at) for p, at in handled.items()}))
            raise LogTruncated("a log now ends before the last record that was read from it")
        await self._tell(lost)
        behind = {place: HandledUpTo(found[place].place, limits[place][1]) for place in lost}
        await self._remember(behind)
        for (topic, partition), one in found.items():
            if one.moved:
                log.error(
                    "offset-moved: somebody moved the group's committed offset on %s partition %d past records that "
                    "were not handled; reading them from offset %d on",
                    topic,
                    partition,
                    one.place,
                )
        return {place: (one.place, limits[place][1]) for place, one in found.items()}

    async def _count_cuts(self, places: Iterable[Place]) -> None:
        """Confirmed before anything of the new log is handled. Our own topics' places count nothing."""
        raised = {place: self.generation(place) + 1 for place in places if place[0] in self._agency_of}
        if raised:
            await self._outputs.confirm([cut(place, generation) for place, generation in raised.items()])
            self._positions.cuts.update(raised)

    def generation(self, place: Place) -> int:
        """Of the log that is read now: how often it was found cut."""
        return self._positions.generation(place)

    async def _tell(self, lost: Mapping[Place, Lost]) -> None:
        if not lost:
            return
        await self._remedies.known()
        at = now()
        outs: list[Out] = []
        for (topic, partition), one in lost.items():
            log.error(
                "never-read: %s partition %d, %d offsets from %d to %d (%s)",
                topic,
                partition,
                one.offsets,
                one.first,
                one.last,
                one.cause,
            )
            agency = self._agency_of.get(topic)
            if agency is None and topic != topics.ACCEPTED:
                # Requests are no data of an agency: nothing on the pages is incomplete without them.
                continue
            gap = Gap(
                topic=topic, partition=partition, first=one.first, last=one.last, cause=one.cause, by=WORKER, at=at
            )
            outs.append(remedy(gap))
            self._remedies.standing.take(gap)
            if agency is not None:
                outs.append(_receipt(agency, partition, one, gap))
        await self._outputs.confirm(outs)
        show(self._remedies.standing)

    async def handled(self, reached: Mapping[Place, HandledUpTo]) -> bool:
        """Write to the positions topic how far these partitions were handled; to be awaited before that is committed.

        False if it must not be committed: this worker is ending and writes no more. Ends the process if the broker does
        not confirm.
        """
        if not self._open:
            return False
        try:
            await self._remember(self._positions.further(reached))
        except Exception as error:
            self._stop(error)
            raise
        return True

    async def _remember(self, handled: Mapping[Place, HandledUpTo]) -> None:
        if handled:
            await self._outputs.confirm([out(place, so_far) for place, so_far in handled.items()])
            self._positions.known.update(handled)

    async def stop(self) -> None:
        """Write no more positions."""
        self._open = False
        await self._positions.stop()


def show(standing: Standing) -> None:
    """Set the gauge of records that were never read to the gaps that stand open."""
    for family, number in standing.never_read().items():
        metrics.GAP_RECORDS.labels(family).set(number)


def _receipt(agency: str, partition: int, lost: Lost, gap: Gap) -> Out:
    receipt = GapReceipt(
        agency=agency, partition=partition, first=lost.first, last=lost.last, cause=lost.cause, at=gap.at
    )
    key = f"gap|{partition}|{lost.first}".encode()
    return Out(topics.receipts(agency), 0, key, receipt.model_dump_json().encode())
