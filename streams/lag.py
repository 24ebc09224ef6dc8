"""What a worker shows of the partitions that it has, and takes away of those that it lost in a rebalance.

Lag is counted in offsets between what is handled and what can be read. Behind a transaction marker, or aborted
records, it is 0: nobody will ever handle those. Alerts go by the time that the oldest record waits, not by a number of
records: a long night's load is no fault, one record that waits for an hour is. A gauge keeps its last value until
somebody sets it; that of a worker whose partitions went to another would say for ever that records wait.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Mapping
from typing import Any

from models.contract import topics
from streams import metrics

SAMPLES = 1000
"""Most ends kept of a partition; half of them go when it is more, so that the oldest stays."""


class Waits:
    """Since when records of each partition wait, from looks at its end that are made again and again."""

    def __init__(self) -> None:
        self._ends: defaultdict[Any, deque[tuple[float, int]]] = defaultdict(deque)

    def look(self, place: Any, upto: int, end: int, now: float) -> float:
        """Seconds since an end beyond `upto` was first seen; 0 if everything is handled."""
        ends = self._ends[place]
        if ends and end < ends[-1][1]:
            ends.clear()  # a log that begins anew
        if not ends or end > ends[-1][1]:
            ends.append((now, end))
        while ends and ends[0][1] <= upto:
            ends.popleft()
        if len(ends) > SAMPLES:
            self._ends[place] = deque([ends[0], *list(ends)[1::2]])
        return now - ends[0][0] if ends else 0.0

    def keep(self, places: Collection[Any]) -> None:
        """Forget what is of no other partition than these."""
        for place in self._ends.keys() - set(places):
            del self._ends[place]


class PartitionGauges:
    """The gauges of one worker that speak of its partitions."""

    def __init__(self) -> None:
        self._waits = Waits()
        self._families: set[str] = set()

    def show(
        self,
        seen: Mapping[Any, tuple[int, int]],
        assigned: Collection[Any],
        held: Collection[str] = frozenset(),
        now: float = 0.0,
    ) -> dict[str, int]:
        """Set them to what is so now, from (handled up to, readable end) by partition; returns the lag by family.

        A partition of which nothing is known yet is left out, and taken away if it was shown. What waits in a topic
        that is `held` waits for a person, who has an alert of his own.
        """
        lag: Counter[str] = Counter()
        waiting: defaultdict[str, float] = defaultdict(float)
        mine = {place: found for place, found in seen.items() if place in assigned}
        self._waits.keep(mine)
        for place, (upto, end) in mine.items():
            family = topics.family(place.topic)
            lag[family] += max(0, end - upto)
            waits = self._waits.look(place, upto, end, now)
            waiting[family] = max(waiting[family], 0.0 if place.topic in held else waits)
        for family in self._families - set(lag):
            metrics.LAG.remove(family)
            metrics.WAITING.remove(family)
        for family in lag:
            metrics.LAG.labels(family).set(lag[family])
            metrics.WAITING.labels(family).set(waiting[family])
        self._families = set(lag)
        if not any(place.topic == topics.ACCEPTED for place in assigned):
            # Set with every chunk: without partitions no chunk will come that could mend it.
            metrics.CLOCK_AHEAD.set(0)
        return dict(lag)
