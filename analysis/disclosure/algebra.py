"""From published cells to a system: the hidden cells that complete them, and how all of them add up.

Knows the counting model (areas add up; agencies, indicators and windows are unions) and no true count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby, pairwise

from analysis.disclosure.cells import ANY, NONE_RECORDED, CellKey, Level, Place, Shape, pooled, sector
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.noise import KeyedNoise, Protected
from analysis.disclosure.system import ANYTHING, Interval, Knowledge, RelationKind, System
from analysis.disclosure.windows import kind_of, parts
from analysis.disclosure.worlds import Worlds
from models.releases import CellState

SILENT = frozenset({CellState.NO_RETURN, CellState.NOT_RECORDED, CellState.NOT_APPLICABLE})
Rule = KR5 | KeyedNoise
"""How the figures of a release were made."""
Relate = Callable[[RelationKind, CellKey, Iterable[CellKey]], None]
CountOf = Callable[[CellKey, tuple[str, ...]], int]
"""How many children of a cell some agencies know between them."""


@dataclass(frozen=True, slots=True)
class Published:
    """Cells as published with one cut-off; within it, windows are unions of the windows in them (decision 17)."""

    cut_off: str
    ladder: Ladder
    cells: Mapping[CellKey, Protected] = field(repr=False)
    rule: Rule = field(default_factory=KeyedNoise)
    silence_is_none: bool = False
    """Read a cell without a return, not recorded or not applicable as nobody, rather than as no information."""
    at_least: Mapping[CellKey, int] = field(default_factory=dict, repr=False)
    """What was said of cells outside releases (see `statements`)."""

    def id_of(self, key: CellKey) -> str:
        """The id of a cell in the attacker's system."""
        return f"{self.cut_off}|{key.label}"

    def interval(self, key: CellKey) -> Interval:
        """What a reader learns of a count from its cell, and from what was said of it elsewhere."""
        shown = self._shown(key)
        return shown if key not in self.at_least else shown.meet(Interval(self.at_least[key]))

    def _shown(self, key: CellKey) -> Interval:
        cell = self.cells[key]
        if cell.state in (CellState.FIGURE, CellState.LOW):
            return Interval(*self.rule.bounds(cell.value))
        if cell.state is CellState.NONE:
            return Interval(0, 0)
        if cell.state is CellState.ONE_TO_NINE:
            return Interval(1, self.rule.bounds(None)[1])
        if self.silence_is_none and self.silent(key):
            return Interval(0, 0)
        return ANYTHING

    def silent(self, key: CellKey) -> bool:
        """Whether a cell is empty for a reason that is known to everyone and has nothing to do with the count."""
        return self.cells[key].state in SILENT


@dataclass(frozen=True)
class BoardSystem:
    """A board's releases as one system, with the keys its cells have in each release."""

    system: System
    shape: Shape
    ids: Mapping[str, Mapping[CellKey, str]] = field(repr=False)
    """Cut-off -> cell -> id, hidden cells included."""
    own_records: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Cut-off -> measures of which a sector's own records decide its cells; all measures where nothing is said."""

    def worlds(self, ladder: Ladder) -> Worlds:
        """Kinds of children that could be added, over the system's cells."""
        return self.worlds_of(self.system, ladder)

    def worlds_of(self, part: System, ladder: Ladder) -> Worlds:
        """The same over the cells of a part of the system."""
        return Worlds([self.where[cell] for cell in part.cells], self.shape, ladder)

    @cached_property
    def where(self) -> dict[str, tuple[str, CellKey]]:
        """Id -> cut-off and cell."""
        return {cell: (cut_off, key) for cut_off, ids in self.ids.items() for key, cell in ids.items()}

    def knowledge(self, agencies: Iterable[str], count_of: CountOf, cut_off: str) -> Knowledge:
        """The own counts, each alone and all pooled, of some agencies at a cut-off, in every cell."""
        attacker = tuple(sorted(agencies))
        known = Knowledge(" and ".join(attacker) or "outsider")
        groups = [(agency,) for agency in attacker] + ([attacker] if len(attacker) > 1 else [])
        for group in groups:
            one = self.knowledge_of(group, count_of, cut_off)
            known.whole.update(one.whole)
            known.own.update(one.own)
        return known

    def knowledge_of(self, group: tuple[str, ...], count_of: CountOf, cut_off: str) -> Knowledge:
        """The pooled counts of a group; a cell that counts nobody else's children is known whole."""
        known, inside, name = Knowledge(), set(group), pooled(group)
        knowers = {who: self.shape.agencies_of(who) for who in {key.who for key in self.ids[cut_off]}}
        whole = {who for who, of in knowers.items() if of <= inside}
        own = {who for who, of in knowers.items() if of >= inside} - whole
        decided = self.own_records.get(cut_off)
        for key, cell in self.ids[cut_off].items():
            if key.who in whole and (decided is None or key.measure in decided):
                known.whole[cell] = count_of(key, group)
            elif key.who in own or key.who in whole:
                label = f"{key.measure}|{key.window}|{key.level}|{key.area}|{name}|{key.indicator}"
                known.own[cell, f"{cut_off}|{label}"] = count_of(key, group)
        return known


