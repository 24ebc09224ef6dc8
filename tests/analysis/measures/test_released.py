"""What is released, before protection, is what the worked examples and a second, slow implementation say."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from analysis.disclosure.counting import Tally
from analysis.disclosure.ladders import LADDERS
from analysis.measures.examples import load
from analysis.measures.figures import DateSpan
from analysis.measures.occurred import Occurred
from analysis.measures.registry import BY_ID, DEFINITIONS, MEASURES, OCCURS
from analysis.release import LADDER
from models.catalogue import shipped
from models.contract.periods import bounds
from tests.analysis.measures import slow_counted
from tests.analysis.measures.ledger import SECTORS, board
from tests.analysis.measures.lives import life
from tests.analysis.measures.released import at_home, children, released
from tests.analysis.measures.test_properties import ledgers

Events = list[dict[str, Any]]
CATALOGUE: list[dict[str, Any]] = [
    entry
    for file in sorted(Path("models/catalogue").glob("indicators-*.yaml"))[-1:]
    for entry in yaml.safe_load(file.read_text("utf-8"))["indicators"]
]
COUNTS = slow_counted.counts(CATALOGUE, SECTORS)
PERIOD = "2026Q1"
WINDOWS = ("2025Q4", PERIOD, "2025FY")
ONE_STANDS_FOR_ALL = {
    *(f"m6_{topic}" for topic in shipped().categories if topic not in ("living", "disclosure")),
    *(f"m18_{part}_{topic}" for part in ("recorded", "missed") for topic in shipped().categories if topic != "online"),
}
"""Counts by category that need no worked example of their own."""
CASES = [(d.id, example) for d in DEFINITIONS for example in load(d.id)]


def numbers(counted: Tally, measure: str, period: str) -> dict[str, int]:
    """Name (with `/sector` for those of one) -> children of the board; those that are none left out."""
    names = [count.name for count in BY_ID[measure].counts]
    found = {
        f"{name}/{sector}" if sector else name: len(children(counted, name, period, sector))
        for name in names
        for sector in ("", *SECTORS.values())
    }
    return {name: number for name, number in found.items() if number}


@pytest.mark.parametrize(("measure", "example"), CASES, ids=[f"{m}: {e['name']}" for m, e in CASES])
def test_worked_example(measure: str, example: Mapping[str, Any]) -> None:
    """The whole board's cells are all there, and no others; of sectors those that the example names."""
    if not BY_ID[measure].counts:
        assert "released" not in example
        return
    period = example.get("period", PERIOD)
    found, wanted = numbers(released(example["events"]), measure, period), example["released"]
    assert {name: n for name, n in found.items() if "/" not in name or name in wanted} == {
        name: n for name, n in wanted.items() if n
    }


def test_every_count_has_a_worked_example_where_it_is_some_and_one_where_it_is_none() -> None:
    """Of coverage and detection one category stands for all: they differ in the catalogue alone."""
    told: dict[str, set[bool]] = {}
    for measure, example in CASES:
        for count in BY_ID[measure].counts:
            told.setdefault(count.name, set()).add(bool(example["released"].get(count.name)))
    assert {name for name, states in told.items() if states != {True, False}} <= ONE_STANDS_FOR_ALL


def test_there_is_a_slow_one_of_every_count_that_is_released() -> None:
    """And of those of M3, which only older ladders release."""
    assert set(COUNTS) == {*LADDER.measures, *LADDERS[4].measures}


def check(events: Events, names: tuple[str, ...] = tuple(COUNTS)) -> None:
    """Every cell of the whole board and of each sector has the children that the slow one finds."""
    counted = released(events)
    for name in names:
        for window in WINDOWS:
            for sector in ("", *sorted({SECTORS[e["by"]] for e in events})):
                expected = slow_counted.cell(COUNTS[name], name, events, bounds(window), SECTORS, sector)
                assert children(counted, name, window, sector) == expected, (name, window, sector)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledgers())
def test_every_cell_equals_the_slow_one(events: Events) -> None:
    check(events)


@cache
def lives() -> tuple[Tally, dict[str, Events]]:
    """Two thousand children, released together: no child's events are another's."""
    chance = random.Random(3)
    by_child = {f"c{number}": life(chance, f"c{number}") for number in range(2_000)}
    return released([event for events in by_child.values() for event in events]), by_child


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_every_cell_equals_the_slow_one_at_the_edges(name: str) -> None:
    """Children with a few events each, exactly at, before or after the edge of some rule."""
    counted, by_child = lives()
    some = 0
    for window in WINDOWS:
        for sector in ("", "police", "childrens_social_care", "education"):
            expected: set[str] = set()
            for events in by_child.values():
                expected |= slow_counted.cell(COUNTS[name], name, events, bounds(window), SECTORS, sector)
            assert children(counted, name, window, sector) == expected, (window, sector)
            some += bool(expected)
    rare = name.startswith(("m6_", "m18_")) and not name.endswith(("_any", "_online"))
    assert some or rare, "nothing was put to the test"


def test_a_concern_entered_in_the_next_year_counts_where_it_says_the_child_lives() -> None:
    """No event of that year gives the child a home. What M17 counts of a concern is placed with it."""
    concern = {"type": "concern", "by": "police", "child": "a", "day": "2026-03-31", "recorded_on": "2026-04-02"}
    counted = released([concern | {"areas": {"home": "X05000002"}}])
    assert at_home(counted, "m1_children", "2026FY", "X05000002") == {"a"}
    assert children(counted, "m1_children", "2025FY") == frozenset()


def test_a_concern_counts_under_each_indicator_that_it_names_and_under_none_where_it_names_none() -> None:
    concern = {"type": "concern", "by": "police", "day": "2026-02-01"}
    named = {"child": "a", "indicators": ["GIFTS_MONEY", "DRUGS"]}
    counted = released([concern | named, concern | {"child": "b", "indicators": []}], indicators=("DRUGS", "STI"))
    cells = {kind: children(counted, "m1_children", "2026Q1", indicator=kind) for kind in ("DRUGS", "STI")}
    assert cells == {"DRUGS": {"a"}, "STI": frozenset()}
    assert children(counted, "m1_children", "2026Q1", indicator="none_recorded") == {"a", "b"}


def test_what_exact_figures_count_is_what_is_released() -> None:
    """Of the whole board, count by count: there is no second way to count."""
    counted, by_child = lives()
    occurred = Occurred(board([event for events in by_child.values() for event in events]), OCCURS)
    for window in WINDOWS:
        told = occurred.during(DateSpan(*bounds(window)), *COUNTS)
        assert {name: told.children(name) for name in COUNTS} == {
            name: len(children(counted, name, window)) for name in COUNTS
        }


def test_only_what_counts_no_occurrence_sees_more_than_occurrences() -> None:
    """Returns, places and training; actions come from a table."""
    assert {measure.id for measure in MEASURES if measure.of_records} == {"m5", "m13", "m15"}
    assert {measure.id for measure in MEASURES if not measure.figures} == {"m5", "m13", "m14", "m15"}
    assert not any(measure.counts for measure in MEASURES if not measure.figures)
