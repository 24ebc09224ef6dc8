"""Missing episodes as they truly were: clustered, of every length, a few still open (docs/domain.md#ssda903).

True episodes of one child lie at least two clear days apart, so that the same episode told by two agencies
can be told from two episodes by anyone who applies the rule that merges reports (ADR 0022).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from demo.synthetic.borough import END, Borough, at
from demo.synthetic.children import InventedChild

YEARS = ((date(2024, 4, 1), date(2025, 3, 31)), (date(2025, 4, 1), date(2026, 3, 31)))
REST = timedelta(hours=54)
"""Least time between a return and the next start."""

# How many episodes a child who goes missing has in a year: (chance, fewest, most). Care averages DfE's 6.8.
FROM_CARE = ((0.47, 1, 1), (0.23, 2, 2), (0.08, 3, 8), (0.10, 9, 22), (0.12, 22, 44))
FROM_HOME = ((0.66, 1, 1), (0.25, 2, 2), (0.05, 3, 5), (0.025, 6, 12), (0.015, 13, 22))
LENGTHS_HOURS = ((0.46, 0.7, 6), (0.35, 6, 24), (0.13, 24, 72), (0.045, 72, 168), (0.015, 168, 480))
START_HOURS = (16, 17, 18, 18, 19, 19, 20, 20, 21, 21, 22, 22, 23, 23, 0, 1, 2, 7, 9, 11, 13, 14, 15, 15)


@dataclass(slots=True)
class InventedEpisode:
    """One true period missing; `end` is None when the child had not come back by the last export."""

    child: InventedChild
    number: int
    start: datetime
    end: datetime | None
    away: bool
    """Whereabouts known: the 903's `A`, and what police grade as no apparent risk."""
    ward: str
    missing_from: str
    grade: str
    found_type: str

    @property
    def from_care(self) -> bool:
        """Whether the child was looked after when it began."""
        return self.child.care is not None and self.child.care.holds(self.start.date())


def make_episodes(seed: int, children: list[InventedChild], borough: Borough) -> list[InventedEpisode]:
    """Every true episode of every child, by child and time."""
    episodes: list[InventedEpisode] = []
    for child in children:
        if child.part in ("care", "home"):
            rng = random.Random(f"{seed}/missing/{child.part}/{child.number}")
            starts = _starts(rng, child)
            episodes += _episodes(rng, child, starts, borough, borough.place.first + len(episodes))
    return episodes


def _starts(rng: random.Random, child: InventedChild) -> list[datetime]:
    starts: list[datetime] = []
    chosen = [rng.random() < (0.74 if child.part == "care" else 0.66) for _ in YEARS]
    if not any(chosen):
        chosen[rng.randrange(2)] = True
    for year, (first, last) in enumerate(YEARS):
        if chosen[year]:
            first, last = _window(child, first, last)
            if (last - first).days >= 30:
                starts += _clustered(rng, _how_many(rng, child, year), first, last)
    return sorted(starts)


def _window(child: InventedChild, first: date, last: date) -> tuple[date, date]:
    """The part of a year in which the child can go missing from where they live."""
    last = min(last, child.eighteen - timedelta(days=25))
    if child.care is not None:
        first = max(first, child.care.start + timedelta(days=2))
        last = min(last, child.care.end - timedelta(days=25)) if child.care.end else last
    return first, last


def _how_many(rng: random.Random, child: InventedChild, year: int) -> int:
    # Evenly spread rather than drawn (golden-ratio steps), so that every seed has its share of the few with many.
    left = (child.number * 0.618_033_988_75 + year * 0.37) % 1.0
    table = FROM_CARE if child.part == "care" else FROM_HOME
    for chance, fewest, most in table:
        left -= chance
        if left < 0:
            return rng.randint(fewest, most)
    return table[-1][1]


def _clustered(rng: random.Random, count: int, first: date, last: date) -> list[datetime]:
    """`count` start times in one or two bursts: children go missing in spells, not evenly."""
    bursts = 1 if count < 14 else rng.randint(1, 2)
    days = (last - first).days
    centres = [first + timedelta(days=rng.randint(0, days)) for _ in range(bursts)]
    width = 10 + 2.5 * count / bursts
    found: list[datetime] = []
    while len(found) < count:
        day = rng.choice(centres) + timedelta(days=round(rng.gauss(0, width)))
        if first <= day <= last:
            found.append(at(day, rng.choice(START_HOURS), rng.randrange(60)))
    return found


def _episodes(
    rng: random.Random, child: InventedChild, starts: list[datetime], borough: Borough, numbered: int
) -> list[InventedEpisode]:
    found: list[InventedEpisode] = []
    free = datetime.min  # noqa: DTZ901 - exports print London wall time, without a zone
    for wanted in starts:
        start = max(wanted, free)
        # Pushed past a year's end, past care or past 18: the spell is over.
        if start.date() > END or not child.under_18(start.date()) or not _still_in(child, start.date()):
            break
        end: datetime | None = start + _length(rng)
        if start.date() > END - timedelta(days=20) and rng.random() < 0.10:
            end = None
        found.append(_episode(rng, child, start, end, borough, numbered + len(found)))
        if end is None:
            break
        free = end + REST
    return found


def _still_in(child: InventedChild, day: date) -> bool:
    return child.care is None or child.care.holds(day)


def _length(rng: random.Random) -> timedelta:
    _, least, most = rng.choices(LENGTHS_HOURS, [chance for chance, _, _ in LENGTHS_HOURS])[0]
    return timedelta(minutes=round(60 * rng.uniform(least, most)))


def _episode(
    rng: random.Random, child: InventedChild, start: datetime, end: datetime | None, borough: Borough, number: int
) -> InventedEpisode:
    care = child.care is not None
    away = care and rng.random() < 0.13
    other = rng.random()
    missing_from = ("care" if care else "home") if other < 0.93 else "school" if other < 0.98 else "hospital"
    grade = "NAR" if away else rng.choices("LMH", (0.22, 0.62, 0.16))[0]
    places = ("friends_home", "own_home", "street", "park_open_space", "transport_hub", "private_flat_party_house")
    return InventedEpisode(child, number, start, end, away, child.ward, missing_from, grade, rng.choice(places))
