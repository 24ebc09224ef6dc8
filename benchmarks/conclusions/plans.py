"""What a board of the validation is: how many children, what is planted, and how much harder it is than the demo's."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from demo.synthetic import borough as b
from demo.synthetic.catalogue import CATALOGUE, LETTER

SIZES = (100, 300, 800, 1_500, 4_000)
"""Children a year in all streams together."""
FULL = 1_500
"""Children a year of the demo's board, at scale 1."""
FIRST_FITTED, FIRST_JUDGED = 10_000, 20_000
"""Numbers of the first board that the calibration is fitted on, and of the first that it is judged on: never one board
for both."""
Plant = Literal["blind sector", "late recogniser", "under-reporter", "fewer screenings", "silent agency",
                "untokened agency", "effective training", "useless training"]  # fmt: skip
PLANTS: tuple[Plant, ...] = get_args(Plant)

SECTOR_OF: Mapping[str, str] = {
    b.POLICE: "police",
    b.SOCIAL_CARE: "childrens_social_care",
    b.HEALTH: "health",
    b.SCHOOLS: "education",
    b.YOUTH_JUSTICE: "youth_justice",
    b.HOUSING: "housing",
}
"""The demo's agencies that write signs, each the whole of its sector there."""
AGENCIES_IN = {b.POLICE: 1, b.SOCIAL_CARE: 2, b.HEALTH: 3, b.SCHOOLS: 5, b.YOUTH_JUSTICE: 1, b.HOUSING: 2}
"""And how many its sector has on a harder board."""
LARGE_TOPICS = ("missing", "relationships", "location", "material", "online", "health", "behaviour", "vulnerability")
"""Topics of which most sectors see something: a gap is planted in one of these."""
BLIND_TO = (0.0, 0.15, 0.3, 0.5)
"""What is left of noticing in a planted gap; half is a gap that few would see."""


@dataclass(frozen=True, slots=True)
class Hardness:
    """How much harder than the demo's borough; `EASY` is the demo's own, for comparing the two."""

    several_agencies: bool = True
    agency: float = 0.25
    """Deviation of an agency's noticing, on the scale of the logit."""
    pair: float = 0.2
    """The same of a sector in one topic: no two notice alike, and that is no need."""
    year: float = 0.12
    """Of a sector from year to year, in noticing and in raising: habits shift."""
    pace: float = 0.3
    """Of a sector's usual days from sign to concern, on the scale of the logarithm: some are quick by habit."""
    sign: float = 0.7
    """Of a sign: what is plain to one is plain to all, so that agencies do not notice independently."""
    child: float = 0.5
    """Of a child: some are looked at closely by everybody."""
    copied: float = 0.06
    """Share of signs that another agency writes down as its own after hearing of them."""
    untokened: float = 0.06
    """Share of records without an identifier, of every agency."""
    apart: float = 0.05
    """Share of records under an identifier that no other agency has."""
    brief: float = 0.4
    """Share of contacts that last for part of the time only."""


EASY = Hardness(False, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Plan:
    """One board."""

    seed: int
    children: int
    planted: Mapping[Plant, tuple[str, ...]] = field(default_factory=dict)
    """Kind -> of what: agency, topic and strength as that kind needs."""
    hardness: Hardness = Hardness()

    @property
    def scale(self) -> float:
        """As the demo's generator takes it."""
        return self.children / FULL


def null_plan(number: int, children: int) -> Plan:
    """A board on which nothing is planted."""
    return Plan(1_000_003 * children + number, children)


def planted_plan(number: int, children: int) -> Plan:
    """A board with one to three things planted, drawn by its number; never two about one sector."""
    rng = random.Random(f"plan/{children}/{number}")
    free = list(SECTOR_OF)
    rng.shuffle(free)
    planted: dict[Plant, tuple[str, ...]] = {}
    for kind in rng.sample(PLANTS, rng.choice((1, 2, 2, 3))):
        agency = next((one for one in free if one in _able(kind)), None)
        if agency is not None:
            free.remove(agency)
            planted[kind] = (agency, *_details(rng, kind, agency))
    return Plan(7 + 1_000_003 * children + number, children, planted)


def _able(kind: Plant) -> frozenset[str]:
    """Who may have a thing planted."""
    if kind == "fewer screenings":
        return frozenset((b.SOCIAL_CARE,))
    if kind in ("late recogniser", "under-reporter"):
        return frozenset((b.POLICE, b.SOCIAL_CARE, b.SCHOOLS))
    if kind in ("silent agency", "untokened agency"):
        return frozenset((b.HEALTH, b.SCHOOLS, b.YOUTH_JUSTICE, b.HOUSING))  # those that write signs alone or most
    return frozenset(SECTOR_OF) - {b.HOUSING}


def _details(rng: random.Random, kind: Plant, agency: str) -> tuple[str, ...]:
    if kind in ("blind sector", "effective training", "useless training"):
        topic = rng.choice([topic for topic in LARGE_TOPICS if topic in topics_of(agency)])
        return (topic, str(rng.choice(BLIND_TO))) if kind == "blind sector" else (topic,)
    return ()


def topics_of(agency: str) -> frozenset[str]:
    """Categories of which an agency of the demo can see at least two signs."""
    own = [category for category, letters in CATALOGUE.values() if agency in map(LETTER.get, letters)]
    return frozenset(category for category in own if own.count(category) >= 2)
