"""The gate of ADR 0013: what may be told stands, and on ten children, whichever one agency is left out.

For a place and a window: the alarm, and ten distinct children, with all events, and again with none of agency A's, for
every A. A condition without A is computed from the others' events alone, so that nothing A adds, revises or withdraws
can open a signal that the others' own events do not carry. Both are judged by a count with keyed noise (`draws`), the
same whoever is left out: agencies that invent children together find no edge to measure by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from analysis.disclosure.noise import RoundingKeys
from analysis.hotspots.problem import Problem
from analysis.signals.alarms import (
    ALARM_DAYS,
    REPLICATES,
    Intervals,
    Nulls,
    intervals,
    nulls,
    problems,
    seed_of,
)
from analysis.signals.draws import WINDOWS, Whole, drawn
from analysis.signals.evidence import Evidence
from analysis.signals.places import LEVELS, Place, Places
from analysis.signals.seen import Seen, seen
from models.signals import CHILD_KINDS, ChildKind, Recurrence

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
    """What stands, by kind: recurrence intervals of places and windows, 0 where the gate is shut."""

    last: date
    standing: Mapping[ChildKind, Intervals]


def verdict(
    evidence: Evidence,
    places: Places,
    today: date,
    keys: RoundingKeys,
    cached: dict[ChildKind, Nulls] | None = None,
    replicates: int = REPLICATES,
) -> GateVerdict | None:
    """What stands on a day, whichever agency is left out; nothing when there is too little, or nothing new.

    The noise is drawn under `keys`: with the same evidence and keys the result is the same.

    `cached` spares the Monte Carlo of the whole board (never of what is left without an agency) where it has one.
    """
    last = evidence.horizon(today)
    if last is None or today - last > STALE:
        return None
    standing = {
        kind: _standing(evidence, kind, places, today, last, drawn(places, kind, today, keys), cached, replicates)
        for kind in CHILD_KINDS
    }
    return GateVerdict(last, standing)


def _standing(
    evidence: Evidence,
    kind: ChildKind,
    places: Places,
    today: date,
    last: date,
    noise: Whole,
    cached: dict[ChildKind, Nulls] | None,
    replicates: int,
) -> Intervals:
    everyone = seen(evidence, kind, places, today, last)
    both = problems(everyone, places)
    null = cached.get(kind) if cached is not None else None
    if null is None:
        null = nulls(both, seed_of(places.board, kind, today), replicates)
        if cached is not None:
            cached[kind] = null
    found = alarms_on_children(everyone, places, both, null, noise)
    for agency in evidence.agencies:
        if not found.any():
            break
        rest = seen(evidence, kind, places, today, last, without=agency)
        both = problems(rest, places)
        null = nulls(both, seed_of(places.board, kind, today, agency), replicates)
        found = np.minimum(found, alarms_on_children(rest, places, both, null, noise))
    return found


def alarms_on_children(
    view: Seen, places: Places, both: tuple[Problem | None, Problem | None], null: Nulls, noise: Whole
) -> Intervals:
    """The alarms of one view, and of them those that rest on children enough; both with the noise. 0 for all others."""
    found = intervals(view, places, both, null, noise)
    kept = np.zeros_like(found)
    for i, j in zip(*np.nonzero(found >= ALARM_DAYS), strict=True):
        if view.children(places.places[i], WINDOWS[j]) + noise[i, j] >= FEWEST_CHILDREN:
            kept[i, j] = found[i, j]
    return kept


def finest(verdict: GateVerdict, places: Places) -> list[Found]:
    """The finest places that stand, for each kind: a coarser one is told only where no finer one lies inside."""
    told: list[Found] = []
    for kind in CHILD_KINDS:
        standing = verdict.standing[kind]
        taken: set[int] = set()
        for level in LEVELS:
            at_level = [i for i, place in enumerate(places.places) if place.level == level and standing[i].any()]
            # Of joined wards that overlap the one hardest to explain by chance; then fewest wards, then lowest codes.
            at_level.sort(key=lambda i: (-standing[i].max(), len(places.places[i].rows), places.places[i].codes))
            for i in at_level:
                place = places.places[i]
                if taken.isdisjoint(place.rows):
                    told.append(_found(kind, place, verdict.last, standing[i]))
                    taken.update(place.rows)
    return told


def _found(kind: ChildKind, place: Place, last: date, standing: Intervals) -> Found:
    """The window that stands out most, told in whole weeks."""
    days = WINDOWS[int(np.argmax(standing))]
    first = last - timedelta(days=days - 1)
    return Found(
        kind,
        place,
        first - timedelta(days=first.weekday()),
        last + timedelta(days=6 - last.weekday()),
        recurrence(float(standing.max())),
    )


def recurrence(days: float) -> Recurrence:
    """The class of a recurrence interval of a year or more."""
    years = days / 365.25
    if years < 5:
        return Recurrence.ONE_TO_FIVE
    return Recurrence.FIVE_TO_TWENTY_FIVE if years < 25 else Recurrence.OVER_TWENTY_FIVE
