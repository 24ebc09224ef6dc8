"""The calendar: half-open periods that tile and nest, one reader of their names, and no second calendar anywhere."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contract import periods
from models.contract.fields import Closed, Period, Window
from models.contract.periods import (
    before,
    bounds,
    containing,
    financial_year_of,
    kind_of,
    last_year_of,
    month_of,
    parts,
    quarter_of,
    quarters_between,
    quarters_in,
    windows_between,
    years_of,
)

ROOT = Path(__file__).parents[3]
DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
EVERY_KIND = ("2025-05", "2025-12", "2025Q1", "2025Q4", "2024FY", "2024FY2")


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("2026Q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("2025Q4", date(2025, 10, 1), date(2026, 1, 1)),
        ("2024-02", date(2024, 2, 1), date(2024, 3, 1)),
        ("2025-12", date(2025, 12, 1), date(2026, 1, 1)),
        ("2025FY", date(2025, 4, 1), date(2026, 4, 1)),
        ("2024FY2", date(2024, 4, 1), date(2026, 4, 1)),
    ],
)
def test_bounds(period: str, start: date, end: date) -> None:
    assert bounds(period) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025",
        "2025Q5",
        "2025-13",
        "2025-00",
        "2025fy",
        "25Q1",
        "2025-1",
        " 2025Q1",
        "2025Q1\n",
        "2025FY3",
        "2025/01",
    ],
)
def test_nothing_else_is_a_period(text: str) -> None:
    with pytest.raises(ValueError, match="a period is"):
        kind_of(text)
    with pytest.raises(ValueError, match="a period is"):
        bounds(text)


@given(DAYS)
def test_every_day_lies_in_one_period_of_each_kind_and_they_tile(day: date) -> None:
    for name in (month_of(day), quarter_of(day), financial_year_of(day)):
        start, end = bounds(name)
        assert start <= day < end
        assert before(name) == {"month": month_of, "quarter": quarter_of, "year": financial_year_of}[kind_of(name)](
            start - timedelta(days=1)
        )
        assert bounds(before(name))[1] == start


@pytest.mark.parametrize("wide", EVERY_KIND)
def test_a_period_is_its_parts_one_after_the_other(wide: str) -> None:
    inner = [bounds(part) for part in parts(wide)]
    if kind_of(wide) == "month":
        assert inner == []
        return
    assert (inner[0][0], inner[-1][1]) == bounds(wide)
    assert all(a[1] == b[0] for a, b in pairwise(inner))
    assert all(wide in containing(part) for part in parts(wide))
    if kind_of(wide) != "pair":
        assert bounds(quarters_in(wide)[0])[0] == bounds(wide)[0]


def test_what_a_period_lies_in_shortest_first() -> None:
    pairs = ("2023FY2", "2024FY2")
    assert containing("2025-01") == ("2025-01", "2025Q1", "2024FY", *pairs)
    assert containing("2025Q1") == ("2025Q1", "2024FY", *pairs)
    assert containing("2024FY") == ("2024FY", *pairs)
    assert containing("2024FY2") == ("2024FY2",)


def test_a_pair_is_two_years_and_shares_one_with_the_next() -> None:
    assert parts("2024FY2") == years_of("2024FY2") == ("2024FY", "2025FY")
    assert parts("2025FY2")[0] == parts("2024FY2")[1]
    assert before("2024FY2") == "2022FY2", "the one that ends where it begins, not the one that shares a year with it"
    assert quarters_in("2024FY2") == (*quarters_in("2024FY"), *quarters_in("2025FY"))
    assert sorted(["2024FY2", "2024FY", "2025FY"]) == ["2024FY", "2024FY2", "2025FY"]


@pytest.mark.parametrize(("period", "year"), [("2025-03", "2024FY"), ("2025Q2", "2025FY"), ("2024FY2", "2025FY")])
def test_the_year_that_a_period_ends_in(period: str, year: str) -> None:
    assert last_year_of(period) == year


def test_quarters_between_counts_only_those_that_have_ended() -> None:
    found = quarters_between(date(2025, 5, 1), date(2026, 4, 1))
    assert found == ["2025Q2", "2025Q3", "2025Q4", "2026Q1"]
    assert quarters_between(date(2025, 5, 1), date(2026, 3, 31)) == found[:-1]


def test_a_year_comes_with_its_last_quarter_and_a_pair_with_its_last_year_and_only_whole() -> None:
    assert windows_between(date(2024, 7, 1), date(2026, 3, 31))[-1] == "2025Q4"
    found = windows_between(date(2024, 7, 1), date(2026, 4, 1))
    assert [window for window in found if kind_of(window) == "year"] == ["2025FY"], "2024FY lacks its first quarter"
    assert found[-2:] == ["2026Q1", "2025FY"]
    kinds: tuple[periods.PeriodKind, ...] = ("year", "pair")
    assert windows_between(date(2024, 7, 1), date(2027, 4, 1), kinds) == ["2025FY", "2026FY", "2025FY2"]
    assert windows_between(date(2025, 4, 1), date(2027, 3, 31), kinds) == ["2025FY"]


@pytest.mark.parametrize("text", [*EVERY_KIND, "2025Q5", "2025FY3", "2025FYx", "x2025FY", "2025-00"])
def test_messages_take_the_periods_that_there_are(text: str) -> None:
    class Message(Closed):
        window: Window

    class Return(Closed):
        period: Period

    def taken(message: type[Closed], **given: str) -> bool:
        try:
            message(**given)
        except ValueError:
            return False
        return True

    there_is = bool(re.fullmatch(periods.WINDOW_NAME, text))
    assert taken(Message, window=text) == there_is == (text in EVERY_KIND)
    assert taken(Return, period=text) == (there_is and kind_of(text) in ("month", "quarter"))


CALENDARS = re.compile(
    r"""\}FY|["']FY|\}Q[0-9{]|["']Q["']\s+(not\s+)?in|\+\s*2\)\s*//\s*3|month\s*(<|>=)\s*4|\{\w*\.?month(:|\s*\+)|Q\[1-4\]"""
)
"""How a second calendar would look: a name put together or taken apart."""


def test_no_other_module_has_a_calendar() -> None:
    """The kit's checker has its own, for it shares no code with what it checks."""
    apart = ROOT / "analysis" / "verification" / "checker"
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for folder in ("agencies", "analysis", "benchmarks", "consumers", "dashboards", "demo", "models", "streams")
        for file in sorted((ROOT / folder).rglob("*.py"))
        if file != Path(periods.__file__) and not file.is_relative_to(apart)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if CALENDARS.search(line)
    ]
    assert found == []
