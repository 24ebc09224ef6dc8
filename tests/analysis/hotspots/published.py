"""The published data sets of the hotspot tests: outside the repository, because their licences are not ours."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("YPSEM_SHARED", Path(__file__).parents[3] / "../shared"))
HOTSPOTS = SHARED / "data/hotspots"

needs_published_data = pytest.mark.skipif(
    not HOTSPOTS.is_dir(), reason=f"THE PUBLISHED HOTSPOT DATA ARE NOT AT {HOTSPOTS} (YPSEM_SHARED)"
)


def rows(path: str) -> list[dict[str, str]]:
    """A published CSV file."""
    with (HOTSPOTS / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def words(path: str) -> list[list[str]]:
    """A published file of words and spaces."""
    return [line.split() for line in (HOTSPOTS / path).read_text("utf-8").splitlines() if line.strip()]


def write(path: Path, header: str, lines: Iterable[Sequence[object]]) -> Path:
    """A CSV file as the commands read it."""
    path.write_text("\n".join([header, *(",".join(map(str, line)) for line in lines)]) + "\n", "utf-8")
    return path


def near(p: float, published: float, replicates: int) -> bool:
    """Whether a Monte Carlo p-value agrees with a published one, both simulated."""
    return abs(p - published) <= 4 * math.sqrt(published * (1 - published) / replicates)
