"""The stated bound: how far one thing can move anybody's odds, as docs/privacy.md says. `make test` audits it.

`MOST` holds for each kind of thing the sum, over all cells, of the squared number of children by which a cell differs.
Divided by twice the squared standard deviation (2 * 3**2), it is rho. The numbers were measured on a board of five
sectors; if more sectors know a child, more cells move. Groups of children are listed so that nobody believes that they
are protected.
"""

from __future__ import annotations

from typing import Final

from analysis.disclosure.noise import STANDARD, KeyedNoise
from analysis.disclosure.odds import best_success, bound
from analysis.mechanism.worlds import Kind
from models.register.types import Schedule

MOST: Final[dict[Schedule, dict[Kind, int]]] = {
    "quarters_and_years": {
        "one record, the child otherwise unknown": 45,
        "one record without an identifier": 0,
        "one record of a child that others know": 79,
        "one record of a child that somebody invents records about": 70,
        "one home": 30,
        "one link": 137,
        "one link of three to eight identifiers": 0,
        "a child's quarter, by one agency": 110,
        "a child's quarter, by four": 232,
        "a child's year, by one agency": 153,
        "a child's year, by four": 299,
        "a record each of two to four children": 720,
        "a quarter of two to four children": 1760,
    },
    # A child counts in one year and two pairs, in the board and a town. More records of it add nothing.
    "years_and_pairs_of_years": {
        "one record, the child otherwise unknown": 23,
        "one record without an identifier": 0,
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

TIED: Final[dict[Schedule, dict[Kind, float]]] = {
    "quarters_and_years": {
        "one record, the child otherwise unknown": 3 / 16,
        "one record without an identifier": 3,
        "one record of a child that others know": 4 / 16,
        "one record of a child that somebody invents records about": 4 / 16,
        "one home": 0,
        "one link": 0,
        "a child's quarter, by one agency": 115 / 16,
        "a child's quarter, by four": 460 / 16,
        "a child's year, by one agency": 276 / 16,
        "a child's year, by four": 69,
        "a record each of two to four children": 3,
        "a quarter of two to four children": 115,
        "one link of three to eight identifiers": 0,
    },
    "years_and_pairs_of_years": {
        "one record, the child otherwise unknown": 3 / 16,
        "one record without an identifier": 3,
        "one record of a child that others know": 3 / 16,
        "one record of a child that somebody invents records about": 3 / 16,
        "one home": 0,
        "one link": 18,
        "a child's quarter, by one agency": 116 / 16,
        "a child's quarter, by four": 20,
        "a child's year, by one agency": 290 / 16,
        "a child's year, by four": 20,
        "a record each of two to four children": 3,
        "a quarter of two to four children": 116,
        "one link of three to eight identifiers": 0,
    },
}
"""What the shares of tied records (`analysis.disclosure.tied`) cost in addition, in cells that differ by one child. A
record without an identifier is in no cell, so it costs only this. Boards with few children give the shares for all
agencies together, so the cap on one child's records applies once, however many agencies know the child."""


def cost(kind: Kind, schedule: Schedule = "quarters_and_years", rule: KeyedNoise = STANDARD) -> float:
    """The greatest rho of a thing of this kind, in the releases of a board with this schedule."""
    return MOST[schedule][kind] / (2 * rule.deviation**2)


def factor(kind: Kind, schedule: Schedule = "quarters_and_years", rule: KeyedNoise = STANDARD) -> float:
    """The factor by which it changes anybody's odds at most, except in 1 of 100 draws of the keys."""
    return bound(cost(kind, schedule, rule))


def success(kind: Kind, schedule: Schedule = "quarters_and_years", rule: KeyedNoise = STANDARD) -> float:
    """How often the best guess is right, at most, if both worlds are equally likely."""
    return best_success(cost(kind, schedule, rule))
