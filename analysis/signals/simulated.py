"""Puts invented boards, with chance alone or with a rise, through the whole gate, to find thresholds and power.

A board-year takes about 20 ms, because windows are differences of weekly sums. Delays, repeats (a child counts once),
seasons, and agencies that begin or stop are left out. The gate itself gives the same result for the same children
(tests/analysis/signals/test_simulated.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

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
from analysis.signals.score import SHAPE, WEIGHED_WITH, Scores, factors, with_the_other
from analysis.signals.thresholds import Thresholds
from models.signals import CHILD_KINDS, ChildKind

WEEK = 7
PAST_WEEKS = (BASELINE_DAYS + GUARD_DAYS + max(WINDOWS)) // WEEK
FIRST_LOOKS = 3
"""Looks before the year: a signal that is open when the year begins is not new in it."""
YEAR_LOOKS = 26
SHARES = (0.45, 0.30, 0.25)
"""Shares of children, by the agency that holds them first: an assumption, like all below."""
WITH_TWO = 0.35
"""The share of children whom a second agency holds too."""
PER_CHILD: Mapping[ChildKind, float] = {"cse_concern": 0.23, "cse_sign": 0.45, "missing": 0.46}
"""Children a year of each kind, for each child of the board; signs besides those in concerns. As in the synthetic
borough."""
GROUPED, GROUP_DAYS = 0.3, 14
"""Children who follow another in the same ward, for each who comes alone; and the days within which they follow."""
LEAST_SCORE = 0.5
"""Lower ones are not kept: no threshold is as low."""
FIRST_DAY = date(2024, 1, 1)
"""Of the first week."""

Flags = npt.NDArray[np.bool_]
Where = tuple[npt.NDArray[np.int64], ...]


@dataclass(frozen=True, slots=True)
class Rise:
    """More children in some wards over so many weeks: `ratio` times the usual, or `extra` on top."""

    wards: tuple[int, ...]
    first: int
    """Its first week."""
    weeks: int
    kinds: tuple[ChildKind, ...] = CHILD_KINDS
    ratio: float = 1.0
    extra: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """A board's size, and what protects it."""

    children: int
    """A year, over all kinds."""
    groups: float = 0.0
    looks: int = FIRST_LOOKS + YEAR_LOOKS
    deviation: int = DEVIATION
    left_out: int = 1
    """How many agencies at once a rise must stand without."""

    @property
    def weeks(self) -> int:
        """All that is simulated."""
        return PAST_WEEKS + (self.looks - 1) * LOOK_DAYS // WEEK

    def seen(self, look: int) -> int:
        """How many weeks a look sees."""
        return PAST_WEEKS + look * LOOK_DAYS // WEEK

    def usual(self, kind: ChildKind) -> float:
        """Children a week on the whole board."""
        return self.children * PER_CHILD[kind] * WEEK / 365.25


