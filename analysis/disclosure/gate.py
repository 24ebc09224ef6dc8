"""The gate: no release leaves while anyone can prove a small group from it and all earlier ones (disclosure.md 2.5).

Fails closed: what nudges cannot clear is withheld table by table, and if that is not enough nothing leaves. The
verdict sees published values only; true counts are used to choose nudges that keep every published bound true.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

from analysis.disclosure.algebra import BoardSystem, Published, system_of
from analysis.disclosure.audit import Auditor, Failure, Policy
from analysis.disclosure.blocks import Block, ancestors, block_of, nearest_block
from analysis.disclosure.cells import ANY, CellKey
from analysis.disclosure.counting import Tally
from analysis.disclosure.kr5 import KR5, Protected, largest_coalition
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.windows import containing
from models.releases import CellState

PASSES = 10
_MOVES = 3


class GateClosed(RuntimeError):
    """The release cannot be made safe: nothing of it may leave."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A release before the gate: its cells by KR5, and the counts they came from."""

    cut_off: str
    ladder: Ladder
    cells: dict[CellKey, Protected] = field(repr=False)
    tally: Tally = field(repr=False)
    rule: KR5 = field(default_factory=KR5)

    def published(self, earlier: Iterable[Published] = ()) -> Published:
        """As a reader sees it; `earlier` releases are read as if nothing had changed since."""
        cells = {key: cell for release in earlier for key, cell in release.cells.items()}
        return Published(self.cut_off, self.ladder, cells | self.cells, self.rule)


@dataclass(frozen=True, slots=True)
class Gated:
    """A release that passed. Only the numbers of nudges and the withheld tables may be told."""

    cells: dict[CellKey, Protected] = field(repr=False)
    nudges: int
    withheld: tuple[Block, ...]
    audits: int


def attackers_of(agencies: Iterable[str], coalition: int) -> list[tuple[str, ...]]:
    """Every group of up to `coalition` agencies that pool what they know, every agency, and the outsider.

    The largest groups come first: a table that fits what they know fits what fewer know, and is reused.
    """
    names = sorted(agencies)
    return [group for size in range(coalition, -1, -1) for group in combinations(names, size)]


def gate(candidate: Candidate, archive: Sequence[Published] = ()) -> Gated:
    """Nudge and withhold until no attacker proves a small group; raises `GateClosed` if that cannot be done.

    `archive` holds the earlier releases that count (see `archive.relevant`), oldest first.
    """
    run = _Run(candidate, archive)
    suspects = run.attackers
    passes = PASSES
    while True:
        failures, failed = run.attack(suspects)
        if failures:
            nudged = passes > 0 and run.nudge(failures)
            if not nudged:
                run.withhold(failures)
            passes -= 1
            suspects = failed  # these first; everyone again once they prove nothing
        elif len(suspects) == len(run.attackers):
            return run.result()
        else:
            suspects = run.attackers


