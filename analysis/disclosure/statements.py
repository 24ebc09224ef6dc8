"""What was said of a count outside releases: a signal says that at least ten children stand behind it (decision 15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from analysis.disclosure.cells import ANY, CellKey
from analysis.disclosure.windows import bounds


class AtLeast(NamedTuple):
    """So many distinct children or more of a measure, for the whole board, on these days, both included."""

    measure: str
    starts_on: date
    ends_on: date
    at_least: int


def least(said: Iterable[AtLeast], cells: Iterable[CellKey]) -> Mapping[CellKey, int]:
    """The most that was said of each cell: of those of the whole board whose window holds all days of a statement."""
    told = list(said)
    found: dict[CellKey, int] = {}
    for key in cells:
        if key.level == "board" and key.who == ANY and key.indicator == ANY:
            first, after = bounds(key.window)
            counts = [
                one.at_least
                for one in told
                if one.measure == key.measure and first <= one.starts_on and one.ends_on < after
            ]
            if counts:
                found[key] = max(counts)
    return found
