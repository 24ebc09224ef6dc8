"""What a worker shows of the partitions that it has, and takes away of those that it lost in a rebalance.

A gauge keeps its last value until somebody sets it. That of a worker whose partitions went to another would say for
ever that records wait, and the alerts on waiting records would fire for nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from models.contract import topics
from streams import metrics

CHANGELOG = topics.family(topics.LEDGER_CHANGELOG)


def by_family(
    ends: Mapping[Any, int], committed: Mapping[Any, int | None], assigned: Collection[Any]
) -> dict[str, int]:
    """Records between the committed offset and the log end, by topic family, of the partitions assigned now.

    A partition whose end was not seen since it was assigned is left out: its lag is not known yet. So are changelogs:
    they are read at a recovery, and nobody commits in them.
    """
    found: Counter[str] = Counter()
    for place, end in ends.items():
        if place in assigned and (family := topics.family(place.topic)) != CHANGELOG:
            found[family] += max(0, end - (committed.get(place) or 0))
    return dict(found)


class Shown:
    """The gauges of one worker that speak of its partitions."""

    def __init__(self) -> None:
        self._families: set[str] = set()

    def show(
        self, ends: Mapping[Any, int], committed: Mapping[Any, int | None], assigned: Collection[Any]
    ) -> dict[str, int]:
        """Set them to what is so now; what nothing is known of any more is taken away."""
        lag = by_family(ends, committed, assigned)
        for family in self._families - set(lag):
            metrics.LAG.remove(family)
        for family, behind in lag.items():
            metrics.LAG.labels(family).set(behind)
        self._families = set(lag)
        if not any(place.topic == topics.ACCEPTED for place in assigned):
            # Set with every chunk: without partitions no chunk will come that could mend it.
            metrics.CLOCK_AHEAD.set(0)
        return lag
