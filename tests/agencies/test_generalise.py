"""Ages, times and lengths made coarse: bands, and `unknown` where a date alone cannot tell."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.generalise import (
    Moment,
    age_band,
    age_band_of_year_group,
    age_on,
    duration_band,
    floored_area,
    hour_band,
    within_72h,
)
from models.contract.codes import AgeBand
from models.register import Ward
from models.service.clock import LONDON

DAY = date(2025, 3, 10)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)).map(lambda at: Moment(at.date(), at.time()))  # noqa: DTZ001


def at(days: int, hours: int = 0, minutes: int = 0) -> Moment:
    """A moment so long after midnight of DAY."""
    return Moment(DAY + timedelta(days=days), time(hours, minutes))


@pytest.mark.parametrize(
    ("hour", "band"),
    [(0, "00-06"), (5, "00-06"), (6, "06-12"), (12, "12-18"), (17, "12-18"), (18, "18-24"), (23, "18-24")],
)
def test_hours_fall_into_four_bands(hour: int, band: str) -> None:
    assert hour_band(Moment(DAY, time(hour, 59))) == band


def test_a_date_without_time_has_no_hour_band() -> None:
    assert hour_band(Moment(DAY)) == "not_recorded"


@pytest.mark.parametrize(
    ("end", "band"),
    [
        (at(0, 5, 59), "lt_6h"),
        (at(0, 6), "6_24h"),
        (at(0, 23, 59), "6_24h"),
        (at(1), "1_3d"),
        (at(2, 23, 59), "1_3d"),
        (at(3), "3_7d"),
        (at(7), "gt_7d"),
        (None, "open"),
        (Moment(DAY - timedelta(days=1), time(1)), "unknown"),
    ],
)
def test_durations_with_times_are_exact(end: Moment | None, band: str) -> None:
    assert duration_band(at(0), end) == band


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (0, "unknown"), (1, "unknown"), (2, "1_3d"), (3, "unknown"), (4, "3_7d"), (5, "3_7d"), (6, "3_7d"),
        (7, "unknown"),
        (8, "gt_7d"), (-1, "unknown"),
    ],
)  # fmt: skip
def test_durations_of_dates_are_given_only_when_certain(days: int, band: str) -> None:
    assert duration_band(Moment(DAY), Moment(DAY + timedelta(days=days))) == band


def test_a_start_late_in_the_day_leaves_few_hours_of_it() -> None:
    assert duration_band(at(0, 19), Moment(DAY)) == "lt_6h"
    assert duration_band(at(0, 17), Moment(DAY)) == "unknown"


def test_the_clock_change_is_counted() -> None:
    # 30 March 2025, 01:00 becomes 02:00: from 22:00 to 05:00 next day are six hours, not seven.
    start, end = Moment(date(2025, 3, 29), time(22)), Moment(date(2025, 3, 30), time(4, 59))
    assert duration_band(start, end) == "lt_6h"


@given(start=MOMENTS, end=MOMENTS)
def test_a_band_from_dates_is_never_wrong(start: Moment, end: Moment) -> None:
    if end.earliest < start.earliest:
        return
    exact = duration_band(start, end)
    for first, last in [(Moment(start.day), end), (start, Moment(end.day)), (Moment(start.day), Moment(end.day))]:
        assert duration_band(first, last) in {exact, "unknown"}


@given(returned=MOMENTS, completed=MOMENTS)
def test_within_72_hours_from_dates_is_never_wrong(returned: Moment, completed: Moment) -> None:
    if completed.earliest < returned.earliest:
        return
    exact = within_72h(returned, completed)
    assert exact == ("yes" if completed.earliest - returned.earliest <= timedelta(hours=72) else "no")
    for first, last in [(Moment(returned.day), completed), (returned, Moment(completed.day))]:
        assert within_72h(first, last) in {exact, "unknown"}


def test_within_72_hours_needs_both_times() -> None:
    assert within_72h(None, at(0)) == within_72h(at(0), None) == "not_recorded"
    assert within_72h(Moment(DAY), Moment(DAY + timedelta(days=2))) == "yes"
    assert within_72h(Moment(DAY), Moment(DAY + timedelta(days=3))) == "unknown"
    assert within_72h(Moment(DAY), Moment(DAY + timedelta(days=4))) == "no"
    assert within_72h(at(0, 9), Moment(DAY + timedelta(days=3))) == "unknown"
    assert within_72h(Moment(DAY), at(3, 9)) == "unknown"
    assert within_72h(at(2), at(1)) == "unknown"
    assert (within_72h(at(0, 9), at(3, 9)), within_72h(at(0, 9), at(3, 9, 1))) == ("yes", "no")


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, "0-9"), (9, "0-9"), (10, "10-11"), (11, "10-11"), (12, "12-13"), (13, "12-13"), (14, "14-15"),
        (15, "14-15"), (16, "16-17"), (17, "16-17"), (18, "18-25"), (25, "18-25"),
    ],
)  # fmt: skip
def test_ages_fall_into_the_contracts_bands(age: int, band: str) -> None:
    assert age_band(age) == band


@pytest.mark.parametrize("age", [-1, 26, 99])
def test_an_age_outside_has_no_band(age: int) -> None:
    with pytest.raises(ValueError, match="no band"):
        age_band(age)


@given(born=st.dates(date(2000, 1, 1), date(2016, 12, 31)), days=st.integers(0, 8000))
def test_age_counts_birthdays(born: date, days: int) -> None:
    day = born + timedelta(days=days)
    age = age_on(born, day)
    birthdays = sum(
        1
        for year in range(born.year + 1, day.year + 1)
        if (year, born.month, born.day) <= (day.year, day.month, day.day)
    )
    assert age == birthdays


@pytest.mark.parametrize(
    ("group", "month", "band"),
    [
        ("R", 9, "0-9"), ("Reception", 4, "0-9"), ("rec", 4, "0-9"), ("Nursery", 4, "0-9"), ("N", 4, "0-9"),
        ("N1", 4, "0-9"), ("n2", 4, "0-9"), ("1", 6, "0-9"), ("Year 6", 10, "10-11"), ("6", 6, "10-11"),
        ("Y7", 10, "10-11"),
        ("7", 5, "12-13"), ("year 9", 2, "12-13"), ("9", 3, "14-15"), ("Yr 11", 1, "14-15"), ("12", 12, "16-17"),
        ("14", 4, "18-25"),
    ],
)  # fmt: skip
def test_year_groups_give_the_likelier_band(group: str, month: int, band: str) -> None:
    assert age_band_of_year_group(group, date(2025, month, 15)) == band


@pytest.mark.parametrize("text", ["15", "0", "Form 3", "", "x9"])
def test_other_text_is_no_year_group(text: str) -> None:
    with pytest.raises(ValueError, match="not a school year group"):
        age_band_of_year_group(text, DAY)


def test_a_ward_with_few_children_of_an_age_becomes_its_town() -> None:
    ward = Ward(code="X05000001", name="Synthetic", town="X08000001-T1", population_10_17=380, population_under_18=900)
    assert floored_area(ward, "12-13") == "X08000001-T1"
    assert floored_area(ward, "0-9") == "X05000001"
    assert floored_area(ward, "unknown") == "X05000001"


@pytest.mark.parametrize(
    ("aged_10_17", "under_18", "band", "stays"),
    [
        (400, 1000, "10-11", True), (400, 1000, "16-17", True), (399, 1000, "14-15", False),
        (900, 1000, "0-9", True), (901, 1000, "0-9", False), (1000, 900, "0-9", False),
        (0, 100, "18-25", True), (0, 99, "18-25", False), (40, 100, "not_recorded", True), (40, 99, "unknown", False),
    ],
)  # fmt: skip
def test_the_floor_is_a_hundred_children_of_the_band(aged_10_17: int, under_18: int, band: str, stays: bool) -> None:
    populations = {"population_10_17": aged_10_17, "population_under_18": under_18}
    ward = Ward.model_validate({"code": "X05000001", "name": "Synthetic", "town": "X08000001-T1"} | populations)
    assert floored_area(ward, band) == ("X05000001" if stays else "X08000001-T1")


def test_every_age_band_has_a_floor() -> None:
    small = Ward(code="X05000001", name="Synthetic", town="X08000001-T1", population_10_17=0, population_under_18=0)
    assert {floored_area(small, band.value) for band in AgeBand} == {"X08000001-T1"}


def test_moments_know_their_bounds() -> None:
    whole, exact = Moment(DAY), at(0, 12)
    assert whole.latest - whole.earliest == timedelta(days=1)
    assert exact.earliest == exact.latest == datetime(2025, 3, 10, 12, tzinfo=LONDON)
    assert at(0, 11).before(exact)
    assert not whole.before(exact)
