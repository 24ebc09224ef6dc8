"""The audit: for every pair of worlds and every attacker, how far the releases move the attacker's odds.

The worst pair of each kind is also built under many keys. All attackers know everything except the one fact, so all of
them who do not know it have the same odds, whether outsider or insider. All are run anyway. An attacker who sends
invented records can create further pairs, which are worse.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from analysis.disclosure.odds import CERTAIN, Change, Odds, certain, rho
from analysis.mechanism import stated
from analysis.mechanism.board import AGENCIES
from analysis.mechanism.trial import PADS, Drawn, Setting, differing, drawn, tied_cost, told_apart, worst
from analysis.mechanism.worlds import KINDS, Kind, WorldPair, pairs
from models.register.types import Schedule


@dataclass(frozen=True, slots=True)
class Attacker:
    """An outsider (no agencies), an agency, or two that pool what they know. `sends`: also sends invented records."""

    agencies: tuple[str, ...]
    sends: bool = False

    @property
    def name(self) -> str:
        """The name of the attacker in the report."""
        who = " + ".join(self.agencies) or "outsider"
        return f"{who}, who sends what it likes" if self.sends else who

    def tries(self, pair: WorldPair) -> bool:
        """Whether the attacker does not know the fact of a pair, and can create the pair."""
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
    """The number of pairs of worlds of this kind."""
    odds: Odds
    certain: int
    """The number of pairs in which something may be published that the other world can never show."""
    tied: float
    """The most that the shares of tied records cost in any of the pairs, in cells that differ by one child."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The worst pair of one kind, built under many keys. `stated` is the factor that it is held against."""

    kind: Kind
    what: str
    stated: float
    drawn: Drawn
    beside: bool
    """Whether the releases of only one of the two worlds say something besides the cells."""


@dataclass(frozen=True, slots=True)
class MechanismReport:
    """The result of the audit."""

    lines: tuple[BoundLine, ...]
    trials: tuple[Trial, ...]
    schedule: Schedule = "quarters_and_years"
    """The schedule of the board that was audited."""

    @property
    def proofs(self) -> int:
        """The number of pairs and draws with a certain proof."""
        return sum(line.certain for line in self.lines) + sum(t.drawn.impossible + t.beside for t in self.trials)

    @property
    def over(self) -> tuple[BoundLine, ...]:
        """The lines that moved the odds further than docs/privacy.md says."""
        return tuple(
            line
            for line in self.lines
            if line.odds.rho > stated.cost(line.kind, self.schedule) + 1e-9
            or line.tied > stated.TIED[self.schedule][line.kind] + 1e-9
        )

    @property
    def held(self) -> bool:
        """Whether there is no certain proof, no line over the bound, and no more draws over it than chance allows."""
        # A 95 % limit below 1 % would fail one sound trial in twenty, so only a real excess of draws fails.
        return not (self.proofs or self.over or any(_too_many(trial.drawn) for trial in self.trials))


def attackers() -> list[Attacker]:
    """The outsider, every agency and every pair; then every agency and pair again as one that sends records."""
    groups = [group for size in (0, 1, 2) for group in combinations(sorted(AGENCIES), size)]
    return [*(Attacker(group) for group in groups), *(Attacker(group, True) for group in groups if group)]


@dataclass(frozen=True)
class CertainProof:
    """A pair of worlds, and the cells that differ between them."""

    pair: WorldPair
    changes: list[Change]
    tied: float
    """What the shares of tied records cost, in cells that differ by one child."""

    @cached_property
    def odds(self) -> Odds:
        """The worst odds over the numbers of known children in `PADS`."""
        return worst(self.changes)


def audit(
    victims: Iterable[str],
    senders: Iterable[str],
    keys: int,
    pads: int,
    progress: Callable[[str], None] = lambda _: None,
    kinds: Collection[Kind] | None = None,
    schedule: Schedule = "quarters_and_years",
) -> MechanismReport:
    """Run the audit with secrets of the `victims` and records invented by the `senders`.

    `keys` is the number of keys under which the worst pair of each kind is built (0: none), with `pads` known children
    in every cell. `progress` is called with each step. `kinds` limits which kinds are built. `schedule` is that of the
    board.
    """
    known = Setting(schedule=schedule)
    differing_pairs: list[CertainProof] = []
    for victim, sender in ((v, s) for v in victims for s in senders if v != s):
        progress(f"pairs of worlds: secrets of {victim}, records invented by {sender}")
        differing_pairs += [
            CertainProof(pair, list(differing(pair, known).values()), tied_cost(pair, known))
            for pair in pairs(victim, sender)
        ]
    lines = tuple(line for attacker in attackers() for line in _lines(attacker, differing_pairs))
    trials = []
    for worst_pair in _worst_of_each(differing_pairs) if keys else ():
        pair = worst_pair.pair
        if kinds is not None and pair.kind not in kinds:
            continue
        progress(f"under {keys} keys: {pair.kind}")
        limit = max(stated.factor(pair.kind, schedule), worst_pair.odds.exceeded)
        setting = Setting(pads, schedule=schedule)
        apart = told_apart(pair, setting)
        trials.append(Trial(pair.kind, pair.what, limit, drawn(pair, setting, keys, limit), apart))
    return MechanismReport(lines, tuple(trials), schedule)


def _lines(attacker: Attacker, differing_pairs: Iterable[CertainProof]) -> Iterator[BoundLine]:
    tried = [entry for entry in differing_pairs if attacker.tries(entry.pair)]
    for kind in KINDS:
        of_kind = [entry for entry in tried if entry.pair.kind == kind]
        if of_kind:
            most = max(of_kind, key=lambda entry: rho(entry.changes))
            proofs = sum(_certain(entry.changes) > CERTAIN for entry in of_kind)
            tied = max(entry.tied for entry in of_kind)
            yield BoundLine(kind, attacker.name, most.pair.what, len(of_kind), most.odds, proofs, tied)


def _certain(changes: Sequence[Change]) -> float:
    """The chance of a certain proof, for the worst number of known children in the cells."""
    return max(certain([Change(c.before + n, c.after + n) for c in changes]) for n in PADS)


def _worst_of_each(differing_pairs: Iterable[CertainProof]) -> list[CertainProof]:
    worst_of: dict[Kind, CertainProof] = {}
    for entry in differing_pairs:
        if entry.pair.kind not in worst_of or rho(entry.changes) > rho(worst_of[entry.pair.kind].changes):
            worst_of[entry.pair.kind] = entry
    return list(worst_of.values())


def _too_many(result: Drawn) -> bool:
    """Whether more than 1 of 100 draws exceed the stated factor. By chance this is true once in a thousand trials."""
    return result.above > 0.01 * result.keys + 3.1 * math.sqrt(0.0099 * result.keys) + 1


__all__ = ["Attacker", "BoundLine", "MechanismReport", "Trial", "attackers", "audit"]
