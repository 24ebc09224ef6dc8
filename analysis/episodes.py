"""Merges reports by several agencies into one missing episode (docs/domain.md#one-episode-several-reports).

Two reports of a child merge if their intervals overlap or they start within 12 hours. For hour bands, that means the
same or an adjoining band. Merging is transitive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

_BANDS = {"00-06": 0, "06-12": 1, "12-18": 2, "18-24": 3}


class OfMissing(Protocol):
    """The fields that merging needs of one agency's report, such as `analysis.ledger.records.MissingReport`."""

    @property
    def event_id(self) -> str:
        """An id that is unique among the reports of a child."""

    @property
    def agency(self) -> str:
        """The agency that reported the episode."""

    @property
    def occurred_on(self) -> date:
        """The day on which the episode started."""

    @property
    def hour_band(self) -> str:
        """The part of that day in which it started, or a code for unknown."""

    @property
    def ended_on(self) -> date | None:
        """The day on which it ended; None while it is open or its end is unknown."""

    @property
    def ended_hour_band(self) -> str:
        """The part of the day in which it ended, or a code for unknown."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A merged episode: its earliest start, and all agencies that reported it."""

    started_on: date
    agencies: frozenset[str]
    event_ids: tuple[str, ...]


def _slots(day: date, band: str) -> tuple[int, int]:
    """The first and last quarter-day that a moment may lie in: the same for a known band, else those of the day."""
    base = day.toordinal() * 4
    known = _BANDS.get(band)
    return (base, base + 3) if known is None else (base + known, base + known)


def same_episode(a: OfMissing, b: OfMissing) -> bool:
    """Whether two reports of one child are about the same episode.

    Intervals count as overlapping only if that is certain: an end in an unknown band is taken at its earliest, a start
    at its latest. An open report overlaps only by its start, because a report left open by mistake would swallow all
    later ones.
    """
    a_first, a_last = _slots(a.occurred_on, a.hour_band)
    b_first, b_last = _slots(b.occurred_on, b.hour_band)
    if a_first - b_last <= 1 and b_first - a_last <= 1:
        return True
    return _overlaps(a, b_last, a_last, b) and _overlaps(b, a_last, b_last, a)


def _overlaps(report: OfMissing, other_start: int, own_start: int, other: OfMissing) -> bool:
    if other_start < own_start:
        return True
    if report.ended_on is None:
        return False
    return other_start < _slots(report.ended_on, report.ended_hour_band)[0]


def merge(reports: Iterable[OfMissing]) -> list[Episode]:
    """Merge the reports of one child. The result does not depend on their order.

    Reports are taken in order of start, and compared only with groups whose interval may still reach that start.
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
    """The last quarter-day on which another report may start and still merge with this one."""
    start = _slots(report.occurred_on, report.hour_band)[1] + 4
    return start if report.ended_on is None else max(start, _slots(report.ended_on, report.ended_hour_band)[1] + 4)


def _episode(group: list[OfMissing]) -> Episode:
    return Episode(
        min(r.occurred_on for r in group),
        frozenset(r.agency for r in group),
        tuple(sorted(r.event_id for r in group)),
    )
