"""How the agencies of one board notice, raise and write: drawn for each board, with what is planted in it."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from benchmarks.conclusions.plans import AGENCIES_IN, SECTOR_OF, Plan
from demo.synthetic.catalogue import CATALOGUE
from demo.synthetic.sightings import NOTICES

YEARS = ("2024FY", "2025FY")
SECOND = date(2025, 4, 1)
TRAINED_FROM = date(2025, 6, 1)
SILENT_FROM = date(2025, 10, 1)
UNDER_SHARE = 0.3
SCREENED, FEWER_SCREENED = 0.72, 0.4
"""Share of concerns that are screened: usually, and in the second year where a fall is planted."""
USUAL_DAYS, LATE_DAYS = 28.0, 80.0
"""Median days from the first sign that a sector sees to its concern."""
BEFORE_TRAINING, AFTER_TRAINING = 0.25, 0.85


@dataclass(frozen=True)
class Habits:
    """Of one board."""

    plan: Plan
    agencies: Mapping[str, tuple[str, ...]]
    """The demo's agency, a sector here -> its agencies."""
    notices: Mapping[tuple[str, str, int], float]
    """Sector, topic, year -> chance that it records a sign it is in a position to see, at an ordinary sign."""
    agency_logit: Mapping[str, float]
    raises: Mapping[tuple[str, int], float]
    """Sector, year -> share of the concerns that it raises; above 1 means all."""
    days: Mapping[str, float]
    """Sector -> median days from the first sign it sees to its concern."""
    screens: tuple[float, float]
    """Share of concerns that social care screens, in each year."""
    untokened: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    trained: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """Sector and topic -> chance after training that worked."""

    def chance(self, sector: str, topic: str, on: date) -> float:
        """At an ordinary sign of an ordinary child, before an agency's own habits."""
        after = self.trained.get((sector, topic))
        if after is not None and on >= TRAINED_FROM:
            return after
        return self.notices[sector, topic, int(on >= SECOND)]


def habits_of(plan: Plan) -> Habits:
    """Drawn by the plan's seed."""
    rng, hard, of = random.Random(f"{plan.seed}/habits"), plan.hardness, plan.planted
    topics = sorted({category for category, _ in CATALOGUE.values()})
    agencies = {
        sector: tuple(f"{sector}-{n + 1}" for n in range(number)) if hard.several_agencies else (sector,)
        for sector, number in AGENCIES_IN.items()
    }
    notices: dict[tuple[str, str, int], float] = {}
    raises: dict[tuple[str, int], float] = {}
    for sector in SECTOR_OF:
        years = [rng.gauss(0, hard.year) for _ in YEARS]
        for topic in topics:
            own = logit(NOTICES[sector]) + rng.gauss(0, hard.pair)
            for year, shift in enumerate(years):
                notices[sector, topic, year] = expit(own + shift)
        for year in range(2):
            raises[sector, year] = min(1.0, 0.9 * math.exp(rng.gauss(0, hard.year))) if hard.year else 1.0
    if blind := of.get("blind sector"):
        sector, topic, left = blind
        for year in range(2):
            notices[sector, topic, year] *= float(left)
    trained: dict[tuple[str, str], float] = {}
    if effective := of.get("effective training"):
        sector, topic = effective
        for year in range(2):
            notices[sector, topic, year] = BEFORE_TRAINING
        trained[sector, topic] = AFTER_TRAINING
    if under := of.get("under-reporter"):
        raises[under[0], 1] *= UNDER_SHARE
    days = {sector: USUAL_DAYS * math.exp(rng.gauss(0, hard.pace)) for sector in SECTOR_OF}
    for sector in of.get("late recogniser", ()):
        days[sector] = LATE_DAYS
    screens = [min(0.95, SCREENED * math.exp(rng.gauss(0, hard.year))) if hard.year else SCREENED for _ in YEARS]
    if "fewer screenings" in of:
        screens[1] *= FEWER_SCREENED / SCREENED
    one = {kind: agencies[of[kind][0]][0] for kind in ("silent agency", "untokened agency") if kind in of}
    return Habits(
        plan,
        agencies,
        notices,
        {name: rng.gauss(0, hard.agency) for names in agencies.values() for name in names},
        raises,
        days,
        (screens[0], screens[1]),
        frozenset({one["untokened agency"]} if "untokened agency" in one else ()),
        frozenset({one["silent agency"]} if "silent agency" in one else ()),
        trained,
    )


def without_training(habits: Habits) -> Habits:
    """The same board had the training changed nothing: what an effect is measured against."""
    return replace(habits, trained={})


def logit(share: float) -> float:
    """Log odds."""
    return math.log(share / (1 - share)) if 0 < share < 1 else math.copysign(20, share - 0.5)


def expit(value: float) -> float:
    """A share of log odds."""
    return 1 / (1 + math.exp(-value)) if value > -30 else 0.0


def sector_name(sector: str) -> str:
    """As the register has it."""
    return SECTOR_OF[sector]


__all__ = ["Habits", "expit", "habits_of", "logit", "sector_name", "without_training"]
