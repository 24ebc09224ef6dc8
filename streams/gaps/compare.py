"""Where to read a partition on, and what of it was never read. Pure; the rules of ADR 0018.

Four offsets are compared: log start and log end as the broker has them, `reading` (the group's committed offset, or how
far this worker got), and what the workers themselves remember to have handled. Holes *between* records that were read
are none of this: transaction markers, aborted records and what compaction took leave such holes, and are not lost.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.contract.receipts import GapCause


@dataclass(frozen=True, slots=True)
class HandledUpTo:
    """What the workers remember of a partition."""

    next: int
    """Everything before this offset was handled, or told as a gap."""
    end: int
    """The log end that was last seen with it; what lies before it was acknowledged by the broker."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A stretch of offsets that nobody read, both ends included."""

    first: int
    last: int
    cause: GapCause

    @property
    def offsets(self) -> int:
        """How many; some may have been markers, or aborted."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison says."""

    place: int
    """Where to read on."""
    lost: Lost | None = None
    moved: bool = False
    """Somebody moved the group's offset past records that are still there: they are read."""


def compare(start: int, end: int, reading: int | None, known: HandledUpTo | None, *, from_zero: bool) -> Comparison:
    """Compare one partition's offsets.

    `from_zero`: whether records before the log start were lost when nobody has read the topic yet. So it is for a raw
    topic; our own delete only what is old, and their first readers need not be older than that.
    """
    handled = known.next if known is not None else reading
    if handled is None:
        return Comparison(start, Lost(0, start - 1, "deleted") if start > 0 and from_zero else None)
    if (seen := max(handled, known.end if known else 0)) > end:
        # What was written anew lies at offsets that were handled before, nobody knows from which on: all is read again.
        # An end that was seen counts as well: what lay before it was acknowledged, and more may have been handled of it
        # than was remembered.
        return Comparison(start, Lost(end, seen - 1, "truncated"))
    if start > handled:
        return Comparison(start, Lost(handled, start - 1, "deleted"))
    if reading is None:
        return Comparison(start)
    if reading > handled:
        return Comparison(handled, moved=True)
    # An offset behind what was handled is a replay, or a crash between the memory and the commit: read again.
    return Comparison(max(reading, start))
