"""Opened, updated at most once a week, closed four weeks after it was last found; and what is said of it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from pydantic import ValidationError

from analysis.ledger.records import ReturnRecord
from analysis.returns import Returns
from analysis.signals.gate import Found
from analysis.signals.history import publication_days
from analysis.signals.life import SignalLife, decode, encode, lived
from analysis.signals.operational import operational, refusals, silences
from analysis.signals.places import Place
from analysis.signals.sentences import CAUTION, explain
from analysis.silence import Heard
from models.signals import Recurrence, Signal
from tests.analysis.signals.worlds import NEXT, WARD, board, places
from tests.factories import POLICE, register

MONDAY = date(2026, 3, 2)


def place(*codes: str) -> Place:
    return next(p for p in places().places if p.codes == codes)


def found(*codes: str, day: date = MONDAY, how: Recurrence = Recurrence.ONE_TO_FIVE) -> Found:
    monday = day - timedelta(days=day.weekday())
    return Found("cse_concern", place(*codes), monday - timedelta(days=28), monday + timedelta(days=6), how)


def days(story: dict[int, list[Found]], until: int) -> list[list[Signal]]:
    """Every day's signals, for findings by day since Monday; no entry is nothing found."""
    lives: list[SignalLife] = []
    told = []
    for n in range(until + 1):
        lives = lived(lives, story.get(n, []), places(), MONDAY + timedelta(days=n))
        told.append([life.signal for life in lives])
    return told


def test_a_signal_opens_once_and_is_updated_at_most_once_a_week() -> None:
    changing = {n: [found(WARD, day=MONDAY + timedelta(days=n), how=list(Recurrence)[n % 5 % 3])] for n in range(60)}
    told = days(changing, 59)
    assert all(len(signals) == 1 for signals in told)
    assert {signals[0].opened_on for signals in told} == {MONDAY}
    versions = sorted({signals[0].updated_on for signals in told})
    assert all(b - a >= timedelta(days=7) for a, b in pairwise(versions))
    assert len({signals[0] for signals in told}) == len(versions), "between updates not a byte changes"
    assert len(versions) > 5


def test_it_closes_four_weeks_after_it_was_last_found_and_stays_closed() -> None:
    told = days({n: [found(WARD)] for n in range(10)}, 60)
    closed = [signals[0].closed_on for signals in told]
    assert closed[36] is None
    assert closed[37] == MONDAY + timedelta(days=37)
    assert set(closed[37:]) == {MONDAY + timedelta(days=37)}


def test_what_is_found_for_half_its_wards_is_the_same_rise_and_another_ward_is_not() -> None:
    same = days({0: [found(WARD)], 8: [found(NEXT, WARD)]}, 8)[-1]
    assert [signal.areas for signal in same] == [(NEXT, WARD)]
    assert same[0].signal_id.split(".")[2] == WARD, "a signal keeps its id"
    other = days({0: [found(WARD)], 8: [found("X05000001")]}, 8)[-1]
    assert [signal.areas for signal in other] == [("X05000001",), (WARD,)] or len(other) == 2


def test_a_gap_of_days_reopens_nothing() -> None:
    told = days({0: [found(WARD)], 20: [found(WARD, day=MONDAY + timedelta(days=20))]}, 25)
    assert len(told[-1]) == 1
    assert told[-1][0].starts_on == MONDAY - timedelta(days=28)


def test_lives_are_stored_and_read_back() -> None:
    [life] = lived([], [found(WARD)], places(), MONDAY)
    assert decode(encode(life)) == life


def test_no_fortnight_is_looked_at_twice() -> None:
    assert publication_days(MONDAY, MONDAY, history=False) == []
    assert publication_days(MONDAY, MONDAY + timedelta(days=1), history=True) == []
    assert publication_days(MONDAY, MONDAY - timedelta(days=14), history=False) == [MONDAY]
    judged = [
        day for n in range(28) if publication_days(day := MONDAY + timedelta(days=n), day - timedelta(days=1), False)
    ]
    assert [(b - a).days for a, b in pairwise(judged)] == [14] * (len(judged) - 1), "and none is missed"
    assert len(judged) == 2
    history = publication_days(MONDAY, None, history=True)
    assert len(history) == 27
    assert history[-1] == MONDAY
    assert publication_days(MONDAY, history[-3], history=True) == history[-2:]


