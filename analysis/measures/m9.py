"""M9 Missing incidence (paragraphs 159, 176).

Children with at least one episode, missing or away, started in the period; reports of one episode by several
agencies are merged first. All schemes and statuses count: missing and away splits are not comparable between
agencies (domain.md 1.3). Unit: children.
"""

from __future__ import annotations

from datetime import date

from analysis.measures.children import BoardView
from analysis.measures.counted import Counted, count


def children_missing(board: BoardView, start: date, end: date) -> Counted:
    """Children with an episode started in [start, end); an agency knows of those it reported one for."""
    return count(
        (link, {agency for e in found for agency in e.agencies})
        for link, child in board.children.items()
        if (found := [e for e in child.episodes if start <= e.started_on < end])
    )
