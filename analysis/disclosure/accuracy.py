"""How far a released figure may be from the number of children: numbers and words, for pages, files and docs.

Everything is worked out from the rule's parameters, which a release names. Nothing is typed that the rule can say.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from analysis.disclosure.kr5 import KR5
from analysis.disclosure.noise import STANDARD, KeyedNoise, Rule
from models.releases.release import NOISE_SINCE

COUNTS = (0, 1, 2, 3, 4, 5, 7, 10, 12, 15, 20)
"""The numbers of children that the page on methods tabulates."""
SELDOM = 0.1
"""A change that counts which are equal show more often than this says nothing."""
_FAR = 100
"""Bases above the lowest figure: there nothing is suppressed."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What is shown of cells that count so many children."""

    count: int
    low: float
    """The share of them that is shown as `<10`."""
    error: float
    """Mean of all figures less the count, if nothing were suppressed."""
    mean: float
    """Mean of the figures that are shown."""

    @property
    def bias(self) -> float:
        """What suppression adds: the mean of the figures that are shown, less the count."""
        return self.mean - self.count


def rule_of_ladder(version: int) -> Rule:
    """The rule of the releases on a ladder, for what is read without its release."""
    return STANDARD if version >= NOISE_SINCE else KR5()


def fates(rule: KeyedNoise = STANDARD, counts: Collection[int] = COUNTS) -> tuple[Fate, ...]:
    """The table of the page on methods: the rule's own chances, no simulation."""
    shift = _FAR * rule.base
    found = []
    for count in counts:
        shown, every = _chances(rule, count), _chances(rule, count + shift)
        error = _mean(every) - shift - count
        found.append(Fate(count, rule.likelihood(None, count), error, _mean(shown)))
    return tuple(found)


def _chances(rule: KeyedNoise, count: int) -> dict[int, float]:
    """Chance of each figure of a cell with so many children; what is missing to 1 is shown as low."""
    reach = rule.bounds(count)[1] - count
    first = rule.base * -(-max(rule.lowest, count - 2 * reach) // rule.base)
    last = max(count, rule.lowest) + 2 * reach
    return {value: rule.likelihood(value, count) for value in range(first, last, rule.base)}


def _mean(chances: dict[int, float]) -> float:
    return sum(value * chance for value, chance in chances.items()) / sum(chances.values())


@lru_cache
def least_change(rule: Rule) -> int:
    """The smallest change between two figures that says something: equal counts seldom show one as large.

    By the older rule: a change below twice the base less two could always be rounding.
    """
    if isinstance(rule, KR5):
        return 2 * rule.base - 2
    spread = [list(_chances(rule, _FAR * rule.base + rest).items()) for rest in range(rule.base)]
    change = rule.base
    while any(_apart(chances, change) > SELDOM for chances in spread):
        change += rule.base
    return change


def _apart(chances: list[tuple[int, float]], change: int) -> float:
    """The chance that two figures of equal counts differ by so much."""
    return sum(p * q for one, p in chances for other, q in chances if abs(one - other) >= change)


def error_words(rule: Rule = STANDARD) -> str:
    """The error that a figure has, as it stands near the figures."""
    if isinstance(rule, KR5):
        return f"Each figure is less than {rule.base} away from the number of children."
    return (
        f"Each figure is the number of children, moved by chance, on average not at all, and taken to the nearest "
        f"{rule.base}: 9 figures in 10 are within {rule.margin(0.9)} of the number, 99 in 100 within "
        f"{rule.margin(0.99)}."
    )


def low_words(rule: Rule = STANDARD) -> str:
    """What `<10` means."""
    if isinstance(rule, KR5):
        return "Fewer than ten children, which includes none. The service never says which."
    most = rule.likely(None)[1]
    return (
        f"The moved number is below {rule.lowest}: mostly {rule.lowest} children or fewer, none included. A cell of "
        f"more than {most} is shown so less than once in 20 times."
    )


def apart_words(rule: Rule = STANDARD) -> str:
    """How figures go together."""
    if isinstance(rule, KR5):
        return "Figures are rounded one by one and may not add up."
    return (
        "Each figure is moved by itself: figures need not add up, and a part may stand above its whole by chance. Two "
        "figures that are equal say nothing about who is in them."
    )


def few_words(rule: Rule = STANDARD) -> str:
    """`<10` within a sentence."""
    if isinstance(rule, KR5):
        return f"fewer than {rule.lowest_figure}, or none"
    return f"about {rule.lowest} or fewer, or none"