def test_a_signal_carries_nothing_else() -> None:
    [life] = lived([], [found(WARD)], places(), MONDAY)
    assert set(Signal.model_fields) == {
        "signal_id", "board", "kind", "areas", "starts_on", "ends_on", "opened_on", "updated_on", "closed_on",
        "recurrence",
    }  # fmt: skip
    for wrong in ({"count": 12}, {"starts_on": "2026-02-03"}, {"closed_on": "2026-03-01"}, {"opened_on": "2026-03-01"}):
        with pytest.raises(ValidationError):
            Signal.model_validate(life.signal.model_dump(mode="json") | wrong, strict=False)


def test_a_lay_member_of_the_board_can_read_it() -> None:
    words = explain(
        "missing", ["Rookhollow"], "ward", date(2026, 1, 5), date(2026, 2, 1), Recurrence.FIVE_TO_TWENTY_FIVE
    )
    assert words == (
        "In Rookhollow ward, more children than usual went missing in the weeks from 5 January 2026 to "
        "1 February 2026. It is unlikely to be chance: fewer than one false alarm in 5 years anywhere on the board. "
        "No single agency explains it: it remains if the records of any one agency are left out."
    )
    joined = explain("cse_sign", ["A", "B"], "ward", MONDAY, MONDAY, Recurrence.ONE_TO_FIVE)
    assert joined.startswith("In the neighbouring wards of A and B, taken together, more children than usual")
    assert CAUTION.startswith("Staff may simply be recording more.")


def test_an_agency_without_return_or_record_is_silent_until_it_sends_again() -> None:
    agencies = register().agencies_of(board().code)[:1]
    assert [a.id for a in agencies] == [POLICE]
    today = date(2026, 5, 11)
    returns = Returns(
        ReturnRecord(POLICE, f"{y}Q{q}", date(y, 3 * q - 2, 1)) for y in (2024, 2025) for q in (1, 2, 3, 4)
    )
    early = Heard({POLICE: [date(2025, 12, 1)]}, returns)
    [silent] = silences([], board().code, agencies, early, today)
    assert (silent.agency, silent.starts_on, silent.opened_on, silent.closed_on) == (
        POLICE,
        date(2026, 1, 1),
        today,
        None,
    )
    assert silences([silent], board().code, agencies, early, today + timedelta(days=9)) == [silent], "told once"
    late = Heard({POLICE: [date(2025, 12, 1), date(2026, 2, 1)]}, returns)
    assert silences([], board().code, agencies, late, today) == [], "events came: the return alone is late"
    [ended] = silences([silent], board().code, agencies, late, today + timedelta(days=9))
    assert ended.closed_on == today + timedelta(days=9)


def test_an_agency_that_is_not_read_is_refused_not_silent_and_its_signal_ends_when_it_is_read_again() -> None:
    agencies = register().agencies_of(board().code)[:1]
    today = date(2026, 5, 11)
    returns = Returns(
        ReturnRecord(POLICE, f"{y}Q{q}", date(y, 3 * q - 2, 1)) for y in (2024, 2025) for q in (1, 2, 3, 4)
    )
    silent = Heard({POLICE: [date(2025, 12, 1)]}, returns)
    [told] = operational([], board().code, agencies, silent, {POLICE: today}, today)
    assert (told.kind, told.agency, told.starts_on, told.closed_on) == ("refused_format", POLICE, today, None)
    assert refusals([told], board().code, agencies, {POLICE: today}, today + timedelta(days=1)) == [told], "told once"
    [ended] = refusals([told], board().code, agencies, {}, today + timedelta(days=2))
    assert ended.closed_on == today + timedelta(days=2)
    [again] = refusals([ended], board().code, agencies, {POLICE: today}, today + timedelta(days=2))
    assert (again.closed_on, again.opened_on) == (None, today), "held again since the same day: the same signal"
    assert refusals([], board().code, agencies, {"somebody-else": today}, today) == []
