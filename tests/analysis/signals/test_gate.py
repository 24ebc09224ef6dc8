"""Decision 15: the alarm and ten children stand whichever one agency is left out, at the finest place where they do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analysis.signals.evidence import Evidence
from analysis.signals.gate import Found, finest, recurrence, verdict
from models.signals import Recurrence
from tests.analysis.signals.worlds import NEXT, TODAY, WARD, background, places, rise, row, shared
from tests.factories import CARE, POLICE, SCHOOLS

pytestmark = pytest.mark.slow


def told(known: Evidence, today: date = TODAY) -> list[Found]:
    judged = verdict(known, places(), today, replicates=199)
    return finest(judged, places()) if judged else []


def concerns(known: Evidence) -> list[tuple[str, ...]]:
    return [found.place.codes for found in told(known) if found.kind == "cse_concern"]


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
    """Without police nine children are left, however many there are with them; with one more, ten."""
    nine = [[POLICE]] * 20 + [[CARE, SCHOOLS]] * 9
    quiet = background(spare=90)
    assert (WARD,) not in concerns(rise(quiet, nine).evidence())
    assert concerns(rise(quiet, [*nine, [CARE, SCHOOLS]]).evidence()) == [(WARD,)]


def test_the_same_child_of_many_events_is_one_child() -> None:
    """Nine children seen again and again by all three agencies are nine."""
    story = background(spare=90)
    for times in range(3):
        story = rise(story, [[POLICE, CARE, SCHOOLS]] * 9, until=TODAY - timedelta(days=times))
    assert concerns(story.evidence()) == []


def test_what_no_ward_carries_neighbouring_wards_may() -> None:
    story = rise(background(spare=90), shared(9))
    for n, agencies in enumerate(shared(9)):
        story.add(*(row(a, f"next{n}", TODAY - timedelta(days=2 + n), NEXT) for a in agencies))
    assert concerns(story.evidence()) == [(NEXT, WARD)]


def test_a_board_that_nobody_has_sent_anything_new_for_is_not_judged() -> None:
    known = rise(background(), shared(30)).evidence()
    assert verdict(known, places(), TODAY + timedelta(days=92), replicates=99) is None
    assert verdict(background().evidence(without=[POLICE, CARE]), places(), TODAY) is None, "one agency is no board"


def test_classes_of_recurrence() -> None:
    assert [recurrence(365.25 * years) for years in (1, 4.9, 5, 24.9, 25, 1e9)] == [
        Recurrence.ONE_TO_FIVE,
        Recurrence.ONE_TO_FIVE,
        Recurrence.FIVE_TO_TWENTY_FIVE,
        Recurrence.FIVE_TO_TWENTY_FIVE,
        Recurrence.OVER_TWENTY_FIVE,
        Recurrence.OVER_TWENTY_FIVE,
    ]
