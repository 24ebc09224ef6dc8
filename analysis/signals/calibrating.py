"""Finds by simulation, for a board's size and register, when a rise becomes a signal, and how large one must be.

The work is cut into independent pieces, which can run in parallel and are kept, so that a stopped run continues. Some
pieces simulate chance alone and give the thresholds, others measure them, and others look for the number of children
that is noticed 4 times in 5.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis.hotspots.rises import RATES
from analysis.hotspots.zones import Floats
from analysis.signals.draws import DEVIATION, HELD_BACK, LOOK_DAYS, LOOKS_A_SEASON, WINDOWS
from analysis.signals.gate import FEWEST_CHILDREN
from analysis.signals.places import Level, Places
from analysis.signals.score import SHAPE, WEIGHED_WITH
from analysis.signals.simulated import (
    GROUP_DAYS,
    GROUPED,
    PER_CHILD,
    SHARES,
    WITH_TWO,
    Rise,
    Setting,
    any_place,
    judge,
    new_signals,
    noticed,
    with_rise,
)
from analysis.signals.thresholds import Thresholds
from models.register import Board, Noticeable, SignalCalibration
from models.signals import CHILD_KINDS, ChildKind

TOLD_A_YEAR, RARE_A_YEAR = 0.2, 0.04
GRID = np.round(np.arange(2.5, 14.01, 0.25), 2)
"""The scores for which pieces of chance count new signals."""
BOARDS_A_PIECE = 100
TRIED_BOARDS = 60
"""For each number of children that is tried."""
NOTICED = 0.8
MOST_CHILDREN = 160
SPANS = (8, 13, 26)
"""Weeks."""
LEVELS: tuple[Level, ...] = ("ward", "town", "board")

Purpose = Literal["find", "measure", "grouped", "rise"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the work. Its seed follows from what it is."""

    purpose: Purpose
    number: int = 0
    kind: ChildKind = "cse_concern"
    level: Level = "ward"
    weeks: int = 0

    @property
    def key(self) -> str:
        """A name that is the same in every run."""
        if self.purpose == "rise":
            return f"rise-{self.kind}-{self.level}-{self.weeks}"
        return f"{self.purpose}-{self.number}"


def rule_digest() -> str:
    """A digest of the simulated rule, so that pieces of another rule are not mixed with those of this one."""
    rule = (WINDOWS, DEVIATION, LOOK_DAYS, LOOKS_A_SEASON, dict(HELD_BACK), SHAPE, RATES, dict(WEIGHED_WITH))
    worlds = (FEWEST_CHILDREN, SHARES, WITH_TWO, dict(PER_CHILD), GROUPED, GROUP_DAYS, list(GRID), TRIED_BOARDS)
    return hashlib.sha256(repr((rule, worlds)).encode()).hexdigest()[:12]


def chance_pieces(boards: int) -> list[Piece]:
    """The work that needs no threshold: so many board-years for each purpose."""
    numbers = range(math.ceil(boards / BOARDS_A_PIECE))
    purposes: tuple[Purpose, ...] = ("find", "measure", "grouped")
    return [Piece(purpose, number) for purpose in purposes for number in numbers]


def rise_pieces() -> list[Piece]:
    """The work that needs the threshold."""
    return [Piece("rise", 0, kind, level, weeks) for kind in CHILD_KINDS for level in LEVELS for weeks in SPANS]


def run(piece: Piece, places: Places, setting: Setting, thresholds: Thresholds | None) -> list[float]:
    """Do one piece. Of chance: new signals at each score of `GRID`, summed over its boards. Of rises: the number."""
    draw = np.random.default_rng([_seed(piece.key), setting.children])
    if piece.purpose == "rise":
        if thresholds is None:
            raise ValueError("a piece of rises needs the thresholds")
        extra = noticeable(draw, places, setting, thresholds, Rise((), 0, piece.weeks, (piece.kind,)), piece.level)
        return [float(extra or 0)]
    grouped = replace(setting, groups=GROUPED if piece.purpose == "grouped" else 0.0)
    total = np.zeros(len(GRID))
    for _ in range(BOARDS_A_PIECE):
        judged = judge(draw, places, grouped)
        for at, score in enumerate(GRID):
            new = new_signals(judged, places, Thresholds(float(score), math.inf))
            total[at] += new
            if not judged.busy(float(score)).any():
                break
    return [float(one) for one in total]


def _seed(key: str) -> int:
    return int.from_bytes(key.encode(), "big") % 2**62


