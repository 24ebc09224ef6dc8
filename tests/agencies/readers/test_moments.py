"""Dates are dd/mm/yyyy, with or without time, or Excel serials; everything else is refused."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.generalise import Moment
from agencies.readers.moments import BadDate, parse_moment, parse_month


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.one_of(st.none(), st.times()))
def test_every_day_and_time_reads_back(day: date, clock: time | None) -> None:
    text = day.strftime("%d/%m/%Y")
    if clock is None:
        assert parse_moment(text) == Moment(day)
        return
    assert parse_moment(f"{text} {clock:%H:%M}") == Moment(day, clock.replace(second=0, microsecond=0))
    assert parse_moment(f"{text} {clock:%H:%M:%S}") == Moment(day, clock.replace(microsecond=0))


@given(st.dates(date(1970, 1, 1), date(2060, 12, 31)), st.integers(0, 86399))
def test_excel_serials_count_days_from_the_end_of_1899(day: date, seconds: int) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert parse_moment(str(serial)) == Moment(day)
    found = parse_moment(f"{serial + seconds / 86400:.9f}")
    assert found.day == day
    assert found.clock is not None
    assert (found.clock.hour * 60 + found.clock.minute) * 60 + found.clock.second == seconds


def test_the_serial_of_the_notes_is_new_years_day() -> None:
    assert parse_moment("44197") == Moment(date(2021, 1, 1))


@pytest.mark.parametrize(
    "text",
    [
        "01/31/2025", "31/02/2025", "2025-03-01", "1/2/25", "01.02.2025", "01/02/2025 25:00", "1234",
        "19999", "60000", "99999", "yesterday", "٠١/٠٢/٢٠٢٥", "01/02/2025 10:00 Jane",
    ],
)  # fmt: skip
def test_other_dates_are_refused(text: str) -> None:
    with pytest.raises(BadDate) as error:
        parse_moment(text)
    assert text not in str(error.value)


def test_month_first_is_told_apart_from_nonsense() -> None:
    for text, provable in [("01/31/2025", True), ("31/31/2025", False), ("31/02/2025", False)]:
        with pytest.raises(BadDate) as error:
            parse_moment(text)
        assert error.value.month_first is provable


def test_iso_is_read_only_when_the_mapping_says_so() -> None:
    assert parse_moment("2025-03-01 10:05", "iso") == Moment(date(2025, 3, 1), time(10, 5))
    with pytest.raises(BadDate):
        parse_moment("01/03/2025", "iso")


@pytest.mark.parametrize("text", ["03/2025", "2025-03", "March 2025", "Mar-2025", " mar 2025 "])
def test_months_in_four_forms(text: str) -> None:
    assert parse_month(text) == date(2025, 3, 1)


@pytest.mark.parametrize("text", ["13/2025", "Marx 2025", "2025", "01/03/2025", ""])
def test_other_months_are_refused(text: str) -> None:
    with pytest.raises(BadDate):
        parse_month(text)


def test_moments_are_built_on_plain_datetimes() -> None:
    assert parse_moment("01/02/2025 03:04:05").clock == datetime(2025, 2, 1, 3, 4, 5).time()  # noqa: DTZ001
