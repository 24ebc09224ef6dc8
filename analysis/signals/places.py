"""Where a signal can be: wards, joined neighbouring wards, towns, the board; fixed by the register, not by events."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from scipy import sparse

from analysis.hotspots.connected import connected
from analysis.hotspots.zones import Floats, Zones
from models.register import Board

Level = Literal["ward", "joined", "town", "board"]
LEVELS: tuple[Level, ...] = ("ward", "joined", "town", "board")
"""Finest first."""
MAX_SHARE = 0.10
"""Of the board's children: a larger zone of joined wards is a town's or the board's business."""
_NEAREST = 7


@dataclass(frozen=True, slots=True)
class Place:
    """One place; `rows` are its wards, by position in the register's order of codes."""

    level: Level
    codes: tuple[str, ...]
    """What a signal names: ward codes, or the town's, or the board's."""
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Places:
    """All places of a board, and the zones its scans look at: wards and joined wards."""

    board: str
    wards: tuple[str, ...]
    towns: tuple[str, ...]
    town_of: tuple[int, ...]
    share: Floats
    """Of each ward: children aged 10 to 17, mean 1."""
    zones: Zones
    places: tuple[Place, ...]
    membership: sparse.csr_matrix
    """Wards and joined wards (in the order of `places`) by wards."""

    @cached_property
    def members(self) -> Floats:
        """Places by wards: 1 where the place has the ward."""
        found = np.zeros((len(self.places), len(self.wards)))
        for i, place in enumerate(self.places):
            found[i, list(place.rows)] = 1
        return found

    @cached_property
    def wards_in(self) -> Floats:
        """How many wards each place has."""
        return np.array([len(place.rows) for place in self.places], np.float64)

    @cached_property
    def share_in(self) -> Floats:
        """The sum of their shares."""
        return np.array([self.share[list(place.rows)].sum() for place in self.places])

    @property
    def scanned(self) -> int:
        """How many places, from the first, are zones of the scans."""
        return int(self.membership.shape[0])


def places_of(board: Board) -> Places:
    """The places of a board. Wards that the register gives no neighbours for are not joined with any."""
    wards = tuple(sorted(ward.code for ward in board.wards))
    towns = tuple(sorted(town.code for town in board.towns))
    by_code = {ward.code: ward for ward in board.wards}
    row = {code: i for i, code in enumerate(wards)}
    neighbours: list[set[int]] = [set() for _ in wards]
    for code in wards:
        for other in by_code[code].neighbours:
            neighbours[row[code]].add(row[other])
            neighbours[row[other]].add(row[code])
    people = np.array([max(by_code[code].population_10_17, 1) for code in wards], np.float64)
    zones = connected(_steps(neighbours), [frozenset(n) for n in neighbours], _NEAREST, people, _cap(people))
    joined = sorted({tuple(sorted(zones.members(node))) for node in range(len(zones.area)) if zones.depth[node] > 0})
    places = [Place("ward", (code,), (i,)) for i, code in enumerate(wards)]
    places += [Place("joined", tuple(wards[i] for i in rows), rows) for rows in joined]
    scanned = len(places)
    town_of = tuple(towns.index(by_code[code].town) for code in wards)
    places += [
        Place("town", (town,), tuple(i for i in range(len(wards)) if town_of[i] == t)) for t, town in enumerate(towns)
    ]
    places.append(Place("board", (board.code,), tuple(range(len(wards)))))
    members = sparse.lil_matrix((scanned, len(wards)))
    for i, place in enumerate(places[:scanned]):
        members[i, list(place.rows)] = 1.0
    return Places(
        board.code, wards, towns, town_of, people / people.mean(), zones, tuple(places), sparse.csr_matrix(members)
    )


def _cap(people: Floats) -> float:
    """The share a zone may have; the largest ward is always one."""
    return max(MAX_SHARE, float(people.max() / people.sum()))


def _steps(neighbours: list[set[int]]) -> Floats:
    """Distances counted in borders crossed; wards that cannot be reached are farther than any."""
    count = len(neighbours)
    steps = np.full((count, count), float(count + 1))
    for start in range(count):
        steps[start, start] = 0.0
        waiting = deque([start])
        while waiting:
            at = waiting.popleft()
            for other in neighbours[at]:
                if steps[start, other] > count:
                    steps[start, other] = steps[start, at] + 1
                    waiting.append(other)
    return steps
