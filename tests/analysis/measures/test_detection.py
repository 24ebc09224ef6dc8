"""M18: its worked examples, and a second, slow count of the same definition on random children."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.disclosure.cells import CellKey, sector
from analysis.disclosure.counting import Tally, tally
from analysis.disclosure.facts import facts_of, placed
from analysis.measures.children import view
from analysis.measures.exact import figures_of
from analysis.measures.examples import load
from analysis.measures.figures import DateSpan
from analysis.measures.history import Rules
from analysis.measures.registry import BY_ID
from models.contract.periods import bounds
from tests.analysis.measures import slow_detection
from tests.analysis.measures.ledger import SECTORS, board, rows
from tests.analysis.measures.released import BOARD, SHAPE

CATALOGUE: list[dict[str, Any]] = [
    entry
    for file in sorted(Path("models/catalogue").glob("indicators-*.yaml"))[-1:]
    for entry in yaml.safe_load(file.read_text("utf-8"))["indicators"]
]
CODES = (
    "ONLINE_GROOM",
    "PHONE_USE",
    "SEXUAL_IMAGES",
    "GIFTS_MONEY",
    "DRUGS",
    "SELF_HARM",
    "SCHOOL_ABSENCE",
    "STI",
    "unknown",
)
NAMES = tuple(count.name for count in BY_ID["m18"].counts)
YEAR = "2025FY"
EDGES = (-1, 0, 1, 89, 90, 91, 180, 274, 275, 364, 365, 366, 454, 455, 456, -89, -90, -91)
"""Days from the first of the year."""


def released(events: list[dict[str, Any]]) -> Tally:
    seen = view(rows(events).items(), None, SECTORS)
    return tally(placed(facts_of(seen, Rules(), frozenset(NAMES)), seen, SHAPE), SHAPE)


def children(counted: Tally, name: str, window: str, of_sector: str = "") -> frozenset[str]:
    return counted.children(CellKey(name, window, "board", BOARD, sector(of_sector) if of_sector else "any"))


@pytest.mark.parametrize("example", load("m18"), ids=lambda example: example["name"])
def test_worked_example(example: Mapping[str, Any]) -> None:
    window = DateSpan(*bounds(example["period"]))
    found = figures_of("m18", board(example["events"], date(2026, 5, 12)), window)
    lines = {f"{figure.split}/{figure.group}": figure for figure in found}
    for name, wanted in example["expect"].items():
        told = {**lines[name].counts, "value": lines[name].value}
        assert {key: told[key] for key in wanted} == wanted, name
    counted = released(list(example["events"]))
    numbers = {name: len(children(counted, name, example["period"])) for name in NAMES}
    own = {
        f"{name}/{of}": len(children(counted, name, example["period"], of)) for name in NAMES for of in SECTORS.values()
    }
    wanted = example["released"]
    assert {name: n for name, n in numbers.items() if n} == {name: n for name, n in wanted.items() if "/" not in name}
    assert {name: own[name] for name in wanted if "/" in name} == {n: v for n, v in wanted.items() if "/" in n}


def life(chance: random.Random, name: str) -> list[dict[str, Any]]:
    """A few coded records of a child, exactly at, before or after the edges of the year and of ninety days."""
    first, events = bounds(YEAR)[0], []
    anchor = chance.choice(EDGES)
    for number in range(chance.choice((2, 3, 3, 4, 5))):
        day = anchor + (chance.choice((0, 1, 89, 90, 91, -89, -90, -91)) if number else 0)
        if chance.random() < 0.2:
            day = chance.choice(EDGES)
        events.append(
            {
                "type": chance.choice(("seen", "seen", "concern")),
                "by": chance.choice(("police", "care", "schools", "health")),
                "child": name,
                "day": date.fromordinal(first.toordinal() + day),
                "indicators": chance.sample(CODES, chance.choice((1, 1, 2))),
                "id": f"{name}-{number}",
            }
        )
    return events


def test_every_cell_equals_the_slow_one() -> None:
    chance = random.Random(11)
    lives = [life(chance, f"c{number}") for number in range(700)]
    counted = released([event for events in lives for event in events])
    some = {"recorded": 0, "missed": 0}
    for name in NAMES:
        _, part, topic = name.split("_", 2)
        for of in ("police", "childrens_social_care", "education", "health"):
            expected: set[str] = set()
            for events in lives:
                expected |= slow_detection.cell(part, topic, events, bounds(YEAR), of, SECTORS, CATALOGUE)
            found = children(counted, name, YEAR, of)
            assert found == expected, (name, of)
            some[part] += len(found)
    assert min(some.values()) > 100, "nothing was put to the test"


def test_recorded_and_missed_are_no_child_twice() -> None:
    chance = random.Random(12)
    counted = released([event for number in range(300) for event in life(chance, f"c{number}")])
    for topic in ("any", "online", "health"):
        for of in SECTORS.values():
            both = [children(counted, f"m18_{part}_{topic}", YEAR, of) for part in ("recorded", "missed")]
            assert not both[0] & both[1]
