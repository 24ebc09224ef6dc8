"""What enters a scan, as known when, linked how, and what is left when an agency is left out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from analysis.hotspots.preparation import Sighting, count_by_day, distinct_children
from analysis.ledger.row import WITHDRAWAL
from analysis.signals.evidence import evidence
from analysis.signals.places import LEVELS
from analysis.signals.seen import DAYS, REPEAT_DAYS, seen
from tests.analysis.signals.worlds import AGENCIES, TODAY, WARD, Story, background, board, places, row
from tests.factories import CARE, POLICE, SCHOOLS, token

DAY = date(2026, 2, 10)


def test_events_without_token_withdrawn_or_elsewhere_are_nowhere() -> None:
    story = Story()
    story.add(row(POLICE, None, DAY), row(POLICE, "c", DAY, "out_of_area"), row(POLICE, "c", DAY, kind=WITHDRAWAL))
    story.add(row(POLICE, "c", DAY, kind="return_interview"))
    known = story.evidence()
    assert all(not found for found in known.mentions.values())


def test_kinds_and_their_areas() -> None:
    story = Story()
    story.add(row(POLICE, "a", DAY), row(SCHOOLS, "b", DAY, kind="indicator_observed"))
    story.add(row(CARE, "c", DAY, kind="missing_episode"), row(CARE, "d", DAY, "unknown"))
    known = story.evidence()
    assert {kind: [m.area for m in found] for kind, found in known.mentions.items()} == {
        "cse_concern": [WARD, ""],
        "cse_sign": [WARD, WARD, ""],
        "missing": [WARD],
    }


def test_history_is_known_since_it_was_recorded_and_the_rest_since_it_came() -> None:
    live = board().live_from
    story = Story()
    story.add(row(POLICE, "a", DAY, recorded=DAY + timedelta(days=9)))
    story.add(row(POLICE, "b", DAY, recorded=DAY, at=live + timedelta(days=3)))
    known = [date.fromordinal(m.known_on) for m in story.evidence().mentions["cse_concern"]]
    assert known == [DAY + timedelta(days=9), date(2026, 5, 15)]


def test_one_agency_alone_cannot_move_the_horizon() -> None:
    story = Story()
    story.add(row(POLICE, "a", DAY), row(CARE, "b", DAY - timedelta(days=4)))
    assert story.evidence().horizon(TODAY) == DAY - timedelta(days=4)
    story.add(row(POLICE, "c", TODAY - timedelta(days=1)))
    assert story.evidence().horizon(TODAY) == DAY - timedelta(days=4)
    assert story.evidence(without=[CARE]).horizon(TODAY) is None


def test_what_came_today_waits_for_tomorrow() -> None:
    story = Story()
    story.add(row(POLICE, "a", DAY), row(CARE, "b", DAY))
    story.add(row(POLICE, "c", DAY, recorded=TODAY), row(CARE, "d", TODAY))
    view = seen(story.evidence(), "cse_concern", places(), TODAY, DAY)
    assert view.above[-1, -1] == 2
    assert seen(story.evidence(), "cse_concern", places(), TODAY + timedelta(days=1), DAY).above[-1, -1] == 3


def test_counts_are_those_of_the_preparation() -> None:
    """One pass over sorted mentions says what distinct_children and count_by_day say."""
    story = background(seed=4)
    for n in range(200):
        story.add(row(AGENCIES[n % 3], f"again{n % 9}", TODAY - timedelta(days=2 * n + 1)))
    last = TODAY - timedelta(days=1)
    view = seen(story.evidence(), "cse_concern", places(), TODAY, last)
    sightings = [
        Sighting(str(r.data["tokens"]), r.data["areas"]["occurred"], date.fromisoformat(r.data["occurred_on"]))
        for r in story.rows.values()
    ]
    first = last - timedelta(days=DAYS - 1)
    counted = distinct_children(sightings, REPEAT_DAYS).counted
    assert np.array_equal(np.nan_to_num(view.wards), count_by_day(counted, places().wards, first, last))
    moved = [s._replace(area="all") for s in sightings]
    whole = count_by_day(distinct_children(moved, REPEAT_DAYS).counted, ["all"], first, last)
    assert np.array_equal(np.nan_to_num(view.above[-1:]), whole)


@pytest.mark.parametrize("agency", AGENCIES)
def test_leaving_an_agency_out_is_never_having_had_it(agency: str) -> None:
    """Its links too: two tokens on one of its events join what others hold apart."""
    story = background(seed=2)
    story.add(row(CARE, "x", DAY), row(POLICE, "y", DAY), row(SCHOOLS, "z", DAY))
    story.add(row(agency, "x", DAY, tokens=[token("x"), token("y", "upn")]))
    story.add(row(CARE, "y", DAY, tokens=[token("y", "upn")]))
    last = TODAY - timedelta(days=1)
    left_out = seen(story.evidence(), "cse_concern", places(), TODAY, last, without=agency)
    never = seen(story.evidence(without=[agency]), "cse_concern", places(), TODAY, last)
    assert np.array_equal(left_out.wards, never.wards, equal_nan=True)
    assert np.array_equal(left_out.above, never.above, equal_nan=True)
    assert np.array_equal(left_out.exposure, never.exposure)
    for place in places().places:
        assert left_out.children(place, 84) == never.children(place, 84)


def test_the_order_of_rows_changes_nothing() -> None:
    story = background(seed=3)
    turned = evidence(reversed(list(story.rows.items())), datetime(2026, 5, 12, tzinfo=UTC))
    assert turned.mentions == story.evidence().mentions


def test_places_are_wards_neighbours_towns_and_the_board() -> None:
    found = places()
    by_level = {level: [p for p in found.places if p.level == level] for level in LEVELS}
    assert [len(by_level[level]) for level in ("ward", "town", "board")] == [24, 6, 1]
    neighbours = {ward.code: set(ward.neighbours) for ward in board().wards}
    share = {ward.code: ward.population_10_17 for ward in board().wards}
    for place in by_level["joined"]:
        assert all(any(other in neighbours[code] for other in place.codes) for code in place.codes)
        assert sum(share[code] for code in place.codes) <= 0.1 * sum(share.values()) * 1.000001
    assert len(by_level["joined"]) == len({p.codes for p in by_level["joined"]}) > 20
