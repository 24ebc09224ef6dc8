"""What is mutated, and the tests that must notice: for each room its own tests first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Target(NamedTuple):
    """A file or folder of code, and the tests that decide about it, in the order in which they run."""

    code: str
    tests: tuple[str, ...]


TARGETS = (
    Target(
        "analysis/measures", ("tests/analysis/measures", "tests/analysis/test_linkage.py", "tests/dashboards/measures")
    ),
    Target(
        "analysis/disclosure",
        (
            "tests/analysis/disclosure",
            "tests/analysis/test_release.py",
            "tests/analysis/test_small_boards.py",
            "tests/analysis/mechanism/test_odds.py",
            "tests/analysis/measures/test_ladder.py",
            "tests/analysis/shown/test_accuracy.py",
            "tests/analysis/shown/test_changes_told.py",
            "tests/dashboards/test_error_of_figures.py",
        ),
    ),
    Target(
        "analysis/ledger",
        ("tests/analysis/ledger", "tests/streams/test_ledger_state.py", "tests/streams/test_ownership.py"),
    ),
    Target("agencies/generalise.py", ("tests/agencies/test_generalise.py", "tests/agencies/readers")),
    Target("streams/intake/decide.py", ("tests/streams/test_decide.py", "tests/streams/test_intake_detect.py")),
)
"""`analysis/training` waits for its rewriting."""

WORDS = ("document.py", "definition.py", "export.py")
"""Files that hold words for people and decide nothing."""


def files(root: Path = ROOT) -> Iterator[tuple[Path, Target]]:
    """Every source file that is mutated, with its target."""
    for target in TARGETS:
        place = root / target.code
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            if path.name not in ("__init__.py", *WORDS):
                yield path, target
