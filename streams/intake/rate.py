"""The rate alarm: an agency that suddenly sends tokens of very many children may be trying out a list of names.

Intake makes `ct_` tokens of whatever `lt_` tokens it is given, so an agency could try to learn of children it does not
know by inventing events of them. The alarm is for people: it refuses nothing.

Limits: each worker sees its own partitions only and starts from nothing, so an agency whose partitions are spread over
several workers is measured in parts, and until `DAYS_NEEDED` days with events after a start there is no alarm. A first
load of history therefore raises none, and neither does an agency that begins with a probe.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median

FACTOR = 5
DAYS_NEEDED = 5
"""Earlier days with events before there is a usual day to compare with."""
DAYS_KEPT = 28
FEWEST = 50
"""Distinct tokens below which no day is unusual: a small agency's quiet weeks would make any busy day one."""
MOST_KEPT = 100_000
"""Tokens remembered of one agency and day, under 10 MiB; a day that reaches it counts as so many."""


def unusual(today: int, earlier: Sequence[int]) -> bool:
    """Whether a day's distinct tokens are more than five times the median of the earlier days."""
    return len(earlier) >= DAYS_NEEDED and today >= FEWEST and today > FACTOR * median(earlier)


@dataclass
class _TokenDays:
    day: date
    seen: set[int] = field(default_factory=set)
    earlier: deque[int] = field(default_factory=lambda: deque(maxlen=DAYS_KEPT))
    raised: bool = False


@dataclass
class RateWatch:
    """Counts each agency's distinct tokens by London day; nothing of it leaves this process's memory."""

    _agencies: dict[str, _TokenDays] = field(default_factory=dict)

    def alarm(self, agency: str, links: Iterable[int], today: date) -> bool:
        """Take in a chunk's tokens, as numbers; True once on a day that has become unusual for the agency.

        Days without a token are not counted as days: most agencies publish weekly, and their median would be nothing.
        """
        one = self._agencies.setdefault(agency, _TokenDays(today))
        if today > one.day:
            if one.seen:
                one.earlier.append(len(one.seen))
            one.day, one.seen, one.raised = today, set(), False
        one.seen.update(links)
        if len(one.seen) > MOST_KEPT:
            one.seen = set(list(one.seen)[:MOST_KEPT])
        if one.raised or not unusual(len(one.seen), one.earlier):
            return False
        one.raised = True
        return True
