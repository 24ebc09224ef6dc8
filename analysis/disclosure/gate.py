"""The gate: no release leaves while anyone can prove a small group from it and all earlier ones (disclosure.md 2.5).

Fails closed: what nudges cannot clear is withheld table by table, and if that is not enough nothing leaves. The
verdict sees published values only; true counts are used to choose nudges that keep every published bound true.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

from analysis.disclosure.algebra import Published
from analysis.disclosure.attacks import Attacker, Attacks, Contradictory, Move, Proof
from analysis.disclosure.audit import Policy
from analysis.disclosure.blocks import Block, ancestors, block_of, nearest_block
from analysis.disclosure.cells import ANY, CellKey
from analysis.disclosure.counting import Tally
from analysis.disclosure.kr5 import KR5, Protected, largest_coalition
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.statements import AtLeast
from analysis.disclosure.work import OutOfWork, Work
from models.releases import CellState

PASSES = 12
_MOVES = 3
_FAR = 0.01
_APART = (CellState.NONE, CellState.ONE_TO_NINE)
_SHOWN = (CellState.FIGURE, CellState.LOW, *_APART)


TOO_MUCH = (
    "it was not shown to be safe within the work that a gate may take: ask for fewer windows at once, each quarter and"
    " then the year; if one window alone is too much, the board needs a ladder with fewer cells (docs/runbook.md)"
)


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

    def published(self) -> Published:
        """As a reader sees it."""
        return Published(self.cut_off, self.ladder, self.cells, self.rule)


@dataclass(frozen=True, slots=True)
class Gated:
    """A release that passed. Only the numbers of nudges and the withheld tables may be told."""

    cells: dict[CellKey, Protected] = field(repr=False)
    nudges: int
    withheld: tuple[Block, ...]
    audits: int


def attackers_of(agencies: Iterable[str], coalition: int) -> list[Attacker]:
    """Every group of up to `coalition` agencies that pool what they know, every agency, and the outsider.

    The largest groups come first: a table that fits what they know fits what fewer know, and is reused.
    """
    names = sorted(agencies)
    return [group for size in range(coalition, -1, -1) for group in combinations(names, size)]


def gate(
    candidate: Candidate,
    archive: Sequence[Published] = (),
    then: Mapping[str, Tally] | None = None,
    said: Sequence[AtLeast] = (),
    work: Work | None = None,
) -> Gated:
    """Nudge and withhold until no attacker proves a small group; raises `GateClosed` if that cannot be done.

    `archive` holds the earlier releases that count (see `archive.relevant`), oldest first; `then` what had been
    recorded by the cut-off of each, which is what insiders knew of them; `said` what signals told of the board. `work`
    is what all of it may take: a gate that has not finished by then stays closed.
    """
    with (work or Work()).limited():
        return _passed(_Run(candidate, archive, then, said))


def _passed(run: _Run) -> Gated:
    suspects = run.attackers
    passes = PASSES
    while True:
        proofs = run.attack(suspects)
        if proofs:
            if passes <= 0 or not run.nudge(proofs):
                run.withhold(proofs)
            passes -= 1
            suspects = list(dict.fromkeys(proof.by for proof in proofs))  # these first; then everyone again
        elif len(suspects) == len(run.attackers):
            return run.result()
        else:
            suspects = run.attackers


class _Run:
    """One candidate on its way through: its cells change, the archive does not."""

    def __init__(
        self,
        candidate: Candidate,
        archive: Sequence[Published],
        then: Mapping[str, Tally] | None,
        said: Sequence[AtLeast],
    ) -> None:
        self.candidate = replace(candidate, cells=dict(candidate.cells))
        self._first = candidate.cells
        self.shape = candidate.tally.shape
        policy = Policy(candidate.rule.threshold, candidate.rule.width)
        self.attackers = attackers_of(self.shape.sector_of, candidate.rule.coalition)
        self.attacks = Attacks(candidate.published(), archive, candidate.tally, policy, then, said)
        self.moves: Counter[CellKey] = Counter()
        self.withheld: list[Block] = []
        self._most_known: dict[frozenset[str], int] = {}

    def result(self) -> Gated:
        cells, first = self.candidate.cells, self._first
        nudges = sum(c != first[k] for k, c in cells.items() if c.state is not CellState.WITHHELD)
        return Gated(cells, nudges, tuple(sorted(self.withheld)), self.attacks.audits)

    def attack(self, suspects: Sequence[Attacker]) -> list[Proof]:
        """What the suspects can prove now."""
        try:
            return self.attacks.proofs(self.candidate.published(), suspects)
        except Contradictory:
            raise GateClosed("the figures contradict each other or an earlier release of the same cell") from None
        except OutOfWork:
            raise GateClosed(TOO_MUCH) from None

    def nudge(self, proofs: Sequence[Proof]) -> bool:
        """Move the fewest cells that loosen every proof, the most forceful first; False when none can move.

        Cells of the same children move together: else the two values would narrow each other.
        """
        ways = [self._ways(proof) for proof in proofs]
        left, moved = set(range(len(proofs))), set[CellKey]()
        while left:
            gain: defaultdict[Move, float] = defaultdict(float)
            for number in left:
                for move, force in ways[number].items():
                    if move[0] not in moved:
                        gain[move] += force / (1 + self.moves[move[0]])
            if not gain:
                break
            best = min(gain, key=lambda move: (-round(gain[move], 6), move))
            twins, value = self._twins_of(best[0]), self._other(*best)
            if value is None:
                raise RuntimeError("a cell that cannot move was chosen")
            self.candidate.cells.update(dict.fromkeys(twins, value))
            self.moves.update(twins)
            moved.update(twins)
            left -= {number for number in left if best in ways[number]}
        return bool(moved)

    def _ways(self, proof: Proof) -> Mapping[Move, float]:
        """What could be moved against a proof: what holds the group; failing that, what counts its children too."""
        held = {move: force for move, force in proof.loosened.items() if self._may(move)}
        if held:
            return held
        near = dict.fromkeys(a for key in proof.group for a in (*ancestors(key, self.shape), key))
        every = {(key, way): _FAR / place for place, key in enumerate(near, 1) for way in (1, -1)}
        return {move: force for move, force in every.items() if self._may(move)}

    def _may(self, move: Move) -> bool:
        key, way = move
        return key in self.candidate.cells and self.moves[key] < _MOVES and self._other(key, way) is not None

    def _twins_of(self, key: CellKey) -> list[CellKey]:
        """Cells of the same children that show the same as this one."""
        cells = self.candidate.cells
        if cells[key].state in _APART:  # shown less apart, one by one: what it was then says no more than before
            return [key]
        return [twin for twin in self._twins[self._children[key]] if cells[twin] == cells[key]]

    @cached_property
    def _children(self) -> dict[CellKey, frozenset[str]]:
        return {key: self.candidate.tally.children(key) for key in self.candidate.cells}

    @cached_property
    def _twins(self) -> dict[frozenset[str], list[CellKey]]:
        """Cells by the set of children they count."""
        found: defaultdict[frozenset[str], list[CellKey]] = defaultdict(list)
        for key, children in self._children.items():
            found[children].append(key)
        return found

    def _other(self, key: CellKey, way: int) -> Protected | None:
        """The next admissible value up or down: true, and with the floor kept; low counts as one base."""
        cell, rule = self.candidate.cells[key], self.candidate.rule
        if cell.state in _APART:
            return Protected(CellState.LOW)
        if cell.state not in (CellState.FIGURE, CellState.LOW):
            return None
        multiple = (rule.base if cell.value is None else cell.value) + way * rule.base
        value = multiple if multiple >= rule.lowest_figure else None
        low, high = rule.bounds(value)
        if (
            multiple >= rule.base
            and low <= len(self._children[key]) <= high
            and rule.floor_holds(value, self._known(key))
        ):
            return Protected(CellState.LOW if value is None else CellState.FIGURE, value)
        return None

    def _known(self, key: CellKey) -> int:
        """The most that a coalition knows of a cell or of one with the same children, which moves with it."""
        children, tally, rule = self._children[key], self.candidate.tally, self.candidate.rule
        if children not in self._most_known:
            by_agency = (insiders(tally, twin) for twin in self._twins[children])
            self._most_known[children] = max(largest_coalition(children, of, rule.coalition) for of in by_agency)
        return self._most_known[children]

    def withhold(self, proofs: Sequence[Proof]) -> None:
        """Leave out the smallest table that holds the most proofs; raises `GateClosed` when nothing is left."""
        shown = {key for key, cell in self.candidate.cells.items() if cell.state in _SHOWN}
        size = Counter(block_of(key, self.shape) for key in shown)
        holds: Counter[Block] = Counter()
        for proof in proofs:
            blocks = {block_of(key, self.shape) for key, _ in proof.loosened if key in shown}
            nearest = nearest_block(proof.group, shown, self.shape)
            holds.update(blocks or ({nearest} if nearest else ()))
        if not holds:
            raise GateClosed("every table is withheld and an earlier release still discloses a group")
        chosen = min(holds, key=lambda block: (block.coarse, -holds[block] / size[block], block))
        self.withheld.append(chosen)
        for key in shown:
            if block_of(key, self.shape) == chosen:
                self.candidate.cells[key] = Protected(CellState.WITHHELD)


def insiders(tally: Tally, key: CellKey) -> dict[str, frozenset[str]]:
    """What each agency knows of a cell, for the floor; nothing for a cell of one agency, which knows it all."""
    by_agency = {agency: frozenset(known) for agency, known in tally.by_agency(key).items()}
    return by_agency if key.who == ANY or len(by_agency) > 1 else {}
