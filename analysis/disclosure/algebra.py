"""Turns published cells into a system for an attack: adds the hidden cells, and all relations between cells.

It knows the counting model and no true count. It adds a relation only if that holds for every board, whatever was
recorded (docs/audit-format.md lists the relations). Since ladder 4 a sector's cells count its own children, by its own
links and homes, so no relation ties them to the cells of all agencies together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby, pairwise

from analysis.disclosure.cells import ANY, NONE_RECORDED, CellKey, Level, Place, Shape, pooled, sector
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.noise import KeyedNoise, Protected, Rule
from analysis.disclosure.system import ANYTHING, Interval, Knowledge, RelationKind, System
from analysis.disclosure.worlds import Worlds
from models.contract.periods import kind_of, parts
from models.releases import CellState

CountOf = Callable[[CellKey, tuple[str, ...]], int]
"""Gives the number of children of a cell whom the agencies know between them."""


@dataclass(frozen=True, slots=True)
class Published:
    """The cells published with one cut-off. With the same cut-off, a window is the union of the windows inside it."""

    cut_off: str
    ladder: Ladder
    cells: Mapping[CellKey, Protected] = field(repr=False)
    rule: Rule = field(default_factory=KeyedNoise)
    names: tuple[str, ...] = ()
    """Ids of the releases that these cells come from, in order."""

    def id_of(self, key: CellKey) -> str:
        """The id of a cell in the attacker's system."""
        return f"{self.cut_off}|{key.label}"

    def named(self, window: str) -> str | None:
        """The id of the release of a window; None if it is not known."""
        return next((name for name in self.names if f".{window}." in name), None)

    def interval(self, key: CellKey) -> Interval:
        """The range of counts that a reader concludes from a cell."""
        cell = self.cells[key]
        if cell.state in (CellState.FIGURE, CellState.LOW):
            return Interval(*self.rule.bounds(cell.value))
        if cell.state is CellState.NONE:
            return Interval(0, 0)
        if cell.state is CellState.ONE_TO_NINE:
            return Interval(1, self.rule.bounds(None)[1])
        return ANYTHING


@dataclass(frozen=True)
class BoardSystem:
    """A board's releases as one system, with the keys of its cells at each cut-off."""

    system: System
    shape: Shape
    ids: Mapping[str, Mapping[CellKey, str]] = field(repr=False)
    """Cut-off -> cell -> id, hidden cells included."""
    counted_twice: bool
    """Whether releases with the same cut-off count sectors in two ways, one by ladder 3 or older, one by a newer."""
    own_records: Mapping[str, frozenset[str]]
    """Cut-off -> measures for which a sector's own records decide its cells. No entry for ladders up to 3: there the
    records of all agencies decided which records belong to one child, and where the child lives."""

    def worlds(self, ladder: Ladder) -> Worlds:
        """The kinds of children that could be added to the cells of the system."""
        where = [self.where[cell] for cell in self.system.cells]
        return Worlds(where, self.shape, ladder, sectors_apart=not self._joined)

    @cached_property
    def _joined(self) -> bool:
        """Whether the cells of sectors are parts of the cells of all agencies, at any of the cut-offs."""
        return self.ids.keys() != self.own_records.keys()

    @cached_property
    def where(self) -> dict[str, tuple[str, CellKey]]:
        """Id -> cut-off and cell."""
        return {cell: (cut_off, key) for cut_off, ids in self.ids.items() for key, cell in ids.items()}

    def knowledge(self, agencies: Iterable[str], count_of: CountOf, cut_off: str) -> Knowledge:
        """What some agencies know at a cut-off: the counts of each agency alone, and of all of them pooled."""
        attacker = tuple(sorted(agencies))
        known = Knowledge(" and ".join(attacker) or "outsider")
        groups = [(agency,) for agency in attacker] + ([attacker] if len(attacker) > 1 else [])
        for group in groups:
            of_group = self.knowledge_of(group, count_of, cut_off)
            known.whole.update(of_group.whole)
            known.own.update(of_group.own)
        return known

    def knowledge_of(self, group: tuple[str, ...], count_of: CountOf, cut_off: str) -> Knowledge:
        """The pooled counts of a group of agencies.

        The group knows the exact count of a cell that its own records decide. Of any other cell it knows some
        children: those in its own records, and those that its role shows it.
        """
        known, inside, name = Knowledge(), set(group), pooled(group)
        knowers = {who: self.shape.agencies_of(who) for who in {key.who for key in self.ids[cut_off]}}
        whole = {who for who, agencies in knowers.items() if agencies <= inside}
        decided = self.own_records.get(cut_off, frozenset())
        for key, cell in self.ids[cut_off].items():
            count = count_of(key, group)
            if key.who in whole and key.measure in decided:
                known.whole[cell] = count
            elif count:
                known.own[cell, f"{cut_off}|{key._replace(who=name).label}|of {key.who}"] = count
        return known


