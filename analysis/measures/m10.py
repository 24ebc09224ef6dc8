"""M10 Repeat missing (paragraphs 169, 176).

Numerator: children for whom an episode started in the period was at least the n-th to start within d days (the
day itself included); n and d are the board's repeat rule, by default 3 in 90 (domain.md 1.3). Denominator: M9's
children of the same period, of which they are a subset. Episodes are merged across agencies. Unit: children.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from analysis.measures.children import BoardView
from analysis.measures.counted import Counted, count


def reaches(starts: Sequence[date], n: int, days: int, start: date, end: date) -> bool:
    """Whether some start in [start, end) is at least the n-th within `days` days; `starts` must be sorted."""
    return any(
        start <= starts[i] < end and starts[i] - starts[i - n + 1] < timedelta(days=days)
        for i in range(n - 1, len(starts))
    )


def children_repeat_missing(board: BoardView, start: date, end: date, n: int, days: int) -> Counted:
    """Children who reach the repeat rule in [start, end).

    An agency is taken to know of the child when it reported any episode in the period: more than it may know, so
    that the dominance floor errs on the safe side.
    """
    return count(
        (link, {agency for e in child.episodes if start <= e.started_on < end for agency in e.agencies})
        for link, child in board.children.items()
        if reaches([e.started_on for e in child.episodes], n, days, start, end)
    )
