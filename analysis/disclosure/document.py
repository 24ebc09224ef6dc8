"""The generic audit document as JSON: cells, what is released of each, relations, and what an insider knows.

Anyone can write one, for tables of any kind, and any checker can judge it without this project's code. The format is
docs/audit-format.md. The parts beside cells, relations, structure and knowns are for readers and for checkers that
know more; the code here does not judge by them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise, permutations
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from analysis.disclosure.audit import Policy
from analysis.disclosure.system import ANYTHING, Interval, Knowledge, RelationKind, System

Dims = Mapping[str, str]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Limits(_Part):
    """Groups of 1 to `threshold - 1` are small. The range of a group that may be small must span `min_width`."""

    threshold: Annotated[int, Field(ge=2)] = 5
    min_width: Annotated[int, Field(ge=1)] = 3


class Exact(_Part):
    """The count itself is published."""

    kind: Literal["exact"]
    value: Annotated[int, Field(ge=0)]

    def interval(self) -> Interval:
        """Exactly this count."""
        return Interval(self.value, self.value)


class Rounded(_Part):
    """A multiple of `base`: the nearest, or at random one of the two around the count. Counts below `min` have none."""

    kind: Literal["rounded"]
    value: Annotated[int, Field(ge=0)]
    base: Annotated[int, Field(ge=1)]
    mode: Literal["nearest", "random"] = "nearest"
    min: Annotated[int, Field(ge=0)] = 0

    def interval(self) -> Interval:
        """The counts that it may stand for. Nearest: up to half the base away. Random: less than the base away."""
        reach = self.base // 2 if self.mode == "nearest" else self.base - 1
        return Interval(max(self.min, self.value - reach, 0), self.value + reach)


class Noise(_Part):
    """How the noise of a figure was made. The band of such a figure fails for about one draw in a million."""

    shown: int | None
    """The published figure; None for "low"."""
    distribution: Literal["discrete gaussian"]
    mean: int
    deviation: int
    base: int
    lowest: int


class Band(_Part):
    """A range of counts, both ends included. Without `hi` it has no upper limit."""

    kind: Literal["band"]
    lo: Annotated[int, Field(ge=0)] = 0
    hi: int | None = None
    noise: Noise | None = None

    def interval(self) -> Interval:
        """The counts of the band."""
        return Interval(self.lo, ANYTHING.high if self.hi is None else self.hi)


class Hidden(_Part):
    """Nothing is published: the cell was withheld on purpose, or no release shows it."""

    kind: Literal["withheld", "none"]

    def interval(self) -> Interval:
        """Any count."""
        return ANYTHING


ReleaseKind = Annotated[Exact | Rounded | Band | Hidden, Field(discriminator="kind")]


class DocumentCell(_Part):
    """One count, and what is published of it."""

    id: str
    dims: dict[str, str] = {}
    release: ReleaseKind
    protect: bool = True
    level: str | None = None
    state: str | None = None
    """The published state: `figure`, `low`, `not_recorded` and so on; `hidden` if no release shows the cell."""
    value: int | None = None
    of: str | None = None
    """Id of the release that shows the cell."""


class DocumentRelation(_Part):
    """How a total relates to its parts (`analysis.disclosure.system.Relation`)."""

    type: RelationKind
    total: str
    parts: tuple[str, ...]


class Hierarchy(_Part):
    """Value of a dimension -> the value that it is part of. All parts of a value together make it up."""

    parent: dict[str, str]
    kind: Literal["sum", "union"]


class Windows(_Part):
    """The values of a time dimension. A span inside another one counts a subset of its children."""

    dim: str = "period"
    order: tuple[str, ...] = ()
    days: dict[str, tuple[date, date]] = {}
    """Every value -> its first day and the day after its last. No relation follows from these."""
    spans: dict[str, tuple[date, date]] = {}
    """The same days, for the values from which subsets follow."""


class Releases(_Part):
    """The values of the release dimension, oldest first. `nested`: a later count includes the earlier one."""

    dim: str = "release"
    order: tuple[str, ...] = ()
    nested: bool = False


class Structure(_Part):
    """Relations given by rule instead of one by one. They hold among cells that agree in every other dimension."""

    hierarchies: dict[str, Hierarchy] = {}
    windows: Windows = Windows()
    releases: Releases = Releases()


class Document(_Part):
    """A complete audit problem."""

    policy: Limits = Limits()
    cells: tuple[DocumentCell, ...]
    relations: tuple[DocumentRelation, ...] = ()
    structure: Structure = Structure()
    knowns: dict[str, int] = {}
    format: Literal["ypsem.audit.v1", "ypsem.audit.v2"] = "ypsem.audit.v1"
    published: dict[str, Any] = {}
    rules: tuple[dict[str, Any], ...] = ()
    statements: tuple[dict[str, Any], ...] = ()

    def problem(self) -> tuple[System, Knowledge, Policy]:
        """The system to audit, the attacker's knowledge, and the policy. Raises `ValueError` for an unknown cell id."""
        system = System()
        for cell in self.cells:
            system.add(cell.id, cell.release.interval())
            if not cell.protect:
                system.unprotected.add(cell.id)
        named = {name for relation in self.relations for name in (relation.total, *relation.parts)}
        if missing := len((named | self.knowns.keys()) - system.cells.keys()):
            raise ValueError(f"relations or knowns name {missing} cells that are not listed")
        for relation in self.relations:
            system.relate(relation.type, relation.total, relation.parts)
        _expand(self, system)
        knowledge = Knowledge("insider" if self.knowns else "outsider", dict(self.knowns))
        return system, knowledge, Policy(self.policy.threshold, self.policy.min_width)


