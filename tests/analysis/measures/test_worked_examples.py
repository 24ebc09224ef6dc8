"""M1, M9 and M10 by small ledgers with exact answers, and M10 against an obviously right implementation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.episodes import Episode
from analysis.ledger.row import Record, Row, fold
from analysis.measures.children import BoardView, LinkedChild, view
from analysis.measures.history import Rules
from analysis.measures.recognition import roles_of
from analysis.returns import Returns
from models.register.types import RepeatRule
from tests.support.counting import counted, counted_by_agency

Q1 = (date(2026, 1, 1), date(2026, 4, 1))


def row(event: str, short_type: str, child: str | None, agency: str = "police", at: int = 0, **data: object) -> Row:
    tokens = [{"kind": "nhs", "epoch": 1, "token": child}] if child else []
    body = {"agency": agency, "board": "X08000001", "tokens": tokens, **data}
    return fold(None, Record(event, 0, short_type, body, 0, 0, at))


def board(*rows: Row, cut_off: int = 10) -> BoardView:
    return view([(f"e{i}", found) for i, found in enumerate(rows)], cut_off)


def concern(child: str | None, recorded: str | None, occurred: str = "2026-02-01", **more: object) -> Row:
    dates: dict[str, object] = {"occurred_on": occurred}
    if recorded:
        dates["recorded_on"] = recorded
    return row("e", "cse_concern", child, **dates, **more)  # type: ignore[arg-type]


def missing(child: str | None, start: str, agency: str = "police", band: str = "12-18") -> Row:
    return row("e", "missing_episode", child, agency, occurred_on=start, hour_band=band)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([concern("a", "2026-01-01"), concern("a", "2026-03-31")], 1, id="a child counts once"),
        pytest.param([concern("a", "2025-12-31"), concern("b", "2026-04-01")], 0, id="half open"),
        pytest.param([concern("a", "2026-04-02", occurred="2026-03-30")], 0, id="recorded, not occurred, decides"),
        pytest.param([concern("a", None, occurred="2026-03-30")], 1, id="occurred stands in for recorded"),
        pytest.param([concern(None, "2026-02-01")], 0, id="without a token in no figure"),
        pytest.param([missing("a", "2026-02-01")], 0, id="an episode is no concern"),
    ],
)
def test_m1(rows: list[Row], expected: int) -> None:
    assert len(counted(board(*rows), "m1_children", *Q1)) == expected


@pytest.mark.parametrize(
    ("rows", "children", "by_agency"),
    [
        pytest.param(
            [missing("a", "2026-01-01"), missing("b", "2026-03-31")], 2, {"police": 2}, id="first and last day"
        ),
        pytest.param([missing("a", "2025-12-31"), missing("a", "2026-04-01")], 0, {}, id="outside"),
        pytest.param(
            [missing("a", "2026-01-05"), missing("a", "2026-01-05", "care", "18-24")],
            1,
            {"police": 1, "care": 1},
            id="two reporters",
        ),
    ],
)
def test_m9(rows: list[Row], children: int, by_agency: dict[str, int]) -> None:
    seen = board(*rows)
    assert len(counted(seen, "m9_children", *Q1)) == children
    found = counted_by_agency(seen, "m9_children", *Q1)
    assert {agency: len(links) for agency, links in found.items()} == by_agency


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        pytest.param(["2026-01-01", "2026-02-01", "2026-03-31"], 1, id="third on the 90th day"),
        pytest.param(["2026-01-01", "2026-02-01", "2026-04-01"], 0, id="third on the 91st, and outside"),
        pytest.param(["2025-12-01", "2025-12-20", "2026-01-10"], 1, id="two before, third inside"),
        pytest.param(["2025-12-01", "2025-12-10", "2025-12-20"], 0, id="reached before"),
        pytest.param(["2025-12-01", "2025-12-10", "2025-12-20", "2026-02-01"], 1, id="reached again inside"),
    ],
)
def test_m10(starts: list[str], expected: int) -> None:
    seen = board(*(missing("a", start) for start in starts))
    assert len(counted(seen, "m10_children", *Q1)) == expected


def test_m10_does_not_double_count_two_agencies_reports() -> None:
    twice = [missing("a", day, agency) for day in ("2026-01-10", "2026-02-10") for agency in ("police", "care")]
    assert not counted(board(*twice), "m10_children", *Q1)


def test_records_after_the_cut_off_do_not_count() -> None:
    late = row("e", "missing_episode", "a", at=11, occurred_on="2026-02-01")
    assert not counted(board(late), "m9_children", *Q1)


def test_withdrawn_events_do_not_count() -> None:
    gone = row("e", "withdrawal", None)
    assert board(gone).child_events == 0


@given(
    st.lists(st.integers(-150, 200), max_size=12).map(sorted),
    st.integers(2, 4),
    st.sampled_from([28, 30, 90, 365]),
)
def test_m10_by_trying_every_window(days: list[int], n: int, length: int) -> None:
    first, end = Q1
    starts = [first + timedelta(days=d) for d in days]
    child = LinkedChild(episodes=[Episode(s, frozenset({"police"}), (str(i),)) for i, s in enumerate(starts)])
    rules = Rules(RepeatRule(episodes=n, days=length))
    found = counted(BoardView({"a": child}, 1, 1, Returns(())), "m10_children", first, end, rules)
    right = any(
        sum(last - timedelta(days=length) < s <= last for s in starts) >= n
        for last in (first + timedelta(days=d) for d in range((end - first).days))
        if last in starts
    )
    assert bool(found) == right


@pytest.mark.parametrize(
    ("kinds", "roles"),
    [
        ((), set()),
        (("strategy_discussion",), {"responses"}),
        (("plan",), {"responses", "lead"}),
        (("lead_professional",), {"responses", "lead"}),
        (("strategy_discussion", "plan"), {"responses", "lead"}),
    ],
)
def test_a_plan_is_the_work_of_who_leads_and_any_response_that_of_who_responds(
    kinds: tuple[str, ...], roles: set[str]
) -> None:
    made = [row(f"r{n}", "response", "a", kind=kind, occurred_on="2026-02-01") for n, kind in enumerate(kinds)]
    children = board(*made).children.values()
    assert {role for child in children for role in roles_of(child.responses)} == roles
