"""Measures that look back count only where records reach: else a series begins with a rise that is none."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.cells import Shape
from analysis.disclosure.stated import counted_from, stated
from analysis.measures.children import view
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.look_back import LookBack, covered, records_from
from analysis.measures.registry import BY_ID, MEASURES, OCCURS
from analysis.release import LADDER
from models.contract.periods import bounds
from models.register import Register
from models.releases import CellState
from tests.analysis.measures.ledger import SECTORS, rows
from tests.analysis.measures.lives import life
from tests.factories import BOARD, register

BEGIN = date(2024, 4, 1)
LOOKING_BACK = ("m2", "m3", "m10", "m11")
Events = list[dict[str, Any]]


def steady() -> Events:
    """A borough in which nothing changes for four years: each first sign is 3 to 340 days before the concern."""
    found: Events = []
    for number in range(700):
        raised = date(2022, 4, 1) + timedelta(days=2 * number)
        child = f"c{number}"
        found.append({"type": "seen", "by": "schools", "child": child, "day": raised - timedelta(days=2),
                      "indicators": ["DRUGS"]})  # fmt: skip
        found.append({"type": "missing", "by": "police", "child": child,
                      "day": raised - timedelta(days=3 + 73 * number % 337)})  # fmt: skip
        found.append({"type": "concern", "by": "care", "child": child, "day": raised})
    return found


def kept(events: Events) -> Events:
    """What a board holds whose records begin in April 2024."""
    return [event for event in events if event["day"] >= BEGIN]


def linked(events: Iterable[Mapping[str, Any]]) -> Mapping[str, LinkedChild]:
    return view(rows(events).items(), None, SECTORS).children


def share_over_30(children: Iterable[LinkedChild], window: str, rules: Rules) -> tuple[int, float]:
    """Children of M2 in a window, and the share over 30 days."""
    start, end = bounds(window)
    told = [n for child in children for n, o in OCCURS["m2_children"](child, rules) if start <= o.on < end]
    whole, over = told.count("m2_children"), told.count("m2_over_30")
    return whole, over / whole if whole else 0.0


def test_m2_does_not_rise_because_records_begin() -> None:
    """With nothing changed it rose by a third in the second year; now the first is not counted, the second is right."""
    truth = linked(steady()).values()
    (_, first), (_, second) = (share_over_30(truth, year, Rules()) for year in ("2024FY", "2025FY"))
    assert abs(first - second) < 0.03
    held = linked(kept(steady())).values()
    artefact = [share_over_30(held, year, Rules())[1] for year in ("2024FY", "2025FY")]
    assert artefact[1] - artefact[0] > 0.2, "what was wrong: this is a rise that is none"
    rules = Rules(records_from=BEGIN)
    assert share_over_30(held, "2024FY", rules)[0] == 0
    assert share_over_30(held, "2025FY", rules) == share_over_30(truth, "2025FY", Rules())


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32), st.integers(-40, 500))
def test_who_counts_would_count_alike_if_records_went_back_for_ever(seed: int, after: int) -> None:
    """All that is said of a child who is counted is true of the whole record: who is not recognised before, that is."""
    events = life(random.Random(seed), "a")
    begin = min(event["day"] for event in events) + timedelta(days=after)
    before = [event for event in events if event["day"] < begin]
    if any(event["type"] in ("concern", "screening") for event in before):
        return
    [whole] = linked(events).values()
    for part in linked([event for event in events if event["day"] >= begin]).values():
        rules = Rules(records_from=begin)
        for measure in LOOKING_BACK:
            occurs, look = BY_ID[measure].occurs, BY_ID[measure].look_back
            assert look is not None
            first = look(rules).counted_from(begin)
            found = {(n, o.on, o.agencies, o.days) for n, o in occurs(part, rules)}
            truth = {(n, o.on, o.agencies, o.days) for n, o in occurs(whole, Rules())}
            assert found <= truth
            # And nobody is left out who need not be. M2 goes by the recognition, which may be before the first concern,
            # M11 by the day of the concern, which may be before it was recorded.
            assert measure in ("m2", "m11") or {one for one in truth if one[1] >= first} <= found


@pytest.mark.parametrize("back", [LookBack(months=12), LookBack(days=89), LookBack(days=90)])
@pytest.mark.parametrize("begin", [BEGIN, date(2024, 2, 29), date(2023, 3, 31), date(2024, 12, 31)])
def test_the_first_day_is_the_first_whose_look_back_lies_within(back: LookBack, begin: date) -> None:
    first = back.counted_from(begin)
    assert back.within(begin, first)
    assert not back.within(begin, first - timedelta(days=1))


@pytest.mark.parametrize(
    ("back", "first"), [(LookBack(months=12), date(2025, 4, 1)), (LookBack(days=89), date(2024, 6, 29))]
)
def test_a_look_back_that_begins_on_the_first_day_of_the_records_lies_within(back: LookBack, first: date) -> None:
    assert back.begins(first) == BEGIN
    assert back.within(BEGIN, first)
    assert back.counted_from(BEGIN) == first


def states(window: str, begin: date | None) -> dict[tuple[str, str], CellState]:
    of = register()
    shape = Shape.of(of, of.board_by_code[BOARD], ())
    rules = Rules(records_from=begin)
    found = stated(LADDER.grid(window, shape), shape, of, rules, ())
    return {(k.measure, k.who): s for k, s in found.items() if k.level == "board" and s is CellState.NOT_COUNTABLE}


def test_a_series_begins_where_it_can() -> None:
    first_year = {name for name, who in states("2024FY", BEGIN) if who == "any"}
    assert {name.partition("_")[0] for name in first_year} == {"m2"}, "and M3, which is no longer released"
    assert ("m2_children", "sector:police") in states("2024FY", BEGIN)
    assert {name for name, _ in states("2024Q2", BEGIN)} == {"m10_children"}
    assert states("2024Q3", BEGIN) == states("2025FY", BEGIN) == states("2024FY", None) == {}
    assert covered("2024FY", counted_from(Rules(records_from=BEGIN))["m10"]) == pytest.approx(0.756, abs=0.001)


def test_those_that_look_back_are_the_ones_that_say_so() -> None:
    assert tuple(of.id for of in MEASURES if of.look_back is not None) == LOOKING_BACK
    assert sorted(counted_from(Rules(records_from=BEGIN))) == sorted(LOOKING_BACK)


def test_records_begin_where_returns_are_owed_and_where_they_are_kept() -> None:
    of = register()
    board = of.board_by_code[BOARD]
    assert records_from(of, board, date(2026, 5, 1)) == BEGIN
    assert records_from(of, board, date(2027, 5, 1)) == date(2025, 1, 1), "28 months are kept"
    late = of.model_dump(mode="json")
    for agency in late["agencies"]:
        agency["returns_from"] = "2025-10-01"
    late["agencies"][0]["returns_from"] = "2025-07-01"
    assert records_from(Register.model_validate(late), board, date(2026, 5, 1)) == date(2025, 7, 1)
