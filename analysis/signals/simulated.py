"""Boards of chance alone and boards with a rise, drawn as weekly counts and put through the whole gate.

A board-year takes milliseconds, because nothing is counted event by event: cumulative sums of weeks give every window
of every look. What is left out: delays, repeats (a child counts once), seasons, agencies that begin or stop. Agreement
with the gate itself is tested (tests/analysis/signals/test_simulated.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from analysis.hotspots.predictive import BASELINE_DAYS, GUARD_DAYS
from analysis.hotspots.zones import Floats
from analysis.signals.draws import (
    DEVIATION,
    LOOK_DAYS,
    LOOKS_A_SEASON,
    PARTS,
    WINDOWS,
    Whole,
    held_back,
    spread,
    variance,
)
from analysis.signals.gate import FEWEST_CHILDREN, GateVerdict, finest
from analysis.signals.life import SignalLife, lived
from analysis.signals.places import Places
from analysis.signals.score import SHAPE, WEIGHED_WITH, Counted, Scores, Where, factors_at, with_the_other
from analysis.signals.thresholds import Thresholds
from models.signals import CHILD_KINDS, ChildKind

WEEK = 7
PAST_WEEKS = (BASELINE_DAYS + GUARD_DAYS + max(WINDOWS)) // WEEK
FIRST_LOOKS = 3
"""Before the year: what stands already when it begins is not new in it."""
YEAR_LOOKS = 26
SHARES = (0.45, 0.30, 0.25)
"""Of children, by the agency that holds them first."""
WITH_TWO = 0.35
"""Share of children whom a second agency holds too."""
PER_CHILD: dict[ChildKind, float] = {"cse_concern": 0.23, "cse_sign": 0.45, "missing": 0.46}
"""Children a year of each kind, for each child of the board; signs besides those in concerns. As in the synthetic
borough: an assumption, not real data."""
IN_GROUPS, GROUP_DAYS = 0.3, 14
"""Children who come after another in the same ward, for each who comes by himself; within so many days."""
_FIRST_DAY = date(2024, 1, 1)

Counts = npt.NDArray[np.float64]
"""Views (all, then without each agency) by wards by weeks."""


@dataclass(frozen=True, slots=True)
class Rise:
    """More children in some wards: `ratio` times the usual, or `extra` on top, over so many weeks."""

    wards: tuple[int, ...]
    first: int
    """Week of the simulated time."""
    weeks: int
    kinds: tuple[ChildKind, ...] = CHILD_KINDS
    ratio: float = 1.0
    extra: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """A board's size and what is varied."""

    children: int
    """A year, over all kinds."""
    groups: float = 0.0
    looks: int = FIRST_LOOKS + YEAR_LOOKS

    @property
    def weeks(self) -> int:
        """All that is simulated."""
        return PAST_WEEKS + (self.looks - 1) * LOOK_DAYS // WEEK

    def week_of(self, look: int) -> int:
        """The first week that a look does not see yet."""
        return PAST_WEEKS + look * LOOK_DAYS // WEEK


@dataclass(frozen=True)
class Judged:
    """A board's looks: for each kind and look the scores of places and windows that rest on children enough."""

    scores: dict[ChildKind, Scores]
    """Looks by places by windows; 0 where they do not."""

    def verdict(self, look: int, told: float) -> GateVerdict:
        """What stands at one look."""
        last = _FIRST_DAY + timedelta(days=LOOK_DAYS * look - 1)
        return GateVerdict(
            last, {kind: np.where(scores[look] >= told, scores[look], 0.0) for kind, scores in self.scores.items()}
        )

    def busy(self, told: float) -> npt.NDArray[np.bool_]:
        """The looks at which anything stands."""
        every = [(scores >= told).any(axis=(1, 2)) for scores in self.scores.values()]
        return np.logical_or.reduce(every)


def judge(draw: np.random.Generator, places: Places, setting: Setting, rise: Rise | None = None) -> Judged:
    """One board through all its looks."""
    people = places.share * draw.gamma(SHAPE, 1 / SHAPE, len(places.wards))
    people = people / people.sum()
    counts: dict[ChildKind, Counts] = {}
    for kind in CHILD_KINDS:
        counts[kind] = _children(draw, people, setting, kind, rise)
    # Whoever has a concern has a sign.
    counts["cse_sign"] = counts["cse_sign"] + counts["cse_concern"]
    noise = noises(draw, places, setting.looks)
    streams = {kind: _Stream.of(places, setting, kind, counts[kind], noise[kind]) for kind in CHILD_KINDS}
    return Judged({kind: _scores(places, streams, kind) for kind in CHILD_KINDS})


