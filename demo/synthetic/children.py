"""Invented children: who they are, whether they are looked after, and what part of the story is theirs."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from demo.synthetic import identity
from demo.synthetic.borough import END, START, Borough, days_between

# Children over the two years at scale 1, by the part they play.
MISSING_FROM_CARE = 310
MISSING_FROM_HOME = 600
NOT_MISSING = 1_650
LOOKED_AFTER_ONLY = 200

ETHNICITIES = (
    *("WBRI",) * 56,
    *("WOTH",) * 4,
    *("MWBC",) * 6,
    *("MWAS",) * 2,
    *("AIND",) * 9,
    *("APKN",) * 9,
    *("ABAN",) * 2,
    *("BCRB",) * 4,
    *("BAFR",) * 4,
    *("OOTH",) * 2,
    *("NOBT",) * 2,
)
PLACES = (*("U1",) * 5, *("U4",) * 5, *("U3",) * 2, *("K2",) * 9, *("K3",) * 3, "R1", "P1", "S1")


@dataclass(slots=True)
class Care:
    """One period of being looked after; `area` is a code of the contract's PlacementArea."""

    start: date
    end: date | None
    place: str
    area: str

    def holds(self, day: date) -> bool:
        """Whether the child is looked after on a day."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(slots=True)
class InventedChild:
    """One invented child. `part` is `care`, `home`, `other` or `quiet` (in the 903 and nowhere else)."""

    number: int
    part: str
    nhs: str
    upn: str
    person_id: str
    nominal_id: str
    surname: str
    first_name: str
    born: date
    sex: str
    ethnicity: str
    disabled: bool
    ward: str
    care: Care | None

    @property
    def eighteen(self) -> date:
        """The day the child's story ends here."""
        return _birthday(self.born, 18)

    def age(self, day: date) -> int:
        """Completed years."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))

    def under_18(self, day: date) -> bool:
        """Whether an event on that day is a child's."""
        return day < self.eighteen


def _birthday(born: date, years: int) -> date:
    day = min(born.day, 28) if born.month == 2 else born.day
    return date(born.year + years, born.month, day)


def make_children(seed: int, scale: float, borough: Borough) -> list[InventedChild]:
    """Everyone, in a fixed order; each child has a random stream of their own, so scale does not reshuffle."""
    parts = [
        ("care", MISSING_FROM_CARE),
        ("home", MISSING_FROM_HOME),
        ("other", NOT_MISSING),
        ("quiet", LOOKED_AFTER_ONLY),
    ]
    children: list[InventedChild] = []
    for part, count in parts:
        first = borough.place.first + len(children)
        children += [_child(seed, first + n, part, borough) for n in range(round(count * scale))]
    return children


def _child(seed: int, number: int, part: str, borough: Borough) -> InventedChild:
    rng = random.Random(f"{seed}/child/{part}/{number}")
    age = min(17.2, max(8.0, rng.gauss(14.0 if part in ("care", "home") else 13.6, 1.6)))
    born = days_between(START, END, rng) - timedelta(days=int(age * 365.25))
    return InventedChild(
        number=number,
        part=part,
        nhs=identity.nhs_number(number + 1),
        upn=identity.upn(number + 1, born.year + 5),
        person_id=str(710_000 + number * 3 + 1),
        nominal_id=f"N{900_000 + number * 7}",
        surname=identity.surname(number),
        first_name=identity.first_name(rng),
        born=born,
        sex=rng.choices("FM", (0.55, 0.45))[0],
        ethnicity=rng.choice(ETHNICITIES),
        disabled=rng.random() < 0.12,
        ward=borough.home(rng),
        care=_care(rng, born) if part in ("care", "quiet") else None,
    )


def _care(rng: random.Random, born: date) -> Care:
    start = max(born + timedelta(days=400), days_between(date(2020, 6, 1), date(2025, 2, 28), rng))
    end = max(start + timedelta(days=rng.randint(300, 1_800)), days_between(date(2025, 3, 1), date(2027, 9, 30), rng))
    eighteenth = _birthday(born, 18)
    place = rng.choice(PLACES)
    if place == "K3" and (START.year - born.year) < 16:
        place = "K2"
    area = rng.choices(("in_area", "out_of_area_ours", "out_of_area_theirs"), (0.74, 0.16, 0.10))[0]
    ends = min(end, eighteenth)
    return Care(start, ends if ends <= END else None, place, area)
