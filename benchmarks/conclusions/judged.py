"""One board judged: every need with its stated probability and whether it is true, and the effects with theirs.

What is true follows from the board's habits and not from its figures:

- signs of a topic: the sector's chance to record it, of what its own and the topic's usual chance give, is under 0.8;
- signs of any kind: its mean chance is under 0.8 of that of the others that keep observations;
- lateness: its median delay is over twice that of the others;
- screening: it screens under 0.8 of the share that it screened in the year before;
- raising: it raises under 0.8 of what it did, beside what the others do of theirs.

A need about a sector whose agency fell silent or lost its tokens is false, whatever the figures: nothing is to be
trained there, and the gap is of another kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import exp, log
from statistics import mean
from typing import Any

from analysis.training.calibration import kind_of
from analysis.training.effect import Effect, compare
from analysis.training.needs import GENERAL, needs
from analysis.training.released import ReleasedBoard
from benchmarks.conclusions.counting import counts_of, duties_of, released
from benchmarks.conclusions.coverage import coverage_needs
from benchmarks.conclusions.habits import YEARS, Habits, expit, habits_of, logit, without_training
from benchmarks.conclusions.plans import SECTOR_OF, Plan
from benchmarks.conclusions.recording import Recorded, record
from demo.synthetic.sightings import KEEPS_INDICATORS, RAISES_CONCERNS
from models.catalogue import shipped
from models.contract.periods import bounds
from models.register import Duties

PLANTED_AS = {"m18": "blind sector", "m2": "late recogniser", "m4": "under-reporter", "m7": "fewer screenings"}
"""The measure that a need should move -> what was planted."""
FROM = 0.5
"""Probabilities from here on are kept: stated, or by the model alone."""


@dataclass(frozen=True, slots=True)
class StatedNeed:
    """A need as the page would have it, and what is true."""

    kind: str
    """The measure that it should move; `m18 any` for a whole sector."""
    sector: str
    topic: str
    stated: float
    modelled: float
    """By the model alone, before it is calibrated."""
    ratio: float
    true: bool


@dataclass(frozen=True, slots=True)
class ToldEffect:
    """An effect with its interval, and the true relative change."""

    sector: str
    topic: str
    trained: str
    """`effective`, `useless`, or `none` where there was no session at all."""
    ratio: float
    low: float
    high: float
    true: float


@dataclass(slots=True)
class Judged:
    """Everything of one board."""

    children: int
    seed: int
    planted: dict[str, list[str]]
    needs: list[StatedNeed] = field(default_factory=list)
    found: dict[str, float] = field(default_factory=dict)
    """Kind planted -> greatest probability stated of just that."""
    effects: list[ToldEffect] = field(default_factory=list)
    refused: int = 0
    """Effects of planted training that were refused."""

    def json(self) -> dict[str, Any]:
        """As a line of the results."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class MadeBoard:
    """A board as it was written down and released."""

    habits: Habits
    recorded: Recorded
    duties: Duties
    years: Mapping[str, ReleasedBoard]
    """Both years as released."""


def made(plan: Plan) -> MadeBoard:
    """Make one board and release it twice, a year apart."""
    habits = habits_of(plan)
    sector_of = {agency: SECTOR_OF[of] for of, agencies in habits.agencies.items() for agency in agencies}
    recorded, duties = record(habits, sector_of), duties_of(dict(SECTOR_OF))
    return MadeBoard(
        habits, recorded, duties, released(counts_of(recorded), sorted(SECTOR_OF.values()), duties, plan.seed)
    )


def judge(plan: Plan, *, coverage: bool = True) -> Judged:
    """Make one board, release it twice a year apart, and judge what would be concluded; with `coverage` also by
    the rule of before."""
    board = made(plan)
    found = Judged(plan.children, plan.seed, {kind: list(of) for kind, of in plan.planted.items()})
    found.needs += stated_needs(board, FROM)
    if coverage:
        found.needs += _by_coverage(board.habits, board.years[YEARS[1]])
    for kind, (sector, topic) in _wanted(plan).items():
        stated = [one.stated for one in found.needs if (one.kind, one.sector, one.topic) == (kind, sector, topic)]
        found.found[PLANTED_AS[kind]] = max(stated, default=0.0)
    _effects(found, board.habits, board.recorded, board.years)
    return found


def stated_needs(board: MadeBoard, least: float) -> list[StatedNeed]:
    """Every need of the second year that is stated, or given by the model, with at least this probability."""
    found = []
    for need in needs(board.years[YEARS[1]], shipped(), board.years[YEARS[0]], board.duties):
        if max(need.probability, need.modelled) < least:
            continue
        kind = kind_of(need.moves, need.topic)
        true = _is_true(board.habits, kind, need.sector, need.topic)
        found.append(StatedNeed(kind, need.sector, need.topic, need.probability, need.modelled, need.ratio, true))
    return found


