"""The numbers of docs/conclusions-validation.md, from the boards that were judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scipy.stats import beta

from analysis.training.needs import LIKELY, WORTH_ASKING
from benchmarks.conclusions.judged import FROM, StatedNeed, ToldEffect
from benchmarks.conclusions.store import Kept

FEW = 20
"""Fewer stated than this: too few to judge."""
BINS = ((FROM, WORTH_ASKING), (WORTH_ASKING, LIKELY), (LIKELY, 1.01))
KINDS = ("m18", "m18 any", "m2", "m4")
"""Of needs that may be called likely. Screening (M7) is worth asking about at most, and coverage (M6) gives none."""


@dataclass(frozen=True, slots=True)
class Share:
    """How often, of how many, with exact 95 % limits (Clopper, Pearson)."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share; 0 of none."""
        return self.hits / self.of if self.of else 0.0

    @property
    def limits(self) -> tuple[float, float]:
        """Both sides, 95 %."""
        low = 0.0 if not self.hits else float(beta.ppf(0.025, self.hits, self.of - self.hits + 1))
        high = 1.0 if self.hits == self.of else float(beta.ppf(0.975, self.hits + 1, self.of - self.hits))
        return low, high

    def __str__(self) -> str:
        if not self.of:
            return "none"
        low, high = self.limits
        return f"{self.hits} of {self.of} ({100 * self.value:.0f} %, {100 * low:.0f} to {100 * high:.0f})"


def sizes(kept: Iterable[Kept]) -> list[int]:
    """Children a year, in order."""
    return sorted({one.judged.children for one in kept})


def of_size(kept: Iterable[Kept], children: int, *, null: bool) -> list[Kept]:
    """The boards of one size, with nothing planted or with something."""
    return [one for one in kept if one.judged.children == children and one.null == null]


def likely(one: Kept, kinds: Sequence[str] = KINDS, least: float = LIKELY) -> list[StatedNeed]:
    """What is stated of a board with this probability or more."""
    return [need for need in one.judged.needs if need.kind in kinds and need.stated >= least]


def with_a_false_one(kept: Iterable[Kept], kinds: Sequence[str] = KINDS) -> Share:
    """Boards that show at least one likely need that is false."""
    told = [any(not need.true for need in likely(one, kinds)) for one in kept]
    return Share(sum(told), len(told))


def stated_and_true(kept: Iterable[Kept], kinds: Sequence[str], low: float, high: float) -> Share:
    """Of the needs stated with a probability in a bin, those that are true."""
    told = [need for one in kept for need in one.judged.needs if need.kind in kinds and low <= need.stated < high]
    return Share(sum(need.true for need in told), len(told))


def mean_stated(kept: Iterable[Kept], kinds: Sequence[str], low: float, high: float) -> float:
    """The mean of the probabilities in a bin."""
    told = [n.stated for one in kept for n in one.judged.needs if n.kind in kinds and low <= n.stated < high]
    return sum(told) / len(told) if told else 0.0


def found(kept: Iterable[Kept], kind: str, least: float, left: str = "") -> Share:
    """Boards with a thing planted on which just that was stated; `left` limits gaps to those that leave so much."""
    wanted = [
        one.judged for one in kept if kind in one.judged.found and (not left or one.judged.planted[kind][-1] == left)
    ]
    return Share(sum(one.found[kind] >= least for one in wanted), len(wanted))


def blamed(kept: Iterable[Kept], kind: str, sector_of: dict[str, str]) -> Share:
    """Boards with a silent or untokened agency on which a likely need is about its sector."""
    of = [one for one in kept if kind in one.judged.planted]
    told = [any(n.sector == sector_of[one.judged.planted[kind][0]] for n in likely(one)) for one in of]
    return Share(sum(told), len(told))


def effects(kept: Iterable[Kept], *trained: str) -> list[ToldEffect]:
    """Effects that were told of programmes of these kinds."""
    return [effect for one in kept for effect in one.judged.effects if effect.trained in trained]


def holding(told: Sequence[ToldEffect]) -> Share:
    """How many intervals hold the truth."""
    return Share(sum(one.low <= one.true <= one.high for one in told), len(told))


def clear(told: Sequence[ToldEffect]) -> Share:
    """How many leave out no change."""
    return Share(sum(one.low > 1 or one.high < 1 for one in told), len(told))


def false_topics(kept: Iterable[Kept], kind: str, least: float) -> list[tuple[str, Share]]:
    """By topic: of the needs stated, those that are true; the topics most often false first."""
    told: defaultdict[str, list[bool]] = defaultdict(list)
    for one in kept:
        for need in likely(one, (kind,), least):
            told[need.topic].append(need.true)
    shares = [(topic, Share(sum(found), len(found))) for topic, found in told.items()]
    return sorted(shares, key=lambda pair: (pair[1].hits - pair[1].of, pair[0]))
