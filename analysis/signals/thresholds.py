"""From which score on a rise is told, and from which it is called rarer: found by simulation, kept with the register.

`python -m analysis calibrate-signals` finds them for a board's size and register (docs/adr/0030). A board that has no
calibration of its own gets the standing thresholds, which were found on the demo's wards.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.register import Board
from models.signals import Recurrence


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores that chance alone reaches, anywhere on a board and over all kinds, so seldom."""

    told: float
    """Once in five years: 0.2 new signals a year."""
    rare: float
    """Once in 25 years."""

    def recurrence(self, score: float) -> Recurrence:
        """The class of a score that is told."""
        return Recurrence.OVER_TWENTY_FIVE if score >= self.rare else Recurrence.FIVE_TO_TWENTY_FIVE


STANDING = Thresholds(5.8, 7.0)
"""Where a board was not calibrated: what a board of 1,400 children a year needs. A smaller one needs less (5.2 at 400),
so that chance tells it fewer than 0.2 a year, and it is told less."""


def thresholds_of(board: Board) -> Thresholds:
    """Those of a board: its own, if the register has them."""
    own = board.signals
    return Thresholds(own.told, own.rare) if own else STANDING