class _Run:
    """One candidate on its way through: its cells change, the archive does not."""

    def __init__(self, candidate: Candidate, archive: Sequence[Published]) -> None:
        self.candidate = replace(candidate, cells=dict(candidate.cells))
        self._first = candidate.cells
        self.archive = archive
        self.shape = candidate.tally.shape
        self.policy = Policy(candidate.rule.threshold, candidate.rule.width)
        self.attackers = attackers_of(self.shape.sector_of, candidate.rule.coalition)
        self.moves: Counter[CellKey] = Counter()
        self.withheld: list[Block] = []
        self.audits = 0

    def result(self) -> Gated:
        cells, first = self.candidate.cells, self._first
        nudges = sum(c != first[k] for k, c in cells.items() if c.state is not CellState.WITHHELD)
        return Gated(cells, nudges, tuple(sorted(self.withheld)), self.audits)

    def _systems(self) -> list[BoardSystem]:
        """Two readings: what is certain across cut-offs, and the same if nothing was recorded late (ADR)."""
        own = self.candidate.published()
        again = [release for release in self.archive if not own.cells.keys().isdisjoint(release.cells)]
        systems = [system_of([*again, own], self.shape)]
        windows = {key.window for key in own.cells}
        linked = [release for release in self.archive if release not in again and _nests(release, windows)]
        if linked:
            systems.append(system_of([self.candidate.published(linked)], self.shape))
        return systems

    def attack(self, suspects: Sequence[tuple[str, ...]]) -> tuple[list[tuple[CellKey, ...]], list[tuple[str, ...]]]:
        """The groups that some attacker can prove, as the cells they are made of, and who could."""
        found: dict[tuple[CellKey, ...], None] = {}
        failed: dict[tuple[str, ...], None] = {}
        for number, board in enumerate(self._systems()):
            auditor = Auditor(board.system, self.policy, board.worlds(self.candidate.ladder))
            keys = {cell: key for ids in board.ids.values() for key, cell in ids.items()}
            for attacker in suspects:
                knowledge = board.knowledge(attacker, self.candidate.tally.known, self.candidate.cut_off)
                report = auditor.audit(knowledge)
                self.audits += 1
                if report.contradictory and number == 0:
                    raise GateClosed("the figures contradict each other or an earlier release of the same cell")
                if report.failures:
                    failed[attacker] = None
                    found.update(dict.fromkeys(_keys(failure, keys) for failure in report.failures))
        return sorted(found), list(failed)

    def nudge(self, failures: Iterable[tuple[CellKey, ...]]) -> bool:
        """Move the nearest cell that can move, those not moved yet first; False when none could.

        Cells of the same children move together: else the two values would narrow each other.
        """
        moved: set[CellKey] = set()
        for group in failures:
            near = [*dict.fromkeys(a for key in group for a in ancestors(key, self.shape)), *group]
            if moved.intersection(near):
                continue
            for key in sorted(near, key=self.moves.__getitem__):
                if key in self.candidate.cells and self.moves[key] < _MOVES and (other := self._other(key)):
                    shown = self.candidate.cells[key]
                    twins = self._twins[self.candidate.tally.children(key)]
                    same = [twin for twin in twins if self.candidate.cells[twin] == shown]
                    self.candidate.cells.update(dict.fromkeys(same, other))
                    moved.update(same)
                    self.moves.update(same)
                    break
        return bool(moved)

    @cached_property
    def _twins(self) -> dict[frozenset[str], list[CellKey]]:
        """Cells by the set of children they count."""
        found: defaultdict[frozenset[str], list[CellKey]] = defaultdict(list)
        for key in self.candidate.cells:
            found[self.candidate.tally.children(key)].append(key)
        return found

    def _other(self, key: CellKey) -> Protected | None:
        """The other admissible value of a cell: true, and with the floor kept; low counts as one base."""
        cell, rule, tally = self.candidate.cells[key], self.candidate.rule, self.candidate.tally
        if cell.state not in (CellState.FIGURE, CellState.LOW):
            return None
        count = len(tally.children(key))
        known = largest_coalition(tally.children(key), insiders(tally, key), rule.coalition)
        shown = rule.base if cell.value is None else cell.value
        for multiple in (shown - rule.base, shown + rule.base):
            value = multiple if multiple >= rule.lowest_figure else None
            low, high = rule.bounds(value)
            if multiple >= rule.base and low <= count <= high and rule.floor_holds(value, known):
                return Protected(CellState.LOW if value is None else CellState.FIGURE, value)
        return None

    def withhold(self, failures: Iterable[tuple[CellKey, ...]]) -> None:
        """Leave out the table nearest to each disclosed group; raises `GateClosed` when nothing is left."""
        shown = {key for key, cell in self.candidate.cells.items() if cell.state is not CellState.WITHHELD}
        blocks = {nearest_block(group, shown, self.shape) for group in failures} - {None}
        if not blocks:
            raise GateClosed("every table is withheld and an earlier release still discloses a group")
        for key in shown:
            if (block := block_of(key, self.shape)) in blocks:
                self.candidate.cells[key] = Protected(CellState.WITHHELD)
                if block not in self.withheld:
                    self.withheld.append(block)


def insiders(tally: Tally, key: CellKey) -> dict[str, frozenset[str]]:
    """What each agency knows of a cell, for the floor; nothing for a cell of one agency, which knows it all."""
    by_agency = {agency: frozenset(known) for agency, known in tally.by_agency(key).items()}
    return by_agency if key.who == ANY or len(by_agency) > 1 else {}


def _nests(release: Published, windows: set[str]) -> bool:
    return any(windows.intersection(containing(key.window)) for key in release.cells)


def _keys(failure: Failure, keys: dict[str, CellKey]) -> tuple[CellKey, ...]:
    return tuple(keys[cell] for cell in failure.target if cell in keys)
