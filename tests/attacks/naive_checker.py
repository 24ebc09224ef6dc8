"""A checker of exported audit documents that a stranger might write in an afternoon: it tries tables of counts.

It shares no idea with the gate: no linear programming, no bounds by duality, no knowledge of boards. Cells, relations,
`structure` and `knowns` of the document are all it reads. It walks all tables of whole numbers that fit, by
narrowing domains and backtracking, and asks of each group whether every table gives it a small size. Slow, and exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]
Bounds = dict[str, tuple[int, int]]
CAP = 60
"""Stands for no upper limit: far above any count of these tests."""


@dataclass(frozen=True)
class Verdict:
    """What the checker says."""

    contradictory: bool
    disclosed: tuple[str, ...] = ()


def interval(release: Json) -> tuple[int, int]:
    """What a released cell says of its count, read from the issue's words alone."""
    kind = release["kind"]
    if kind == "exact":
        return release["value"], release["value"]
    if kind == "band":
        return release["lo"], CAP if release.get("hi") is None else release["hi"]
    if kind == "rounded":
        reach = release["base"] // 2 if release["mode"] == "nearest" else release["base"] - 1
        return max(release.get("min", 0), release["value"] - reach), release["value"] + reach
    return 0, CAP


class Checker:
    """One document."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.start: Bounds = {cell["id"]: interval(cell["release"]) for cell in document["cells"]}
        for cell, count in document["knowns"].items():
            low, high = self.start[cell]
            self.start[cell] = max(low, count), min(high, count)
        self.relations = [(r["type"], r["total"], tuple(r["parts"])) for r in document["relations"]]
        self.touching: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {cell: [] for cell in self.start}
        for relation in self.relations:
            for cell in (relation[1], *relation[2]):
                self.touching[cell].append(relation)

    def check(self) -> Verdict:
        """Try every group."""
        begun = self._narrowed(self.start, self.relations)
        if begun is None or not self._fits(begun):
            return Verdict(True)
        limits = self.document["policy"]
        small, width = limits["threshold"] - 1, limits["min_width"]
        found = []
        for name, plus, minus in self.groups():
            sizes = self._possible(begun, plus, minus, small, width)
            if sizes is not None:
                found.append(f"{name}: {sizes}")
        return Verdict(False, tuple(found))

    def groups(self) -> Iterator[tuple[str, str, str | None]]:
        """Cells to protect, and totals less a part, whose size the attacker does not know anyhow."""
        known = set(self.document["knowns"])
        for cell in self.document["cells"]:
            if cell["protect"] and cell["id"] not in known:
                yield cell["id"], cell["id"], None
        for kind, total, parts in self.relations:
            others_known = sum(part in known for part in parts)
            for part in parts:
                own = kind == "union" and others_known - (part in known) >= len(parts) - 1
                if not own and not (total in known and part in known):
                    yield f"{total} less {part}", total, part

    def _possible(self, begun: Bounds, plus: str, minus: str | None, small: int, width: int) -> str | None:
        """The sizes of a group, if they give it away: none but 1 to `small`, or too few about a small one."""
        sizes: set[int] = set()

        def size(bounds: Bounds) -> tuple[int, int]:
            low, high = bounds[plus]
            if minus is None:
                return low, high
            return max(low - bounds[minus][1], 0), high - bounds[minus][0]

        low, high = size(begun)
        if low > small or high < 1:
            return None
        for wanted in range(low, min(high, low + CAP) + 1):
            if self._fits(begun, plus, minus, wanted):
                sizes.add(wanted)
                spread = max(sizes) - min(sizes)
                if spread >= width and (min(sizes) == 0 or max(sizes) > small):
                    return None
        if min(sizes) >= 1 and max(sizes) <= small:
            return f"P1 {min(sizes)} to {max(sizes)}"
        if min(sizes) <= small and max(sizes) >= 1 and max(sizes) - min(sizes) < width:
            return f"P2 {min(sizes)} to {max(sizes)}"
        return None

    def _fits(self, begun: Bounds, plus: str = "", minus: str | None = None, wanted: int = 0) -> bool:
        """Whether some table of whole numbers fits all relations, and gives the group the wanted size."""
        first = [cell for cell in (plus, minus) if cell]
        todo = [begun]
        while todo:
            bounds = todo.pop()
            if plus:
                low, high = bounds[plus]
                less = bounds[minus] if minus else (0, 0)
                if not low - less[1] <= wanted <= high - less[0]:
                    continue
            cell = next((name for name in (*first, *bounds) if bounds[name][0] < bounds[name][1]), None)
            if cell is None:
                return True
            low, high = bounds[cell]
            middle = (low + high) // 2
            for half in ((middle + 1, high), (low, middle)):
                if (child := self._narrowed({**bounds, cell: half}, self.touching[cell])) is not None:
                    todo.append(child)
        return False

    def _narrowed(self, bounds: Bounds, relations: list[tuple[str, str, tuple[str, ...]]]) -> Bounds | None:
        """Bounds after every relation had its say; None when nothing is left somewhere."""
        bounds, todo = dict(bounds), list(relations)

        def put(cell: str, low: int, high: int) -> bool:
            old = bounds[cell]
            new = max(old[0], low), min(old[1], high)
            if new[0] > new[1]:
                return False
            if new != old:
                bounds[cell] = new
                todo.extend(self.touching[cell])
            return True

        while todo:
            kind, total, parts = todo.pop()
            low, high = bounds[total]
            lows, highs = [bounds[p][0] for p in parts], [bounds[p][1] for p in parts]
            if kind == "sum":
                if not put(total, sum(lows), sum(highs)):
                    return None
                low, high = bounds[total]
                for part, one, most in zip(parts, lows, highs, strict=True):
                    if not put(part, low - (sum(highs) - most), high - (sum(lows) - one)):
                        return None
                continue
            if not put(total, max(lows), sum(highs) if kind == "union" else CAP):
                return None
            low, high = bounds[total]
            for part, most in zip(parts, highs, strict=True):
                least = low - (sum(highs) - most) if kind == "union" else 0
                if not put(part, least, high):
                    return None
        return bounds
