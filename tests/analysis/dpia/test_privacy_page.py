"""docs/privacy.md says of figures what the rule and the ladder say: its numbers are worked out here once more."""

from __future__ import annotations

import re
from datetime import date
from math import exp, sqrt
from typing import Any

import pytest

from analysis.disclosure.noise import STANDARD
from tests.analysis.dpia.cells_of import cells_of
from tests.operations.files import ROOT, tables

PAGE = (ROOT / "docs" / "privacy.md").read_text("utf-8")
SECTION = "## What the protection proves, and what it does not"
TEXT = " ".join(PAGE.split(SECTION)[1].split("\n## ")[0].split())
SIGNS = ["GIFTS_MONEY", "STI"]
CONCERN = {
    "type": "concern", "by": "police", "day": date(2025, 5, 1), "recorded_on": date(2025, 5, 1), "indicators": SIGNS,
    "models": ["online"], "location_type": "street", "risk": {"level": "at_risk"}, "harm_status": "suspected",
    "age_band": "14-15", "ethnic_group": "white", "disability": "no", "next_step": "early_help",
}  # fmt: skip
EPISODE = {
    "type": "missing", "by": "care", "day": date(2025, 5, 10), "hour_band": "18-24", "ended_on": date(2025, 5, 11),
    "ended_hour_band": "06-12", "duration_band": "6_24h", "missing_from": "care", "placement_area": "in_area",
}  # fmt: skip
"""Records with an answer in every field: what agencies send, and what changes the most cells."""
STORY = [
    CONCERN,
    EPISODE | {"id": "x"},
    {"type": "interview", "by": "care", "day": date(2025, 5, 12), "about": "x", "offered": "yes", "completed": "yes",
     "within_72h": "yes"},
]  # fmt: skip


def test_the_error_of_a_figure_is_that_of_the_rule() -> None:
    assert f"a standard deviation of {STANDARD.deviation} children" in TEXT
    assert f"taken to the nearest {STANDARD.base}; below {STANDARD.lowest} it is written" in TEXT
    nine, most = STANDARD.margin(0.9), STANDARD.margin(0.99)
    assert f"9 figures in 10 are within {nine} of the number of children, 99 in 100 within {most}" in TEXT
    assert f"`d² / {2 * STANDARD.deviation**2}`" in TEXT


def test_the_glossary_says_the_same() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    assert f"taken to the nearest {STANDARD.base}: 9 in 10 are within {STANDARD.margin(0.9)} of the number" in glossary
    assert f"the moved number is below {STANDARD.lowest}:" in glossary
    assert f"standard deviation {STANDARD.deviation}, by cell" in glossary


def test_the_worked_examples_are_worked_out() -> None:
    rows = tables(PAGE, SECTION)
    assert [row[0] for row in rows] == ["10", "20", "40"]
    for cells, told, half, most, _ in rows:
        rho = int(cells) / (2 * STANDARD.deviation**2)
        assert told == f"{rho:.2f}"
        assert half == f"{exp(rho):.1f}"
        assert most == f"{exp(rho + 2.326 * sqrt(2 * rho)):,.0f}"


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([EPISODE], "one missing episode, recorded by one agency"),
        ([CONCERN], "a concern with two kinds of sign, recorded by one agency"),
        (STORY, "a concern, a missing episode and its return interview, together"),
    ],
)
def test_a_story_changes_as_many_cells_as_the_page_says(events: list[dict[str, Any]], said: str) -> None:
    found = re.search(rf"{said} \((\d+) cells\)", TEXT)
    assert found is not None
    assert cells_of(events) == int(found[1])


def test_the_bound_without_the_approximation_is_worked_out_too() -> None:
    found = [exp(rho + 2 * sqrt(4.605 * rho)) for rho in (10 / 18, 20 / 18, 40 / 18)]
    said = re.search(r": ([\d,]+), ([\d,]+) and ([\d,]+) for 10, 20 and 40 cells", TEXT)
    assert said is not None
    assert said.groups() == tuple(f"{factor:,.0f}" for factor in found)
