"""The exact result of a measure: counts, and the rates and shares computed from them.

Exact results stay inside the ledger's boundary. They hold no token and no event id: `split` and `group` are codes of
closed lists, register ids or area codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from typing import Any, NamedTuple

ALL = "all"
NO_ANSWER = frozenset({"unknown", "not_recorded"})
"""Codes for a missing answer: nobody knows it, or nobody wrote it down."""


class DateSpan(NamedTuple):
    """A half-open span of London dates."""

    start: date
    end: date

    def holds(self, day: date) -> bool:
        """Whether the span contains a day."""
        return self.start <= day < self.end


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a measure's figures: counts by name, and the rate or share they give (None without a base)."""

    split: str
    group: str
    counts: Mapping[str, int]
    value: float | None = None
    low: float | None = None
    high: float | None = None
    """Bounds of the interval, for a measure that gives one."""
    codes: tuple[str, ...] = field(default=())
    """Codes that the line lists, such as indicators never recorded, or flags. All are from closed lists."""

    def json(self) -> dict[str, Any]:
        """The line as JSON values. Fields without a value are left out."""
        line: dict[str, Any] = {"split": self.split, "group": self.group, "counts": dict(self.counts)}
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            if number is not None:
                line[name] = round(number, 6)
        return line | ({"codes": list(self.codes)} if self.codes else {})


def ratio(part: int, whole: int, per: float = 1.0) -> float | None:
    """`part / whole * per`, or None if `whole` is 0."""
    return per * part / whole if whole else None


def nearest_rank(values: Sequence[int], share: float) -> int | None:
    """The smallest value with at least `share` of all values at or below it; None without values.

    It is always one of the values, so days stay whole.
    """
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None


def answer(given: Iterable[str]) -> str:
    """The first real answer in the order given; else `unknown` if any record says so, else `not_recorded`."""
    answers = list(given)
    first = next((code for code in answers if code not in NO_ANSWER), "")
    return first or ("unknown" if "unknown" in answers else "not_recorded")
