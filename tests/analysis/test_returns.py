"""Returns: what is owed, when it is due, what makes it up and where it stands."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.ledger.records import ReturnRecord
from analysis.returns import ReturnDuty, Returns, ReturnStatus

JANUARY = ReturnDuty(date(2026, 1, 1), 20)


def submitted(**days: str) -> Returns:
    """Police returns: `Q1_2026="2026-04-02"`, `M1_2026=...`."""
    periods = {name: name[3:] + name[:2] if name[0] == "Q" else f"{name[3:]}-0{name[1]}" for name in days}
    return Returns(ReturnRecord("police", periods[name], date.fromisoformat(day)) for name, day in days.items())


@pytest.mark.parametrize(
    ("days", "on", "expected"),
    [
        ({"Q1_2026": "2026-04-02"}, "2026-04-02", ReturnStatus.RETURNED),
        ({"Q1_2026": "2026-04-21"}, "2026-06-01", ReturnStatus.RETURNED),
        ({"Q1_2026": "2026-04-22"}, "2026-06-01", ReturnStatus.LATE),
        ({"Q1_2026": "2026-04-22"}, "2026-04-21", ReturnStatus.NOT_DUE),
        ({}, "2026-04-21", ReturnStatus.NOT_DUE),
        ({}, "2026-04-22", ReturnStatus.NONE),
        ({"Q4_2025": "2026-01-02"}, "2026-04-22", ReturnStatus.NONE),
        ({"M1_2026": "2026-02-28", "M2_2026": "2026-03-05", "M3_2026": "2026-04-05"}, "2026-05-01", "returned"),
        ({"M1_2026": "2026-02-01", "M2_2026": "2026-03-05", "M3_2026": "2026-04-22"}, "2026-05-01", "returned late"),
        ({"M1_2026": "2026-02-01", "M2_2026": "2026-03-05"}, "2026-05-01", ReturnStatus.NONE),
        ({"M1_2026": "2026-02-01", "M2_2026": "2026-03-05", "Q1_2026": "2026-04-30"}, "2026-05-01", "returned late"),
    ],
)
def test_where_a_return_stands(days: dict[str, str], on: str, expected: str) -> None:
    came = submitted(**days).of("police", "2026Q1")
    assert JANUARY.status("2026Q1", came, date.fromisoformat(on)) == expected


def test_nothing_is_owed_for_a_quarter_that_ended_before_the_duty_began() -> None:
    late = date(2026, 12, 1)
    assert JANUARY.status("2025Q4", None, late) is ReturnStatus.NOT_REQUIRED
    assert ReturnDuty(date(2026, 3, 31), 20).status("2026Q1", None, late) is ReturnStatus.NONE
    assert JANUARY.quarters(date(2026, 6, 30)) == ["2026Q1"]


def test_whichever_was_in_first_counts_the_quarter_or_its_months() -> None:
    months = {"M1_2026": "2026-02-01", "M2_2026": "2026-03-01", "M3_2026": "2026-04-05"}
    for quarter, expected in (("2026-04-02", date(2026, 4, 2)), ("2026-04-30", date(2026, 4, 5))):
        came = submitted(**months, Q1_2026=quarter).of("police", "2026Q1")
        assert came is not None
        assert came.submitted_on == expected


def test_a_year_is_in_when_each_of_its_quarters_is() -> None:
    quarters = {"Q2_2025": "2025-07-01", "Q3_2025": "2025-10-01", "Q4_2025": "2026-01-05"}
    months = {"M1_2026": "2026-02-01", "M2_2026": "2026-03-01", "M3_2026": "2026-04-05"}
    assert submitted(**quarters).of("police", "2025FY") is None
    whole = submitted(**quarters, **months).of("police", "2025FY")
    assert whole is not None
    assert whole.submitted_on == date(2026, 4, 5)
    assert submitted(**quarters).any_quarter("police", "2025FY")
    assert not submitted(**quarters).any_quarter("police", "2026Q1")


def test_a_quarter_of_nothing_in_three_months_is_a_nil_return() -> None:
    for nils, expected in (((True, True, True), True), ((True, False, True), False)):
        sent = [ReturnRecord("police", f"2026-0{n + 1}", date(2026, 4, 5), nil) for n, nil in enumerate(nils)]
        came = Returns(sent).of("police", "2026Q1")
        assert came is not None
        assert came.nil is expected
