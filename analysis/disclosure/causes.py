"""Which published cells prove a group small: those whose bounds hold the linear programme where it is.

By duality each cell named here is one that, published less tightly, would leave the group's size less certain. Like
the audit, it sees no true count.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from analysis.disclosure.audit import Failure
from analysis.disclosure.lp import AttackerModel, Contradiction
from analysis.disclosure.system import Knowledge, System

_SLIGHT = 1e-6


class Cause(NamedTuple):
    """A published cell that holds a group's size: a higher value (`way` +1) or a lower one (-1) would loosen it."""

    cell: str
    way: int


def causes(system: System, attacker: Knowledge, failures: Iterable[Failure]) -> list[dict[Cause, float]]:
    """For each failure, its causes with their force: by how many children the range grows for each that they give."""
    try:
        model = AttackerModel(system, reduced=False)
        model.know(attacker)
        model.smallest()  # from there the first group is found in no time
    except Contradiction:
        return [{} for _ in failures]
    names = list(system.cells)
    published_low = np.array([interval.low for interval in system.cells.values()])
    published_high = np.array([interval.high for interval in system.cells.values()])
    by_low, by_high = model.low == published_low, model.high == published_high  # not by what the attacker knows
    found = []
    for failure in failures:
        cells = [cell for cell in failure.target if cell in model.index]
        columns = np.array([model.index[cell] for cell in cells], dtype=np.int32)
        costs = np.array([1.0, -1.0][: len(cells)])
        held: dict[Cause, float] = {}
        for sign in (1.0, -1.0):  # what keeps the group from being smaller, then from being larger
            model.extreme(columns, sign * costs)
            forces = model.forces()
            for way, which in ((-1, (forces > _SLIGHT) & by_low), (1, (forces < -_SLIGHT) & by_high)):
                for number in np.flatnonzero(which):
                    cause = Cause(names[number], way)
                    held[cause] = held.get(cause, 0.0) + abs(float(forces[number]))
        found.append(held)
    return found