def system_of(releases: Sequence[Published], shape: Shape) -> BoardSystem:
    """Everything an outsider can write down about a board; releases of one cut-off are taken together."""
    system = System()
    ids: dict[str, dict[CellKey, str]] = {}
    decided: dict[str, frozenset[str]] = {}
    for cut_off, together in groupby(sorted(releases, key=_cut_off), key=_cut_off):
        same = list(together)
        if names := frozenset(name for release in same for name in release.ladder.own_records):
            decided[cut_off] = names
        for release in same:
            for key in release.cells:
                system.add(release.id_of(key), release.interval(key))
                if release.silence_is_none and release.silent(key):
                    system.taken_for_empty.add(release.id_of(key))
        merged = replace(same[0], cells={key: cell for release in same for key, cell in release.cells.items()})
        ids[cut_off] = {key: merged.id_of(key) for key in _Completion(merged, shape, system).keys}
    versions: defaultdict[CellKey, list[str]] = defaultdict(list)
    for found in ids.values():
        for key, cell in found.items():
            versions[key].append(cell)
    for cells in versions.values():
        for older, newer in pairwise(cells):
            system.changes[newer, older] = None
    return BoardSystem(system, shape, ids, decided)


def _cut_off(release: Published) -> str:
    return release.cut_off


class _Completion:
    """Adds the relations of the cells of one cut-off to a system, and the hidden cells they need."""

    def __init__(self, release: Published, shape: Shape, system: System) -> None:
        self.release, self.shape, self.system = release, shape, system
        self.keys = dict.fromkeys(release.cells)
        self._areas()
        self._agencies()
        self._indicators()
        self._windows()
        self._nested()

    def _relate(self, kind: RelationKind, total: CellKey, found: Iterable[CellKey]) -> None:
        found = tuple(found)
        self.keys.update(dict.fromkeys((total, *found)))
        self.system.relate(kind, self.release.id_of(total), map(self.release.id_of, found))

    def _grouped(self, context: Callable[[CellKey], Hashable]) -> list[list[CellKey]]:
        groups: defaultdict[Hashable, list[CellKey]] = defaultdict(list)
        for key in self.keys:
            groups[context(key)].append(key)
        return list(groups.values())

    def _areas(self) -> None:
        for group in self._grouped(lambda key: (key.measure, key.window, key.who, key.indicator)):
            levels = {key.level for key in group}
            one = group[0]
            totals: list[Place] = [("board", self.shape.board)] if levels - {"board"} else []
            if "ward" in levels:
                totals += [("town", town) for town in self.shape.towns]
            for place in totals:
                self._relate("sum", _at(one, place), [_at(one, part) for part in self.shape.parts(place)])

    def _agencies(self) -> None:
        for group in self._grouped(lambda key: key._replace(who="")):
            if any(key.who.startswith("sector:") for key in group):
                total = group[0]._replace(who=ANY)
                self._relate("union", total, [total._replace(who=sector(name)) for name in self.shape.sectors])

    def _indicators(self) -> None:
        for group in self._grouped(lambda key: key._replace(indicator="")):
            if any(key.indicator != ANY for key in group):
                total = group[0]._replace(indicator=ANY)
                named = [total._replace(indicator=name) for name in (*self.shape.indicators, NONE_RECORDED)]
                self._relate("union", total, named)

    def _windows(self) -> None:
        for total in list(self.keys):
            if kind_of(total.window) != "month":
                narrower = [total._replace(window=window) for window in parts(total.window)]
                if any(key in self.keys for key in narrower):
                    self._relate("union", total, narrower)

    def _nested(self) -> None:
        for pair in self.release.ladder.nested:
            for key in [key for key in self.keys if key.measure == pair.part]:
                whole = key._replace(measure=pair.whole)
                if whole in self.keys:
                    self._relate("subset", whole, [key])


def _at(key: CellKey, place: tuple[Level, str]) -> CellKey:
    return key._replace(level=place[0], area=place[1])
