"""The audit: the least and greatest size of every group of children, from what is published and what is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import ceil, floor
from typing import NamedTuple

from analysis.verification.checker.exact import Impossible, Number, Simplex
from analysis.verification.checker.tables import CheckerTables, Relation, least

Own = dict[int, list[int]]
"""Cell -> how many of its children the insider knows; several numbers if several insiders pool their counts."""


class Group(NamedTuple):
    """The children of one cell, minus those of another cell, or minus a number that the insider knows."""

    cell: int
    minus: int = -1
    own: int = 0


class Proof(NamedTuple):
    """A group whose size can be proven too closely: `low` to `high` children."""

    group: str
    low: int
    high: int


class Audit:
    """What an attacker can prove from some tables. `whole`: counts it knows. `own`: how many children it knows of."""

    def __init__(self, tables: CheckerTables, policy: tuple[int, int], whole: dict[int, int], own: Own) -> None:
        self.tables, (self.threshold, self.width) = tables, policy
        for cell, count in whole.items():
            tables.low[cell], tables.high[cell] = max(tables.low[cell], count), least(tables.high[cell], count)
        for cell, counts in own.items():
            tables.low[cell] = max(tables.low[cell], *counts)
        pairs = [(total, part) for _, total, parts in tables.relations for part in parts]
        pairs += [pair for new, old in tables.changes for pair in ((new, old), (old, new))]
        groups = [Group(cell) for cell in range(len(tables.names)) if cell not in tables.unprotected | whole.keys()]
        groups += [Group(*pair) for pair in pairs if not whole.keys() >= set(pair)]
        groups += [Group(cell, -1, count) for cell, counts in own.items() if cell not in whole for count in counts]
        self.groups = list(dict.fromkeys(groups))

    def proofs(self) -> list[Proof]:
        """Every group whose size can be proven too closely. Raises `Impossible` if no counts fit."""
        self.tables.tighten()
        return [proof for island in self._islands() for proof in self._of_island(*island)]

    def _islands(self) -> Iterator[tuple[list[int], list[Relation], list[Group]]]:
        """Split the cells into sets without relations between them, so that each problem is small."""
        home = list(range(len(self.tables.names)))

        def root(cell: int) -> int:
            while home[cell] != cell:
                home[cell] = home[home[cell]]
                cell = home[cell]
            return cell

        for first, *others in [(total, *parts) for _, total, parts in self.tables.relations] + self.tables.changes:
            for cell in others:
                home[root(cell)] = root(first)
        islands: defaultdict[int, tuple[list[int], list[Relation], list[Group]]] = defaultdict(lambda: ([], [], []))
        for cell in range(len(home)):
            islands[root(cell)][0].append(cell)
        for relation in self.tables.relations:
            islands[root(relation[1])][1].append(relation)
        for group in self.groups:
            islands[root(group.cell)][2].append(group)
        yield from islands.values()

    def _of_island(self, cells: list[int], relations: list[Relation], groups: list[Group]) -> Iterator[Proof]:
        column = {cell: number for number, cell in enumerate(cells)}
        low, high = [self.tables.low[cell] for cell in cells], [self.tables.high[cell] for cell in cells]
        rows: list[tuple[dict[int, int], bool]] = []
        for kind, total, parts in relations:
            if kind in ("sum", "union"):
                rows.append(({**{column[part]: 1 for part in parts}, column[total]: -1}, kind == "sum"))
            if kind in ("union", "subset"):
                # A row that the bounds already imply is left out.
                over = [part for part in parts if (most := self.tables.high[part]) is None or most > low[column[total]]]
                rows += [({column[total]: 1, column[part]: -1}, False) for part in over]
        simplex = Simplex(low, high, rows)
        simplex.start()
        weights = {g: {column[g.cell]: 1, **({column[g.minus]: -1} if g.minus >= 0 else {})} for g in groups}
        ranges = {group: (simplex.total(weights[group]) - group.own,) * 2 for group in groups}

        def widen() -> None:
            """Widen the range of every group by the present table of counts, and drop groups that are harmless."""
            for group, (lowest, highest) in list(ranges.items()):
                size = simplex.total(weights[group]) - group.own
                ranges[group] = min(lowest, size), max(highest, size)
                if self.harmless(*ranges[group]):
                    del ranges[group]

        widen()
        while ranges:
            group, (first, _) = next(reversed(ranges.items()))
            up, down = weights[group], {cell: -weight for cell, weight in weights[group].items()}
            endless = not simplex.push(up, group.own + max(self.threshold, first + self.width))
            widen()
            if group in ranges and not endless:
                most = ranges[group][1]
                goal = most - self.width if most >= self.threshold else min(0, most - self.width)
                simplex.push(down, -group.own - goal)
                widen()
            if (known := ranges.pop(group, None)) and not endless:
                size = ceil(known[0]), floor(known[1])
                if size[0] > size[1]:
                    raise Impossible
                if self.discloses(*size):
                    yield Proof(self._name(group), *size)

    def discloses(self, low: int, high: int) -> bool:
        """Whether a range of `low` to `high` children discloses a group, by the two rules of parameters.json."""
        small = self.threshold - 1
        return (low >= 1 and high <= small) or (low <= small and high >= 1 and high - low < self.width)

    def harmless(self, low: Number, high: Number) -> bool:
        """Whether a range is already wide enough to disclose nothing, even if further sizes are possible."""
        return floor(high) - ceil(low) >= self.width and (low <= 0 or high >= self.threshold)

    def _name(self, group: Group) -> str:
        names = self.tables.names
        if group.minus >= 0:
            return f"{names[group.cell]} less {names[group.minus]}"
        return names[group.cell] + (" less the insider's own" if group.own else "")
