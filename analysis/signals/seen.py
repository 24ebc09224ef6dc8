"""What a board looks like on one day, with every agency's events or without one's: counts of distinct children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from analysis.hotspots.delay import LONGEST_DELAY, completeness, exposure_until
from analysis.hotspots.predictive import BASELINE_DAYS, GUARD_DAYS
from analysis.hotspots.zones import Floats
from analysis.signals.evidence import NOWHERE, Evidence, Mention
from analysis.signals.places import Place, Places
from models.signals import ChildKind

LONGEST = 84
"""The longest window, in days."""
REPEAT_DAYS = LONGEST
"""A child counts again in a place after this: with 28 days, repeat missing made false alarms of 84-day windows."""
DAYS = BASELINE_DAYS + LONGEST + GUARD_DAYS
_DELAYS_OVER = 90


@dataclass(frozen=True)
class Seen:
    """Counts to one last day. A child counts once in 84 days in a ward, in a town, and on the board."""

    last: date
    wards: Floats
    """Wards by days; NaN before the first event."""
    above: Floats
    """Towns, then the board, by days."""
    exposure: Floats
    """How complete each day's reports are; 0 for a day too incomplete to use."""
    _sightings: tuple[tuple[str, int, int], ...] = field(repr=False)
    """(child, days before the last, ward; -1 - town for a town; a number too high for nowhere) of recent days."""
    _towns: int

    def children(self, place: Place, days: int) -> int:
        """Distinct children in a place in the last days; for the gate, and never to be written down."""
        rows = set(place.rows)
        if place.level == "board":
            return len({child for child, ago, _ in self._sightings if ago < days})
        return len({child for child, ago, row in self._sightings if ago < days and row in rows})


def seen(
    evidence: Evidence, kind: ChildKind, places: Places, today: date, last: date, without: str | None = None
) -> Seen:
    """The board as known by the end of yesterday, up to `last`, without one agency's events if one is named.

    Everything is computed as if that agency had never sent anything: links, repeats, delays and first day.
    """
    links = evidence.links(without)
    end, before = last.toordinal(), today.toordinal()
    mentions = [m for m in evidence.mentions[kind] if m.agency != without and m.known_on < before and m.day <= end]
    first = end - DAYS + 1
    recent = [m for m in mentions if m.day >= first - REPEAT_DAYS]
    towns = {code: places.towns[t] for code, t in zip(places.wards, places.town_of, strict=True)}
    row_of_town = {code: t for t, code in enumerate(places.towns)}
    in_ward = {code: i for i, code in enumerate(places.wards)}
    in_town = {code: row_of_town[town] for code, town in towns.items()} | row_of_town
    everywhere = dict.fromkeys((*in_ward, *in_town, NOWHERE), 0)
    wards = _counts(recent, links, in_ward, len(in_ward), first)
    above = np.vstack(
        [_counts(recent, links, in_town, len(row_of_town), first), _counts(recent, links, everywhere, 1, first)]
    )
    if mentions and mentions[0].day > first:
        unknown = mentions[0].day - first
        wards[:, :unknown] = np.nan
        above[:, :unknown] = np.nan
    row = in_ward | {code: -1 - t for code, t in row_of_town.items()}
    window = tuple(
        (links[m.event_id], end - m.day, row.get(m.area, len(in_ward))) for m in recent if end - m.day < LONGEST
    )
    return Seen(last, wards, above, _exposure(mentions, before, end), window, len(row_of_town))


def _counts(
    mentions: Sequence[Mention], links: Mapping[str, str], row_of: Mapping[str, int], rows: int, first: int
) -> Floats:
    """`preparation.distinct_children` and `count_by_day` in one pass; mentions come in order of days."""
    counts = np.zeros((rows, DAYS))
    last: dict[tuple[str, int], int] = {}
    for m in mentions:
        row = row_of.get(m.area)
        if row is None:
            continue
        key = links[m.event_id], row
        if m.day - last.get(key, -REPEAT_DAYS) >= REPEAT_DAYS:
            last[key] = m.day
            if m.day >= first:
                counts[row, m.day - first] += 1
    return counts


def _exposure(mentions: Sequence[Mention], today: int, last: int) -> Floats:
    late = [m for m in mentions if m.known_on >= today - _DELAYS_OVER]
    delays = [min(m.known_on - m.day, LONGEST_DELAY) for m in late]
    share = completeness(delays, [today - m.day for m in late])
    return exposure_until(DAYS + today - last - 1, share)[:DAYS]
