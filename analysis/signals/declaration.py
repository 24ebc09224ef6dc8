"""What a signal tells an attacker of releases: at least ten children, for the release gate's archive (decision 15)."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.disclosure.statements import AtLeast
from analysis.signals.gate import FEWEST_CHILDREN
from models.signals import ChildKind, Signal

MEASURE: dict[ChildKind, str | None] = {"cse_concern": "m1_children", "missing": "m9_children", "cse_sign": None}
"""The released measure whose children include a signal's; signs without a concern are in none."""


def declaration(signal: Signal) -> AtLeast | None:
    """The bound that a signal published while ten was a hard rule.

    Its count now carries noise (ADR 0013): this is not true of what is told since.

    So it said: its children, and whoever else of the whole board counts on those days.

    Signals go by where it happened, releases by home: only the board has both. That ten remain whichever one agency's
    events are left out bounds no cell any closer. None for signs without a concern, which no release counts.
    """
    measure = MEASURE[signal.kind]
    return AtLeast(measure, signal.starts_on, signal.ends_on, FEWEST_CHILDREN) if measure else None


def declarations(signals: Iterable[Signal]) -> list[AtLeast]:
    """What some signals say between them, in a fixed order."""
    return sorted({said for signal in signals if (said := declaration(signal)) is not None})
