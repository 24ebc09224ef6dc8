"""Before and after a programme: the sector that was trained, and those that were not, each with its range. Pure.

The question that it answers: did the trained sector change, and did the others change as much? A group without a figure
keeps its words. Whether a change is beyond chance is said in words by the caller; the picture does not judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboards.pictures.rows import SHARES, Mark, Row, Scale, rows_picture

KEY = (
    "The ring is the share before, the point the share after. The blue bars are the ranges that hold the true shares "
    "at least 9 times in 10. Hatching: only that range is known."
)
"""What a reader is told beneath."""


@dataclass(frozen=True)
class Moment:
    """A share at one time, as the table shows it: a figure from 0 to 1, a range alone, or a state in words."""

    text: str
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Group:
    """A sector before and after. The trained one stands out."""

    name: str
    before: Moment
    after: Moment
    trained: bool = False


def before_after(key: str, title: str, groups: Sequence[Group]) -> Markup:
    """The picture, the trained sector where the caller puts it; empty if no group has anything to draw."""
    rows = [_row(group) for group in groups]
    highs = [mark.high or mark.value or 0.0 for row in rows for mark in row.marks]
    return rows_picture(key, title, rows, _scale(max(highs, default=0.0)))


def _row(group: Group) -> Row:
    moments = ((group.before, "before", True), (group.after, "after", False))
    marks = tuple(
        Mark(one.value, one.low, one.high, hollow=hollow, words=f"{words}: {one.text}")
        for one, words, hollow in moments
    )
    return Row(f"{group.name}, {'trained' if group.trained else 'not trained'}", "", marks, strong=group.trained)


def _scale(most: float) -> Scale:
    """To all, a half or a quarter: small shares would lie on each other."""
    top = next(end for end in (0.25, 0.5, 1.0) if most <= end or end == 1.0)
    return SHARES if top == 1.0 else Scale(top, ((0, "0%"), (top / 2, f"{50 * top:g}%"), (top, f"{100 * top:g}%")))
