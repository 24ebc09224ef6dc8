"""The exact result of a measure, inside the ledger's boundary only: counts and what follows from them.

No field can hold a token or an event id: `split` and `group` are codes of closed lists, register ids or area codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from typing import Any, NamedTuple

ALL = "all"
NO_ANSWER = frozenset({"unknown", "not_recorded"})
"""Codes that say that there is no answer: nobody knows, or nobody wrote it down."""


class DateSpan(NamedTuple):
    """A half-open span of London dates."""

    start: date
    end: date

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.start <= day < self.end


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a measure: counts by name, and the rate or share they give (None where it has no base)."""

    split: str
    group: str
    counts: Mapping[str, int]
    value: float | None = None
    low: float | None = None
    high: float | None = None
    """Bounds of an interval where the measure states one."""
    codes: tuple[str, ...] = field(default=())
    """Closed codes the line lists, such as indicators never recorded, or flags."""

    def json(self) -> dict[str, Any]:
        """As JSON values, empty parts left out."""
        found: dict[str, Any] = {"split": self.split, "group": self.group, "counts": dict(self.counts)}
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            if number is not None:
                found[name] = round(number, 6)
        return found | ({"codes": list(self.codes)} if self.codes else {})


def ratio(part: int, whole: int, per: float = 1.0) -> float | None:
    """`part / whole * per`; None when there is nothing to divide by."""
    return per * part / whole if whole else None


def nearest_rank(values: Sequence[int], share: float) -> int | None:
    """The least value with at least `share` of all values at or below it: whole days, never between two."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None


def answer(given: Iterable[str]) -> str:
    """The first answer of some records, by day; else `unknown` if any says so, else `not_recorded`."""
    told = list(given)
    first = next((one for one in told if one not in NO_ANSWER), "")
    return first or ("unknown" if "unknown" in told else "not_recorded")
