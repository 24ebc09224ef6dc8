"""Silence: when it is said, and when a quiet agency is only quiet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from analysis.silence import heard, silent_agencies
from models.register import Agency
from tests.analysis.measures.ledger import rows

POLICE = Agency.model_validate(
    {
        "id": "police",
        "name": "Police (synthetic)",
        "sector": "police",
        "boards": ["X08000001"],
        "returns_from": "2025-01-01",
    }
)
START = date(2025, 1, 1)
RETURNS = [
    {"type": "return", "by": "police", "period": p, "submitted_on": d}
    for p, d in (("2025Q1", date(2025, 4, 10)), ("2025Q2", date(2025, 7, 10)), ("2025Q3", date(2025, 10, 10)))
]


def every(days: int, until: date) -> list[dict[str, Any]]:
    count = (until - START).days // days
    return [
        {"type": "concern", "by": "police", "child": "a", "day": START + timedelta(days=days * n)}
        for n in range(count + 1)
    ]


@pytest.mark.parametrize(
    ("events", "on", "reasons"),
    [
        pytest.param(every(2, date(2025, 9, 1)) + RETURNS[:2], date(2025, 9, 20), (), id="three weeks are too few"),
        pytest.param(
            every(2, date(2025, 9, 1)) + RETURNS[:2], date(2025, 9, 30), ("nothing_recorded",), id="four weeks"
        ),
        pytest.param(every(30, date(2025, 9, 1)) + RETURNS[:2], date(2025, 10, 20), (), id="rare recorders have gaps"),
        pytest.param(
            every(30, date(2025, 9, 1)) + RETURNS[:2],
            date(2025, 11, 25),
            ("return_overdue",),
            id="but a return two weeks overdue tells",
        ),
        pytest.param(every(2, date(2025, 12, 1)) + RETURNS[:2], date(2025, 12, 2), (), id="late return, still sending"),
        pytest.param(every(2, date(2025, 9, 1)) + RETURNS, date(2025, 10, 20), (), id="a return is a sign of life"),
        pytest.param([], date(2025, 4, 1), (), id="nothing yet, nothing owed"),
        pytest.param([], date(2025, 5, 6), ("return_overdue", "never_heard"), id="nothing ever, return overdue"),
        pytest.param(every(2, date(2026, 3, 1)), date(2024, 12, 1), (), id="before it owes anything"),
    ],
)
def test_who_is_silent(events: list[dict[str, Any]], on: date, reasons: tuple[str, ...]) -> None:
    found = silent_agencies(heard(rows(events).values()), [POLICE], on)
    assert tuple(r for silent in found for r in silent.reasons) == reasons


def test_later_records_do_not_undo_an_earlier_silence() -> None:
    events = [*every(2, date(2025, 6, 1)), *every(1, START), *every(334, date(2025, 12, 1))]
    (silent,) = silent_agencies(heard(rows(events).values()), [POLICE], date(2025, 8, 1))
    assert silent.last_heard == date(2025, 5, 31)
    assert silent.overdue == ("2025Q1",)


def test_withdrawn_records_are_no_sign() -> None:
    events = [{"type": "concern", "by": "police", "child": "a", "day": START, "id": "x"}]
    events.append({"type": "withdrawal", "by": "police", "id": "x", "revision": 1})
    assert heard(rows(events).values()).days == {}
