"""The facts of the ladder and the plain measures count the same children, known to the same agencies (ADR 0008)."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.counting import attribute, tally
from analysis.disclosure.facts import facts_of, homes_of
from analysis.ledger.row import Record, Row, fold
from analysis.measures import m1, m9, m10
from analysis.measures.children import BoardView, view
from analysis.measures.history import Rules
from analysis.measures.registry import MEASURES
from models.contract.periods import bounds
from models.register.types import RepeatRule

BOARD, WARDS = "X08000001", ("X05000001", "X05000002", "X05000003")
AGENCIES = ("care", "police", "schools")
SHAPE = Shape(
    BOARD, {f"{BOARD}-T1": WARDS[:2], f"{BOARD}-T2": WARDS[2:]}, WARDS, {a: a for a in AGENCIES}, ("GIFTS_MONEY",)
)
WINDOWS = ("2025Q2", "2025Q3", "2025Q4", "2026Q1", "2025FY")
START = date(2025, 3, 1)

event = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["cse_concern", "missing_episode", "missing_episode", "screening"]),
        "child": st.sampled_from(["a", "b", "c", None]),
        "second": st.sampled_from(["a", "b", "d", None]),
        "agency": st.sampled_from(AGENCIES),
        "day": st.integers(0, 420),
        "late": st.integers(0, 60),
        "home": st.sampled_from([*WARDS, f"{BOARD}-T2", "out_of_area", "not_recorded"]),
        "indicators": st.sampled_from([[], ["GIFTS_MONEY"], ["GIFTS_MONEY", "SCHOOL_ABSENCE"]]),
        "band": st.sampled_from(["00-06", "18-24", "unknown"]),
    }
)


def rows_of(drawn: list[dict[str, object]]) -> list[tuple[str, Row]]:
    rows = []
    for number, one in enumerate(drawn):
        day = START + timedelta(days=int(str(one["day"])))
        tokens = [
            {"kind": kind, "token": f"{kind}-{one[n]}"} for kind, n in (("nhs", "child"), ("upn", "second")) if one[n]
        ]
        data = {
            "agency": one["agency"], "board": BOARD, "tokens": tokens, "occurred_on": day.isoformat(),
            "recorded_on": (day + timedelta(days=int(str(one["late"])))).isoformat(), "hour_band": one["band"],
            "areas": {"home": one["home"]}, "indicators": one["indicators"],
        }  # fmt: skip
        rows.append((f"e{number:03}", fold(None, Record(f"e{number:03}", 0, str(one["type"]), data, 0, number, 1))))
    return rows


def plain(seen: BoardView, window: str, rule: RepeatRule) -> dict[str, dict[str, frozenset[str]]]:
    """By the modules' own implementations, window by window."""
    start, end = bounds(window)
    return {
        "m1_children": m1.children_with_concern(seen, start, end).by_agency,
        "m9_children": m9.children_missing(seen, start, end).by_agency,
        "m10_children": m10.children_repeat_missing(seen, start, end, rule.episodes, rule.days).by_agency,
    }


@settings(deadline=None, max_examples=60)
@given(st.lists(event, max_size=25), st.integers(2, 3), st.sampled_from([30, 90]))
def test_the_tally_of_the_facts_is_what_the_measures_count(drawn: list[dict[str, object]], n: int, days: int) -> None:
    rule = RepeatRule(episodes=n, days=days)
    seen = view(rows_of(drawn), None)
    counted = tally(facts_of(seen, Rules(rule)), SHAPE)
    for window in WINDOWS:
        for measure, by_agency in plain(seen, window, rule).items():
            found = counted.by_agency(CellKey(measure, window, "board", BOARD))
            assert {agency: children for agency, children in found.items() if children} == by_agency


@settings(deadline=None, max_examples=60)
@given(st.lists(event, max_size=25))
def test_the_algebra_of_the_gate_holds_for_every_measure_of_the_registry(drawn: list[dict[str, object]]) -> None:
    seen = view(rows_of(drawn), None)
    counted = tally(attribute(facts_of(seen, Rules()), SHAPE, homes_of(seen, SHAPE)), SHAPE)
    for measure in MEASURES:
        year = CellKey(measure, "2025FY", "board", BOARD)
        quarters = [counted.children(year._replace(window=window)) for window in WINDOWS[:4]]
        assert counted.children(year) == frozenset().union(*quarters), "windows are unions"
        parts = [counted.children(CellKey(measure, "2025FY", *place)) for place in SHAPE.parts(("board", BOARD))]
        assert sum(map(len, parts)) == len(counted.children(year)), "areas add up"
        named = [counted.children(year._replace(indicator=i)) for i in ("GIFTS_MONEY", "none_recorded")]
        assert counted.children(year) == frozenset().union(*named), "indicators are unions"
        known = [counted.children(year._replace(who=f"sector:{agency}")) for agency in AGENCIES]
        assert counted.children(year) == frozenset().union(*known), "agencies are unions"
    assert counted.children(CellKey("m10_children", "2025FY", "board", BOARD)) <= counted.children(
        CellKey("m9_children", "2025FY", "board", BOARD)
    )


def test_a_home_is_that_of_the_first_event_of_the_year_whatever_its_type() -> None:
    def one(kind: str, day: int, home: str) -> dict[str, object]:
        return {
            "type": kind, "child": "a", "second": None, "agency": "police", "day": day, "late": 0, "home": home,
            "indicators": [], "band": "unknown",
        }  # fmt: skip

    seen = view(
        rows_of(
            [
                one("cse_concern", 10, WARDS[0]),
                one("screening", 60, "out_of_area"),
                one("screening", 70, WARDS[1]),
                one("cse_concern", 80, WARDS[2]),
            ]
        ),
        None,
    )
    assert homes_of(seen, SHAPE) == {("nhs-a", "2024FY"): WARDS[0], ("nhs-a", "2025FY"): WARDS[1]}
