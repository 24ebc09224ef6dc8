"""The attacker's view as data: unknown counts, what is published of each, their relations, and known counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

RelationKind = Literal["sum", "union", "subset"]
INFINITY = float("inf")


class Interval(NamedTuple):
    """The counts from `low` to `high`, both included."""

    low: float = 0
    high: float = INFINITY

    def meet(self, other: Interval) -> Interval:
        """The counts that both intervals allow; empty (low above high) if they contradict each other."""
        return Interval(max(self.low, other.low), min(self.high, other.high))


ANYTHING = Interval()


class Relation(NamedTuple):
    """How a total relates to its parts.

    sum: the parts add up to the total. union: the total is at least each part and at most their sum. subset: the total
    is at least each part.
    """

    kind: RelationKind
    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The exact counts that an attacker knows itself. They bound the other counts and are no disclosure themselves."""

    name: str = "outsider"
    whole: dict[str, int] = field(default_factory=dict, repr=False)
    """Cell -> its count, for cells whose count the attacker knows exactly."""
    own: dict[tuple[str, str], int] = field(default_factory=dict, repr=False)
    """(cell, id of the part) -> how many of the cell's children the attacker knows."""


OUTSIDER = Knowledge()


@dataclass
class System:
    """Cells by id, with the published interval of each, and the relations between them."""

    cells: dict[str, Interval] = field(default_factory=dict)
    relations: dict[Relation, None] = field(default_factory=dict)
    unprotected: set[str] = field(default_factory=set)
    """Cells that may be disclosed. Their differences with other cells are still protected."""
    changes: dict[tuple[str, str], None] = field(default_factory=dict)
    """(newer, older) versions of one count, between which children may both join and leave."""

    def add(self, cell: str, published: Interval = ANYTHING) -> str:
        """Add a cell. If it exists already, narrow it by this second publication. Returns its id."""
        self.cells[cell] = self.cells.get(cell, ANYTHING).meet(published)
        return cell

    def relate(self, kind: RelationKind, total: str, parts: Iterable[str]) -> None:
        """Add a relation, once. Cells that it names and that do not exist yet are added as unpublished."""
        relation = Relation(kind, total, tuple(parts))
        for cell in (total, *relation.parts):
            self.cells.setdefault(cell, ANYTHING)
        self.relations[relation] = None
