"""Where an accepted record came from: its place on the agency's raw topic, written so that no other record has it too.

The ledger counts a record by its place (`analysis.ledger.offsets`), and a broker gives places away again: when it has
lost the end of a log, and when topics are made anew. So the number that is written for a raw partition says more than
that partition:

    raw partition + 1,000 for each restore of a backup since + 1,000,000 for each cut of its log before

A *cut* is when the workers found that the log had lost its end, and its number is the log's *generation*: what is read
after it is written with one more. A restore begins with new topics and generation 0, and adds its number to what is
restored. Whatever speaks to the agency, or of the raw topic as it lies there, says the raw partition alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

SHIFT_OF_A_RESTORE = 1_000
"""More than there are raw partitions."""
SHIFT_OF_A_CUT = 1_000_000
"""So many restores less one keep apart from cuts: 999."""

Place = tuple[int, int]
"""A raw partition, as it is written, and an offset."""


class Origin(NamedTuple):
    """What a raw partition, as it is written, says."""

    partition: int
    """The raw partition itself."""
    restores: int
    """How often backups were restored since."""
    generation: int
    """How often its log had been found cut before."""

    @property
    def written(self) -> int:
        """The number again."""
        return self.partition + self.restores * SHIFT_OF_A_RESTORE + self.generation * SHIFT_OF_A_CUT


def origin(written: int) -> Origin:
    """What the number of a raw partition says."""
    generation, rest = divmod(written, SHIFT_OF_A_CUT)
    restores, partition = divmod(rest, SHIFT_OF_A_RESTORE)
    return Origin(partition, restores, generation)


def restored(written: int) -> int:
    """The number after one more restore."""
    return written + SHIFT_OF_A_RESTORE


def header(place: Place) -> bytes:
    """The place as a header of an accepted record has it."""
    return b"%d:%d" % place


def place_in(header_: bytes) -> Place:
    """The place that `header` wrote; raises `ValueError` for anything else."""
    partition, _, offset = header_.partition(b":")
    return int(partition), int(offset)


def named(place: Place) -> str:
    """The place for people: as it is on the raw topic, and which log of it is meant if it is not the first."""
    at, offset = origin(place[0]), place[1]
    cut = f" after cut {at.generation}" if at.generation else ""
    return f"{at.partition}:{offset}{cut}" + (f", {at.restores} restores ago" if at.restores else "")


def newest(places: Iterable[Place]) -> list[Place]:
    """(raw partition, offset) of the highest place in the present log of each raw partition, in order.

    Of a log before that the offset says nothing: it may lie behind what has come since. So what was restored is left
    out, and what lay there before the last cut, as far as these places know of it.
    """
    found: dict[int, tuple[int, int]] = {}
    for written, offset in places:
        at = origin(written)
        if at.restores == 0:
            found[at.partition] = max(found.get(at.partition, (0, -1)), (at.generation, offset))
    return [(partition, offset) for partition, (_, offset) in sorted(found.items())]
