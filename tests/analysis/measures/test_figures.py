"""What the worked examples cannot say: agencies that left, the JSON of a line, and interviews that stand alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analysis.measures import m8
from analysis.measures.exact import figures_of
from analysis.measures.figures import DateSpan, Figure, answer
from analysis.measures.m4 import expectation
from tests.analysis.measures.ledger import board

Q1 = DateSpan(date(2026, 1, 1), date(2026, 4, 1))
CONCERN = {"type": "concern", "child": "a", "day": date(2026, 2, 1)}


def test_what_an_agency_reported_that_is_no_longer_registered_is_of_no_sector() -> None:
    picture = board([CONCERN | {"by": "closed"}, CONCERN | {"by": "police", "child": "b"}])
    lines = {line.group: line for line in figures_of("m1", picture, Q1) if line.split == "sector"}
    assert {name: line.counts["children"] for name, line in lines.items()} == {"police": 1, "unknown": 1}
    assert lines["unknown"].value == 0.5


def test_a_line_as_json_leaves_out_what_it_has_not_and_rounds_to_six_places() -> None:
    whole = Figure("sector", "police", {"children": 1}, 2 / 3, 0.1234564, 1.0, ("exceeds",))
    assert whole.json() == {
        **{"split": "sector", "group": "police", "counts": {"children": 1}},
        **{"value": 0.666667, "low": 0.123456, "high": 1.0, "codes": ["exceeds"]},
    }
    assert Figure("all", "all", {}).json() == {"split": "all", "group": "all", "counts": {}}


def test_the_first_answer_counts_and_unknown_is_more_than_nothing() -> None:
    assert answer(["not_recorded", "unknown", "F", "M"]) == "F"
    assert answer(["not_recorded", "unknown"]) == "unknown"
    assert answer(["not_recorded"]) == answer([]) == "not_recorded"


def test_none_observed_may_be_none_at_all() -> None:
    found = expectation(0, 2.0)
    assert (found.ratio, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(1.8444397271)


INTERVIEW: dict[str, Any] = {
    **{"type": "interview", "by": "yj", "child": "a", "day": date(2026, 1, 4), "returned_on": date(2026, 1, 2)},
    **{"offered": "yes", "completed": "yes", "within_72h": "yes"},
}
EPISODE = {"type": "missing", "by": "yj", "child": "a", "day": date(2026, 1, 1), "ended_on": date(2026, 1, 2)}


@pytest.mark.parametrize(
    ("answers", "steps"),
    [
        ({}, ["m8_returned", "m8_offered", "m8_completed", "m8_within_72h"]),
        ({"within_72h": "no"}, ["m8_returned", "m8_offered", "m8_completed"]),
        ({"completed": "no"}, ["m8_returned", "m8_offered"]),
        ({"offered": "no", "completed": "unknown"}, ["m8_returned"]),
        ({"returned_on": None}, []),
    ],
)
def test_who_interviewed_knows_of_a_return_that_its_own_records_hold_no_episode_of(
    answers: dict[str, Any], steps: list[str]
) -> None:
    """On the day of return, with each step of the interview, and nobody else does."""
    told = {key: value for key, value in (INTERVIEW | answers).items() if value is not None}
    [child] = board([told]).children.values()
    known = list(m8.known_alone(child))
    assert [name for name, _ in known] == steps
    assert {(one.on, one.agencies) for _, one in known} <= {(date(2026, 1, 2), frozenset({"yj"}))}


def test_an_interview_that_comes_first_does_not_hide_one_with_a_day_of_return() -> None:
    undated = {key: value for key, value in INTERVIEW.items() if key != "returned_on"} | {"day": date(2026, 1, 3)}
    [child] = board([undated, INTERVIEW]).children.values()
    assert len(list(m8.known_alone(child))) == 4


def test_an_interview_about_an_episode_in_the_same_records_adds_nothing() -> None:
    [child] = board([EPISODE, INTERVIEW]).children.values()
    assert list(m8.known_alone(child)) == []
