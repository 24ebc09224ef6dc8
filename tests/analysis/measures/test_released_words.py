"""What a measure says of its release is what the ladder holds: places, periods and splits, no more and no fewer."""

from __future__ import annotations

import re

import pytest

from analysis.disclosure.ladders import LADDERS
from analysis.measures.definition import Definition
from analysis.measures.registry import DEFINITIONS

NEWEST = LADDERS[max(LADDERS)]
WORDS = {
    "board": r"\bboard\b",
    "town": r"\btowns?\b",
    "ward": r"\bwards?\b",
    "sector": r"\bsectors?\b",
    "indicator": r"\bby indicator\b",
    "quarter": r"\bquarter\b",
    "year": r"\bfinancial year\b",
}


def on_ladder(measure: str) -> set[str]:
    """The words for every rung that carries something of a measure (`m7`)."""
    rungs = [
        rung
        for rung in NEWEST.rungs
        if rung.window in WORDS and any(name.startswith(f"{measure}_") for name in rung.measures)
    ]
    levels = {rung.level for rung in rungs}
    splits = {split for rung in rungs for split in rung.split.split(" x ") if split != "any"}
    return {*levels, *splits, *(rung.window for rung in rungs)}


def said(text: str) -> set[str]:
    """Which of the words a text has."""
    return {word for word, pattern in WORDS.items() if re.search(pattern, text)}


COUNTED = [definition for definition in DEFINITIONS if on_ladder(definition.id)]


def test_most_measures_are_on_the_ladder() -> None:
    assert len(COUNTED) == 15


@pytest.mark.parametrize("definition", COUNTED, ids=lambda d: d.id)
def test_what_is_said_to_be_released_is_what_the_ladder_holds(definition: Definition) -> None:
    assert said(definition.released) == on_ladder(definition.id)


@pytest.mark.parametrize("number", [5, 14])
def test_what_holds_no_child_data_promises_no_cells(number: int) -> None:
    assert DEFINITIONS[number - 1].released.startswith("as it is: it holds no child data")


STAY_INSIDE = ("status", "any one agency", "both directions", "each direction", "ward by kind of place", "not recorded")
"""Splits that are counted inside the service and are on no rung: a question that asks for one promises it."""


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.id)
def test_a_question_promises_no_split_that_stays_inside(definition: Definition) -> None:
    assert [words for words in STAY_INSIDE if words in definition.question] == []


def test_what_is_no_longer_released_says_why_and_since_when() -> None:
    """M3: it was near 100 % wherever it was a figure (docs/adr/0033)."""
    gone = [definition.id for definition in DEFINITIONS if re.match("not since ladder 5: ", definition.released)]
    older = {name.partition("_")[0] for version in (3, 4) for name in LADDERS[version].measures}
    assert gone == sorted(older - {name.partition("_")[0] for name in NEWEST.measures}) == ["m3"]


@pytest.mark.parametrize(("number", "other"), [(1, 19), (7, 21), (9, 20), (12, 20), (13, 19), (16, 21), (17, 19)])
def test_what_another_measure_releases_is_named_there(number: int, other: int) -> None:
    assert f"see M{other}" in DEFINITIONS[number - 1].released


@pytest.mark.parametrize("number", [7, 9, 11, 12, 13, 17])
def test_what_is_counted_inside_and_not_released_is_said(number: int) -> None:
    assert re.search(r"counted inside alone|^not as figures", DEFINITIONS[number - 1].released)
