"""The scores from which a rise is a signal, and a rarer one: found by simulation and kept with the register.

`python -m analysis calibrate-signals` finds them for a board's size and register (docs/adr/0030). A board without a
calibration of its own gets the standing thresholds, which were found on the demo's wards.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.register import Board
from models.signals import Recurrence


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores that chance alone seldom reaches, anywhere on a board and over all kinds."""

    told: float
    """Once in five years: 0.2 new signals a year."""
    rare: float
    """Once in 25 years."""

    def recurrence(self, score: float) -> Recurrence:
        """The class of a score that is a signal."""
        return Recurrence.OVER_TWENTY_FIVE if score >= self.rare else Recurrence.FIVE_TO_TWENTY_FIVE


STANDING = Thresholds(5.8, 7.0)
"""For boards that were not calibrated: what a board of 1,400 children a year needs. A smaller one needs less (5.2 at
400), so with these it has fewer than 0.2 signals a year by chance, and fewer real ones."""


def thresholds_of(board: Board) -> Thresholds:
    """The thresholds of a board: its own, if the register has them, or else the standing ones."""
    own = board.signals
    return Thresholds(own.told, own.rare) if own else STANDING
