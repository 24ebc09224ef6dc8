"""Dates, study periods and people over time."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.hotspots.intervals import DateFault, cut, months_later, read_date
from analysis.hotspots.population import average, person_days


def test_intervals_are_counted_back_from_the_end() -> None:
    months = cut(date(2026, 1, 10), date(2026, 3, 31), "month")
    assert [months.bounds(i) for i in range(len(months))] == [
        (date(2026, 1, 10), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 31)),
    ]
    assert len(cut(date(1973, 1, 1), date(1991, 12, 31), "year")) == 19
    assert len(cut(date(2026, 1, 1), date(2026, 1, 1), "day")) == 1


def test_a_date_finds_its_interval() -> None:
    months = cut(date(2026, 1, 10), date(2026, 3, 31), "month")
    assert months.index(read_date("2026-02-28")) == 1
    assert months.index(read_date("2026-03")) == 2
    assert months.index(read_date("2025-12")) is None
    with pytest.raises(DateFault):
        months.index(read_date("2026"))
    with pytest.raises(DateFault):
        months.index(read_date("2026-01"))


@pytest.mark.parametrize("text", ["26", "2026-13", "2026-02-30", "2026-1-1", "", "2026-01-01T00:00", "0000"])
def test_other_dates_are_refused_without_repeating_them(text: str) -> None:
    with pytest.raises(DateFault) as caught:
        read_date(text)
    assert not text or text not in str(caught.value)


def test_months_later_keeps_to_the_month() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 1, 31), -11) == date(2025, 2, 28)
    assert months_later(date(2026, 12, 1), 1) == date(2027, 1, 1)


def test_people_are_linear_between_figures_and_level_outside() -> None:
    years = cut(date(2020, 1, 1), date(2023, 12, 31), "year")
    figures = {date(2021, 7, 1): 100.0, date(2022, 7, 1): 200.0}
    days = person_days(figures, years)
    assert days[0] == pytest.approx(100 * 366)
    assert days[3] == pytest.approx(200 * 365)
    assert days[1] == pytest.approx(sum(100 + max(0, day + 0.5 - 181) * 100 / 365 for day in range(365)), rel=1e-6)
    assert average(figures, years) == pytest.approx(days.sum() / (4 * 365 + 1))
