"""The areas of each zone to be scanned, as trees that compiled code walks depth first.

A node is its parent and one area more. Circles are one chain per centre; connected irregular zones branch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

EARTH_RADIUS_KM = 6371.3
"""The radius SaTScan takes."""
ROUNDING = 1e-9
TABLE_CELLS = 8_000_000
_SAME_DISTANCE = 1e-10

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Zones:
    """Every zone, grouped by the centre it grew from; a node is a zone if `whole`."""

    area: Ints
    """The area that a node adds."""
    depth: Ints
    """How many areas it has, less one; a node's parent is the last node before it of one depth less."""
    whole: npt.NDArray[np.bool_]
    """False inside a group of equally distant areas, which are added together."""
    start: Ints
    """First node of each centre, and the number of nodes at the end."""
    reach: Floats
    """How far from its centre the node's farthest area lies."""

    def members(self, node: int) -> list[int]:
        """The areas of a zone, in the order they were added: the centre first."""
        wanted = int(self.depth[node])
        found = []
        for at in range(node, -1, -1):
            if self.depth[at] == wanted:
                found.append(int(self.area[at]))
                wanted -= 1
                if wanted < 0:
                    break
        return found[::-1]

    def only(self, centres: Ints) -> Zones:
        """The zones of some centres."""
        nodes = np.concatenate([np.arange(self.start[i], self.start[i + 1]) for i in centres])
        lengths = self.start[centres + 1] - self.start[centres]
        start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return Zones(self.area[nodes], self.depth[nodes], self.whole[nodes], start, self.reach[nodes])

    def runs(self, days: int) -> list[tuple[int, int]]:
        """Runs of centres whose table of measures, one for each node and day, fits in memory."""
        room = max(1, TABLE_CELLS // (days + 1))
        runs = []
        begin = 0
        for centre in range(len(self.start) - 1):
            if self.start[centre + 1] - self.start[begin] > room and centre > begin:
                runs.append((begin, centre))
                begin = centre
        runs.append((begin, len(self.start) - 1))
        return runs


def cartesian_distances(x: Floats, y: Floats) -> Floats:
    """Straight distances in the unit of the coordinates."""
    return np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])


def great_circle_distances(latitude: Floats, longitude: Floats) -> Floats:
    """Distances over the sphere in km, from degrees (haversine: exact for near and far)."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    half_lat = np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
    half_lon = np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    chord = half_lat + np.cos(lat)[:, None] * np.cos(lat)[None, :] * half_lon
    distances: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(chord)))
    return distances


def circles(
    distances: Floats, share: Floats, cap: float, max_radius: float | None = None, k: int | None = None
) -> Zones:
    """Growing circles around every area: up to a share of the whole (population or expected cases), a radius, and
    the k nearest areas, itself counted.

    Areas at the same distance enter together, so that the zones do not depend on the order of areas.
    """
    parts: list[tuple[Ints, npt.NDArray[np.bool_], Floats]] = []
    limit = cap * float(share.sum()) * (1 + ROUNDING)
    for centre in range(len(share)):
        away = distances[centre]
        # The centre stands first even where another area has its very place.
        order = np.lexsort((np.arange(len(away)) != centre, away))
        inside = np.cumsum(share[order]) <= limit
        if max_radius is not None:
            inside &= away[order] <= max_radius * (1 + ROUNDING)
        if k is not None:
            inside[k:] = False
        count = int(np.argmin(inside)) if not inside.all() else len(inside)
        sorted_away = away[order]
        whole = np.ones(len(order), np.bool_)
        whole[:-1] = sorted_away[1:] - sorted_away[:-1] > _SAME_DISTANCE * np.maximum(sorted_away[1:], 1e-300)
        parts.append((order[:count].astype(np.int64), whole[:count], sorted_away[:count]))
    lengths = [len(areas) for areas, _, _ in parts]
    return Zones(
        area=np.concatenate([areas for areas, _, _ in parts]),
        depth=np.concatenate([np.arange(length, dtype=np.int64) for length in lengths]),
        whole=np.concatenate([whole for _, whole, _ in parts]),
        start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        reach=np.concatenate([reach for _, _, reach in parts]),
    )
