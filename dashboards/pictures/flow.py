"""From sign to plan: each step is its own count of different children, with its range. Pure.

The question that it answers: how many children are counted at each step? It is not a stream that divides: a child may
be counted at one step without the one before, so no step is a part of another unless its words say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboards.pictures.rows import Mark, Row, counts, rows_picture

KEY = (
    "The dark bar ends at the figure. The blue bar is the range that holds the true number at least 9 times in 10. "
    'Each step counts children by itself, so the steps do not add up. Hatching is "fewer than 10".'
)
"""What a reader is told beneath."""


@dataclass(frozen=True)
class Step:
    """One step as its table shows it: `Screened within 10 working days`, `45 (likely 38 to 52)`."""

    label: str
    text: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    few: bool = False


def flow(key: str, title: str, steps: Sequence[Step]) -> Markup:
    """The steps from top to bottom, in the caller's order; empty without a single figure or "fewer than 10"."""
    return count_bars(key, title, [Step(f"{place}. {one.label}", *_rest(one)) for place, one in enumerate(steps, 1)])


def count_bars(key: str, title: str, steps: Sequence[Step]) -> Markup:
    """The same without numbers before the names: counts of things that are no steps, such as kinds of place."""
    rows = [Row(one.label, one.text, (_mark(one),) if one.few or one.value is not None else ()) for one in steps]
    scale = counts(edge for one in steps for edge in (one.value, one.high))
    return rows_picture(key, title, rows, scale, bars=True)


def _rest(one: Step) -> tuple[str, float | None, float | None, float | None, bool]:
    return one.text, one.value, one.low, one.high, one.few


def _mark(one: Step) -> Mark:
    return Mark(one.value, one.low, one.high, one.few)
