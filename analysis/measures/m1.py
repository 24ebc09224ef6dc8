"""M1 CSE concern rate (paragraphs 157, 169).

Numerator: children with at least one CSE concern recorded in the period, by any agency. The recording date is the
agency system's own; where it is not recorded, the date of the concern. Denominator: residents aged 10-17
(register, ONS mid-year estimates), per 10,000, computed from the released numerator only. Unit: children.
"""

from __future__ import annotations

from datetime import date

from analysis.measures.children import BoardView
from analysis.measures.counted import Counted, count


def children_with_concern(board: BoardView, start: date, end: date) -> Counted:
    """Children with a concern recorded in [start, end); an agency knows of those it raised one for."""
    return count(
        (link, {c.agency for c in found})
        for link, child in board.children.items()
        if (found := [c for c in child.concerns if start <= c.recorded_on < end])
    )
