"""The bound: what docs/privacy.md says that one thing can do to anybody's odds. `make test` holds the audit against it.

By kind of thing, the most that it moves: the sum over cells of the square of the children by which each differs. Three
deviations squared, twice, of that is rho. It is what was measured on boards of five sectors; more sectors that know one
child move more cells. Groups of children are listed so that nobody takes them for protected.
"""

from __future__ import annotations

from typing import Final

from analysis.disclosure.noise import STANDARD, KeyedNoise
from analysis.disclosure.odds import best_success, bound
from analysis.mechanism.worlds import Kind
from models.register.types import Schedule

MOST: Final[dict[Schedule, dict[Kind, int]]] = {
    "quarters_and_years": {
        "one record, the child otherwise unknown": 40,
        "one record of a child that others know": 119,
        "one record of a child that somebody invents records about": 59,
        "one home": 30,
        "one link": 95,
        "one link of three to eight identifiers": 0,
        "a child's quarter, by one agency": 106,
        "a child's quarter, by four": 235,
        "a child's year, by one agency": 163,
        "a child's year, by four": 370,
        "a record each of two to four children": 640,
        "a quarter of two to four children": 1696,
    },
    # A child is in a year and two pairs, in the whole board and a town; how often it was recorded adds nothing.
    "years_and_pairs_of_years": {
        "one record, the child otherwise unknown": 23,
        "one record of a child that others know": 24,
        "one record of a child that somebody invents records about": 24,
        "one home": 16,
        "one link": 62,
        "one link of three to eight identifiers": 0,
        "a child's quarter, by one agency": 62,
        "a child's quarter, by four": 62,
        "a child's year, by one agency": 62,
        "a child's year, by four": 62,
        "a record each of two to four children": 368,
        "a quarter of two to four children": 992,
    },
}


def cost(kind: Kind, schedule: Schedule = "quarters_and_years", rule: KeyedNoise = STANDARD) -> float:
    """Rho of the most that a thing of this kind moves in the releases of a board with such a schedule."""
    return MOST[schedule][kind] / (2 * rule.deviation**2)


def factor(kind: Kind, schedule: Schedule = "quarters_and_years", rule: KeyedNoise = STANDARD) -> float:
    """By how much it changes anybody's odds at most, but for 1 of 100 draws of the keys."""
    return bound(cost(kind, schedule, rule))


def success(kind: Kind, schedule: Schedule = "quarters_and_years", rule: KeyedNoise = STANDARD) -> float:
    """How often the best guesser is right at most, when both is equally likely."""
    return best_success(cost(kind, schedule, rule))
