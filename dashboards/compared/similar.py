"""What makes two boards alike, what stands in the way of comparing them, and whether a difference may be told. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from analysis.disclosure.accuracy import told_rate_difference, told_share_change
from analysis.shown.quotients import Quotient
from analysis.training.released import ReleasedFigure
from models.register.types import Schedule

SIZES_APART: Final = 4
"""A board with a quarter of the children has ranges that are about twice as wide. Beyond that, little can be told."""
FEWEST_RETURNED: Final = 0.75
"""With a smaller share of agencies whose return was in, too much may be missing."""
OVERLAP: Final = "no difference: the likely ranges overlap"
CHANCE: Final = "no difference beyond chance"


@dataclass(frozen=True)
class Likeness:
    """What the register says of a board's size and ways; it is public."""

    population: int
    """Children aged 10 to 17 who live there."""
    wards: int
    schedule: Schedule


@dataclass(frozen=True)
class Made:
    """How a board's figures of one year were made."""

    name: str
    year: str
    """Empty if no year is released for both boards."""
    returned: tuple[int, int]
    """Agencies whose returns were in at the cut-off, of all that owed one."""
    tied: str
    """The share of records that can be tied to a child, as the release has it."""
    breaks: tuple[str, ...]
    """Breaks in series within the year, in sentences."""


def alike(own: Likeness, other: Likeness) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What makes a board similar, and what does not, in sentences."""
    facts = (
        (
            _near(own.population, other.population),
            f"{other.population:,} children aged 10 to 17 live there, and {own.population:,} here.",
        ),
        (_near(own.wards, other.wards), f"It has {other.wards} wards, and this board {own.wards}."),
        (
            own.schedule == other.schedule,
            "Both release the same periods."
            if own.schedule == other.schedule
            else "It releases other periods, because one of the two boards has few children.",
        ),
    )
    return tuple(words for same, words in facts if same), tuple(words for same, words in facts if not same)


def obstacles(own: Made, other: Made) -> tuple[str, ...]:
    """Why no difference may be told at all; empty if nothing is in the way."""
    if not own.year:
        return ("No year is released for both boards.",)
    found = [f"{board.name}: {words}" for board in (own, other) for words in board.breaks]
    for board in (own, other):
        returned, due = board.returned
        if due and returned / due < FEWEST_RETURNED:
            found.append(f"{board.name}: only {returned} of {due} agencies had sent all their returns.")
    return tuple(found)


def doubts(own: Made, other: Made) -> tuple[str, ...]:
    """What to bear in mind where differences are told."""
    found = []
    for board in (own, other):
        returned, due = board.returned
        if returned < due:
            found.append(f"{board.name}: {returned} of {due} agencies had sent all their returns.")
    if own.tied != other.tied:
        found.append(
            f"Not the same share of records can be tied to a child: {own.tied} at {own.name}, {other.tied} at "
            f"{other.name}."
        )
    return tuple(found)


def _near(one: int, other: int) -> bool:
    low, high = sorted((one, other))
    return low > 0 and high <= SIZES_APART * low


class Reading(NamedTuple):
    """A share or a rate of one board: what its page shows, and the figures that it is made from."""

    text: str
    quotient: Quotient | None
    part: ReleasedFigure
    whole: ReleasedFigure | int
    """Of a share, the figure that it is a share of; of a rate, the people among whom it was counted."""


Readings = Mapping[tuple[str, str], Reading]
"""(id of the measure, words of the column) -> what a board has."""


def told(own: Reading, other: Reading, looked_at: int) -> str:
    """How the other board's figure differs from this one, in words. `looked_at` is how many pairs the page has."""
    first, second = own.quotient, other.quotient
    if first is None or second is None or first.value is None or second.value is None:
        return "cannot be compared"
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return "cannot be compared"
    if first.low <= second.high and second.low <= first.high:
        return OVERLAP
    if abs(first.value - second.value) < _least(own, other, looked_at):
        return CHANCE
    return "higher there" if second.value > first.value else "lower there"


def _least(own: Reading, other: Reading, looked_at: int) -> float:
    rules = (own.part.rule, other.part.rule)
    parts = float(own.part.value or 0), float(other.part.value or 0)
    if isinstance(own.whole, ReleasedFigure) and isinstance(other.whole, ReleasedFigure):
        pairs = (parts[0], float(own.whole.value or 1)), (parts[1], float(other.whole.value or 1))
        return told_share_change(*pairs, rules, looked_at)
    people = (_people(own), _people(other))
    return 10_000 * told_rate_difference((parts[0], people[0]), (parts[1], people[1]), rules, looked_at)


def _people(reading: Reading) -> float:
    return float(reading.whole) if isinstance(reading.whole, int) else 1.0