def _by_coverage(habits: Habits, board: ReleasedBoard) -> list[StatedNeed]:
    return [
        StatedNeed(
            "m6", one.sector, one.topic, one.verdict.below, one.verdict.below, one.verdict.ratio,
            _is_true(habits, "m6", one.sector, one.topic),
        )
        for one in coverage_needs(board, shipped())
        if one.verdict.below >= FROM
    ]  # fmt: skip


def _is_true(habits: Habits, kind: str, sector: str, topic: str) -> bool:
    own = next(of for of, name in SECTOR_OF.items() if name == sector)
    if any(agency in habits.silent | habits.untokened for agency in habits.agencies[own]):
        return False
    if kind in ("m18", "m6"):
        return _relative(habits, own, topic) < 0.8
    if kind == "m18 any":
        others = [_usual(habits, one) for one in KEEPS_INDICATORS if one != own]
        return _usual(habits, own) < 0.8 * mean(others)
    if kind == "m2":
        return habits.days[own] > 2 * mean(habits.days[one] for one in RAISES_CONCERNS if one != own)
    if kind == "m4":
        moved = {one: habits.raises[one, 1] / habits.raises[one, 0] for one in RAISES_CONCERNS}
        return moved[own] < 0.8 * mean(m for one, m in moved.items() if one != own)
    if kind == "m7":
        return habits.screens[1] < 0.8 * habits.screens[0]
    return False


def _chance(habits: Habits, of: str, topic: str) -> float:
    """Of an ordinary sign in the second year, over its agencies; training counts for the part after it."""
    start, end = bounds(YEARS[1])
    days = (start, start + (end - start) / 2, end - (end - start) / 100)
    own = [habits.agency_logit[agency] for agency in habits.agencies[of]]
    return mean(expit(logit(habits.chance(of, topic, day)) + more) for day in days for more in own)


def _usual(habits: Habits, of: str) -> float:
    """A sector's mean chance over the topics it is expected to see."""
    return mean(_chance(habits, of, topic) for topic in _topics(of))


def _topics(of: str) -> list[str]:
    return [topic for topic in shipped().categories if shipped().expected(SECTOR_OF[of], topic)]


def _relative(habits: Habits, of: str, topic: str) -> float:
    """Its chance in the topic, of what its other topics and the topic among the others give."""
    rest = [logit(_chance(habits, of, other)) for other in _topics(of) if other != topic]
    others = [one for one in SECTOR_OF if one != of and topic in _topics(one)]
    by_topic = [
        logit(_chance(habits, one, topic)) - mean(logit(_chance(habits, one, t)) for t in _topics(one))
        for one in others
    ]
    rest, by_topic = ([max(-3.0, min(3.0, x)) for x in xs] for xs in (rest, by_topic))
    usual = (mean(rest) if rest else 0.0) + (mean(by_topic) if by_topic else 0.0)
    return _chance(habits, of, topic) / expit(usual)


def _wanted(plan: Plan) -> dict[str, tuple[str, str]]:
    """Kind of need -> the sector and topic that is planted."""
    names = {kind: measure for measure, kind in PLANTED_AS.items()}
    return {
        names[kind]: (SECTOR_OF[of[0]], of[1] if kind == "blind sector" else GENERAL)
        for kind, of in plan.planted.items()
        if kind in names
    }


def _effects(found: Judged, habits: Habits, recorded: Recorded, boards: Mapping[str, ReleasedBoard]) -> None:
    """Of planted programmes, and of one more in which nothing happened and nobody was trained."""
    plan, names = habits.plan, sorted(SECTOR_OF.values())
    tried = [
        (of, kind.partition(" ")[0])
        for kind, of in plan.planted.items()
        if kind in ("effective training", "useless training")
    ]
    if not tried:
        tried = [(("aldermere-schools", "health"), "none"), (("aldermere-youth-justice", "relationships"), "none")]
    for (of, topic), trained in tried:
        sector = SECTOR_OF[of]
        others = [name for name in names if name != sector and shipped().expected(name, topic)]
        told = compare(boards[YEARS[0]], boards[YEARS[1]], sector, topic, others)
        if not isinstance(told, Effect):
            found.refused += 1
            continue
        true = _true_effect(habits, recorded, of, topic)
        found.effects.append(ToldEffect(sector, topic, trained, told.ratio, told.low, told.high, true))


def _true_effect(habits: Habits, recorded: Recorded, of: str, topic: str) -> float:
    """Children with the topic recorded in the second year, as is to be expected with the training and without it."""
    usual = without_training(habits)
    with_it, without = (_expected(one, recorded, of, topic) for one in (habits, usual))
    return with_it / without if without else 1.0


def _expected(habits: Habits, recorded: Recorded, of: str, topic: str) -> float:
    start, end = bounds(YEARS[1])
    left: dict[str, float] = {}
    for child, day, more in recorded.signs.get((of, topic), ()):
        if start <= day < end:
            left[child] = left.get(child, 0.0) + log(1 - expit(logit(habits.chance(of, topic, day)) + more))
    return sum(1 - exp(chance) for chance in left.values())
