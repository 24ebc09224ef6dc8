"""The noise of the gate of signals: a place is judged as if it had some children more or fewer, drawn under a key.

A hard rule tells whoever may send invented children how many real ones there are: add until the signal comes. That
holds of the ten children, and no less of the alarm itself. So both are judged by one noisy count. Nothing about the
rule is secret but the key (ADR 0013). What makes it hold:

- A ward has one draw for each kind, window and fortnight, and one for each season of six, whatever children are there.
  A board is judged once a fortnight: looking again within it shows nothing new. The fortnight's draw hides what changed
  since the look before; the season's does not average out over its looks.
- Joined wards have the sum of their wards' draws, and signs of exploitation those of concerns and one of their own, as
  whoever has a concern has a sign. So what they tell could be worked out from noisy counts of the finer ones: it is no
  second look at the same children. Towns and the board have draws of their own.
- The alarm weighs the count as one with noise (`score`). What rests on ten children must have some more than ten by
  the count with noise, because the noise can add.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt

from analysis.disclosure.noise import KeyedNoise, RoundingKeys, uniform
from analysis.hotspots.zones import Floats
from analysis.signals.places import Level, Places
from models.signals import ChildKind

WINDOWS = (28, 84)
"""Days. Whole weeks, so that the weekday needs no correction; the longest because ten children without any one agency
are seldom in one ward in four weeks. Not more of them: each is another draw of the same children (ADR 0013)."""
LOOK_DAYS = 14
PERIODS = 2
"""Draws in one count: the fortnight's and the season's."""
LOOKS_A_SEASON = 6
"""Twelve weeks, as long as a child counts."""
DEVIATION = 2
"""Of each draw, in children."""
HELD_BACK: Mapping[Level, float] = {"ward": 1.0, "joined": 2.5, "town": 1.5, "board": 1.5}
"""In standard deviations of a place's noise. Of the rule of ten alone; the alarm allows for noise by itself."""
PARTS: Mapping[ChildKind, tuple[ChildKind, ...]] = {
    "cse_concern": ("cse_concern",),
    "cse_sign": ("cse_concern", "cse_sign"),
    "missing": ("missing",),
}
_RULE = KeyedNoise(deviation=DEVIATION, base=1, lowest=1)
_NOBODY: frozenset[str] = frozenset()

Whole = npt.NDArray[np.int64]


def look(day: date) -> int:
    """The number of the fortnight of a day, from a Monday: a board is judged once in each."""
    return (day.toordinal() - 1) // LOOK_DAYS  # the first day of the calendar is a Monday


def drawn(places: Places, kind: ChildKind, today: date, keys: RoundingKeys) -> Whole:
    """The noise of counts, places by windows, of mean 0. The same for a whole fortnight and key."""
    number = look(today)
    periods = (f"look{number}", f"season{number // LOOKS_A_SEASON}")

    def units(codes: tuple[str, ...]) -> Whole:
        found = [[_draw(places.board, kind, code, days, periods, keys) for days in WINDOWS] for code in codes]
        return np.array(found, np.int64).reshape(len(codes), len(WINDOWS))

    wards = units(places.wards)
    above = units(tuple(place.codes[0] for place in places.places[places.scanned :]))
    return spread(wards, above, places)


def spread(wards: Whole, above: Whole, places: Places) -> Whole:
    """The noise of every place from that of wards, and of towns and the board; joined wards have the sum of theirs.

    The last two dimensions are wards (towns and the board) and windows.
    """
    scanned = places.members[: places.scanned].astype(np.int64) @ wards
    noise: Whole = np.concatenate([scanned, above], axis=-2)
    return noise


def variance(places: Places, kind: ChildKind, deviation: int = DEVIATION) -> Floats:
    """Of the noise of each place, in children squared."""
    joined = [len(place.rows) if place.level == "joined" else 1 for place in places.places]
    return np.array(joined, np.float64) * (PERIODS * len(PARTS[kind]) * deviation**2)


def held_back(places: Places, kind: ChildKind, deviation: int = DEVIATION) -> Whole:
    """Children that each place must have beyond ten, by the count with noise, because noise can add."""
    deviations = np.sqrt(variance(places, kind, deviation))
    back = [HELD_BACK[place.level] * one for place, one in zip(places.places, deviations, strict=True)]
    return np.array([round(float(one)) for one in back], np.int64)


def _draw(board: str, kind: ChildKind, code: str, days: int, periods: tuple[str, ...], keys: RoundingKeys) -> int:
    return sum(
        _RULE.draw(uniform(_NOBODY, f"signal|{board}|{part}|{code}|{days}|{period}", keys))
        for part in PARTS[kind]
        for period in periods
    )
