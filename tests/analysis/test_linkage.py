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


def test_what_cannot_link_widens_the_bounds() -> None:
    assert hidden_events(board(EVENTS), Q1, "cse_concern") == 2
    assert bounds(1, 2, 2) == (0.25, 1.0)
    assert bounds(3, 4, 0) == (0.75, 0.75)
    assert bounds(0, 0, 0) is None


@pytest.mark.parametrize(("part", "whole", "hidden"), [(0, 5, 3), (5, 5, 3), (2, 9, 0)])
def test_the_figure_lies_within_its_bounds(part: int, whole: int, hidden: int) -> None:
    found = bounds(part, whole, hidden)
    assert found is not None
    assert found[0] <= part / whole <= found[1]
