"""What an attacker can write down: unknown counts, what is published of each, how they add up, what they know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

RelationKind = Literal["sum", "union", "subset"]
INFINITY = float("inf")


class Interval(NamedTuple):
    """Counts from `low` to `high`, both included."""

    low: float = 0
    high: float = INFINITY

    def meet(self, other: Interval) -> Interval:
        """What both allow; empty (low above high) when they contradict."""
        return Interval(max(self.low, other.low), min(self.high, other.high))


ANYTHING = Interval()


class Relation(NamedTuple):
    """How a total goes with its parts.

    sum: the parts add up to it. union: it is at least each part and at most their sum. subset: it is at least
    each part.
    """

    kind: RelationKind
    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Exact counts that an attacker holds of its own: they bound the rest, and are no disclosure themselves."""

    name: str = "outsider"
    whole: dict[str, int] = field(default_factory=dict, repr=False)
    """Cells that count the attacker's own children only."""
    own: dict[tuple[str, str], int] = field(default_factory=dict, repr=False)
    """(cell, id of the part) -> how many of the cell's children are the attacker's own."""


OUTSIDER = Knowledge()


@dataclass
class System:
    """Cells by id with what is published of them, and their relations."""

    cells: dict[str, Interval] = field(default_factory=dict)
    relations: dict[Relation, None] = field(default_factory=dict)
    unprotected: set[str] = field(default_factory=set)
    """Cells that may be disclosed; differences with others are still protected."""
    changes: dict[tuple[str, str], None] = field(default_factory=dict)
    """(newer, older) versions of one count, where children may both join and leave."""

    def add(self, cell: str, published: Interval = ANYTHING) -> str:
        """Add a cell, or narrow one that is there by a second publication of it."""
        self.cells[cell] = self.cells.get(cell, ANYTHING).meet(published)
        return cell

    def relate(self, kind: RelationKind, total: str, parts: Iterable[str]) -> None:
        """Add a relation once; cells it names that are not there are unpublished."""
        relation = Relation(kind, total, tuple(parts))
        for cell in (total, *relation.parts):
            self.cells.setdefault(cell, ANYTHING)
        self.relations[relation] = None
