"""KR5: keyed, unbiased rounding of a count of distinct children, with a floor against insiders.

The rule is public, only the two keys are secret. The noise of a cell is a function of the *set* of children in it,
so a set that is counted twice is rounded alike both times and differencing two tables gains nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import combinations
from typing import Self

from models.contract.tokens import derive_key
from models.releases import CellState

_BITS = 64


@dataclass(frozen=True, slots=True)
class RoundingKeys:
    """The two secrets of one epoch: which noise a child carries, and how a set's noise is drawn."""

    record: bytes = field(repr=False)
    rounding: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.record) != 32 or len(self.rounding) != 32:
            raise ValueError("a rounding key is 32 bytes")
        if self.record == self.rounding:
            raise ValueError("the record key and the rounding key must differ")

    @classmethod
    def derive(cls, record_master: bytes, rounding_master: bytes, epoch: int) -> Self:
        """Keys of an epoch from the masters in `record.key` and `rounding.key`."""
        return cls(derive_key(record_master, f"{epoch}|record|v1"), derive_key(rounding_master, f"{epoch}|rounding|v1"))


@dataclass(frozen=True, slots=True)
class KR5:
    """Parameters of the rule; raises `ValueError` for a combination whose public meaning would not hold."""

    threshold: int = 5
    """No number is ever shown for fewer children than this."""
    base: int = 5
    width: int = 3
    """Whoever looks, at least `width + 1` counts remain possible."""
    coalition: int = 2
    """How many agencies may pool what they know (decision 18)."""

    def __post_init__(self) -> None:
        if self.base < 2 or self.threshold < 2 or self.width < 1 or self.coalition < 1:
            raise ValueError("KR5: base and threshold are at least 2, width and coalition at least 1")
        if self.width > self.base - 1:
            raise ValueError(f"KR5: width {self.width} needs a base above {self.width}, not {self.base}")
        if self.threshold > 2 * self.base - self.width:
            raise ValueError(
                f"KR5: threshold {self.threshold} with width {self.width} needs a larger base than {self.base}"
            )

    @property
    def lowest_figure(self) -> int:
        """The smallest number ever published; anything under it is `<10` (at base 5)."""
        return 2 * self.base

    def bounds(self, value: int | None) -> tuple[int, int]:
        """The counts a published value stands for, both ends included; None is "low"."""
        if value is None:
            return 0, self.lowest_figure - 1
        return max(self.threshold, value - self.base + 1), value + self.base - 1

    def floor_holds(self, value: int | None, known: int) -> bool:
        """Whether `width + 1` counts remain possible for someone who knows `known` children of the cell."""
        return self.bounds(value)[1] - known >= self.width


@dataclass(frozen=True, slots=True)
class Protected:
    """What may be shown of one cell."""

    state: CellState
    value: int | None = None


def protect(
    children: AbstractSet[str],
    by_agency: Mapping[str, AbstractSet[str]],
    keys: RoundingKeys,
    rule: KR5 = KR5(),
) -> Protected:
    """Round the number of `children` by KR5 (disclosure.md 2.4).

    `by_agency` gives what each publishing agency knows of the cell; it is empty for a cell of one agency, which
    knows all of it anyway. Raises `ValueError` if an agency knows a child that is not in the cell.
    """
    known = largest_coalition(children, by_agency, rule.coalition)
    value = _rounded(len(children), noise(children, keys), rule)
    if value < rule.lowest_figure:
        if rule.floor_holds(None, known):
            return Protected(CellState.LOW)
        value = rule.lowest_figure
    while not rule.floor_holds(value, known):  # at most one step: then value <= known - 2 held
        value += rule.base
    return Protected(CellState.FIGURE, value)


def largest_coalition(children: AbstractSet[str], by_agency: Mapping[str, AbstractSet[str]], coalition: int) -> int:
    """The most children of the cell that any `coalition` agencies know between them."""
    if any(not known <= children for known in by_agency.values()):
        raise ValueError("by_agency: an agency's children must all be in the cell")
    size = min(coalition, len(by_agency))
    if size == 0:
        return 0
    return max(len(frozenset().union(*group)) for group in combinations(by_agency.values(), size))


def noise(children: AbstractSet[str], keys: RoundingKeys) -> int:
    """A uniform 64-bit number drawn by the set of children: the same set gives the same number."""
    total = sum(_blake(child.encode(), keys.record, b"ypsem-rk") for child in children) % (1 << _BITS)
    return _blake(total.to_bytes(_BITS // 8, "big"), keys.rounding, b"ypsem-rnd")


def _rounded(count: int, drawn: int, rule: KR5) -> int:
    if count < rule.threshold:
        return 0
    whole, rest = divmod(count, rule.base)
    up = drawn * rule.base < rest << _BITS  # u < rest/base, in whole numbers
    return rule.base * (whole + up)


def _blake(message: bytes, key: bytes, person: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(message, digest_size=_BITS // 8, key=key, person=person).digest(), "big")
