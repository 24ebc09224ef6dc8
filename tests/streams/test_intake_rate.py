"""The rate alarm: five times the agency's own usual day, once a day, and never for a first load of history."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from streams.intake import rate
from streams.intake.chunk import handle
from streams.intake.rate import DAYS_KEPT, DAYS_NEEDED, FEWEST, RateWatch, unusual
from tests.factories import POLICE, event, wire
from tests.streams.test_decide import RULES
from tests.streams.test_intake_chunk import raw

DAY = date(2026, 5, 11)


@pytest.mark.parametrize(
    ("today", "earlier", "expected"),
    [
        (501, [100] * 5, True),
        (500, [100] * 5, False),
        (501, [100] * 4, False),
        (501, [1, 1, 100, 1000, 1000], True),
        (501, [1, 1, 101, 1000, 1000], False),
        (FEWEST, [1] * 5, True),
        (FEWEST - 1, [1] * 5, False),
        (10**6, [], False),
    ],
)
def test_the_rule(today: int, earlier: list[int], expected: bool) -> None:
    assert unusual(today, earlier) is expected


def after_usual_days(n: int, days: int = DAYS_NEEDED) -> RateWatch:
    watch = RateWatch()
    for ago in range(days, 0, -1):
        assert not watch.alarm(POLICE, range(n), DAY - timedelta(days=ago))
    return watch


def test_it_is_raised_once_a_day_for_that_agency_alone() -> None:
    watch = after_usual_days(100)
    assert not watch.alarm(POLICE, range(500), DAY)
    assert not watch.alarm(POLICE, range(500), DAY), "the same children again are no more children"
    assert watch.alarm(POLICE, range(500, 501), DAY)
    assert not watch.alarm(POLICE, range(10_000), DAY)
    assert not watch.alarm("aldermere-schools", range(10_000), DAY)
    assert watch.alarm(POLICE, range(5000), DAY + timedelta(days=1))


def test_a_first_load_of_history_is_no_alarm() -> None:
    assert not after_usual_days(100, DAYS_NEEDED - 1).alarm(POLICE, range(50_000), DAY)


def test_days_without_events_are_no_days() -> None:
    watch = after_usual_days(100)
    assert not watch.alarm(POLICE, [], DAY)
    assert not watch.alarm(POLICE, range(200), DAY + timedelta(days=30))


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MOST_KEPT", 1000)
    watch = after_usual_days(100, DAYS_KEPT * 2)
    assert watch.alarm(POLICE, range(5000), DAY)
    [held] = watch._agencies.values()
    assert len(held.seen) == 1000
    assert len(held.earlier) == DAYS_KEPT


def test_a_chunk_gives_the_distinct_tokens_of_accepted_events_and_no_token() -> None:
    messages = [event(record="1", child="a"), event(record="2", child="a"), event(record="3", child="b")]
    messages += [event(record="4", child="c", sex="Q"), event("training_session", record="5")]
    handled = handle(POLICE, [raw(i, wire(message)) for i, message in enumerate(messages)], RULES)
    assert handled.outcomes == {"accepted": 4, "schema.enum": 1}
    assert len(handled.links) == 2
    assert all(isinstance(link, int) for link in handled.links)
