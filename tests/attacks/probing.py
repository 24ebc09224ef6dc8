"""Two agencies that send invented children to one ward, look by look for a year, to count the children of others.

The pair knows everything but the keys: the code, the noise's law, what every count of children comes to. It keeps odds
over what the others hold and over the season's draw, and sends at each look as many as tell it most.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
import numpy.typing as npt

from analysis.disclosure.noise import RoundingKeys
from analysis.signals.draws import DEVIATION, LOOK_DAYS, LOOKS_A_SEASON, WINDOWS, drawn
from analysis.signals.gate import standing_of, view_of
from analysis.signals.places import Places
from models.signals import CHILD_KINDS, ChildKind
from tests.analysis.signals.worlds import THRESHOLDS, TODAY, WARD, Story, background, places, row
from tests.factories import CARE, POLICE, SCHOOLS

PAIR, OTHERS = (SCHOOLS, CARE), (POLICE, "aldermere-health")
KIND: ChildKind = "cse_concern"
LOOKS = 26
MOST = 36
"""Children in the ward, of others and invented, that are tried."""
AT = places().wards.index(WARD), WINDOWS.index(84)
FIRST = date(2026, 1, 5)
_REACH = 60

Floats = npt.NDArray[np.float64]
Odds = dict[int, float]


def story(children: int, lifted: int) -> Story:
    """So many children in the ward in the long window; and a past that the pair may have invented too."""
    made = background(spare=95)
    made.add(*(row(a, f"last-{a}", TODAY - timedelta(days=1), "X05000001") for a in (*PAIR, *OTHERS)))
    draw = random.Random(3)
    for n in range(lifted):
        day = TODAY - timedelta(days=draw.randint(95, 440))
        made.add(*(row(a, f"lifted{n}", day) for a in PAIR))
    for n in range(children):
        day = TODAY - timedelta(days=31 + n * 7 % 50)
        made.add(*(row(a, f"n{n}", day) for a in (PAIR if n % 2 else OTHERS)))
    return made


@cache
def fewest(lifted: int) -> npt.NDArray[np.int64]:
    """For each number of children in the ward, the least noise with which the gate lets the ward be told."""
    return np.array([_fewest(story(children, lifted)) for children in range(MOST + 1)])


def _fewest(made: Story) -> int:
    known = made.evidence()
    last = known.horizon(TODAY)
    assert last is not None
    worst = -_REACH
    for without in (None, *known.agencies):
        views = view_of(known, places(), TODAY, last, without)
        low, high = worst - 1, _REACH
        while high - low > 1:
            middle = (low + high) // 2
            noise = {kind: np.full((len(places().places), len(WINDOWS)), -_REACH, np.int64) for kind in CHILD_KINDS}
            noise[KIND][AT] = middle
            stands = standing_of(views, places(), noise, THRESHOLDS)[KIND][AT] > 0
            low, high = (low, middle) if stands else (middle, high)
        worst = max(worst, high)
    return worst


@dataclass(frozen=True)
class Rule:
    """What the pair knows of the noise: odds of the two draws."""

    season: Odds
    look: Odds


def _odds(deviation: int) -> Odds:
    if not deviation:
        return {0: 1.0}
    weights = {z: math.exp(-z * z / 2 / deviation**2) for z in range(-5 * deviation, 5 * deviation + 1)}
    return {z: weight / sum(weights.values()) for z, weight in weights.items()}


KEYED = Rule(_odds(DEVIATION), _odds(DEVIATION))
HARD = Rule(_odds(0), _odds(0))


def noise_of(keys: RoundingKeys, first: date = FIRST, where: Places | None = None) -> list[int]:
    """What the gate adds to the ward's count at each look of a year."""
    days = [first + timedelta(days=LOOK_DAYS * n) for n in range(LOOKS)]
    return [int(drawn(where or places(), KIND, day, keys)[AT]) for day in days]


def guess(held: int, may_be: Sequence[int], rule: Rule, lifted: int, noise: Sequence[int], draw: random.Random) -> bool:
    """Whether the pair names how many children the others hold, after a year of looks."""
    needed, seasons = fewest(lifted), np.array(sorted(rule.season))
    share = np.array([rule.season[z] for z in seasons])
    told_if = _chances(rule, lifted, seasons)
    tried = np.arange(MOST - max(may_be) + 1)
    chance = told_if[np.add.outer(np.array(may_be), tried)]
    odds = np.full((len(may_be), 1), 1 / len(may_be)) * share
    offset = (FIRST.toordinal() - 1) // LOOK_DAYS
    for number, moved in enumerate(noise):
        if (offset + number) % LOOKS_A_SEASON == 0:
            odds = odds.sum(axis=1, keepdims=True) * share
        invented = int(np.argmax(_told_by(odds, chance) + [1e-6 * draw.random() for _ in tried]))
        told = moved >= needed[held + invented]
        odds = odds * (chance[:, invented] if told else 1 - chance[:, invented])
        odds /= odds.sum()
    return may_be[int(np.argmax(odds.sum(axis=1)))] == held


def _chances(rule: Rule, lifted: int, seasons: npt.NDArray[np.int64]) -> Floats:
    """Children by season's draws: the chance, over the look's draw, that the ward is told."""
    needed = fewest(lifted)[:, np.newaxis]
    found = np.zeros((MOST + 1, len(seasons)))
    for z, share in rule.look.items():
        found += share * (seasons + z >= needed)
    return np.clip(found, 1e-9, 1 - 1e-9)


def _told_by(odds: Floats, chance: Floats) -> Floats:
    """What each number of invented children is expected to tell of what is held, in nats."""
    held = odds.sum(axis=1)[:, np.newaxis]
    yes = np.einsum("hs,hks->hk", odds, chance)
    every = yes.sum(axis=0)
    gain = yes * np.log(yes / (held * every)) + (held - yes) * np.log((held - yes) / (held * (1 - every)))
    found: Floats = gain.sum(axis=0)
    return found


def successes(
    may_be: Sequence[int], lifted: int, tries: int, noise: Callable[[int], Sequence[int]], rule: Rule, seed: int = 1
) -> int:
    """How often of so many tries, each under fresh keys and with another number held, the pair is right."""
    draw = random.Random(seed)
    return sum(guess(draw.choice(may_be), may_be, rule, lifted, noise(n), draw) for n in range(tries))
