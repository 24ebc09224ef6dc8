"""Who knows that a child is counted, and whose work the count is: by the records that each agency sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

import pytest

from analysis.measures.children import view
from analysis.measures.history import Rules
from analysis.measures.m3 import case_of
from analysis.measures.registry import BY_ID
from tests.analysis.measures.ledger import SECTORS, board, rows

Told = Mapping[str, Any]
Knows = tuple[AbstractSet[str], AbstractSet[str] | None, AbstractSet[str]]
"""The agencies that reported it, those that know of it (None: the same), and the roles whose work it is."""


def day(month: int, number: int) -> date:
    return date(2026, month, number)


MISSING = {"type": "missing", "by": "police", "child": "a", "day": day(1, 5), "ended_on": day(1, 6)}
PLACED = MISSING | {"placement_area": "out_of_area_theirs"}
INTERVIEW = {
    **{"type": "interview", "by": "yj", "child": "a", "day": day(1, 8), "returned_on": day(1, 6)},
    **{"offered": "yes", "completed": "yes", "within_72h": "yes"},
}
CONCERN = {"type": "concern", "by": "schools", "child": "a", "day": day(2, 2), "risk": {"level": "serious"}}
SCREENING = {"type": "screening", "by": "care", "child": "a", "day": day(2, 3), "level": "at_risk"}
PLAN = {"type": "response", "by": "care", "child": "a", "day": day(2, 4), "kind": "plan"}
TALK = {"type": "response", "by": "health", "child": "a", "day": day(1, 22), "kind": "strategy_discussion"}
REFUSED = CONCERN | {"id": "one", "next_step": "none"}
NO_ACTION = {"type": "response", "by": "schools", "child": "a", "day": day(2, 4), "kind": "nfa", "about": "one"}
AGAIN = [MISSING, *(MISSING | {"day": day(1, n), "ended_on": day(1, n)} for n in (12, 20))]


@pytest.mark.parametrize(
    ("events", "name", "knows"),
    [
        ([MISSING], "m9_children", ({"police"}, None, set())),
        ([MISSING, INTERVIEW], "m9_children", ({"police"}, {"police", "yj"}, {"interviews"})),
        ([MISSING], "m8_returned", ({"police"}, {"police"}, set())),
        ([MISSING, INTERVIEW], "m8_returned", ({"police"}, {"police", "yj"}, {"interviews"})),
        ([MISSING, INTERVIEW], "m8_within_72h", ({"police"}, {"yj"}, {"interviews"})),
        ([MISSING, INTERVIEW], "m8_offered_by", ({"yj"}, {"yj"}, {"interviews"})),
        ([PLACED, INTERVIEW], "m12_returned", ({"police"}, {"police", "yj"}, {"interviews"})),
        ([PLACED, INTERVIEW], "m12_completed", ({"police"}, {"yj"}, {"interviews"})),
        ([*AGAIN], "m10_children", ({"police"}, {"police"}, set())),
        ([*AGAIN, TALK], "m10_children", ({"police"}, {"police", "health"}, {"responses"})),
        ([*AGAIN, TALK], "m10_responded", ({"police"}, {"health"}, {"responses"})),
        ([CONCERN], "m7_children", ({"schools"}, {"schools"}, set())),
        ([CONCERN, SCREENING], "m7_children", ({"schools"}, {"schools", "care"}, {"screenings"})),
        ([CONCERN, SCREENING], "m7_screened", ({"schools"}, {"care"}, {"screenings"})),
        ([CONCERN, SCREENING], "m7_screened_by", ({"care"}, {"care"}, {"screenings"})),
        ([REFUSED], "m21_turned_away", ({"schools"}, {"schools"}, set())),
        ([CONCERN | {"id": "one"}, NO_ACTION], "m21_turned_away", ({"schools"}, {"schools"}, {"responses"})),
        ([SCREENING], "m21_screened", ({"care"}, None, {"screenings"})),
        ([CONCERN, PLAN], "m16_met", ({"schools"}, {"care"}, {"responses", "lead"})),
        ([CONCERN], "m1_children", ({"schools"}, None, set())),
    ],
)
def test_who_knows_and_whose_work_it_is(events: Iterable[Told], name: str, knows: Knows) -> None:
    [child] = board(events).children.values()
    found = [one for of, one in BY_ID[name.partition("_")[0]].occurs(child, Rules()) if of == name]
    assert found
    for one in found:
        assert (one.agencies, one.known_to) == knows[:2]
        assert one.roles == knows[2]


def test_the_home_that_a_record_gives_goes_with_what_it_counts() -> None:
    home = {"areas": {"home": "X05000002"}}
    [child] = board([CONCERN | home, SCREENING | home]).children.values()
    for name in ("m1_children", "m7_children", "m7_screened", "m21_screened"):
        found = [one for of, one in BY_ID[name.partition("_")[0]].occurs(child, Rules()) if of == name]
        assert [one.home for one in found] == ["X05000002"], name


def test_a_concern_counts_with_the_indicators_that_it_names() -> None:
    [child] = board([CONCERN | {"indicators": ["GIFTS_MONEY", "SELF_HARM"]}]).children.values()
    [found] = [one for of, one in BY_ID["m1"].occurs(child, Rules()) if of == "m1_children"]
    assert found.indicators == {"GIFTS_MONEY", "SELF_HARM"}


def test_who_recognised_a_child_is_who_found_the_high_level_on_that_day() -> None:
    """Not who raised a lower one that day, nor who found the high level later."""
    others = [
        CONCERN | {"by": "health", "risk": {"level": "at_risk"}},
        CONCERN | {"by": "police", "day": day(2, 9)},
    ]
    [child] = board([CONCERN, *others]).children.values()
    case = case_of(child, Rules())
    assert case is not None
    assert (case.on, case.recognised_by) == (day(2, 2), frozenset({"schools"}))


def test_records_that_belong_to_no_child_are_counted_by_agency_kind_and_day() -> None:
    events = [
        {"type": "concern", "by": "police", "day": day(2, 2)},
        {"type": "missing", "by": "police", "day": day(2, 2)},
        {"type": "missing", "by": "police", "day": day(2, 2)},
        {"type": "missing", "by": "care", "day": day(2, 3)},
        CONCERN,
    ]
    seen = view(rows(events).items(), None, SECTORS)
    assert seen.untied == {
        ("police", "cse_concern", day(2, 2)): 1,
        ("police", "missing_episode", day(2, 2)): 2,
        ("care", "missing_episode", day(2, 3)): 1,
    }
    assert (seen.linked_events, seen.child_events) == (1, 5)
    assert {name: len(own.children) for name, own in seen.sectors.items() if own.children} == {"education": 1}
