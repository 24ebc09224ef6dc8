"""The facts of the ladder and the plain measures count the same children, known to the same agencies (ADR 0008)."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.counting import Fact, Tally, tally
from analysis.disclosure.facts import facts_of, homes_of, placed
from analysis.ledger.row import Record, Row, fold
from analysis.measures.children import BoardView, view
from analysis.measures.history import Rules
from analysis.measures.registry import COUNTS, OWN_RECORDS
from models.contract.periods import bounds
from models.register.types import RepeatRule
from tests.support.counting import counted_by_agency

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


def counted_of(rows: list[tuple[str, Row]]) -> Tally:
    seen = view(rows, None, SHAPE.sector_of)
    return tally(placed(facts_of(seen, Rules()), seen, SHAPE), SHAPE)


def plain(seen: BoardView, window: str, rule: RepeatRule) -> dict[str, dict[str, frozenset[str]]]:
    """From what the measures say occurred, window by window."""
    start, end = bounds(window)
    return {
        name: counted_by_agency(seen, name, start, end, Rules(rule))
        for name in ("m1_children", "m9_children", "m10_children")
    }


@settings(deadline=None, max_examples=60)
@given(st.lists(event, max_size=25), st.integers(2, 3), st.sampled_from([30, 90]))
def test_the_tally_of_the_facts_is_what_the_measures_count(drawn: list[dict[str, object]], n: int, days: int) -> None:
    rule = RepeatRule(episodes=n, days=days)
    seen = view(rows_of(drawn), None, SHAPE.sector_of)
    counted = tally(facts_of(seen, Rules(rule)), SHAPE)
    for window in WINDOWS:
        for measure, by_agency in plain(seen, window, rule).items():
            found = counted.by_agency(CellKey(measure, window, "board", BOARD))
            assert {agency: children for agency, children in found.items() if children} == by_agency


@settings(deadline=None, max_examples=60)
@given(st.lists(event, max_size=25))
def test_areas_windows_and_indicators_add_up_for_every_measure(drawn: list[dict[str, object]]) -> None:
    counted = counted_of(rows_of(drawn))
    for measure in COUNTS:
        year = CellKey(measure, "2025FY", "board", BOARD)
        quarters = [counted.children(year._replace(window=window)) for window in WINDOWS[:4]]
        assert counted.children(year) == frozenset().union(*quarters), "windows are unions"
        parts = [counted.children(CellKey(measure, "2025FY", *place)) for place in SHAPE.parts(("board", BOARD))]
        assert sum(map(len, parts)) == len(counted.children(year)), "areas add up"
        named = [counted.children(year._replace(indicator=i)) for i in ("GIFTS_MONEY", "none_recorded")]
        assert counted.children(year) == frozenset().union(*named), "indicators are unions"
        for agency in AGENCIES:
            own = year._replace(who=f"sector:{agency}")
            parts = [counted.children(own._replace(level=p[0], area=p[1])) for p in SHAPE.parts(("board", BOARD))]
            assert sum(map(len, parts)) == len(counted.children(own)), "areas of a sector add up"
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


def cells_of(counted: Tally, agency: str, measures: frozenset[str]) -> dict[object, object]:
    """Every cell of a sector of one agency, with the children in it."""
    return {
        key: children for key, children in counted.sets.items() if key[4] == f"sector:{agency}" and key[0] in measures
    }


@settings(deadline=None, max_examples=100)
@given(st.lists(event, max_size=20), st.lists(event, max_size=12))
def test_a_sectors_cells_are_its_own_records_doing(
    drawn: list[dict[str, object]], others: list[dict[str, object]]
) -> None:
    """Whatever other agencies send, withdraw, link or place: measures of own records say the same of a sector."""
    mine = [one | {"agency": "police"} for one in drawn]
    theirs = [one | {"agency": "care"} for one in others]
    alone, beside = rows_of(mine), rows_of([*mine, *theirs])
    decided = frozenset(OWN_RECORDS)
    assert cells_of(counted_of(beside), "police", decided) == cells_of(counted_of(alone), "police", decided)


def test_another_agencys_link_joins_two_of_an_agencys_children_in_no_cell() -> None:
    """One child in two records without a token in common, and a record of the care agency that has both or not."""

    def one(agency: str, child: str | None, second: str | None) -> dict[str, object]:
        return {
            "type": "cse_concern", "child": child, "second": second, "agency": agency, "day": 60, "late": 0,
            "home": WARDS[0], "indicators": [], "band": "unknown",
        }  # fmt: skip

    split = [one("police", "a", None), one("police", None, "a")]
    for measure in ("m1_children", "m7_children", "m17_boys"):
        key = CellKey(measure, "2025FY", "board", BOARD, "sector:police")
        apart, joined = (
            len(counted_of(rows_of(rows)).children(key)) for rows in (split, [*split, one("care", "a", "a")])
        )
        assert joined == apart, measure
    every = CellKey("m1_children", "2025FY", "board", BOARD)
    for rows in (split, [*split, one("care", "a", "a")]):
        assert len(counted_of(rows_of(rows)).children(every)) == 2, "its agency says two"


def test_a_child_counts_in_so_many_cells_by_indicator_and_in_the_same_ones_again() -> None:
    kinds = tuple(f"I{n}" for n in range(12))
    shape = Shape(BOARD, {}, WARDS, {"police": "police"}, kinds)
    facts = [Fact("m1_children", f"c{n}", "2025Q2", WARDS[0], "police", kind) for n in range(30) for kind in kinds]
    few, all_ = tally(facts, shape, 6), tally(facts, shape)
    by_kind = [few.children(CellKey("m1_children", "2025FY", "board", BOARD, indicator=kind)) for kind in kinds]
    assert sum(map(len, by_kind)) == 30 * 6
    assert min(map(len, by_kind)) > 5, "which ones is drawn"
    assert len(few.children(CellKey("m1_children", "2025FY", "board", BOARD))) == 30
    assert few.sets == tally(facts[::-1], shape, 6).sets
    assert len(all_.children(CellKey("m1_children", "2025FY", "board", BOARD, indicator="I0"))) == 30