def system_of(releases: Sequence[Published], shape: Shape) -> BoardSystem:
    """The system that an outsider can write down about a board. Releases with the same cut-off are taken together."""
    system = System()
    ids: dict[str, dict[CellKey, str]] = {}
    decided: dict[str, frozenset[str]] = {}
    twice = False
    for cut_off, together in groupby(sorted(releases, key=_cut_off), key=_cut_off):
        same = list(together)
        if names := frozenset(name for release in same for name in release.ladder.own_records):
            decided[cut_off] = names
        for release in same:
            for key in release.cells:
                system.add(release.id_of(key), release.interval(key))
        completion = _Completion(same, shape, system)
        twice |= completion.counted_twice
        ids[cut_off] = {key: same[0].id_of(key) for key in completion.keys}
    versions: defaultdict[CellKey, list[str]] = defaultdict(list)
    for id_by_key in ids.values():
        for key, cell in id_by_key.items():
            versions[key].append(cell)
    for cells in versions.values():
        for older, newer in pairwise(cells):
            system.changes[newer, older] = None
    return BoardSystem(system, shape, ids, twice, decided)


def _cut_off(release: Published) -> str:
    return release.cut_off


class _Completion:
    """Adds to a system the relations between the cells of one cut-off, and the hidden cells that these need."""

    def __init__(self, releases: Sequence[Published], shape: Shape, system: System) -> None:
        self.id_of, self.shape, self.system = releases[0].id_of, shape, system
        ladders = {release.ladder.version: release.ladder for release in releases}.values()
        self.own_records = frozenset(name for ladder in ladders for name in ladder.own_records)
        """Empty if the cells of sectors are parts of the cells of all agencies."""
        self.counted_twice = len({bool(ladder.own_records) for ladder in ladders}) > 1
        self.few_indicators = any(ladder.most_indicators for ladder in ladders)
        self.nested = dict.fromkeys(pair for ladder in ladders for pair in ladder.nested)
        self.keys = dict.fromkeys(key for release in releases for key in release.cells)
        self._areas()
        self._agencies()
        self._indicators()
        self._windows()
        self._nested()

    def _relate(self, kind: RelationKind, total: CellKey, parts: Iterable[CellKey]) -> None:
        part_keys = tuple(parts)
        self.keys.update(dict.fromkeys((total, *part_keys)))
        self.system.relate(kind, self.id_of(total), map(self.id_of, part_keys))

    def _grouped(self, context: Callable[[CellKey], Hashable]) -> list[list[CellKey]]:
        groups: defaultdict[Hashable, list[CellKey]] = defaultdict(list)
        for key in self.keys:
            groups[context(key)].append(key)
        return list(groups.values())

    def _areas(self) -> None:
        """Areas add up within a financial year, because a child has one home in it (per sector, and for all agencies).

        Over two years a child may have two homes and counts in both, so areas are only a union.
        """
        for group in self._grouped(lambda key: (key.measure, key.window, key.who, key.indicator)):
            levels = {key.level for key in group}
            example = group[0]
            totals: list[Place] = [("board", self.shape.board)] if levels - {"board"} else []
            if "ward" in levels:
                totals += [("town", town) for town in self.shape.towns]
            for place in totals:
                kind: RelationKind = "union" if kind_of(example.window) == "pair" else "sum"
                self._relate(kind, _at(example, place), [_at(example, part) for part in self.shape.parts(place)])

    def _agencies(self) -> None:
        """Up to ladder 3, the cell of all agencies is the union of the cells of sectors.

        Since ladder 4 two children of a sector may be one child in the cell of all agencies, or live elsewhere there.
        """
        if self.own_records:
            return
        for group in self._grouped(lambda key: key._replace(who="")):
            if any(key.who.startswith("sector:") for key in group):
                total = group[0]._replace(who=ANY)
                self._relate("union", total, [total._replace(who=sector(name)) for name in self.shape.sectors])

    def _indicators(self) -> None:
        """A cell is the union of its cells by indicator: a child counts under one at least, or under none recorded."""
        for group in self._grouped(lambda key: key._replace(indicator="")):
            if any(key.indicator != ANY for key in group):
                total = group[0]._replace(indicator=ANY)
                named = [total._replace(indicator=name) for name in (*self.shape.indicators, NONE_RECORDED)]
                self._relate("union", total, named)

    def _windows(self) -> None:
        """A year is the union of its quarters, and a pair of years that of its years.

        This does not hold by indicator if a child counts under a few indicators only: which ones is drawn anew for
        each window.
        """
        for total in list(self.keys):
            drawn = self.few_indicators and total.indicator not in (ANY, NONE_RECORDED)
            if kind_of(total.window) == "month" or drawn or (self.counted_twice and total.who != ANY):
                continue
            narrower = [total._replace(window=window) for window in parts(total.window)]
            if any(key in self.keys for key in narrower):
                self._relate("union", total, narrower)

    def _nested(self) -> None:
        """A nested count is a subset of its whole. For a sector, only if the same records decide both counts."""
        for pair in self.nested:
            together = not self.own_records or (pair.part in self.own_records) == (pair.whole in self.own_records)
            for key in [key for key in self.keys if key.measure == pair.part]:
                whole = key._replace(measure=pair.whole)
                if whole in self.keys and (key.who == ANY or together):
                    self._relate("subset", whole, [key])


def _at(key: CellKey, place: tuple[Level, str]) -> CellKey:
    return key._replace(level=place[0], area=place[1])
