"""Cells with their bounds, and how they add up: everything that a reader can write down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from analysis.verification.checker.exact import Bound, Impossible, Number

Dims = dict[str, str]
Relation = tuple[str, int, tuple[int, ...]]
"""Kind, total, parts."""


class NotCheckable(Exception):
    """What was given cannot be checked."""


class CheckerTables:
    """Cells with their bounds, and how they add up."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.dims: list[Dims] = []
        self.low: list[Number] = []
        self.high: list[Bound] = []
        self.relations: dict[Relation, None] = {}
        self.changes: list[tuple[int, int]] = []
        self.unprotected: set[int] = set()
        """Cells that may be known, by the document's own word."""
        self._at: dict[tuple[tuple[str, str], ...], int] = {}
        self._called: dict[str, int] = {}

    def add(self, dims: Mapping[str, str], low: int = 0, high: int | None = None, name: str = "") -> int:
        """Add a cell, or narrow one that is there."""
        key = tuple(sorted(dims.items()))
        found = self._called.get(name) if name else self._at.get(key)
        if found is None:
            found = len(self.names)
            self.names.append(name or "|".join(value for _, value in key))
            self.dims.append(dict(dims))
            self.low.append(0)
            self.high.append(None)
            self._at.setdefault(key, found)
            self._called.setdefault(self.names[-1], found)
        self.low[found] = max(self.low[found], low)
        self.high[found] = least(self.high[found], high)
        return found

    def named(self, name: str) -> int:
        """The cell of this name."""
        if name not in self._called:
            raise NotCheckable("a relation or a known count names a cell that is not listed")
        return self._called[name]

    def relate(self, kind: str, total: int, parts: Iterable[int]) -> None:
        """sum: the parts add up. union: at least each part, at most all of them. subset: at least each part."""
        if kind not in ("sum", "union", "subset"):
            raise NotCheckable(f"a relation of unknown kind: {kind[:20]}")
        self.relations[kind, total, tuple(sorted(parts))] = None

    def complete(
        self,
        dim: str,
        kind: str,
        parent: Mapping[str, str],
        among: int | None = None,
        wanted: Callable[[Dims], bool] = bool,
    ) -> None:
        """Relate cells (the first `among`) that differ in one dimension only; parts not there are added, unknown.

        `wanted` says of what such cells share whether the relation holds for them.
        """
        children: defaultdict[str, list[str]] = defaultdict(list)
        for child, above in parent.items():
            children[above].append(child)
        for rest, found in self.groups(dim, among):
            if rest and not wanted(rest):
                continue
            totals: dict[str, None] = {}
            for value in found:
                while value in parent and parent[value] not in totals:
                    value = parent[value]
                    totals[value] = None
            for total in totals:
                names = (total, *children[total])
                first, *others = [found[one] if one in found else self.add({**rest, dim: one}) for one in names]
                self.relate(kind, first, others)

    def groups(self, dim: str, among: int | None = None) -> list[tuple[Dims, dict[str, int]]]:
        """Cells that differ in this dimension only: what they share, and value -> cell."""
        found: dict[tuple[tuple[str, str], ...], dict[str, int]] = {}
        for cell, dims in enumerate(self.dims[:among]):
            if dim in dims:
                rest = tuple(sorted((name, value) for name, value in dims.items() if name != dim))
                found.setdefault(rest, {})[dims[dim]] = cell
        return [(dict(rest), values) for rest, values in found.items()]

    def order(self, dim: str, values: Sequence[str], nested: bool = False) -> None:
        """Consecutive publications of one count: the later holds the earlier if nested, else children come and go."""
        for _, found in self.groups(dim):
            cells = [found[value] for value in values if value in found]
            for older, newer in pairwise(cells):
                if nested:
                    self.relate("subset", newer, [older])
                else:
                    self.changes.append((newer, older))

    def tighten(self) -> None:
        """Narrow the bounds by each relation in turn; raises `Impossible` if nothing is left."""
        for _ in range(len(self.names)):
            before = (list(self.low), list(self.high))
            for kind, total, parts in self.relations:
                self._narrow(kind, total, parts)
            if (self.low, self.high) == before:
                return

    def _narrow(self, kind: str, total: int, parts: tuple[int, ...]) -> None:
        low, high = self.low, self.high
        at_least = sum(low[part] for part in parts) if kind == "sum" else max(low[part] for part in parts)
        low[total] = max(low[total], at_least)
        unlimited = [part for part in parts if high[part] is None]
        most = sum(high[part] or 0 for part in parts)
        if kind != "subset" and not unlimited:
            high[total] = least(high[total], most)
        for part in parts:
            above = high[total]
            if kind == "sum" and above is not None:
                above = above - at_least + low[part]
            high[part] = least(high[part], above)
            if kind != "subset" and unlimited in ([], [part]):
                low[part] = max(low[part], low[total] - most + (0 if unlimited else high[part] or 0))
        for cell in (total, *parts):
            limit = high[cell]
            if limit is not None and low[cell] > limit:
                raise Impossible


def least(one: Bound, other: Bound) -> Bound:
    """The lower of two limits."""
    return other if one is None else one if other is None else min(one, other)
