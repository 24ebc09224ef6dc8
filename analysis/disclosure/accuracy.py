"""How far a released figure may be from the number of children: numbers and words, for pages, files and docs.

Everything is computed from the parameters of the rule, which a release states, so the words cannot contradict it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, sqrt
from statistics import NormalDist

from analysis.disclosure.kr5 import KR5
from analysis.disclosure.noise import STANDARD, KeyedNoise, Rule
from models.releases.release import NOISE_SINCE

COUNTS = (0, 1, 2, 3, 4, 5, 7, 10, 12, 15, 20)
"""The numbers of children in the table of the methods page."""
SELDOM = 0.1
"""If two equal counts show a change at least this large in more than this share of draws, the change means nothing."""
_NINE_IN_TEN, _FOUR_IN_FIVE = 1.645, 0.842
"""Points of the normal distribution: 9 in 10 lie within the first on both sides, and 4 in 5 below the second."""
_STEPS = 8
"""After so many the rise moves by less than a child."""
_FAR = 100
"""So many bases above zero, nothing is suppressed."""


@dataclass(frozen=True, slots=True)
class Fate:
    """How cells with a given number of children are shown."""

    count: int
    low: float
    """The share of these cells that is shown as `<10`."""
    error: float
    """The mean of all figures minus the count, as if nothing were suppressed."""
    mean: float
    """The mean of the figures that are shown."""

    @property
    def bias(self) -> float:
        """The bias due to suppression: the mean of the figures that are shown, minus the count."""
        return self.mean - self.count


def rule_of_ladder(version: int) -> Rule:
    """The rule of the releases on a ladder version, for cells that are read without their release."""
    return STANDARD if version >= NOISE_SINCE else KR5()


def fates(rule: KeyedNoise = STANDARD, counts: Collection[int] = COUNTS) -> tuple[Fate, ...]:
    """The table of the methods page, computed from the exact chances of the rule, without simulation."""
    shift = _FAR * rule.base
    table = []
    for count in counts:
        shown, every = _chances(rule, count), _chances(rule, count + shift)
        error = _mean(every) - shift - count
        table.append(Fate(count, rule.likelihood(None, count), error, _mean(shown)))
    return tuple(table)


def _chances(rule: KeyedNoise, count: int) -> dict[int, float]:
    """The chance of each figure of a cell with `count` children. The rest of the chance, up to 1, is `<10`."""
    reach = rule.bounds(count)[1] - count
    first = rule.base * -(-max(rule.lowest, count - 2 * reach) // rule.base)
    last = max(count, rule.lowest) + 2 * reach
    return {value: rule.likelihood(value, count) for value in range(first, last, rule.base)}


def _mean(chances: dict[int, float]) -> float:
    return sum(value * chance for value, chance in chances.items()) / sum(chances.values())


@lru_cache
def least_change(rule: Rule) -> int:
    """The smallest change between two figures that means something, because equal counts seldom show it.

    Under the older rule (KR5), a change below twice the base minus two can always be due to rounding.
    """
    if isinstance(rule, KR5):
        return 2 * rule.base - 2
    spread = [list(_chances(rule, _FAR * rule.base + rest).items()) for rest in range(rule.base)]
    change = rule.base
    while any(_apart(chances, change) > SELDOM for chances in spread):
        change += rule.base
    return change


def chance_of_change(one: float, other: float, rules: Collection[Rule]) -> float:
    """The standard deviation of the difference of two figures of a board on which nothing changed, in children.

    Children come to notice by chance, so a number varies from period to period by its square root at least (Poisson).
    The error of both figures comes on top.
    """
    return sqrt(one + other + sum(_variance(rule) for rule in rules))


def _variance(rule: Rule) -> float:
    """The variance of one figure about its count, in children squared."""
    return rule.base**2 / 6 if isinstance(rule, KR5) else rule.deviation**2 + rule.base**2 / 12


def told_change(one: float, other: float, rules: Collection[Rule], looked_at: int = 1) -> float:
    """The least difference that is told as a change: neither the error of the figures nor chance makes a larger one in
    more than 1 of 10 pairs of periods.

    `looked_at` is how many pairs are searched for changes at once. Where nothing changed, a search through all of them
    finds a difference as large in at most 1 of 10 cases (Bonferroni).
    """
    least = max(least_change(rule) for rule in rules)
    return max(least, _far_out(looked_at) * chance_of_change(one, other, rules) + _half_a_step(rules))


def told_share_change(
    now: tuple[float, float], before: tuple[float, float], rules: Collection[Rule], looked_at: int = 1
) -> float:
    """The same for a share, from 0 to 1: `now` and `before` are a part and its whole, both figures.

    Who of the whole is in the part is a matter of chance too (binomial). The error of the four figures comes on top.
    """
    pooled = (now[0] + before[0]) / (now[1] + before[1])
    # No share is taken for certain: a part of none or all says little about the next.
    likely = min(1 - 1 / (2 + now[1]), max(1 / (2 + now[1]), pooled))
    spread = sum(
        likely * (1 - likely) / whole + (1 + likely**2) * _variance(rule) / whole**2
        for (_, whole), rule in zip((now, before), rules, strict=True)
    )
    return _far_out(looked_at) * sqrt(spread) + _half_a_step(rules) / max(now[1], before[1])


def told_rate_difference(
    one: tuple[float, float], other: tuple[float, float], rules: Collection[Rule], looked_at: int = 1
) -> float:
    """The same for two rates, of two boards: each a figure and the people among whom it was counted, who are exact."""
    spread = sum(
        (figure + _variance(rule)) / people**2 for (figure, people), rule in zip((one, other), rules, strict=True)
    )
    return _far_out(looked_at) * sqrt(spread) + _half_a_step(rules) / min(one[1], other[1])


def _far_out(looked_at: int) -> float:
    """The point of the normal distribution beyond which, on both sides, 1 in 10 of so many looks finds something."""
    return _NINE_IN_TEN if looked_at <= 1 else NormalDist().inv_cdf(1 - SELDOM / looked_at / 2)


def noticed_change(figure: float, rules: Collection[Rule]) -> int:
    """The rise of a figure that is told 4 times in 5, in children; a fall as large is told more often.

    A larger number varies more. So the rise is found by steps, each with the chance of the number that it leads to.
    """
    rise = 0.0
    for _ in range(_STEPS):
        chance = chance_of_change(figure, figure + rise, rules)
        rise = (_NINE_IN_TEN + _FOUR_IN_FIVE) * chance + _half_a_step(rules)
    return ceil(rise)


def _half_a_step(rules: Collection[Rule]) -> float:
    """Figures are multiples of the base, so a difference stands for all that are up to half a base nearer to none."""
    return max(rule.base for rule in rules) / 2


def _apart(chances: list[tuple[int, float]], change: int) -> float:
    """The chance that two figures of equal counts differ by at least `change`."""
    return sum(p * q for first, p in chances for second, q in chances if abs(first - second) >= change)


def error_words(rule: Rule = STANDARD, of: str = "children") -> str:
    """The sentence about the error of a figure that stands beside the figures. `of` says what is counted."""
    if isinstance(rule, KR5):
        return f"Each figure is less than {rule.base} away from the number of {of}."
    return (
        f"Each figure is the number of {of}, moved by chance, on average not at all, and taken to the nearest "
        f"{rule.base}: 9 figures in 10 are within {rule.margin(0.9)} of the number, 99 in 100 within "
        f"{rule.margin(0.99)}."
    )


def low_words(rule: Rule = STANDARD, of: str = "children") -> str:
    """The sentence that says what `<10` means. `of` says what is counted."""
    if isinstance(rule, KR5):
        return "Fewer than ten children, which includes none. The service never says which."
    most = rule.likely(None)[1]
    return (
        f"The moved number is below {rule.lowest}: mostly {rule.lowest} {of} or fewer, perhaps none. A cell of "
        f"more than {most} is shown like this less than once in 20 times."
    )


def apart_words(rule: Rule = STANDARD) -> str:
    """The sentence that says how figures of one release compare with each other."""
    if isinstance(rule, KR5):
        return "Figures are rounded one by one and may not add up."
    return (
        "Each figure is moved on its own: figures need not add up, and a part may be above its whole by chance. Two "
        "figures that are equal say nothing about who is in them."
    )


def few_words(rule: Rule = STANDARD) -> str:
    """Words for `<10` that fit inside a sentence."""
    if isinstance(rule, KR5):
        return f"fewer than {rule.lowest_figure}, or none"
    return f"about {rule.lowest} or fewer, or none"
