"""Every effect that truth.json claims is there, and large enough to be found."""

from __future__ import annotations

from datetime import date
from statistics import median
from typing import Any

from demo.synthetic import borough as b
from demo.synthetic.borough import PLANT
from demo.synthetic.catalogue import category, observers
from demo.synthetic.sightings import Concern
from demo.synthetic.world import World


def test_the_rise_is_steep_and_is_seen_without_any_one_agency(truth: dict[str, Any]) -> None:
    planted = truth["planted"]
    assert planted["rise_children_with_concern"] >= 4 * planted["rise_children_same_months_a_year_before"]
    assert set(planted["rise_children_leaving_out"]) == {b.POLICE, b.SOCIAL_CARE, b.SCHOOLS}
    # ADR 0013: ten distinct children must remain whichever agency is left out.
    assert min(planted["rise_children_leaving_out"].values()) >= 20


def test_no_other_ward_rises_like_it(world: World) -> None:
    def children(ward: str, first: date, last: date) -> int:
        return len({c.child.number for c in world.concerns if c.ward == ward and first <= c.day <= last})

    rises = {
        ward: children(ward, PLANT.rise_from, PLANT.rise_to)
        / max(4, children(ward, PLANT.rise_from.replace(year=2024), PLANT.rise_to.replace(year=2025)))
        for ward in world.borough.codes
    }
    assert max(rises, key=lambda ward: rises[ward]) == PLANT.rise_ward
    others = [rise for ward, rise in rises.items() if ward != PLANT.rise_ward]
    assert rises[PLANT.rise_ward] > 1.5 * max(others)


def test_one_agency_recognises_early_and_one_late(world: World) -> None:
    onsets = {story.child.number: story for story in world.stories if story.onset is not None and not story.rise}

    def lag(agency: str) -> float:
        firsts: dict[int, Concern] = {}
        for concern in world.concerns:
            if concern.agency == agency and concern.child.number in onsets:
                firsts.setdefault(concern.child.number, concern)
        seen = [
            (c.day - next(s.day for s in onsets[number].signs if agency in observers(s.code))).days
            for number, c in firsts.items()
        ]
        return median(seen)

    assert lag(PLANT.late_recogniser) > 2 * lag(PLANT.early_recogniser)


def test_the_under_reporter_falls_and_no_other_does(world: World) -> None:
    def ratio(agency: str) -> float:
        days = [c.day for c in world.concerns if c.agency == agency]
        return sum(day >= PLANT.under_from for day in days) / sum(day < PLANT.under_from for day in days)

    assert ratio(PLANT.under_reporter) < 0.55
    assert min(ratio(agency) for agency in (b.POLICE, b.SOCIAL_CARE)) > 0.9


def test_the_gap_is_total_and_not_for_want_of_signs(world: World) -> None:
    recorded = {category(s.sign.code) for s in world.sightings if s.agency == PLANT.gap_agency}
    assert PLANT.gap_category not in recorded
    could = [
        sign
        for story in world.stories
        for sign in story.signs
        if PLANT.gap_agency in story.in_contact
        and PLANT.gap_agency in observers(sign.code)
        and category(sign.code) == PLANT.gap_category
    ]
    assert len(could) > 100


def test_one_training_works_and_one_does_not(truth: dict[str, Any]) -> None:
    recording = truth["recording"]
    before, after = recording["effective_training_lines_before"], recording["effective_training_lines_after"]
    # Fifteen months before, nine after.
    assert after / 9 > 3 * (before / 15)
    assert after > 50
    assert recording["gap_lines"] == 0


def test_the_silent_agency_sends_nothing_after(world: World) -> None:
    days = [s.sign.day for s in world.sightings if s.agency == PLANT.silent_agency]
    assert len(days) > 100
    assert max(days) < PLANT.silent_from