def _children(
    draw: np.random.Generator, people: Floats, setting: Setting, kind: ChildKind, rise: Rise | None
) -> Counts:
    """Children by view, ward and week."""
    weekly = setting.children * PER_CHILD[kind] * WEEK / 365.25 / (1 + setting.groups)
    number = draw.poisson(weekly * setting.weeks)
    wards = draw.choice(len(people), number, p=people)
    days = draw.uniform(0, setting.weeks * WEEK, number)
    if setting.groups:
        more = np.repeat(np.arange(number), draw.poisson(setting.groups, number))
        wards = np.concatenate([wards, wards[more]])
        days = np.concatenate([days, days[more] + draw.uniform(0, GROUP_DAYS, len(more))])
    if rise is not None and kind in rise.kinds:
        share = people[list(rise.wards)]
        usual = weekly * rise.weeks * share.sum()
        added = rise.extra if rise.extra else draw.poisson(usual * (rise.ratio - 1))
        wards = np.concatenate([wards, draw.choice(np.array(rise.wards), added, p=share / share.sum())])
        days = np.concatenate([days, WEEK * (rise.first + draw.uniform(0, rise.weeks, added))])
    weeks = (days // WEEK).astype(np.int64)
    inside = weeks < setting.weeks
    wards, weeks = wards[inside], weeks[inside]
    held = _holders(draw, len(wards))
    found = np.zeros((1 + len(SHARES), len(people), setting.weeks))
    np.add.at(found[0], (wards, weeks), 1)
    for agency in range(len(SHARES)):
        # Without an agency a child is left whom another holds.
        left = held[:, np.arange(len(SHARES)) != agency].any(axis=1)
        np.add.at(found[1 + agency], (wards[left], weeks[left]), 1)
    return found


def _holders(draw: np.random.Generator, children: int) -> npt.NDArray[np.bool_]:
    """Children by agencies: who holds whom."""
    held = np.zeros((children, len(SHARES)), np.bool_)
    first = draw.choice(len(SHARES), children, p=SHARES)
    other = (first + draw.integers(1, len(SHARES), children)) % len(SHARES)
    held[np.arange(children), first] = True
    two = draw.random(children) < WITH_TWO
    held[np.flatnonzero(two), other[two]] = True
    return held


def noises(draw: np.random.Generator, places: Places, looks: int) -> dict[ChildKind, Whole]:
    """The noise of every look: looks by places by windows, of the law of `draws.drawn`."""
    offset = int(draw.integers(LOOKS_A_SEASON))
    seasons = (np.arange(looks) + offset) // LOOKS_A_SEASON
    units = len(places.wards) + len(places.places) - places.scanned

    def part() -> Whole:
        fortnight = _discrete(draw, (looks, units, len(WINDOWS)))
        season: Whole = _discrete(draw, (int(seasons[-1]) + 1, units, len(WINDOWS)))[seasons]
        return fortnight + season

    parts = {kind: part() for kind in CHILD_KINDS}
    found = {}
    for kind in CHILD_KINDS:
        every = sum((parts[of] for of in PARTS[kind]), np.zeros_like(parts[kind]))
        found[kind] = np.stack([spread(e[: len(places.wards)], e[len(places.wards) :], places) for e in every])
    return found


def _discrete(draw: np.random.Generator, shape: tuple[int, ...]) -> Whole:
    values = np.arange(-8 * DEVIATION, 8 * DEVIATION + 1)
    weights = np.exp(-(values**2) / (2 * DEVIATION**2))
    return draw.choice(values, shape, p=weights / weights.sum())


@dataclass(frozen=True, slots=True)
class _Stream:
    """One kind's counts at every look. Recent and past: views by looks by places by windows; rates: views by looks by
    windows."""

    recent: Floats
    past: Floats
    per_ward: Floats
    noise: Whole
    variance: Floats

    @staticmethod
    def of(places: Places, setting: Setting, kind: ChildKind, counts: Counts, noise: Whole) -> _Stream:
        until = np.concatenate([np.zeros((*counts.shape[:2], 1)), counts.cumsum(axis=2)], axis=2)
        ends = np.array([setting.week_of(look) for look in range(setting.looks)])
        members = members_of(places)
        recent, past, rates = [], [], []
        for window in WINDOWS:
            begin = ends - window // WEEK
            last = begin - GUARD_DAYS // WEEK
            in_wards = until[:, :, last] - until[:, :, last - BASELINE_DAYS // WEEK]
            recent.append(np.einsum("pw,vwl->vlp", members, until[:, :, ends] - until[:, :, begin]))
            past.append(np.einsum("pw,vwl->vlp", members, in_wards))
            rates.append(np.maximum(in_wards.sum(axis=1), 0.5) / (BASELINE_DAYS * len(places.wards)))
        return _Stream(
            np.stack(recent, axis=-1),
            np.stack(past, axis=-1),
            np.stack(rates, axis=-1),
            noise,
            variance(places, kind),
        )

    def factors(self, places: Places, view: int, look: int, where: Where) -> Floats:
        made = Counted(
            self.recent[view, look],
            self.past[view, look],
            np.array(WINDOWS, np.float64),
            np.full(len(WINDOWS), float(BASELINE_DAYS)),
            self.per_ward[view, look],
        )
        return factors_at(made, places, self.noise[look], self.variance, where)


def _scores(places: Places, streams: Mapping[ChildKind, _Stream], kind: ChildKind) -> Scores:
    """The least score over all views, of places and windows that rest on children enough in every one."""
    own, other = streams[kind], streams[WEIGHED_WITH[kind]]
    least = FEWEST_CHILDREN + held_back(places, kind)
    may = own.recent.min(axis=0) + own.noise >= least[:, np.newaxis]
    found = np.zeros(own.noise.shape)
    for look in np.flatnonzero(may.any(axis=(1, 2))):
        where = np.nonzero(may[look])
        every = [
            with_the_other(own.factors(places, view, look, where), other.factors(places, view, look, where))
            for view in range(len(own.recent))
        ]
        found[look][where] = np.maximum(np.min(every, axis=0), 0.0)
    return found


def members_of(places: Places) -> Floats:
    """Places by wards: 1 where the place has the ward."""
    members = np.zeros((len(places.places), len(places.wards)))
    for i, place in enumerate(places.places):
        members[i, list(place.rows)] = 1
    return members


def new_signals(judged: Judged, places: Places, thresholds: Thresholds) -> int:
    """Signals that open in the year after the first looks, by the lives that signals have."""
    busy = judged.busy(thresholds.told)
    lives: list[SignalLife] = []
    begins = _FIRST_DAY + timedelta(days=LOOK_DAYS * FIRST_LOOKS)
    for look in range(len(busy)):
        if busy[look] or any(life.open for life in lives):
            found = finest(judged.verdict(look, thresholds.told), places, thresholds) if busy[look] else []
            lives = lived(lives, found, places, _FIRST_DAY + timedelta(days=LOOK_DAYS * look))
    return sum(life.signal.opened_on >= begins for life in lives)


def noticed(judged: Judged, places: Places, thresholds: Thresholds, rise: Rise, setting: Setting) -> bool:
    """Whether anything that overlaps the rise is told while it lasts, of any kind."""
    wards = set(rise.wards)
    for look in range(setting.looks):
        seen = setting.week_of(look)
        if rise.first < seen <= rise.first + rise.weeks:
            found = finest(judged.verdict(look, thresholds.told), places, thresholds)
            if any(wards & set(one.place.rows) for one in found):
                return True
    return False


def risen(draw: np.random.Generator, setting: Setting, rise: Rise) -> tuple[Setting, Rise]:
    """A rise that begins at either week of a fortnight, and just as many looks as its weeks need."""
    late = int(draw.integers(LOOK_DAYS // WEEK))
    looks = 1 + (rise.weeks + late) * WEEK // LOOK_DAYS
    shorter = replace(setting, looks=looks)
    return shorter, replace(rise, first=PAST_WEEKS - late)


def wards_of(places: Places, level: str, draw: np.random.Generator) -> Sequence[int]:
    """The wards of a place of a level, any of them alike."""
    at = [place for place in places.places if place.level == level]
    return at[int(draw.integers(len(at)))].rows
