"""Who writes down what they saw: indicators in ordinary contact, and concerns once an agency recognises exploitation.

Everything planted about recording lives here: the early and the late recogniser, the under-reporter, the gap, the
silent agency and the two training programmes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from demo.synthetic import borough as b
from demo.synthetic.borough import END, PLANT, START, Plant, delay
from demo.synthetic.catalogue import category, observers
from demo.synthetic.children import InventedChild
from demo.synthetic.exploitation import Sign, Story
from models.contract.periods import quarter_of

NOTICES = {
    b.SCHOOLS: 0.75,
    b.YOUTH_JUSTICE: 0.75,
    b.HEALTH: 0.65,
    b.HOUSING: 0.8,
    b.POLICE: 0.7,
    b.SOCIAL_CARE: 0.7,
}
"""Chance that an agency records a sign it is in a position to see; planted effects change it."""
KEEPS_INDICATORS = (b.SCHOOLS, b.YOUTH_JUSTICE, b.HEALTH, b.HOUSING)
RAISES_CONCERNS = (b.POLICE, b.SOCIAL_CARE, b.SCHOOLS)
RECORDING_DAYS = {b.POLICE: 1, b.SOCIAL_CARE: 4, b.SCHOOLS: 1, b.HEALTH: 6, b.YOUTH_JUSTICE: 5, b.HOUSING: 9}
RISE_MEDIAN_DAYS = {b.POLICE: 8, b.SOCIAL_CARE: 30, b.SCHOOLS: 20}
OUTCOMES = {
    "at_risk": ("Universal", "Early help", "Early help", "NFA", "CIN"),
    "significant": ("CIN", "S47", "CSE operational group", "Strategy discussion"),
    "serious": ("S47", "CSE operational group", "NRM"),
}


@dataclass(slots=True)
class InventedSighting:
    """One sign as an agency recorded it, with no concern raised."""

    agency: str
    child: InventedChild
    sign: Sign
    recorded: date


@dataclass(slots=True)
class Concern:
    """One concern as an agency raised it."""

    agency: str
    child: InventedChild
    day: date
    recorded: date
    codes: tuple[str, ...]
    level: str
    models: tuple[str, ...]
    ward: str
    place: str
    outcome: str
    rise: bool = False
    second_hand: bool = False
    """What another agency told, entered as a concern of one's own."""


@dataclass(slots=True)
class Screened:
    """One screening by social care or health."""

    agency: str
    child: InventedChild
    day: date
    recorded: date
    level: str
    next_step: str
    concern: Concern | None = None


def recorded_after(rng: random.Random, agency: str, day: date) -> date:
    """When it reaches the agency's system: mostly within days, one in twenty-five weeks late."""
    if rng.random() < 0.04:
        return day + timedelta(days=rng.randint(30, 130))
    return day + timedelta(days=delay(rng, RECORDING_DAYS[agency], 0.8, 60))


def keeps(rng: random.Random, agency: str, sign: Sign, plant: Plant = PLANT) -> bool:
    """Whether an agency in a position to see a sign records it."""
    chance = NOTICES[agency]
    if agency == plant.shift_agency and plant.shift_from is not None:
        chance = plant.shift_after if sign.day >= plant.shift_from else plant.shift_before
    if agency == plant.gap_agency and category(sign.code) == plant.gap_category:
        return False
    if agency == plant.effective_agency and category(sign.code) == plant.effective_category:
        chance = plant.effective_after if sign.day >= plant.effective_from else plant.effective_before
    if agency == plant.silent_agency and sign.day >= plant.silent_from - timedelta(days=10):
        return False
    if agency == plant.nil_agency and quarter_of(sign.day) == plant.nil_quarter:
        return False
    return rng.random() < chance


