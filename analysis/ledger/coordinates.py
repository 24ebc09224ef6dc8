"""The coordinates of an accepted record on the agency's raw topic, written so that no two records share them.

The ledger counts a record by its coordinates (`analysis.ledger.offsets`). A broker can give out the same coordinates
twice: after it has lost the end of a log, and after topics were created anew. So the ledger writes a number that
contains more than the raw partition:

    raw partition + 1,000 for each later restore of a backup + 1,000,000 for each earlier cut of the log

A *cut* means that the workers found that the log had lost its end. The number of cuts is the *generation* of the log;
records that are read after a cut are written with the next generation. A restore starts with new topics at generation
0, and adds 1,000 to the number of each restored record. Messages to the agency, and code that reads the raw topic, use
the raw partition only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

SHIFT_OF_A_RESTORE = 1_000
"""Larger than the number of raw partitions."""
SHIFT_OF_A_CUT = 1_000_000
"""Leaves room for 999 restores before their number would run into the cuts."""

Place = tuple[int, int]
"""The written number of a raw partition, and an offset."""


class Origin(NamedTuple):
    """The parts of a written partition number."""

    partition: int
    """The raw partition itself."""
    restores: int
    """How many backups were restored after the record was written."""
    generation: int
    """How many cuts of the log were found before the record was read."""

    @property
    def written(self) -> int:
        """The written number that these parts make up."""
        return self.partition + self.restores * SHIFT_OF_A_RESTORE + self.generation * SHIFT_OF_A_CUT


def origin(written: int) -> Origin:
    """Split a written partition number into its parts."""
    generation, rest = divmod(written, SHIFT_OF_A_CUT)
    restores, partition = divmod(rest, SHIFT_OF_A_RESTORE)
    return Origin(partition, restores, generation)


def restored(written: int) -> int:
    """The written number after one more restore."""
    return written + SHIFT_OF_A_RESTORE


def header(place: Place) -> bytes:
    """The coordinates in the form of a header of an accepted record."""
    return b"%d:%d" % place


def place_in(header_: bytes) -> Place:
    """Read the coordinates that `header` wrote. Raises `ValueError` for anything else."""
    partition, _, offset = header_.partition(b":")
    return int(partition), int(offset)


def named(place: Place) -> str:
    """The coordinates for people: raw partition and offset, with cuts and restores if there were any."""
    at, offset = origin(place[0]), place[1]
    cut = f" after cut {at.generation}" if at.generation else ""
    return f"{at.partition}:{offset}{cut}" + (f", {at.restores} restores ago" if at.restores else "")


def newest(places: Iterable[Place]) -> list[Place]:
    """(raw partition, offset) of the highest offset in the present log of each raw partition, sorted.

    Offsets of an earlier log mean nothing in the present one. So restored records are left out, and records from
    before the last cut that these coordinates show.
    """
    highest: dict[int, tuple[int, int]] = {}
    for written, offset in places:
        at = origin(written)
        if at.restores == 0:
            highest[at.partition] = max(highest.get(at.partition, (0, -1)), (at.generation, offset))
    return [(partition, offset) for partition, (_, offset) in sorted(highest.items())]
