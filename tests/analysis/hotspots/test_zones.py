"""Zones: distances, caps, and every connected set exactly once."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from analysis.hotspots.connected import TooManyZones, connected
from analysis.hotspots.zones import Zones, circles, great_circle_distances
from tests.analysis.hotspots.worlds import places


def sets_of(zones: Zones, centre: int) -> list[frozenset[int]]:
    nodes = range(int(zones.start[centre]), int(zones.start[centre + 1]))
    return [frozenset(zones.members(node)) for node in nodes if zones.whole[node]]


def is_connected(areas: frozenset[int], neighbours: list[frozenset[int]]) -> bool:
    seen, edge = set(), {min(areas)}
    while edge:
        seen |= edge
        edge = {n for area in edge for n in neighbours[area] if n in areas} - seen
    return seen == areas


def grid(side: int) -> list[frozenset[int]]:
    """A chessboard, joined at edges."""
    found = []
    for i in range(side * side):
        row, column = divmod(i, side)
        around = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
        found.append(frozenset(r * side + c for r, c in around if 0 <= r < side and 0 <= c < side))
    return found


def test_every_connected_set_once_and_no_other() -> None:
    neighbours = grid(4)
    away = places(16, seed=9)
    k = 6
    zones = connected(away, neighbours, k, np.ones(16), 1.0)
    for centre in range(16):
        nearest = [int(i) for i in np.lexsort((np.arange(16) != centre, away[centre]))[:k]]
        wanted = {
            frozenset(areas)
            for size in range(1, k + 1)
            for areas in itertools.combinations(nearest, size)
            if centre in areas and is_connected(frozenset(areas), neighbours)
        }
        got = sets_of(zones, centre)
        assert len(got) == len(set(got))
        assert set(got) == wanted


def test_connected_zones_keep_to_the_cap_and_the_radius() -> None:
    neighbours = grid(4)
    away = places(16, seed=9)
    share = np.arange(1.0, 17)
    zones = connected(away, neighbours, 8, share, 0.2, max_radius=4.0)
    found = [(centre, areas) for centre in range(16) for areas in sets_of(zones, centre)]
    assert max(len(areas) for _, areas in found) > 1
    for centre, areas in found:
        assert sum(share[i] for i in areas) <= 0.2 * share.sum() + 1e-9
        assert max(away[centre, i] for i in areas) <= 4.0 + 1e-9


def test_k_beyond_reason_is_refused() -> None:
    with pytest.raises(TooManyZones, match="between 1 and 30"):
        connected(places(4), grid(2), 31, np.ones(4), 1.0)


def test_reach_is_the_distance_of_the_farthest() -> None:
    away = places(12)
    for zones in (circles(away, np.ones(12), 0.6), connected(away, [frozenset(range(12))] * 12, 5, np.ones(12), 1.0)):
        for node in range(0, len(zones.area), 7):
            areas = zones.members(node)
            assert zones.reach[node] == pytest.approx(max(away[areas[0], i] for i in areas))


@pytest.mark.parametrize(("cap", "sizes"), [(0.24, 0), (0.25, 1), (0.5, 2), (1.0, 4)])
def test_the_cap_is_reached_but_not_passed(cap: float, sizes: int) -> None:
    zones = circles(places(4), np.ones(4), cap)
    assert np.diff(zones.start).tolist() == [sizes] * 4


def test_circles_stop_at_a_radius_and_at_k() -> None:
    away = places(12)
    near = circles(away, np.ones(12), 1.0, max_radius=3.0)
    assert max(near.reach) <= 3.0
    assert [len(sets_of(near, i)) for i in range(12)] == [int(np.sum(away[i] <= 3.0)) for i in range(12)]
    assert np.diff(circles(away, np.ones(12), 1.0, k=5).start).tolist() == [5] * 12


def test_places_that_coincide_are_one_step() -> None:
    zones = circles(np.array([[0.0, 0, 2], [0, 0, 2], [2, 2, 0]]), np.ones(3), 1.0)
    assert sets_of(zones, 0) == [frozenset({0, 1}), frozenset({0, 1, 2})]
    assert zones.members(int(zones.start[1]) + 1)[0] == 1


def test_great_circles() -> None:
    """A quarter of the way round, and across the date line."""
    away = great_circle_distances(np.array([0.0, 0.0, 90.0, 0.0]), np.array([0.0, 179.5, 12.0, -179.5]))
    assert away[0, 2] == pytest.approx(6371.3 * np.pi / 2)
    assert away[1, 3] == pytest.approx(6371.3 * np.pi / 180)
