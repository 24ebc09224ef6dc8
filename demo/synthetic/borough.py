"""A fictional borough as the generator sees it: wards with weights, the two years, and everything that is planted.

The large one, Aldermere, is here; the small one is in `merrowdale.py`. Nothing here names or resembles a real place.
An agency's id of Aldermere is also its part in the story: `Place.agencies` says who plays that part elsewhere.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from demo.boards import LARGE, two_boards
from models.register import Board

BOARD = LARGE
START = date(2024, 4, 1)
END = date(2026, 3, 31)
"""First and last day on which anything that is exported happened."""
FIRST_EDITION = date(2025, 12, 31)
LAST_EDITION = date(2026, 5, 8)
"""Days the two editions of a missing list were run; every other export was run on the later one."""

POLICE = "aldermere-police"
SOCIAL_CARE = "aldermere-social-care"
HEALTH = "aldermere-health"
SCHOOLS = "aldermere-schools"
YOUTH_JUSTICE = "aldermere-youth-justice"
VOLUNTARY = "aldermere-voluntary"
HOUSING = "aldermere-housing"
SAFEGUARDING = "aldermere-safeguarding-unit"
AGENCIES = (POLICE, SOCIAL_CARE, HEALTH, SCHOOLS, YOUTH_JUSTICE, VOLUNTARY, HOUSING, SAFEGUARDING)


@dataclass(frozen=True)
class Plant:
    """What was planted, so that analyses can be scored against it; written to truth.json as it stands."""

    rise_ward: str = "X05000018"
    rise_from: date = date(2025, 11, 1)
    rise_to: date = date(2026, 2, 28)
    rise_children: int = 48
    early_recogniser: str = POLICE
    late_recogniser: str = SOCIAL_CARE
    early_median_days: int = 10
    late_median_days: int = 80
    usual_median_days: int = 28
    under_reporter: str = SCHOOLS
    under_from: date = date(2025, 4, 1)
    under_share: float = 0.3
    """Of the concerns it would have raised before."""
    silent_agency: str = HOUSING
    silent_from: date = date(2025, 10, 1)
    nil_agency: str = HOUSING
    nil_quarter: str = "2024Q2"
    """It saw nothing that quarter and said so."""
    late_returns: tuple[tuple[str, str], ...] = ((SCHOOLS, "2024Q4"), (YOUTH_JUSTICE, "2025Q2"), (VOLUNTARY, "2025Q3"))
    gap_agency: str = HEALTH
    gap_category: str = "vulnerability"
    """Never recorded by the gap agency, though it should see it."""
    effective_agency: str = YOUTH_JUSTICE
    effective_category: str = "relationships"
    effective_from: date = date(2025, 7, 1)
    effective_before: float = 0.2
    effective_after: float = 0.85
    """Chance that the sector records an indicator of that category it has seen."""
    idle_agency: str = HEALTH
    idle_category: str = "vulnerability"
    idle_from: date = date(2025, 6, 1)
    """A training programme after which nothing changed: the gap above stays."""
    untokened_agency: str = HEALTH
    untokened_records: tuple[str, ...] = ("cse_concern",)
    """Those of its records that have no identifier at all, so that no child is counted by them."""
    names_only: tuple[str, ...] = ()
    """Agencies whose lists have names and dates of birth, but no number."""
    upn_mostly: tuple[str, ...] = ()
    """Agencies that seldom write an NHS number beside the pupil number."""
    second_hand: float = 0.0
    """Chance that social care enters a police concern as one of its own, with the referral source police."""
    double_entry: float = 0.0
    """Chance that a record is entered twice, the second time under its own reference and up to three days later."""
    shift_agency: str = ""
    """An agency whose form asks for more from one day on: it records more, although there is no more to see."""
    shift_from: date | None = None
    shift_before: float = 0.0
    shift_after: float = 0.0
    answers_repeat: float = 0.3
    answers_other: float = 0.15
    """Chance that social care responds within days to an episode it holds: to one that makes missing repeat by the
    board's rule, and to any other."""
    rarely_found: tuple[str, ...] = ()
    """Effects that are more often missed than found on a board of this size: a page should say so."""


PLANT = Plant()


@dataclass(frozen=True)
class Place:
    """One board of the generator: its size, its agencies, and what is planted there."""

    board: str
    size: float
    """The number of children, as a share of Aldermere's; `--scale` multiplies it."""
    agencies: Mapping[str, str]
    """Part in the story -> the agency that plays it. Several places may share an agency."""
    plant: Plant
    first: int = 0
    """The first number of its children and episodes: agencies that serve two boards number them in one sequence."""
    mark: str = ""
    """A mark in the record references of agencies that serve two boards."""
    own_name: str = "Aldermere"
    """The placing authority as police write it; many forces leave it blank for their own area."""
    least: float = 0.05
    """The smallest share of Aldermere's children that it can have; with fewer, some lists would be empty."""

    def share(self, scale: float) -> float:
        """Its number of children, as a share of Aldermere's at scale 1."""
        return max(self.least, self.size * scale)

    def seed(self, seed: int) -> int:
        """The seed of its own random streams, so that no board's story depends on another's."""
        return seed + 1_000_003 * self.first


ALDERMERE = Place(BOARD, 1.0, {agency: agency for agency in AGENCIES}, PLANT)


class Borough:
    """The board with its wards, a fixed weight for each (need is uneven), and who neighbours whom."""

    def __init__(self, seed: int, place: Place = ALDERMERE) -> None:
        self.place = place
        self.board: Board = two_boards().board_by_code[place.board]
        self.codes = [ward.code for ward in self.board.wards]
        self.names = {ward.code: ward.name for ward in self.board.wards}
        uneven = random.Random(f"{seed}/wards")
        self.weights = [w.population_10_17 * uneven.uniform(0.6, 1.5) for w in self.board.wards]
        # The rise must come from nothing special: its ward is an ordinary one before it.
        ordinary = sum(self.weights) / len(self.weights)
        self.weights[self.codes.index(place.plant.rise_ward)] = ordinary
        self.neighbours = {ward.code: list(ward.neighbours) for ward in self.board.wards}

    @property
    def plant(self) -> Plant:
        """What is planted here."""
        return self.place.plant

    def home(self, rng: random.Random) -> str:
        """A ward to live in."""
        return rng.choices(self.codes, self.weights)[0]

    def about(self, rng: random.Random, home: str) -> str:
        """A ward where something happened to a child who lives in `home`: there, next door, or anywhere."""
        roll = rng.random()
        if roll < 0.6:
            return home
        return rng.choice(self.neighbours[home]) if roll < 0.88 else rng.choice(self.codes)


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """London wall time of a day, without a zone, as an export prints it."""
    return datetime.combine(day, time(hour, minute))


def real_time(moment: datetime) -> datetime:
    """`moment`, or an hour later when London's clocks skipped it (last Sunday of March, 01:00 to 02:00)."""
    if moment.month == 3 and moment.hour == 1 and moment.day > 24 and moment.weekday() == 6:
        return moment + timedelta(hours=1)
    return moment


def days_between(first: date, last: date, rng: random.Random) -> date:
    """A day from `first` to `last`, both included."""
    return first + timedelta(days=rng.randint(0, (last - first).days))


def delay(rng: random.Random, median: float, spread: float = 0.9, most: int = 400) -> int:
    """Whole days, log-normal about a median, at most `most`."""
    return min(most, int(median * rng.lognormvariate(0, spread)))
