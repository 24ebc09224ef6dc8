"""One missing episode reported by several agencies is one episode (docs/domain.md#one-episode-several-reports).

Reports of the same child merge when their intervals overlap or they start within 12 hours, which for hour bands
means the same or an adjoining band; merging is the transitive closure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_BANDS = {"00-06": 0, "06-12": 1, "12-18": 2, "18-24": 3}


@dataclass(frozen=True, slots=True)
class Report:
    """One agency's report of an episode; `ended_on` None while it is open or its end is not known."""

    event_id: str
    agency: str
    started_on: date
    start_band: str
    ended_on: date | None = None
    end_band: str = "not_recorded"


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


def same_episode(a: Report, b: Report) -> bool:
    """Whether two reports of one child are of one episode.

    Intervals overlap only where that is certain: an end on an unknown band is taken at its earliest, a start at
    its latest. An open report overlaps by its start alone: one left open by mistake would swallow all later ones.
    """
    a_first, a_last = _slots(a.started_on, a.start_band)
    b_first, b_last = _slots(b.started_on, b.start_band)
    if a_first - b_last <= 1 and b_first - a_last <= 1:
        return True
    return _overlaps(a, b_last, a_last, b) and _overlaps(b, a_last, b_last, a)


def _overlaps(one: Report, other_start: int, own_start: int, other: Report) -> bool:
    if other_start < own_start:
        return True
    if one.ended_on is None:
        return False
    return other_start < _slots(one.ended_on, one.end_band)[0]


def merge(reports: Iterable[Report]) -> list[Episode]:
    """Merge one child's reports; the result does not depend on their order.

    Reports are swept by start; only those whose interval may still reach the next start are compared.
    """
    ordered = sorted(reports, key=lambda r: (_slots(r.started_on, r.start_band), r.event_id))
    groups: list[list[Report]] = []
    open_groups: list[tuple[int, list[Report]]] = []
    for report in ordered:
        first = _slots(report.started_on, report.start_band)[0]
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


def _reach(report: Report) -> int:
    """Last quarter-day whose starts may still join this report."""
    start = _slots(report.started_on, report.start_band)[1] + 4
    return start if report.ended_on is None else max(start, _slots(report.ended_on, report.end_band)[1] + 4)


def _episode(group: list[Report]) -> Episode:
    return Episode(
        min(r.started_on for r in group),
        frozenset(r.agency for r in group),
        tuple(sorted(r.event_id for r in group)),
    )
