"""Which children count in a range of days, by what the measures say occurred: exact sets for tests to compare with."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from analysis.measures.children import BoardView
from analysis.measures.history import Rules
from analysis.measures.registry import OCCURS


def counted_by_agency(
    board: BoardView, count: str, start: date, end: date, rules: Rules | None = None
) -> dict[str, frozenset[str]]:
    """Agency -> the link ids of the children that it counts in [start, end)."""
    links: defaultdict[str, set[str]] = defaultdict(set)
    for link, child in board.children.items():
        for name, occurrence in OCCURS[count](child, rules or Rules()):
            if name == count and start <= occurrence.on < end:
                for agency in occurrence.agencies:
                    links[agency].add(link)
    return {agency: frozenset(of) for agency, of in links.items()}


def counted(board: BoardView, count: str, start: date, end: date, rules: Rules | None = None) -> frozenset[str]:
    """The link ids of the children who count in [start, end)."""
    return frozenset().union(*counted_by_agency(board, count, start, end, rules).values())
