"""Everyone's attack on a candidate release beside the archive: who proves which group, and from which cells.

The board's system falls into parts that share nothing (one for each family of measures). A part whose published
cells did not change since the last time is not attacked again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from analysis.disclosure.algebra import BoardSystem, Published, system_of
from analysis.disclosure.audit import Auditor, Failure, Policy, Report
from analysis.disclosure.causes import causes
from analysis.disclosure.cells import CellKey
from analysis.disclosure.counting import Tally
from analysis.disclosure.statements import AtLeast, least
from analysis.disclosure.system import Interval, Knowledge, System
from analysis.disclosure.windows import containing

Group = tuple[CellKey, ...]
Attacker = tuple[str, ...]
Move = tuple[CellKey, int]
"""A published cell, and whether a higher (+1) or lower (-1) value would loosen what is proven."""

_ENOUGH = 24
"""Proofs by one attacker in one part of the board: what loosens so many mostly loosens the rest."""
_ENOUGH_IN_ALL = 100
"""Proofs with which an attack ends early: what is to be moved is plain by then, and everyone attacks again after."""


class Contradictory(ValueError):
    """No counts fit what is published."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A group that somebody can prove too closely."""

    group: Group
    """The cell it is, or the two cells whose difference it is."""
    by: Attacker
    loosened: Mapping[Move, float] = field(repr=False)
    """What would loosen it, with the force of each."""


@dataclass(slots=True)
class _Part:
    """One independent part of one reading, as last attacked."""

    system: System
    auditor: Auditor
    signature: tuple[Interval, ...]
    reports: dict[Attacker, Report] = field(default_factory=dict)
    proofs: dict[Attacker, list[Proof]] = field(default_factory=dict)


class Attacks:
    """Attacks on the releases of a candidate; what the attackers know of its cells never changes."""

    def __init__(
        self,
        own: Published,
        archive: Sequence[Published],
        tally: Tally,
        policy: Policy,
        then: Mapping[str, Tally] | None = None,
        said: Sequence[AtLeast] = (),
    ) -> None:
        """`then` is what had been recorded by the cut-offs of earlier releases; without it, what is recorded now.

        `said` was told of the board outside releases, at other times than its cut-offs.
        """
        self.own, self.tally, self.policy, self.then = own, tally, policy, dict(then or {})
        self.said = said
        self.again = [release for release in archive if not own.cells.keys().isdisjoint(release.cells)]
        windows = {key.window for key in own.cells}
        self.linked = [r for r in archive if r not in self.again and _nests(r, windows)]
        self._seen = {key.window: self.then.get(r.cut_off, tally) for r in self.linked for key in r.cells}
        self._seen |= dict.fromkeys(windows, tally)
        self._parts: dict[tuple[int, int], _Part] = {}
        self._known: dict[tuple[int, Attacker], list[Knowledge]] = {}
        self.audits = 0

    def readings(self, own: Published) -> list[list[Published]]:
        """What is certain across cut-offs; the same if nothing was recorded late; both beside what was said at other
        times, if that still holds; all of them if silence means none (ADR 0006, 0007, 0015)."""
        found = [[*self.again, own]]
        if self.linked:
            earlier = {key: cell for release in self.linked for key, cell in release.cells.items()}
            found.append([replace(own, cells=earlier | dict(own.cells))])
        if any(least(self.said, release.cells) for reading in found for release in reading):
            found += [
                [replace(release, at_least=least(self.said, release.cells)) for release in reading] for reading in found
            ]
        if any(own.silent(key) for key in own.cells):
            found += [[replace(release, silence_is_none=True) for release in reading] for reading in found]
        return found

    def proofs(self, own: Published, attackers: Sequence[Attacker]) -> list[Proof]:
        """Groups that some attacker can prove: every one, or a few hundred; none if there are none.

        Raises `Contradictory` when what is certain cannot be right.
        """
        found: list[Proof] = []
        readings = list(enumerate(self.readings(own)))
        for number, reading in reversed(readings):  # the later assume more, so what they clear is clear in the earlier
            board = system_of(reading, self.tally.shape)
            parts = self._current(number, board)
            for attacker in attackers:
                for part, knowledge in zip(parts, self._knowledge(number, board, parts, attacker), strict=True):
                    if attacker not in part.reports:
                        self._attack(part, board, attacker, knowledge, _ENOUGH)
                        full = len(part.reports[attacker].failures) == _ENOUGH
                        if full and number > 0 and not any(map(self._has_a_hand_in, part.proofs[attacker])):
                            self._attack(part, board, attacker, knowledge, None)  # those of this one may come later
                    if part.reports[attacker].contradictory and number == 0:
                        raise Contradictory
                    # What earlier releases prove alone, for all that they may not go together, is not this one's doing.
                    found += [p for p in part.proofs[attacker] if number == 0 or self._has_a_hand_in(p)]
                if len(found) >= _ENOUGH_IN_ALL:
                    return found
        return found

    def _current(self, number: int, board: BoardSystem) -> list[_Part]:
        found = []
        for index, system in enumerate(board.system.independent_parts()):
            signature = tuple(system.cells.values())
            part = self._parts.get((number, index))
            if part is None or part.signature != signature:
                worlds = board.worlds_of(system, self.own.ladder)
                part = _Part(system, Auditor(system, self.policy, worlds), signature)
                stricter = (p.auditor for (n, _), p in self._parts.items() if n > number)
                any(part.auditor.lean_on(other) for other in stricter)
                self._parts[number, index] = part
            found.append(part)
        return found

    def _knowledge(
        self, number: int, board: BoardSystem, parts: Sequence[_Part], attacker: Attacker
    ) -> list[Knowledge]:
        if (number, attacker) not in self._known:
            whole = board.knowledge(attacker, self._count, self.own.cut_off)
            for cut_off in board.ids.keys() & self.then.keys() - {self.own.cut_off}:
                earlier = board.knowledge(attacker, self.then[cut_off].known, cut_off)
                whole.whole.update(earlier.whole)
                whole.own.update(earlier.own)
            self._known[number, attacker] = [whole.within(part.system.cells) for part in parts]
        return self._known[number, attacker]

    def _count(self, key: CellKey, group: Attacker) -> int:
        return self._seen.get(key.window, self.tally).known(key, group)

    def _has_a_hand_in(self, proof: Proof) -> bool:
        return any(key in self.own.cells for key, _ in proof.loosened)

    def _attack(
        self, part: _Part, board: BoardSystem, attacker: Attacker, knowledge: Knowledge, enough: int | None
    ) -> None:
        report = part.auditor.audit(knowledge, enough)
        self.audits += 1
        part.reports[attacker], part.proofs[attacker] = report, []
        if report.failures:
            for failure, held in zip(report.failures, causes(part.system, knowledge, report.failures), strict=True):
                moves = {(board.where[cause.cell][1], cause.way): force for cause, force in held.items()}
                part.proofs[attacker].append(Proof(_group(failure, board), attacker, moves))


def _group(failure: Failure, board: BoardSystem) -> Group:
    return tuple(board.where[cell][1] for cell in failure.target if cell in board.where)


def _nests(release: Published, windows: set[str]) -> bool:
    return any(windows.intersection(containing(key.window)) for key in release.cells)