def rates(results: Mapping[str, Sequence[float]], purpose: Purpose) -> tuple[Floats, int]:
    """New signals per board and year at each score of `GRID`, and the number of board-years."""
    found = [result for key, result in results.items() if key.startswith(purpose)]
    boards = BOARDS_A_PIECE * len(found)
    return np.sum(found, axis=0) / boards, boards


def score_of(rate: float, at_scores: Floats) -> float:
    """The least score at which chance gives no more than `rate`, interpolated in `GRID` by the rate's logarithm."""
    above = np.flatnonzero(at_scores > rate)
    if len(above) == 0:
        return float(GRID[0])
    i = int(above[-1])
    if i + 1 == len(GRID):
        raise ValueError("chance reaches every score that was tried more often: simulate a smaller board")
    high, low = at_scores[i], max(float(at_scores[i + 1]), rate / 100)
    part = math.log(high / rate) / math.log(high / low)
    return float(GRID[i] + part * (GRID[i + 1] - GRID[i]))


def thresholds_from(results: Mapping[str, Sequence[float]]) -> Thresholds:
    """The thresholds that the pieces of chance give."""
    by_score, _ = rates(results, "find")
    return Thresholds(round(score_of(TOLD_A_YEAR, by_score), 2), round(score_of(RARE_A_YEAR, by_score), 2))


def measured(results: Mapping[str, Sequence[float]], purpose: Purpose, told: float) -> float:
    """New signals a year at a threshold, on boards that did not give it."""
    by_score, _ = rates(results, purpose)
    return float(np.interp(told, GRID, by_score))


def share_noticed(
    draw: np.random.Generator,
    places: Places,
    setting: Setting,
    thresholds: Thresholds,
    rise: Rise,
    level: Level,
    boards: int | None = None,
) -> float:
    """How often a rise, in any place of a level, is noticed while it lasts."""
    hits, boards = 0, boards or TRIED_BOARDS
    for _ in range(boards):
        mine, one = with_rise(draw, setting, replace(rise, wards=tuple(any_place(draw, places, level))))
        hits += noticed(judge(draw, places, mine, one), places, thresholds, one, mine)
    return hits / boards


def is_noticed(
    draw: np.random.Generator, places: Places, setting: Setting, thresholds: Thresholds, rise: Rise, level: Level
) -> bool:
    """Whether a rise is noticed on 4 of 5 boards tried; the rest are not tried once that is settled."""
    enough = math.ceil(NOTICED * TRIED_BOARDS)
    hits = missed = 0
    while hits < enough and missed <= TRIED_BOARDS - enough:
        found = share_noticed(draw, places, setting, thresholds, rise, level, 1)
        hits, missed = hits + int(found), missed + 1 - int(found)
    return hits >= enough


def noticeable(
    draw: np.random.Generator, places: Places, setting: Setting, thresholds: Thresholds, rise: Rise, level: Level
) -> int | None:
    """The smallest number of extra children that is noticed 4 times in 5: by doubling, then halving; nothing up to
    160."""

    def enough(extra: int) -> bool:
        return is_noticed(draw, places, setting, thresholds, replace(rise, extra=extra), level)

    low, high = 2, 10
    while not enough(high):
        if high >= MOST_CHILDREN:
            return None
        low, high = high, min(2 * high, MOST_CHILDREN)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def usual(places: Places, setting: Setting, kind: ChildKind, level: Level, weeks: int) -> float:
    """The usual number of children in an average place of a level; for signs, those in concerns too."""
    at = [places.share_in[i] for i, place in enumerate(places.places) if place.level == level]
    kinds: Iterable[ChildKind] = ("cse_concern", "cse_sign") if kind == "cse_sign" else (kind,)
    whole = sum(setting.usual(one) for one in kinds) * weeks
    return float(whole * np.mean(at) / places.share.sum())


def calibration(
    board: Board, places: Places, setting: Setting, results: Mapping[str, Sequence[float]]
) -> SignalCalibration:
    """The calibration that all pieces together give, to be kept with the register."""
    told = thresholds_from(results)
    found = [
        Noticeable(
            kind=piece.kind,
            level=piece.level,
            weeks=piece.weeks,
            usual=round(usual(places, setting, piece.kind, piece.level, piece.weeks), 1),
            extra=int(results[piece.key][0]) or None,
        )
        for piece in rise_pieces()
    ]
    return SignalCalibration(
        children=setting.children,
        places=board.places_digest,
        told=told.told,
        rare=told.rare,
        by_chance=round(measured(results, "measure", told.told), 2),
        in_groups=round(measured(results, "grouped", told.told), 2),
        boards=rates(results, "measure")[1],
        noticeable=tuple(found),
    )
