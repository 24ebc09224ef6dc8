"""Merging reports of one episode: worked examples, and a slow implementation that must agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.episodes import Episode, merge, same_episode

D = date(2026, 2, 3)


@dataclass(frozen=True)
class Report:
    """One agency's report, as far as merging reads it."""

    event_id: str
    agency: str
    occurred_on: date
    hour_band: str
    ended_on: date | None
    ended_hour_band: str


def report(
    name: str, start: int, band: str, end: int | None = None, end_band: str = "unknown", agency: str = "p"
) -> Report:
    ended = None if end is None else D + timedelta(days=end)
    return Report(name, agency, D + timedelta(days=start), band, ended, end_band)


def groups(*reports: Report) -> list[tuple[str, ...]]:
    return sorted(episode.event_ids for episode in merge(reports))


def test_the_same_or_an_adjoining_band_is_within_twelve_hours() -> None:
    assert groups(report("a", 0, "12-18"), report("b", 0, "18-24")) == [("a", "b")]
    assert groups(report("a", 0, "18-24"), report("b", 1, "00-06")) == [("a", "b")]
    assert groups(report("a", 0, "06-12"), report("b", 0, "18-24")) == [("a",), ("b",)]


def test_overlapping_intervals_merge() -> None:
    assert groups(report("a", 0, "06-12", 3, "06-12"), report("b", 2, "06-12", 5, "06-12")) == [("a", "b")]
    assert groups(report("a", 0, "06-12", 1, "06-12"), report("b", 1, "18-24")) == [("a",), ("b",)]


def test_a_closure_is_transitive() -> None:
    chain = [report("a", 0, "00-06"), report("b", 0, "06-12"), report("c", 0, "12-18")]
    assert groups(*chain) == [("a", "b", "c")]
    assert groups(chain[0], chain[2]) == [("a",), ("c",)]


def test_a_report_left_open_does_not_swallow_later_ones() -> None:
    assert groups(report("a", 0, "06-12"), report("b", 30, "06-12", 31, "06-12")) == [("a",), ("b",)]


def test_a_day_without_a_band_matches_that_day_and_its_neighbours_edges() -> None:
    assert groups(report("a", 0, "unknown"), report("b", 0, "18-24")) == [("a", "b")]
    assert groups(report("a", 0, "unknown"), report("b", 1, "00-06")) == [("a", "b")]
    assert groups(report("a", 0, "unknown"), report("b", 1, "06-12")) == [("a",), ("b",)]


def test_the_episode_keeps_who_reported_it_and_the_earliest_start() -> None:
    merged = merge([report("b", 1, "00-06", agency="care"), report("a", 0, "18-24", agency="police")])
    assert merged == [Episode(D, frozenset({"care", "police"}), ("a", "b"))]


BANDS = st.sampled_from(["00-06", "06-12", "12-18", "18-24", "unknown", "not_recorded"])


@st.composite
def reports(draw: st.DrawFn) -> list[Report]:
    found = []
    for number in range(draw(st.integers(0, 9))):
        start = draw(st.integers(0, 12))
        length = draw(st.none() | st.integers(0, 6))
        end = None if length is None else start + length
        found.append(report(f"e{number}", start, draw(BANDS), end, draw(BANDS)))
    return found


def slow(found: list[Report]) -> list[tuple[str, ...]]:
    """Every pair compared, then merged until nothing changes."""
    clusters = [{r.event_id} for r in found]
    for a, b in combinations(found, 2):
        if same_episode(a, b):
            mine = next(c for c in clusters if a.event_id in c)
            other = next(c for c in clusters if b.event_id in c)
            if mine is not other:
                mine |= other
                clusters.remove(other)
    return sorted(tuple(sorted(c)) for c in clusters)


@settings(max_examples=500)
@given(reports(), st.randoms())
def test_the_sweep_equals_the_slow_way_in_any_order(found: list[Report], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert groups(*shuffled) == slow(found)
    assert all(same_episode(a, b) == same_episode(b, a) for a, b in combinations(found, 2))
