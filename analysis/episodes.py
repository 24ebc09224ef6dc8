"""One missing episode reported by several agencies is one episode (docs/domain.md#one-episode-several-reports).

Reports of the same child merge when their intervals overlap or they start within 12 hours, which for hour bands
means the same or an adjoining band; merging is the transitive closure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

_BANDS = {"00-06": 0, "06-12": 1, "12-18": 2, "18-24": 3}


class OfMissing(Protocol):
    """What is read of one agency's report of an episode, such as `analysis.ledger.records.MissingReport`."""

    @property
    def event_id(self) -> str:
        """Unique among the reports of a child."""

    @property
    def agency(self) -> str:
        """Who reported it."""

    @property
    def occurred_on(self) -> date:
        """The day it started."""

    @property
    def hour_band(self) -> str:
        """The part of that day, or that it is not known."""

    @property
    def ended_on(self) -> date | None:
        """None while it is open or its end is not known."""

    @property
    def ended_hour_band(self) -> str:
        """The part of the day it ended."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A merged episode: earliest start, and everyone who reported it."""

    started_on: date
    agencies: frozenset[str]
    event_ids: tuple[str, ...]


def _slots(day: date, band: str) -> tuple[int, int]:
    """First and last quarter-day the moment may lie in: one for a known band, four for a day."""
    base = day.toordinal() * 4
    known = _BANDS.get(band)
    return (base, base + 3) if known is None else (base + known, base + known)


def same_episode(a: OfMissing, b: OfMissing) -> bool:
    """Whether two reports of one child are of one episode.

    Intervals overlap only where that is certain: an end on an unknown band is taken at its earliest, a start at
    its latest. An open report overlaps by its start alone: one left open by mistake would swallow all later ones.
    """
    a_first, a_last = _slots(a.occurred_on, a.hour_band)
    b_first, b_last = _slots(b.occurred_on, b.hour_band)
    if a_first - b_last <= 1 and b_first - a_last <= 1:
        return True
    return _overlaps(a, b_last, a_last, b) and _overlaps(b, a_last, b_last, a)


def _overlaps(one: OfMissing, other_start: int, own_start: int, other: OfMissing) -> bool:
    if other_start < own_start:
        return True
    if one.ended_on is None:
        return False
    return other_start < _slots(one.ended_on, one.ended_hour_band)[0]


def merge(reports: Iterable[OfMissing]) -> list[Episode]:
    """Merge one child's reports; the result does not depend on their order.

    Reports are swept by start; only those whose interval may still reach the next start are compared.
    """
    ordered = sorted(reports, key=lambda r: (_slots(r.occurred_on, r.hour_band), r.event_id))
    groups: list[list[OfMissing]] = []
    open_groups: list[tuple[int, list[OfMissing]]] = []
    for report in ordered:
        first = _slots(report.occurred_on, report.hour_band)[0]
        joined = [entry for entry in open_groups if any(same_episode(report, other) for other in entry[1])]
        group = [report]
        reach = _reach(report)
        for entry in joined:
            open_groups.remove(entry)
            groups.remove(entry[1])
            group = entry[1] + group
            reach = max(reach, entry[0])
        groups.append(group)
        open_groups = [entry for entry in open_groups if entry[0] >= first] + [(reach, group)]
    return sorted((_episode(group) for group in groups), key=lambda e: (e.started_on, e.event_ids))


def _reach(report: OfMissing) -> int:
    """Last quarter-day whose starts may still join this report."""
    start = _slots(report.occurred_on, report.hour_band)[1] + 4
    return start if report.ended_on is None else max(start, _slots(report.ended_on, report.ended_hour_band)[1] + 4)


def _episode(group: list[OfMissing]) -> Episode:
    return Episode(
        min(r.occurred_on for r in group),
        frozenset(r.agency for r in group),
        tuple(sorted(r.event_id for r in group)),
    )
