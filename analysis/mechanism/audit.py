"""The audit: every pair of worlds, every attacker, and what the releases do to his odds; the worst of each kind drawn.

With everything known but the one fact, all attackers to whom it is a secret have the same odds, outsider or insider.
They are run all the same. Who sends invented records has worse pairs than the others, of which he is the author.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from analysis.disclosure.ladder import Ladder
from analysis.disclosure.odds import CERTAIN, Change, Odds, certain, rho
from analysis.mechanism import stated
from analysis.mechanism.board import AGENCIES
from analysis.mechanism.trial import PADS, Drawn, Setting, differing, drawn, told_apart, worst
from analysis.mechanism.worlds import KINDS, Kind, WorldPair, pairs
from analysis.release import LADDER
from models.register.types import Schedule


@dataclass(frozen=True, slots=True)
class Attacker:
    """Nobody, an agency, or two that pool what they know; and whether they send records of their choice."""

    agencies: tuple[str, ...]
    sends: bool = False

    @property
    def name(self) -> str:
        """As the report has it."""
        who = " + ".join(self.agencies) or "outsider"
        return f"{who}, who sends what it likes" if self.sends else who

    def tries(self, pair: WorldPair) -> bool:
        """Whether the pair is a secret to him, and one that he can bring about."""
        return not set(self.agencies) & set(pair.by) and (
            not pair.sender or (self.sends and pair.sender in self.agencies)
        )


@dataclass(frozen=True, slots=True)
class BoundLine:
    """The worst pair of one kind for one attacker."""

    kind: Kind
    attacker: str
    what: str
    tried: int
    """Pairs of worlds."""
    odds: Odds
    certain: int
    """Pairs in which something may be published that the other world can never show."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The worst pair of one kind through the build under many keys."""

    kind: Kind
    what: str
    stated: float
    drawn: Drawn
    beside: bool
    """Whether something beside the cells is said in one of the two worlds only."""


@dataclass(frozen=True, slots=True)
class MechanismReport:
    """Everything that was found."""

    lines: tuple[BoundLine, ...]
    trials: tuple[Trial, ...]
    schedule: Schedule = "quarters_and_years"
    """Of the board whose releases they are."""

    @property
    def proofs(self) -> int:
        """Pairs of worlds with a certain proof."""
        return sum(line.certain for line in self.lines) + sum(t.drawn.impossible + t.beside for t in self.trials)

    @property
    def over(self) -> tuple[BoundLine, ...]:
        """What moved more than docs/privacy.md says."""
        return tuple(line for line in self.lines if line.odds.rho > stated.cost(line.kind, self.schedule) + 1e-9)

    @property
    def held(self) -> bool:
        """No certain proof, nothing over the bound, and no more draws over it than chance allows."""
        # A limit of 95 % under 1 % would fail one honest trial in twenty: a found excess is what fails.
        return not (self.proofs or self.over or any(_too_many(trial.drawn) for trial in self.trials))


def attackers() -> list[Attacker]:
    """Outsider, every agency, every pair; and every agency and pair once more that sends."""
    groups = [group for size in (0, 1, 2) for group in combinations(sorted(AGENCIES), size)]
    return [*(Attacker(group) for group in groups), *(Attacker(group, True) for group in groups if group)]


@dataclass(frozen=True)
class CertainProof:
    """A pair of worlds and the cells that differ."""

    pair: WorldPair
    changes: list[Change]

    @cached_property
    def odds(self) -> Odds:
        """With as many known children in the cells as make most of it."""
        return worst(self.changes)


def audit(
    victims: Iterable[str],
    senders: Iterable[str],
    keys: int,
    pads: int,
    told: Callable[[str], None] = lambda _: None,
    kinds: Collection[Kind] | None = None,
    schedule: Schedule = "quarters_and_years",
    ladder: Ladder = LADDER,
) -> MechanismReport:
    """Everything, with the secrets of some agencies and the inventions of others; `told` hears how far it is.

    `schedule` is that of the board, `ladder` the one in use or a draft. `kinds` limits what is built under many keys,
    with `pads` known children in every cell.
    """
    known = Setting(schedule=schedule, every=ladder)
    found: list[CertainProof] = []
    for victim, sender in ((v, s) for v in victims for s in senders if v != s):
        told(f"pairs of worlds: secrets of {victim}, records invented by {sender}")
        found += [CertainProof(pair, list(differing(pair, known).values())) for pair in pairs(victim, sender)]
    lines = tuple(line for attacker in attackers() for line in _lines(attacker, found))
    trials = []
    for one in _worst_of_each(found) if keys else ():
        pair = one.pair
        if kinds is not None and pair.kind not in kinds:
            continue
        told(f"under {keys} keys: {pair.kind}")
        limit = max(stated.factor(pair.kind, schedule), one.odds.exceeded)
        setting = Setting(pads, schedule=schedule, every=ladder)
        apart = told_apart(pair, setting)
        trials.append(Trial(pair.kind, pair.what, limit, drawn(pair, setting, keys, limit), apart))
    return MechanismReport(lines, tuple(trials), schedule)


def _lines(attacker: Attacker, found: Iterable[CertainProof]) -> Iterator[BoundLine]:
    mine = [one for one in found if attacker.tries(one.pair)]
    for kind in KINDS:
        of = [one for one in mine if one.pair.kind == kind]
        if of:
            most = max(of, key=lambda one: rho(one.changes))
            proofs = sum(_certain(one.changes) > CERTAIN for one in of)
            yield BoundLine(kind, attacker.name, most.pair.what, len(of), most.odds, proofs)


def _certain(found: Sequence[Change]) -> float:
    """The chance of a certain proof, whatever number of known children is in the cells."""
    return max(certain([Change(c.before + n, c.after + n) for c in found]) for n in PADS)


def _worst_of_each(found: Iterable[CertainProof]) -> list[CertainProof]:
    worst_of: dict[Kind, CertainProof] = {}
    for one in found:
        if one.pair.kind not in worst_of or rho(one.changes) > rho(worst_of[one.pair.kind].changes):
            worst_of[one.pair.kind] = one
    return list(worst_of.values())


def _too_many(found: Drawn) -> bool:
    """Whether more draws are above what is stated than 1 of 100 explains, once in a thousand trials."""
    return found.above > 0.01 * found.keys + 3.1 * math.sqrt(0.0099 * found.keys) + 1


__all__ = ["Attacker", "BoundLine", "MechanismReport", "Trial", "attackers", "audit"]
