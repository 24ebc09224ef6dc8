"""What a signal tells an attacker of releases: at least ten children, for the release gate's archive (decision 15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analysis.signals.gate import FEWEST_CHILDREN
from models.contract.periods import bounds, quarter_of
from models.signals import ChildKind, Signal

MEASURE: dict[ChildKind, str | None] = {"cse_concern": "m1_children", "missing": "m9_children", "cse_sign": None}
"""The released measure whose children include a signal's; signs without a concern are in none."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A published lower bound: this many children or more, by the area of the event, in these days."""

    board: str
    kind: ChildKind
    areas: tuple[str, ...]
    starts_on: date
    ends_on: date
    at_least: int
    """Also whichever one agency's events are left out."""
    measure: str | None
    """A measure of releases that counts all of these children..."""
    window: str | None
    """...in this quarter, for the board, over all agencies; None when the weeks reach into two quarters."""


def declaration(signal: Signal) -> Declared:
    """The bound that a signal publishes. Signals go by where it happened, releases by home: only the board has both."""
    first = quarter_of(signal.starts_on)
    inside = bounds(first)[0] <= signal.starts_on and signal.ends_on < bounds(first)[1]
    return Declared(
        signal.board,
        signal.kind,
        signal.areas,
        signal.starts_on,
        signal.ends_on,
        FEWEST_CHILDREN,
        MEASURE[signal.kind] if inside else None,
        first if inside else None,
    )
