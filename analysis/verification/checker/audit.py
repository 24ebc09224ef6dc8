"""The audit: the least and greatest size of every group of children, from what is published and what one knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import ceil, floor
from typing import NamedTuple

from analysis.verification.checker.exact import Impossible, Number, Simplex
from analysis.verification.checker.tables import CheckerTables, Relation, least

Own = dict[int, list[int]]
"""Cell -> how many of its children are one's own; several numbers where several insiders tell each other."""


class Group(NamedTuple):
    """The children of one cell, less those of another or less a number of one's own."""

    cell: int
    minus: int = -1
    own: int = 0


class Proof(NamedTuple):
    """A group whose size is known too well."""

    group: str
    low: int
    high: int


class Audit:
    """What one attacker can work out from some tables, who knows cells whole, or some of their children."""

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
        """Every group that is known too well; raises `Impossible` if nothing fits."""
        self.tables.tighten()
        return [proof for island in self._islands() for proof in self._of_island(*island)]

    def _islands(self) -> Iterator[tuple[list[int], list[Relation], list[Group]]]:
        """Cells that have to do with each other and with no others, so that each problem is small."""
        home = list(range(len(self.tables.names)))

        def root(cell: int) -> int:
            while home[cell] != cell:
                home[cell] = home[home[cell]]
                cell = home[cell]
            return cell

        for first, *others in [(total, *parts) for _, total, parts in self.tables.relations] + self.tables.changes:
            for cell in others:
                home[root(cell)] = root(first)
        found: defaultdict[int, tuple[list[int], list[Relation], list[Group]]] = defaultdict(lambda: ([], [], []))
        for cell in range(len(home)):
            found[root(cell)][0].append(cell)
        for relation in self.tables.relations:
            found[root(relation[1])][1].append(relation)
        for group in self.groups:
            found[root(group.cell)][2].append(group)
        yield from found.values()

    def _of_island(self, cells: list[int], relations: list[Relation], groups: list[Group]) -> Iterator[Proof]:
        column = {cell: number for number, cell in enumerate(cells)}
        low, high = [self.tables.low[cell] for cell in cells], [self.tables.high[cell] for cell in cells]
        rows: list[tuple[dict[int, int], bool]] = []
        for kind, total, parts in relations:
            if kind in ("sum", "union"):
                rows.append(({**{column[part]: 1 for part in parts}, column[total]: -1}, kind == "sum"))
            if kind in ("union", "subset"):
                # What the bounds say already need not be said again.
                over = [part for part in parts if (most := self.tables.high[part]) is None or most > low[column[total]]]
                rows += [({column[total]: 1, column[part]: -1}, False) for part in over]
        simplex = Simplex(low, high, rows)
        simplex.start()
        weights = {g: {column[g.cell]: 1, **({column[g.minus]: -1} if g.minus >= 0 else {})} for g in groups}
        seen = {group: (simplex.total(weights[group]) - group.own,) * 2 for group in groups}

        def look() -> None:
            """Every table of counts that fits is a witness for every group."""
            for group, (least_seen, most_seen) in list(seen.items()):
                size = simplex.total(weights[group]) - group.own
                seen[group] = min(least_seen, size), max(most_seen, size)
                if self.harmless(*seen[group]):
                    del seen[group]

        look()
        while seen:
            group, (first, _) = next(reversed(seen.items()))
            up, down = weights[group], {cell: -weight for cell, weight in weights[group].items()}
            endless = not simplex.push(up, group.own + max(self.threshold, first + self.width))
            look()
            if group in seen and not endless:
                most = seen[group][1]
                goal = most - self.width if most >= self.threshold else min(0, most - self.width)
                simplex.push(down, -group.own - goal)
                look()
            if (known := seen.pop(group, None)) and not endless:
                size = ceil(known[0]), floor(known[1])
                if size[0] > size[1]:
                    raise Impossible
                if self.discloses(*size):
                    yield Proof(self._name(group), *size)

    def discloses(self, low: int, high: int) -> bool:
        """Whether a group of `low` to `high` children is known too well: the two rules of parameters.json."""
        small = self.threshold - 1
        return (low >= 1 and high <= small) or (low <= small and high >= 1 and high - low < self.width)

    def harmless(self, low: Number, high: Number) -> bool:
        """Whether sizes that are possible are enough to give nothing away, whatever else is."""
        return floor(high) - ceil(low) >= self.width and (low <= 0 or high >= self.threshold)

    def _name(self, group: Group) -> str:
        names = self.tables.names
        if group.minus >= 0:
            return f"{names[group.cell]} less {names[group.minus]}"
        return names[group.cell] + (" less the insider's own" if group.own else "")