def record(seed: int, stories: list[Story], plant: Plant = PLANT) -> tuple[list[InventedSighting], list[Concern]]:
    """What every agency recorded of every story, in story order."""
    sightings: list[InventedSighting] = []
    concerns: list[Concern] = []
    for story in stories:
        rng = random.Random(f"{seed}/record/{story.child.part}/{story.child.number}")
        for agency in NOTICES:
            if agency not in story.in_contact:
                continue
            seen = [s for s in story.signs if agency in observers(s.code) and keeps(rng, agency, s, plant)]
            raised = _concerns(rng, agency, story, seen, plant) if agency in RAISES_CONCERNS and seen else []
            concerns += raised
            if agency in KEEPS_INDICATORS:
                told = {(c.day, code) for c in raised for code in c.codes}
                sightings += [
                    InventedSighting(agency, story.child, sign, recorded_after(rng, agency, sign.day))
                    for sign in seen
                    if sign.day >= START and (sign.day, sign.code) not in told
                ]
    return sightings, concerns


def _concerns(rng: random.Random, agency: str, story: Story, seen: list[Sign], plant: Plant) -> list[Concern]:
    if story.onset is None:
        # A concern that turned out lower: about one ordinary story in fifteen.
        sign = seen[-1]
        return [_concern(rng, agency, story, sign.day, seen, "at_risk")] if rng.random() < 0.07 else []
    medians = {plant.early_recogniser: plant.early_median_days, plant.late_recogniser: plant.late_median_days}
    median = RISE_MEDIAN_DAYS[agency] if story.rise else medians.get(agency, plant.usual_median_days)
    day = seen[0].day + timedelta(days=delay(rng, median, 0.45))
    found: list[Concern] = []
    while day <= min(END, story.ends + timedelta(days=45)) and story.child.under_18(day):
        under = agency == plant.under_reporter and day >= plant.under_from and rng.random() > plant.under_share
        if day >= START and not under:
            found.append(_concern(rng, agency, story, day, seen, _told_level(rng, story)))
        # A later concern needs something new to have been seen.
        later = [sign.day for sign in seen if sign.day > day + timedelta(days=45)]
        if not later or rng.random() < 0.35:
            break
        day = later[0] + timedelta(days=delay(rng, 6))
    return found


def _told_level(rng: random.Random, story: Story) -> str:
    return story.severity if rng.random() < 0.8 else rng.choice(("at_risk", "significant"))


def _concern(rng: random.Random, agency: str, story: Story, day: date, seen: list[Sign], level: str) -> Concern:
    before = [sign for sign in seen if sign.day <= day][-5:]
    latest = before[-1]
    return Concern(
        agency,
        story.child,
        day,
        recorded_after(rng, agency, day),
        tuple(sorted({sign.code for sign in before})),
        level,
        story.models if rng.random() < 0.69 else (),
        latest.ward,
        latest.place,
        rng.choice(OUTCOMES[level]),
        story.rise,
    )


def screen(seed: int, stories: list[Story], concerns: list[Concern]) -> list[Screened]:
    """Social care screens after its own and police concerns and again while they last; health screens a few."""
    rng = random.Random(f"{seed}/screen")
    found: list[Screened] = []
    for concern in concerns:
        if concern.agency in (b.SOCIAL_CARE, b.POLICE) and rng.random() < 0.72:
            own = concern if concern.agency == b.SOCIAL_CARE else None
            found += _screenings(rng, b.SOCIAL_CARE, concern.child, concern.day, concern.level, own)
    for story in stories:
        if (
            b.HEALTH in story.in_contact
            and (story.signs[-1].day >= START)
            and rng.random() < (0.55 if story.onset else 0.12)
        ):
            found += _screenings(rng, b.HEALTH, story.child, story.signs[-1].day, story.severity or "at_risk", None)
    return found


def _screenings(
    rng: random.Random, agency: str, child: InventedChild, after: date, level: str, concern: Concern | None
) -> list[Screened]:
    day = after + timedelta(days=delay(rng, 7, 0.7, 60))
    found: list[Screened] = []
    for again in range(3):
        if day > END or not child.under_18(day):
            break
        told = level if rng.random() < 0.8 else "no_current_cse_risk" if again else "at_risk"
        step = "Universal" if told == "no_current_cse_risk" else rng.choice(OUTCOMES[told])
        recorded = day + timedelta(days=delay(rng, 3, 0.8, 40))
        found.append(Screened(agency, child, day, recorded, told, step, None if again else concern))
        if level == "at_risk" or rng.random() < 0.45:
            break
        day += timedelta(days=rng.randint(75, 110))
    return found
