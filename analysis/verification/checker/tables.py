"""Cells with their bounds, and the relations between them: everything that a reader can know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from analysis.verification.checker.exact import Bound, Impossible, Number

Dims = dict[str, str]
Relation = tuple[str, int, tuple[int, ...]]
"""Kind, total, parts."""


class NotCheckable(Exception):
    """The input cannot be checked."""


class CheckerTables:
    """Cells with their bounds, and the relations between them."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.dims: list[Dims] = []
        self.low: list[Number] = []
        self.high: list[Bound] = []
        self.relations: dict[Relation, None] = {}
        self.changes: list[tuple[int, int]] = []
        self.unprotected: set[int] = set()
        """Cells that the document does not ask to protect."""
        self._at: dict[tuple[tuple[str, str], ...], int] = {}
        self._called: dict[str, int] = {}

    def add(self, dims: Mapping[str, str], low: int = 0, high: int | None = None, name: str = "") -> int:
        """Add a cell, or narrow the bounds of an existing one. Returns its number."""
        key = tuple(sorted(dims.items()))
        cell = self._called.get(name) if name else self._at.get(key)
        if cell is None:
            cell = len(self.names)
            self.names.append(name or "|".join(value for _, value in key))
            self.dims.append(dict(dims))
            self.low.append(0)
            self.high.append(None)
            self._at.setdefault(key, cell)
            self._called.setdefault(self.names[-1], cell)
        self.low[cell] = max(self.low[cell], low)
        self.high[cell] = least(self.high[cell], high)
        return cell

    def named(self, name: str) -> int:
        """The number of the cell with this name. Raises `NotCheckable` if there is none."""
        if name not in self._called:
            raise NotCheckable("a relation or a known count names a cell that is not listed")
        return self._called[name]

    def relate(self, kind: str, total: int, parts: Iterable[int]) -> None:
        """Add a relation. sum: the parts add up to the total. union: the total is at least each part and at most their
        sum. subset: the total is at least each part."""
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
        """Relate cells (the first `among`) that differ in one dimension only. Missing parts are added as unknown cells.

        `wanted` decides from the dimensions that such cells share whether the relation holds for them.
        """
        children: defaultdict[str, list[str]] = defaultdict(list)
        for child, above in parent.items():
            children[above].append(child)
        for rest, cells in self.groups(dim, among):
            if rest and not wanted(rest):
                continue
            totals: dict[str, None] = {}
            for value in cells:
                while value in parent and parent[value] not in totals:
                    value = parent[value]
                    totals[value] = None
            for total in totals:
                names = (total, *children[total])
                first, *others = [cells[name] if name in cells else self.add({**rest, dim: name}) for name in names]
                self.relate(kind, first, others)

    def groups(self, dim: str, among: int | None = None) -> list[tuple[Dims, dict[str, int]]]:
        """Groups of cells that differ in this dimension only: the dimensions they share, and value -> cell."""
        by_rest: dict[tuple[tuple[str, str], ...], dict[str, int]] = {}
        for cell, dims in enumerate(self.dims[:among]):
            if dim in dims:
                rest = tuple(sorted((name, value) for name, value in dims.items() if name != dim))
                by_rest.setdefault(rest, {})[dims[dim]] = cell
        return [(dict(rest), values) for rest, values in by_rest.items()]

    def order(self, dim: str, values: Sequence[str], nested: bool = False) -> None:
        """Relate consecutive publications of one count. If `nested`, the later includes the earlier; otherwise children
        may join and leave, and the change is a group to protect."""
        for _, by_value in self.groups(dim):
            cells = [by_value[value] for value in values if value in by_value]
            for older, newer in pairwise(cells):
                if nested:
                    self.relate("subset", newer, [older])
                else:
                    self.changes.append((newer, older))

    def tighten(self) -> None:
        """Narrow the bounds by each relation until nothing changes. Raises `Impossible` if no count is left."""
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


def least(first: Bound, second: Bound) -> Bound:
    """The lower of two upper limits (None: no limit)."""
    return second if first is None else first if second is None else min(first, second)
