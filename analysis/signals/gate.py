"""The gate of ADR 0013: what may be told stands, and on ten children, whichever one agency is left out.

For a place and a window: the alarm, and ten distinct children, with all events, and again with none of agency A's, for
every A. A condition without A is computed from the others' events alone, so that nothing A adds, revises or withdraws
can open a signal that the others' own events do not carry. Both are judged by a count with keyed noise (`draws`), the
same whoever is left out: agencies that invent children together find no edge to measure by. The alarm is a score
(`score`) that chance alone reaches seldom enough (`thresholds`, ADR 0030).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from analysis.disclosure.noise import RoundingKeys
from analysis.signals.draws import WINDOWS, Whole, drawn, held_back, variance
from analysis.signals.evidence import Evidence
from analysis.signals.places import LEVELS, Place, Places
from analysis.signals.score import WEIGHED_WITH, Scores, counted, factors_at, with_the_other
from analysis.signals.seen import Seen, seen
from analysis.signals.thresholds import Thresholds
from models.signals import CHILD_KINDS, ChildKind, Recurrence

View = Mapping[ChildKind, Seen]

FEWEST_CHILDREN = 10
"""By a count that carries noise: about ten, and now and then fewer."""
STALE = timedelta(days=91)
"""A board whose agencies have sent nothing newer than this is not judged."""


class Found(NamedTuple):
    """A rise that may be told."""

    kind: ChildKind
    place: Place
    starts_on: date
    """Monday of the first week that the window touches."""
    ends_on: date
    """Sunday of the last."""
    recurrence: Recurrence


@dataclass(frozen=True)
class GateVerdict:
    """What stands, by kind: scores of places and windows, 0 where the gate is shut."""

    last: date
    standing: Mapping[ChildKind, Scores]


def verdict(
    evidence: Evidence, places: Places, today: date, keys: RoundingKeys, thresholds: Thresholds
) -> GateVerdict | None:
    """What stands on a day, whichever agency is left out; nothing when there is too little, or nothing new.

    The noise is drawn under `keys`: with the same evidence and keys the result is the same.
    """
    last = evidence.horizon(today)
    if last is None or today - last > STALE:
        return None
    noise = {kind: drawn(places, kind, today, keys) for kind in CHILD_KINDS}
    standing = standing_of(view_of(evidence, places, today, last), places, noise, thresholds)
    for agency in evidence.agencies:
        if not any(found.any() for found in standing.values()):
            break
        rest = standing_of(view_of(evidence, places, today, last, agency), places, noise, thresholds)
        standing = {kind: np.minimum(found, rest[kind]) for kind, found in standing.items()}
    return GateVerdict(last, standing)


def view_of(evidence: Evidence, places: Places, today: date, last: date, without: str | None = None) -> View:
    """What a board looks like, by kind, with every agency's events or without one's."""
    return {kind: seen(evidence, kind, places, today, last, without) for kind in CHILD_KINDS}


def standing_of(
    view: View, places: Places, noise: Mapping[ChildKind, Whole], thresholds: Thresholds
) -> dict[ChildKind, Scores]:
    """The scores of one view, by kind: those that are told, and of them those that rest on children enough.

    0 for all others. Both by counts with the noise.
    """
    shape = len(places.places), len(WINDOWS)
    i, j = np.nonzero(np.ones(shape))
    factors = {
        kind: factors_at(counted(one, places), places, noise[kind], variance(places, kind), (i, j))
        for kind, one in view.items()
    }
    standing = {}
    for kind, one in view.items():
        found = with_the_other(factors[kind], factors[WEIGHED_WITH[kind]]).reshape(shape)
        least = FEWEST_CHILDREN + held_back(places, kind)
        kept = np.zeros(shape)
        for i, j in zip(*np.nonzero(found >= thresholds.told), strict=True):
            if one.children(places.places[i], WINDOWS[j]) + noise[kind][i, j] >= least[i]:
                kept[i, j] = found[i, j]
        standing[kind] = kept
    return standing


def finest(verdict: GateVerdict, places: Places, thresholds: Thresholds) -> list[Found]:
    """The finest places that stand, for each kind: a coarser one is told only where no finer one lies inside."""
    told: list[Found] = []
    for kind in CHILD_KINDS:
        standing = verdict.standing[kind]
        standing_at = np.flatnonzero(standing.any(axis=1)).tolist()
        taken: set[int] = set()
        for level in LEVELS:
            at_level = [i for i in standing_at if places.places[i].level == level]
            # Of joined wards that overlap the one hardest to explain by chance; then fewest wards, then lowest codes.
            at_level.sort(key=lambda i: (-standing[i].max(), len(places.places[i].rows), places.places[i].codes))
            for i in at_level:
                place = places.places[i]
                if taken.isdisjoint(place.rows):
                    told.append(_found(kind, place, verdict.last, standing[i], thresholds))
                    taken.update(place.rows)
    return told


def _found(kind: ChildKind, place: Place, last: date, standing: Scores, thresholds: Thresholds) -> Found:
    """The window that stands out most, told in whole weeks."""
    days = WINDOWS[int(np.argmax(standing))]
    first = last - timedelta(days=days - 1)
    return Found(
        kind,
        place,
        first - timedelta(days=first.weekday()),
        last + timedelta(days=6 - last.weekday()),
        thresholds.recurrence(float(standing.max())),
    )
