"""An attack on released tables that shares no code with the audit: it reads the exported document and narrows bounds.

The shuttle (Buzzigoli and Giusti 1998; Dobra and Fienberg 2000 for general margins) narrows each count from its
relations, again and again, until nothing changes. What it proves is true, but it proves less than a linear programme,
so some groups are then solved one by one by `scipy.optimize.linprog` from a separate matrix.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

Json = Mapping[str, Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
_PLENTY = 1e6
"""Stands for "no upper limit": far above any count of children here."""
_ROUNDS = 60


class Disclosed(NamedTuple):
    """A group whose size is proven too closely; `by` says how."""

    group: str
    low: float
    high: float
    by: str


@dataclass
class Document:
    """An exported audit document as arrays; `insider` adds one attacker's part of it."""

    names: list[str] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    relations: list[tuple[str, int, list[int]]] = field(default_factory=list)
    own: set[int] = field(default_factory=set)
    """Counts that the attacker holds already, so that they are no group to protect."""
    threshold: int = 5
    width: int = 3
    told: bool = True
    """Whether the released figures are read, or only the relations of counts, which are known without them."""

    @classmethod
    def read(cls, content: Json, *, told: bool = True) -> Document:
        """From the generic JSON of `export-audit`, its written-out relations included."""
        document = cls(threshold=content["policy"]["threshold"], width=content["policy"]["min_width"], told=told)
        document.add(content)
        return document

    def add(self, content: Json) -> None:
        """More cells, relations and knowns."""
        at = {name: number for number, name in enumerate(self.names)}
        for cell in content["cells"]:
            if cell["id"] not in at:
                at[cell["id"]] = len(self.names)
                low, high = _bounds(cell["release"]) if self.told else (0.0, _PLENTY)
                self.names.append(cell["id"])
                self.low.append(low)
                self.high.append(high)
        for relation in content["relations"]:
            self.relations.append((relation["type"], at[relation["total"]], [at[p] for p in relation["parts"]]))
        for name, count in content["knowns"].items():
            number = at[name]
            self.low[number] = max(self.low[number], count)
            self.high[number] = min(self.high[number], count)
            self.own.add(number)

    def insider(self, content: Json) -> Document:
        """A copy that adds what one attacker knows to what everyone knows."""
        copy = Document(
            list(self.names),
            list(self.low),
            list(self.high),
            list(self.relations),
            set(self.own),
            self.threshold,
            self.width,
            self.told,
        )
        copy.add(content)
        return copy


def _bounds(release: Json) -> tuple[float, float]:
    kind = release["kind"]
    if kind == "exact":
        return release["value"], release["value"]
    if kind == "band":
        return release.get("lo", 0), release.get("hi") or _PLENTY
    if kind == "rounded":
        reach = release["base"] - 1 if release["mode"] == "random" else release["base"] // 2
        return max(release["min"], release["value"] - reach), release["value"] + reach
    return 0, _PLENTY


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Bounds after the shuttle; contradictory where some count has none left."""

    low: Floats
    high: Floats

    @property
    def contradictory(self) -> bool:
        """Whether no table of counts fits."""
        return bool((self.low > self.high).any())


class _Flat:
    """The relations of a document as flat arrays: parts one after another, and where each relation's begin."""

    def __init__(self, document: Document) -> None:
        relations = document.relations
        self.total = np.array([total for _, total, _ in relations], dtype=np.intp)
        self.start = np.cumsum([0, *(len(parts) for _, _, parts in relations[:-1])])
        self.parts = np.array([part for _, _, parts in relations for part in parts], dtype=np.intp)
        self.of = np.repeat(np.arange(len(relations)), [len(parts) for _, _, parts in relations])
        self.kinds = np.array([kind for kind, _, _ in relations])
        self.covers = self.kinds != "subset"
        self.adds_up = self.kinds == "sum"


def shuttle(document: Document) -> Narrowed:
    """Narrow every count's bounds until nothing changes."""
    return _shuttle(document, _Flat(document))


def _shuttle(document: Document, flat: _Flat) -> Narrowed:
    low, high = np.array(document.low, dtype=float), np.array(document.high, dtype=float)
    total, parts, relation_of = flat.total, flat.parts, flat.of
    for _ in range(_ROUNDS if len(total) else 0):
        before = low.sum() - high.sum()
        sums_low, sums_high = np.add.reduceat(low[parts], flat.start), np.add.reduceat(high[parts], flat.start)
        np.maximum.at(low, total, np.maximum.reduceat(low[parts], flat.start))
        np.maximum.at(low, total[flat.adds_up], sums_low[flat.adds_up])
        np.minimum.at(high, total[flat.covers], sums_high[flat.covers])
        others_high = sums_high[relation_of] - high[parts]
        others_low = sums_low[relation_of] - low[parts]
        covers, adds_up = flat.covers[relation_of], flat.adds_up[relation_of]
        np.maximum.at(low, parts[covers], (low[total][relation_of] - others_high)[covers])
        np.minimum.at(high, parts, high[total][relation_of])
        np.minimum.at(high, parts[adds_up], (high[total][relation_of] - others_low)[adds_up])
        if (low > high).any() or low.sum() - high.sum() <= before:
            break
    return Narrowed(low, high)


