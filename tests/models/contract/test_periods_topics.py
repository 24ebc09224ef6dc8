"""Periods are half open; topics are named in one place and metric labels are families."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contract import topics
from models.contract.periods import (
    bounds,
    financial_year_of,
    is_financial_year,
    quarter_of,
    quarters_between,
    quarters_of,
    windows_between,
)
from models.operations.topic_specs import all_topics


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("2026Q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("2025Q4", date(2025, 10, 1), date(2026, 1, 1)),
        ("2024-02", date(2024, 2, 1), date(2024, 3, 1)),
        ("2025-12", date(2025, 12, 1), date(2026, 1, 1)),
        ("2025FY", date(2025, 4, 1), date(2026, 4, 1)),
    ],
)
def test_bounds(period: str, start: date, end: date) -> None:
    assert bounds(period) == (start, end)


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)))
def test_every_day_lies_in_its_quarter_and_quarters_tile(day: date) -> None:
    start, end = bounds(quarter_of(day))
    assert start <= day < end
    assert bounds(quarter_of(end))[0] == end
    assert quarter_of(start - timedelta(days=1)) != quarter_of(start)


def test_quarters_between_counts_only_those_that_have_ended() -> None:
    found = quarters_between(date(2025, 5, 1), date(2026, 4, 1))
    assert found == ["2025Q2", "2025Q3", "2025Q4", "2026Q1"]
    assert quarters_between(date(2025, 5, 1), date(2026, 3, 31)) == found[:-1]


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)))
def test_every_day_lies_in_its_financial_year_and_in_one_of_its_quarters(day: date) -> None:
    year = financial_year_of(day)
    start, end = bounds(year)
    assert start <= day < end
    assert quarter_of(day) in quarters_of(year)
    assert (bounds(quarters_of(year)[0])[0], bounds(quarters_of(year)[-1])[1]) == (start, end)


def test_a_financial_year_comes_with_its_last_quarter_and_only_whole() -> None:
    assert windows_between(date(2024, 7, 1), date(2026, 3, 31))[-1] == "2025Q4"
    found = windows_between(date(2024, 7, 1), date(2026, 4, 1))
    assert [window for window in found if is_financial_year(window)] == ["2025FY"], "2024FY lacks its first quarter"
    assert found[-2:] == ["2026Q1", "2025FY"]


def test_topic_names_are_lower_case_dotted_and_versioned() -> None:
    specs = all_topics(["aldermere-police"])
    names = [spec.name for spec in specs]
    assert len(set(names)) == len(names)
    for spec in specs:
        assert spec.name == spec.name.lower()
        assert spec.name.endswith((".v1", "-changelog"))
    partitions = {spec.name: spec.partitions for spec in specs}
    for like_accepted in (topics.LEDGER_CHANGELOG, topics.RELEASED_CHANGELOG, topics.HOMES_CHANGELOG, topics.REQUESTS):
        assert partitions[like_accepted] == partitions[topics.ACCEPTED]


def test_a_metric_label_never_names_an_agency() -> None:
    families = {topics.family(spec.name) for spec in all_topics(["aldermere-police"])}
    assert families == {
        "raw", "receipts", "accepted", "signals", "releases", "requests", "submissions", "remedies",
        "positions", "dead-letters", "changelog",
    }  # fmt: skip