@dataclass(frozen=True, slots=True)
class Children:
    """Children of one kind: where, on which day, and which agencies hold them (children by agencies)."""

    ward: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    held: Flags

    def views(self, wards: int, weeks: int, left_out: int) -> Floats:
        """Counts by view (all, then without each set of agencies), ward and week."""
        agencies = range(len(SHARES))
        away = [out for number in range(left_out + 1) for out in combinations(agencies, number)]
        found = np.zeros((len(away), wards, weeks))
        for view, out in enumerate(away):
            left = self.held[:, [a for a in agencies if a not in out]].any(axis=1)
            np.add.at(found[view], (self.ward[left], self.day[left] // WEEK), 1)
        return found


@dataclass(frozen=True)
class Judged:
    """A board's looks: for each kind the scores of looks, places and windows; 0 where low or too few children are."""

    scores: Mapping[ChildKind, Scores]

    def verdict(self, look: int, told: float) -> GateVerdict:
        """What stands at one look."""
        standing = {kind: np.where(scores[look] >= told, scores[look], 0.0) for kind, scores in self.scores.items()}
        return GateVerdict(day_of(look) - timedelta(days=1), standing)

    def busy(self, told: float) -> Flags:
        """The looks at which anything stands."""
        found: Flags = np.any([(scores >= told).any(axis=(1, 2)) for scores in self.scores.values()], axis=0)
        return found


def day_of(look: int) -> date:
    """The day of a look: the one after the last that it sees."""
    return FIRST_DAY + timedelta(days=WEEK * PAST_WEEKS + LOOK_DAYS * look)


def judge(draw: np.random.Generator, places: Places, setting: Setting, rise: Rise | None = None) -> Judged:
    """One invented board through all its looks."""
    children = invented(draw, places, setting, rise)
    return judged(places, setting, children, noises(draw, places, setting))


def invented(
    draw: np.random.Generator, places: Places, setting: Setting, rise: Rise | None = None
) -> dict[ChildKind, Children]:
    """The children of a board, by kind. Wards differ by a gamma factor of the shape that the score takes them to have.

    Those of concerns are among those of signs.
    """
    people = places.share * draw.gamma(SHAPE, 1 / SHAPE, len(places.wards))
    found = {kind: _of_kind(draw, people / people.sum(), setting, kind, rise) for kind in CHILD_KINDS}
    concerns, signs = found["cse_concern"], found["cse_sign"]
    found["cse_sign"] = Children(
        np.concatenate([concerns.ward, signs.ward]),
        np.concatenate([concerns.day, signs.day]),
        np.concatenate([concerns.held, signs.held]),
    )
    return found


def _of_kind(
    draw: np.random.Generator, people: Floats, setting: Setting, kind: ChildKind, rise: Rise | None
) -> Children:
    until = setting.weeks * WEEK
    number = draw.poisson(setting.usual(kind) * setting.weeks / (1 + setting.groups))
    ward = draw.choice(len(people), number, p=people)
    day = draw.uniform(0, until, number)
    if setting.groups:
        more = np.repeat(np.arange(number), draw.poisson(setting.groups, number))
        ward = np.concatenate([ward, ward[more]])
        day = np.concatenate([day, day[more] + draw.uniform(0, GROUP_DAYS, len(more))])
    if rise is not None and kind in rise.kinds:
        share = people[list(rise.wards)]
        usual = setting.usual(kind) * rise.weeks * float(share.sum())
        added = rise.extra or int(draw.poisson(usual * (rise.ratio - 1)))
        ward = np.concatenate([ward, draw.choice(np.array(rise.wards), added, p=share / share.sum())])
        day = np.concatenate([day, WEEK * (rise.first + draw.uniform(0, rise.weeks, added))])
    inside = day < until
    ward = ward[inside]
    held = np.zeros((len(ward), len(SHARES)), np.bool_)
    first = draw.choice(len(SHARES), len(ward), p=SHARES)
    held[np.arange(len(ward)), first] = True
    two = np.flatnonzero(draw.random(len(ward)) < WITH_TWO)
    held[two, (first[two] + draw.integers(1, len(SHARES), len(two))) % len(SHARES)] = True
    return Children(ward, day[inside].astype(np.int64), held)


def noises(draw: np.random.Generator, places: Places, setting: Setting) -> dict[ChildKind, Whole]:
    """The noise of every look, by kind: looks by places by windows, of the law of `draws.drawn`."""
    seasons = (np.arange(setting.looks) + int(draw.integers(LOOKS_A_SEASON))) // LOOKS_A_SEASON
    wards, above = len(places.wards), len(places.places) - places.scanned

    def one(periods: int) -> Whole:
        values = np.arange(-8 * setting.deviation, 8 * setting.deviation + 1)
        weights = np.exp(-(values**2) / (2 * max(setting.deviation, 1) ** 2))
        return draw.choice(values, (periods, wards + above, len(WINDOWS)), p=weights / weights.sum())

    parts = {kind: one(setting.looks) + one(int(seasons[-1]) + 1)[seasons] for kind in CHILD_KINDS}
    every = {kind: np.sum([parts[part] for part in PARTS[kind]], axis=0) for kind in CHILD_KINDS}
    return {kind: spread(noise[:, :wards], noise[:, wards:], places) for kind, noise in every.items()}


def judged(
    places: Places, setting: Setting, children: Mapping[ChildKind, Children], noise: Mapping[ChildKind, Whole]
) -> Judged:
    """These children through the gate, with this noise."""
    streams = {kind: _Stream.of(places, setting, kind, children[kind], noise[kind]) for kind in CHILD_KINDS}
    return Judged({kind: _scores(places, setting, streams, kind) for kind in CHILD_KINDS})


@dataclass(frozen=True, slots=True)
class _Stream:
    """One kind's counts at every look: views by looks by places by windows (rates: without places)."""

    recent: Floats
    past: Floats
    per_ward: Floats
    noise: Whole
    variance: Floats

    @staticmethod
    def of(places: Places, setting: Setting, kind: ChildKind, children: Children, noise: Whole) -> _Stream:
        weekly = children.views(len(places.wards), setting.weeks, setting.left_out)
        until = np.concatenate([np.zeros((*weekly.shape[:2], 1)), weekly.cumsum(axis=2)], axis=2)
        ends = np.array([setting.seen(look) for look in range(setting.looks)])
        recent, past, rates = [], [], []
        for window in WINDOWS:
            begin = ends - window // WEEK
            last = begin - GUARD_DAYS // WEEK
            in_wards = until[:, :, last] - until[:, :, last - BASELINE_DAYS // WEEK]
            recent.append(np.einsum("pw,vwl->vlp", places.members, until[:, :, ends] - until[:, :, begin]))
            past.append(np.einsum("pw,vwl->vlp", places.members, in_wards))
            rates.append(np.maximum(in_wards.sum(axis=1), 0.5) / (BASELINE_DAYS * len(places.wards)))
        spent = variance(places, kind, setting.deviation)
        return _Stream(np.stack(recent, -1), np.stack(past, -1), np.stack(rates, -1), noise, spent)

    def usual(self) -> Floats:
        """As many as its own past would give, with everybody's records: looks by places by windows."""
        usual: Floats = self.past[0] * (np.array(WINDOWS) / BASELINE_DAYS)
        return usual

    def factors(self, places: Places, view: int, where: Where) -> Floats:
        """Of some looks, places and windows."""
        look, i, j = where
        days = np.array(WINDOWS, np.float64)[j]
        return factors(
            self.recent[view, look, i, j] + self.noise[look, i, j],
            self.past[view, look, i, j],
            days,
            np.full(len(days), float(BASELINE_DAYS)),
            self.per_ward[view, look, j],
            places.wards_in[i],
            places.share_in[i],
            self.variance[i],
        )


def _scores(places: Places, setting: Setting, streams: Mapping[ChildKind, _Stream], kind: ChildKind) -> Scores:
    """The least score over all views, of places and windows that rest on children enough in every one."""
    own, other = streams[kind], streams[WEIGHED_WITH[kind]]
    least = FEWEST_CHILDREN + held_back(places, kind, setting.deviation)
    may = own.recent.min(axis=0) + own.noise >= least[:, np.newaxis]
    # Most that rest on children enough are no rise; they need no score.
    may &= own.recent[0] + own.noise > own.usual()
    where: Where = np.nonzero(may)
    found = np.full(len(where[0]), np.inf)
    for view in range(len(own.recent)):
        both = [stream.factors(places, view, where) for stream in (own, other)]
        found = np.minimum(found, with_the_other(*both))
        left = found >= LEAST_SCORE
        where, found = tuple(at[left] for at in where), found[left]
    every = np.zeros(own.noise.shape)
    every[where] = found
    return every


def new_signals(judged: Judged, places: Places, thresholds: Thresholds) -> int:
    """Signals that open in the year after the first looks, by the lives that signals have."""
    busy = judged.busy(thresholds.told)
    lives: list[SignalLife] = []
    for look in range(len(busy)):
        if busy[look] or any(life.open for life in lives):
            found = finest(judged.verdict(look, thresholds.told), places, thresholds) if busy[look] else []
            lives = lived(lives, found, places, day_of(look))
    return sum(life.signal.opened_on >= day_of(FIRST_LOOKS) for life in lives)


def noticed(judged: Judged, places: Places, thresholds: Thresholds, rise: Rise, setting: Setting) -> bool:
    """Whether a signal of any kind that overlaps the rise is told while it lasts."""
    for look in np.flatnonzero(judged.busy(thresholds.told)):
        if rise.first < setting.seen(int(look)) <= rise.first + rise.weeks:
            found = finest(judged.verdict(int(look), thresholds.told), places, thresholds)
            if any(not set(rise.wards).isdisjoint(one.place.rows) for one in found):
                return True
    return False


def with_rise(draw: np.random.Generator, setting: Setting, rise: Rise) -> tuple[Setting, Rise]:
    """A rise that begins in either week of a fortnight, and no more looks than it lasts for."""
    late = int(draw.integers(LOOK_DAYS // WEEK))
    return replace(setting, looks=1 + (rise.weeks - late) * WEEK // LOOK_DAYS), replace(rise, first=PAST_WEEKS - late)


def any_place(draw: np.random.Generator, places: Places, level: str) -> Sequence[int]:
    """The wards of a place of a level, each as likely."""
    at = [place for place in places.places if place.level == level]
    return at[int(draw.integers(len(at)))].rows