def attack(document: Document, exact: int = 0, seed: int = 0) -> list[Disclosed] | None:
    """What can be proven; None when the document contradicts itself.

    `exact` groups drawn by `seed` among those whose bounds leave a doubt are solved as linear programmes, too.
    """
    flat = _Flat(document)
    narrowed = _shuttle(document, flat)
    if narrowed.contradictory:
        return None
    low, high = narrowed.low, narrowed.high
    free = np.array([number not in document.own for number in range(len(document.names))])
    cells = np.flatnonzero(free)
    total, part = flat.total[flat.of], flat.parts
    sums_low, sums_high = np.add.reduceat(low[part], flat.start), np.add.reduceat(high[part], flat.start)
    less_low, less_high = np.maximum(low[total] - high[part], 0), high[total] - low[part]
    covers, adds_up = flat.covers[flat.of], flat.adds_up[flat.of]
    less_high = np.where(covers, np.minimum(less_high, sums_high[flat.of] - high[part]), less_high)
    less_low = np.where(adds_up, np.maximum(less_low, sums_low[flat.of] - low[part]), less_low)
    # Whoever knows every other part of a union knows all the children outside this part already.
    strange = np.add.reduceat(free[part].astype(int), flat.start)
    own = (flat.kinds[flat.of] == "union") & (strange[flat.of] - free[part] == 0)
    rest = np.flatnonzero((free[total] | free[part]) & ~own)
    groups = [(int(cell), -1) for cell in cells] + [(int(total[n]), int(part[n])) for n in rest]
    lows, highs = np.concatenate([low[cells], less_low[rest]]), np.concatenate([high[cells], less_high[rest]])
    disclosed = [
        Disclosed(_name(document, *groups[n]), lows[n], highs[n], "shuttle")
        for n in np.flatnonzero(_small(lows, highs, document))
    ]
    doubtful = [n for n in range(len(groups)) if lows[n] < document.threshold and highs[n] >= 1]
    drawn = random.Random(seed).sample(doubtful, min(exact, len(doubtful)))
    if drawn:
        programme = _Programme(document, narrowed)
        for n in drawn:
            least, most = programme.range_of(*groups[n])
            if _small(np.array([least]), np.array([most]), document)[0]:
                disclosed.append(Disclosed(_name(document, *groups[n]), least, most, "linear programme"))
    return disclosed


def told(document: Document, without: Document, exact: int = 0, seed: int = 0) -> list[Disclosed] | None:
    """What can be proven of groups that are not known as closely `without` the figures; None when contradictory."""
    proven = attack(document, exact, seed)
    if not proven:
        return proven
    before = {proof.group: proof.high - proof.low for proof in attack(without, exact, seed) or ()}
    return [proof for proof in proven if proof.high - proof.low < before.get(proof.group, _PLENTY)]


def _small(low: Floats, high: Floats, document: Document) -> NDArray[np.bool_]:
    small = document.threshold - 1
    surely = (low >= 1) & (high <= small)
    narrowly = (low <= small) & (high >= 1) & (high - low < document.width)
    return surely | narrowly


def _name(document: Document, cell: int, less: int) -> str:
    return document.names[cell] + (f" less {document.names[less]}" if less >= 0 else "")


class _Programme:
    """All relations as one sparse matrix, for one group at a time."""

    def __init__(self, document: Document, narrowed: Narrowed) -> None:
        rows: dict[bool, list[tuple[list[int], list[float]]]] = {True: [], False: []}
        for kind, total, parts in document.relations:
            if kind != "subset":
                rows[kind == "sum"].append(([total, *parts], [1.0, *[-1.0] * len(parts)]))
            if kind != "sum":
                rows[False] += [([part, total], [1.0, -1.0]) for part in parts]
        self.size = len(document.names)
        self.equal, self.at_most = self._matrix(rows[True]), self._matrix(rows[False])
        self.bounds = np.column_stack([narrowed.low, narrowed.high])

    def _matrix(self, rows: list[tuple[list[int], list[float]]]) -> csr_matrix | None:
        if not rows:
            return None
        values = [value for _, signs in rows for value in signs]
        columns = [column for cells, _ in rows for column in cells]
        return csr_matrix((values, columns, np.cumsum([0, *(len(cells) for cells, _ in rows)])), (len(rows), self.size))

    def range_of(self, cell: int, less: int) -> tuple[float, float]:
        """The least and greatest whole size of a group."""
        cost = np.zeros(self.size)
        cost[cell] = 1.0
        if less >= 0:
            cost[less] = -1.0
        ends = [self._least(cost), -self._least(-cost)]
        return float(np.ceil(ends[0] - 1e-6)), float(np.floor(ends[1] + 1e-6))

    def _least(self, cost: Floats) -> float:
        solved = linprog(
            cost,
            self.at_most,
            None if self.at_most is None else np.zeros(self.at_most.shape[0]),
            self.equal,
            None if self.equal is None else np.zeros(self.equal.shape[0]),
            self.bounds,
            method="highs",
        )
        if solved.status != 0:
            raise RuntimeError(f"the linear programme of a document without contradiction ended as {solved.status}")
        return float(solved.fun)
