"""Link rates and bounds: a pair with no kind in common is withheld, local tokens link nobody, hidden events widen."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.measures.figures import DateSpan
from analysis.measures.linkage import bounds, figures, hidden_events, kinds_by_sector, pairs
from tests.analysis.measures.ledger import board

DAY = date(2026, 2, 2)
Q1 = DateSpan(date(2026, 1, 1), date(2026, 4, 1))
EVENTS = [
    {"type": "missing", "by": "police", "child": "nhs:a", "day": DAY},
    {"type": "concern", "by": "care", "child": "nhs:a", "day": DAY},
    {"type": "concern", "by": "schools", "child": "upn:a", "day": DAY},
    {"type": "concern", "by": "health", "child": "local:a", "day": DAY},
    {"type": "concern", "by": "health", "day": DAY},
]


def test_a_pair_without_a_kind_in_common_is_withheld_not_none() -> None:
    told = {(pair.one, pair.other): pair for pair in pairs(board(EVENTS))}
    known = told["childrens_social_care", "police"]
    assert (known.kinds, known.both, known.rate) == (("nhs",), 1, 1.0)
    for pair in (told["education", "police"], told["health", "police"]):
        assert pair.withheld
        assert pair.rate is None
    shown = {figure.group: figure for figure in figures(board(EVENTS))}
    assert shown["education police"].codes == ("withheld", "no_kind_in_common")
    assert not shown["education police"].counts


def test_kinds_are_counted_by_sector() -> None:
    assert kinds_by_sector(board(EVENTS))["health"] == {"local": 1, "any": 2, "none": 1}
    twice = [{"type": "concern", "by": "police", "child": f"nhs:{child}", "day": DAY} for child in "ab"]
    assert kinds_by_sector(board(twice))["police"] == {"nhs": 2, "any": 2}


def test_a_pair_has_every_kind_that_both_use_for_any_child_and_its_rate_is_of_the_smaller() -> None:
    events = [
        {"type": "missing", "by": "police", "child": "nhs:a", "day": DAY},
        {"type": "concern", "by": "care", "child": "nhs:a", "day": DAY},
        *({"type": "missing", "by": "police", "child": f"upn:{child}", "day": DAY} for child in "bcd"),
        {"type": "concern", "by": "care", "child": "upn:e", "day": DAY},
    ]
    [line] = figures(board(events))
    assert (line.split, line.group) == ("link rate of pair", "childrens_social_care police")
    assert line.counts == {"one": 2, "other": 4, "both": 1}
    assert (line.value, line.codes) == (0.5, ("nhs", "upn"))


def test_what_cannot_link_widens_the_bounds() -> None:
    assert hidden_events(board(EVENTS), Q1, "cse_concern") == 2
    elsewhere = [
        {"type": kind, "by": "health", "day": day}
        for kind, day in [
            ("missing", DAY),
            ("concern", date(2025, 9, 30)),
            ("concern", date(2025, 10, 2)),
            ("concern", date(2026, 6, 30)),
            ("concern", date(2026, 7, 1)),
        ]
    ]
    assert hidden_events(board([*EVENTS, *elsewhere]), Q1, "cse_concern") == 4  # October and June count, whole months
    assert bounds(1, 2, 2) == (0.25, 1.0)
    assert bounds(3, 4, 0) == (0.75, 0.75)
    assert bounds(0, 0, 0) is None


@pytest.mark.parametrize(("part", "whole", "hidden"), [(0, 5, 3), (5, 5, 3), (2, 9, 0)])
def test_the_figure_lies_within_its_bounds(part: int, whole: int, hidden: int) -> None:
    found = bounds(part, whole, hidden)
    assert found is not None
    assert found[0] <= part / whole <= found[1]
