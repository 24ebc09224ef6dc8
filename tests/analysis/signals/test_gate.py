"""ADR 0013: the alarm and ten children stand whichever one agency is left out, at the finest place where they do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analysis.disclosure.noise import RoundingKeys
from analysis.signals import draws
from analysis.signals.draws import drawn
from analysis.signals.evidence import Evidence
from analysis.signals.gate import Found, finest, verdict
from analysis.signals.thresholds import Thresholds
from models.signals import Recurrence
from tests.analysis.signals.worlds import (
    BACK,
    EASY,
    KEYS,
    NEXT,
    THRESHOLDS,
    TODAY,
    WARD,
    background,
    keys,
    keys_without_noise,
    places,
    rise,
    row,
    shared,
)
from tests.factories import CARE, POLICE, SCHOOLS

pytestmark = pytest.mark.slow


def told(
    known: Evidence, today: date = TODAY, under: RoundingKeys = KEYS, thresholds: Thresholds = THRESHOLDS
) -> list[Found]:
    judged = verdict(known, places(), today, under, thresholds)
    return finest(judged, places(), thresholds) if judged else []


def concerns(known: Evidence, under: RoundingKeys = KEYS, thresholds: Thresholds = THRESHOLDS) -> list[tuple[str, ...]]:
    found = told(known, under=under, thresholds=thresholds)
    return [one.place.codes for one in found if one.kind == "cse_concern"]


def test_nothing_is_told_of_a_board_as_usual() -> None:
    assert told(background().evidence()) == []


def test_a_rise_that_any_agency_may_be_left_out_of_is_told_at_its_ward() -> None:
    found = told(rise(background(), shared(30)).evidence())
    assert [(one.kind, one.place.codes) for one in found] == [("cse_concern", (WARD,)), ("cse_sign", (WARD,))]
    assert found[0].starts_on.weekday() == 0
    assert found[0].ends_on.weekday() == 6
    assert found[0].starts_on <= TODAY - timedelta(days=27)
    assert found[0].ends_on >= TODAY - timedelta(days=2)


@pytest.mark.parametrize("agency", [POLICE, CARE, SCHOOLS])
def test_a_rise_that_rests_on_one_agency_is_not_told(agency: str) -> None:
    assert told(rise(background(), [[agency]] * 40).evidence()) == []


def test_nor_one_whose_last_ten_children_rest_on_one_agency() -> None:
    """Without police so many children are left that the count is nine, however many there are with them; or ten."""
    nine = [[POLICE]] * 20 + [[CARE, SCHOOLS]] * (9 + BACK)
    none = keys_without_noise(WARD)
    quiet = background(spare=90)
    assert (WARD,) not in concerns(rise(quiet, nine).evidence(), none, EASY)
    assert concerns(rise(quiet, [*nine, [CARE, SCHOOLS]]).evidence(), none, EASY) == [(WARD,)]


def test_the_same_child_of_many_events_is_one_child() -> None:
    """Nine children seen again and again by all three agencies are nine."""
    story = background(spare=90)
    for times in range(3):
        story = rise(story, [[POLICE, CARE, SCHOOLS]] * 9, until=TODAY - timedelta(days=times))
    assert concerns(story.evidence(), thresholds=EASY) == []


def test_what_no_ward_carries_neighbouring_wards_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that leave every place without noise are too rare to look for: the draws are taken to be 0."""
    monkeypatch.setattr(draws, "_draw", lambda *_: 0)
    seen_by = [[POLICE, CARE, SCHOOLS]] * (9 + BACK)
    story = rise(background(spare=90, a_week=5), seen_by)
    for n, agencies in enumerate(seen_by):
        story.add(*(row(a, f"next{n}", TODAY - timedelta(days=2 + n), NEXT) for a in agencies))
    assert concerns(story.evidence()) == [(NEXT, WARD)]


def test_a_board_that_nobody_has_sent_anything_new_for_is_not_judged() -> None:
    known = rise(background(), shared(30)).evidence()
    assert verdict(known, places(), TODAY + timedelta(days=92), KEYS, THRESHOLDS) is None
    assert verdict(background().evidence(without=[POLICE, CARE]), places(), TODAY, KEYS, THRESHOLDS) is None, (
        "one agency is no board"
    )


def test_the_noise_is_the_same_for_a_fortnight_and_key_and_else_another() -> None:
    first = drawn(places(), "cse_concern", TODAY, KEYS)
    assert (first == drawn(places(), "cse_concern", TODAY, KEYS)).all()
    days = [TODAY + timedelta(days=n) for n in range(14)]
    looks = {drawn(places(), "cse_concern", day, KEYS).tobytes() for day in days}
    assert len(looks) == 1, "TODAY is the first day of a fortnight"
    others = [
        drawn(places(), "cse_concern", TODAY + timedelta(days=14), KEYS),
        drawn(places(), "missing", TODAY, KEYS),
        drawn(places(), "cse_concern", TODAY, keys(1)),
    ]
    assert all((first != other).mean() > 0.7 for other in others)


def test_joined_wards_have_the_noise_of_their_wards_and_no_other() -> None:
    noise = drawn(places(), "cse_concern", TODAY, KEYS)
    for number, place in enumerate(places().places):
        if place.level == "joined":
            assert (noise[number] == noise[list(place.rows)].sum(axis=0)).all()


def test_classes_of_recurrence() -> None:
    found = [Thresholds(3.0, 5.0).recurrence(score) for score in (3.0, 4.99, 5.0, 50.0)]
    assert found == [Recurrence.FIVE_TO_TWENTY_FIVE] * 2 + [Recurrence.OVER_TWENTY_FIVE] * 2
