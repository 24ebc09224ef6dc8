"""The invented histories have the shape of DfE's figures (docs/domain.md), so that measures on them mean something."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from demo.synthetic import borough as b
from demo.synthetic.histories import InventedEpisode
from demo.synthetic.world import World


def by_child(episodes: list[InventedEpisode]) -> dict[int, list[InventedEpisode]]:
    found: dict[int, list[InventedEpisode]] = defaultdict(list)
    for episode in episodes:
        found[episode.child.number].append(episode)
    return found


@pytest.mark.parametrize("year", ["2024-25", "2025-26"])
def test_incidents_per_child_missing_from_care_are_near_dfes(truth: dict[str, Any], year: str) -> None:
    assert truth["years"][year]["episodes_per_child_missing_from_care"] == pytest.approx(6.8, abs=0.7)


@pytest.mark.parametrize("year", ["2024-25", "2025-26"])
def test_about_fifteen_hundred_children_a_year(truth: dict[str, Any], year: str) -> None:
    assert 1_250 <= truth["years"][year]["children_in_all_streams"] <= 1_750


def test_every_quarters_figures_survive_rounding(truth: dict[str, Any]) -> None:
    assert list(truth["quarters"]) == [
        *("2024Q2", "2024Q3", "2024Q4", "2025Q1"),
        *("2025Q2", "2025Q3", "2025Q4", "2026Q1"),
    ]
    for measures in truth["quarters"].values():
        assert 60 <= measures["M1"]["recorded"] <= 150
        assert 130 <= measures["M9"]["recorded"] <= measures["M9"]["world"]
        assert 20 <= measures["M10"]["recorded"] <= 75


def test_a_few_children_have_many_episodes_in_spells(world: World) -> None:
    counts = sorted((len(found) for found in by_child(world.episodes).values()), reverse=True)
    tenth = counts[: len(counts) // 10]
    assert sum(tenth) > 0.5 * sum(counts)
    assert counts[len(counts) // 2] <= 2
    # Within a spell the next one comes within three weeks, far sooner than evenly over a year.
    many = [found for found in by_child(world.episodes).values() if len(found) >= 8]
    gaps = [(after.start - before.start).days for found in many for before, after in pairwise(found)]
    assert sum(gap <= 21 for gap in gaps) > 0.8 * len(gaps)


def test_lengths_and_places_are_mixed(world: World) -> None:
    ended = [episode.end - episode.start for episode in world.episodes if episode.end is not None]
    shorter_than_6h = sum(length < timedelta(hours=6) for length in ended) / len(ended)
    overnight = sum(timedelta(hours=6) <= length < timedelta(hours=24) for length in ended) / len(ended)
    assert 0.40 < shorter_than_6h < 0.52
    assert 0.29 < overnight < 0.41
    assert any(episode.end is None for episode in world.episodes)
    assert {episode.missing_from for episode in world.episodes} >= {"home", "care", "school", "hospital"}
    assert 0.5 < sum(episode.from_care for episode in world.episodes) / len(world.episodes) < 0.8


def test_true_episodes_of_a_child_never_touch(world: World) -> None:
    for found in by_child(world.episodes).values():
        for before, after in pairwise(found):
            assert before.end is not None
            assert after.start - before.end >= timedelta(hours=52)


def test_everything_happens_to_children_in_the_two_years(world: World) -> None:
    days = [(e.child, e.start.date()) for e in world.episodes]
    days += [(c.child, c.day) for c in world.concerns]
    days += [(s.child, s.sign.day) for s in world.sightings]
    days += [(s.child, s.day) for s in world.screenings]
    assert all(b.START <= day <= b.END for _, day in days)
    assert all(child.under_18(day) for child, day in days)


def test_two_agencies_tell_the_same_episode_with_nearly_the_same_time(world: World) -> None:
    police = {id(record.episode): record for record in world.police if record.deleted is None}
    both = [(police[id(record.episode)], record) for record in world.care if id(record.episode) in police]
    assert len(both) > 2_000
    # At most one hour band apart: bands are six hours, so starts never differ by more.
    assert max(abs(one.start - other.start) for one, other in both) <= timedelta(hours=3)
    assert sum(one.start != other.start for one, other in both) > 0.9 * len(both)


def test_children_of_both_sexes_and_all_groups(world: World) -> None:
    sexes = Counter(child.sex for child in world.children)
    assert min(sexes.values()) > 0.4 * len(world.children)
    assert {child.ethnicity[0] for child in world.children} == set("WMABON")
