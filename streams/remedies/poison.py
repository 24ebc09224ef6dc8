"""When an agency's stream has become poison: pure, one worker's view.

A mapping gone wrong refuses every record of one agency, thousands an hour, and dead letters are no place for them: its
raw topic is then held, for everybody, until a person says otherwise (arroyo's limit on dead letters is the model).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

WINDOW = 1000
"""Latest records of an agency that are looked at."""

PASSED = frozenset({"accepted", "skipped", "quarantined"})
"""Outcomes that say nothing against what the agency sends now."""


@dataclass
class _LatestRecords:
    chunks: deque[tuple[int, int]] = field(default_factory=deque)
    """(records, refused) of the latest chunks, oldest first, together just over `WINDOW` records."""
    records: int = 0
    refused: int = 0


@dataclass
class PoisonWatch:
    """Trips when more than half of an agency's latest records are refused, and at least `limit` of them."""

    limit: int
    _agencies: dict[str, _LatestRecords] = field(default_factory=dict)

    def tripped(self, agency: str, outcomes: Mapping[str, int]) -> bool:
        """Count a chunk's outcomes in; whether the agency is over the limit now. A trip begins the count anew."""
        one = self._agencies.setdefault(agency, _LatestRecords())
        records = sum(outcomes.values())
        refused = sum(n for rule, n in outcomes.items() if rule not in PASSED)
        one.chunks.append((records, refused))
        one.records += records
        one.refused += refused
        while one.chunks and one.records - one.chunks[0][0] >= max(WINDOW, self.limit):
            gone = one.chunks.popleft()
            one.records -= gone[0]
            one.refused -= gone[1]
        if one.refused < self.limit or 2 * one.refused <= one.records:
            return False
        self.forget(agency)
        return True

    def forget(self, agency: str) -> None:
        """Begin to count anew: the agency is held, or was let go on."""
        self._agencies.pop(agency, None)