def _expand(document: Document, system: System) -> None:
    stated = {(r.kind, r.total, frozenset(r.parts)) for r in system.relations}

    def relate(kind: RelationKind, total: str, parts: list[str]) -> None:
        if (kind, total, frozenset(parts)) not in stated:
            system.relate(kind, total, parts)

    structure = document.structure
    for dim, hierarchy in structure.hierarchies.items():
        children: defaultdict[str, list[str]] = defaultdict(list)
        for child, parent in hierarchy.parent.items():
            children[parent].append(child)
        for context, ids in _grouped(document, dim):
            for parent in _totals(ids, hierarchy.parent):
                names = [ids.get(value) or f"{context}|{dim}={value}" for value in (parent, *children[parent])]
                relate(hierarchy.kind, names[0], names[1:])
    for _, ids in _grouped(document, structure.windows.dim):
        spans = [(value, structure.windows.spans[value]) for value in ids if value in structure.windows.spans]
        for (wide, outer), (narrow, inner) in permutations(spans, 2):
            if outer[0] <= inner[0] and inner[1] <= outer[1]:
                relate("subset", ids[wide], [ids[narrow]])
    for _, ids in _grouped(document, structure.releases.dim):
        versions = [ids[value] for value in structure.releases.order if value in ids]
        for older, newer in pairwise(versions):
            if structure.releases.nested:
                relate("subset", newer, [older])
            else:
                system.changes[newer, older] = None


def _grouped(document: Document, dim: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Groups of cells that differ in one dimension only. Yields their common context, and value -> cell id."""
    groups: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for cell in document.cells:
        if dim in cell.dims:
            context = "|".join(f"{name}={value}" for name, value in sorted(cell.dims.items()) if name != dim)
            groups[context][cell.dims[dim]] = cell.id
    yield from groups.items()


def _totals(ids: Mapping[str, str], parent: Mapping[str, str]) -> list[str]:
    """Every value that is a direct or indirect parent of a value that has a cell."""
    totals: dict[str, None] = {}
    for value in ids:
        while value in parent and parent[value] not in totals:
            value = parent[value]
            totals[value] = None
    return list(totals)
