"""What people said, as released: sums of people with noise, a bounded part for each return, and states that say why."""

from __future__ import annotations

import hashlib
import math
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.beside import beside
from analysis.disclosure.noise import RoundingKeys
from analysis.disclosure.odds import Change, best_success, bound, exact, log_ratio, rho
from analysis.disclosure.voices import group_heard
from analysis.ledger.row import Record, Row, fold
from models.contract.codes import Theme, Voice
from models.releases import PeopleCount, VoiceHeard
from models.releases.voices import MOST_PEOPLE, MOST_THEMES, THEMES, VOICES

CUT_OFF = datetime(2026, 5, 1, tzinfo=UTC)
SECTORS = {"unit": "other", "college": "education"}
YEAR = "2025FY"
FAR = 17
"""A figure is further from its sum less than once in a million draws: five deviations and the rounding."""
PRIVACY = Path(__file__).parents[3] / "docs" / "privacy.md"


def keys(number: int = 0) -> RoundingKeys:
    record, rounding = (hashlib.sha256(f"voices {name} {number}".encode()).digest() for name in ("r", "n"))
    return RoundingKeys.derive(record, rounding, 1)


def said(
    name: str = "g", *themes: str, people: int | None = 12, voice: str = "children", agency: str = "unit",
    on: str = "2025-06-01", at_ms: int = 1,
) -> tuple[str, Row]:  # fmt: skip
    """One group as a row of the ledger."""
    data: dict[str, Any] = {"agency": agency, "held_on": on, "voice": voice}
    data |= {"themes": list(themes) or ["help_came_late"], "people": people}
    record = Record(name, 0, "theme_return", data, 0, 0, at_ms)
    return record.own_id, fold(None, record)


def heard(rows: list[tuple[str, Row]], number: int = 0, window: str = YEAR) -> dict[str, VoiceHeard]:
    return {voice.voice: voice for voice in beside(rows, SECTORS, CUT_OFF).voices(window, keys(number))}


def counts(voice: VoiceHeard) -> dict[str, PeopleCount]:
    """Every count of a voice by its theme; everybody is `any`."""
    return {"any": voice.people} | {str(count.theme): count for count in voice.themes}


def test_a_figure_is_about_the_people_of_the_groups_that_named_the_theme() -> None:
    rows = [said("a", "help_came_late", "trusted_adult", people=20), said("b", "help_came_late", people=25)]
    for number in range(50):
        found = counts(heard(rows, number)["children"])
        for theme, people in (("any", 45), ("help_came_late", 45), ("trusted_adult", 20)):
            value = found[theme].value
            assert value is None or (abs(value - people) <= FAR and value % 5 == 0 and value >= 10)
        assert {found[str(theme)].value for theme in THEMES if theme not in rows[0][1].data["themes"]} <= {None, 10, 15}
    values = [counts(heard(rows, number)["children"])["help_came_late"].value or 0 for number in range(400)]
    assert abs(sum(values) / len(values) - 45) < 0.7


def test_the_grid_is_always_whole() -> None:
    rows = [said("a", "unknown", "not_recorded", "other"), said("b", voice="case_audit"), said("c", voice="other")]
    for given_rows in (rows, []):
        found = heard(given_rows)
        assert tuple(found) == VOICES
        assert all([count.theme for count in voice.themes] == list(THEMES) for voice in found.values())
    assert len(THEMES) == len(Theme) - 2


def test_a_voice_that_nobody_returned_says_so_and_is_never_nought() -> None:
    found = heard([said("a", voice="lay_members", people=1), said("late", voice="practitioners", on="2024-06-01")])
    assert {count.state for count in counts(found["lay_members"]).values()} == {"low"}
    for voice in (*VOICES[:2], *VOICES[3:]):
        assert found[voice].numbered == "no return"
        assert {count.state for count in counts(found[voice]).values()} == {"no_return"}


def test_groups_without_a_number_are_not_counted_and_that_is_a_class() -> None:
    found = heard(
        [
            said("a", people=None), said("b", people=None),
            said("c", people=None, voice="lay_members"), said("d", people=29, voice="lay_members"),
            said("e", people=20, voice="parents_carers"),
        ]
    )  # fmt: skip
    assert [found[voice].numbered for voice in VOICES[:3]] == ["none", "all", "some"]
    assert {count.state for count in counts(found["children"]).values()} == {"not_recorded"}
    value = found["lay_members"].people.value
    assert value is not None
    assert abs(value - 29) <= FAR


@pytest.mark.parametrize("people", [0, 1, 9, 30, 9999])
def test_no_state_depends_on_how_many_people_there_were(people: int) -> None:
    """A decision by a hidden number would show it."""
    found = heard([said("a", people=people), said("b", people=None)])
    assert (found["children"].numbered, found["parents_carers"].numbered) == ("some", "no return")
    assert {count.state for count in counts(found["children"]).values()} <= {"figure", "low"}


def test_schools_are_practitioners_whose_return_an_agency_of_education_sent() -> None:
    rows = [
        said("a", voice="practitioners", agency="college", people=30),
        said("b", voice="children", agency="college"),
        said("c", voice="practitioners", people=30),
        said("d", voice="practitioners", people=30),
    ]
    found = heard(rows)
    near = {name: found[name].people.value or 0 for name in ("schools", "practitioners")}
    assert abs(near["schools"] - 30) <= FAR
    assert abs(near["practitioners"] - 60) <= FAR
    assert found["children"].numbered == "all"


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 9999) | st.none(),
    st.lists(st.sampled_from(list(Theme)), min_size=1, max_size=21),
    st.sampled_from(list(Voice)),
    st.text("abcdef0123456789", min_size=4, max_size=12),
)
def test_one_return_plays_a_bounded_part(people: int | None, themes: list[Theme], voice: Voice, name: str) -> None:
    row = said(name, *themes, people=people, voice=voice)[1]
    group = group_heard(f"{name}|unit", row, "other")
    if group is None:
        assert voice not in VOICES
        return
    assert group.people == (None if people is None else min(people, MOST_PEOPLE))
    assert len(group.themes) == len(set(group.themes)) == min(MOST_THEMES, len(set(themes) & set(THEMES)))
    assert set(group.themes) <= set(themes) & set(THEMES)


def test_a_return_of_thousands_moves_no_figure_further_than_one_of_thirty() -> None:
    rows = [said("a", *map(str, THEMES), people=9999)]
    for number in range(60):
        found = counts(heard(rows, number)["children"])
        figures = [count.value for count in found.values() if count.value is not None and count.value > FAR]
        assert max(figures, default=0) <= MOST_PEOPLE + FAR
        assert len(figures) <= MOST_THEMES + 1


def test_which_themes_of_a_long_return_count_differs_by_return() -> None:
    """Files list codes in the order of the alphabet: by that order the last of it would never count."""
    chosen = set()
    for number in range(40):
        group = group_heard(f"e{number}|unit", said(f"e{number}", *map(str, THEMES))[1], "other")
        assert group is not None
        chosen |= set(group.themes)
    assert chosen == set(THEMES)


def test_the_same_groups_give_the_same_bytes_in_any_order() -> None:
    rows = [said(f"g{n}", str(THEMES[n % 19]), str(THEMES[n % 7]), people=n, voice=VOICES[n % 6]) for n in range(40)]

    def told(given_rows: list[tuple[str, Row]]) -> list[str]:
        return [voice.model_dump_json() for voice in heard(given_rows).values()]

    assert told(rows) == told(rows[::-1]) == told(rows[20:] + rows[:20])


def test_what_came_late_or_was_withdrawn_does_not_count() -> None:
    late = int(CUT_OFF.timestamp() * 1000) + 1
    event_id, row = said("b")
    gone = fold(row, Record("b", 1, "withdrawal", {"agency": "unit"}, 1, 1, 2))
    assert gone.withdrawn
    assert heard([said("a", at_ms=late), (event_id, gone)])["children"].numbered == "no return"


def test_a_corrected_number_gets_a_draw_of_its_own() -> None:
    """By the ids alone two releases would differ by exactly what was corrected."""
    steps = []
    for number in range(60):
        before, after = (heard([said("a", people=people)], number)["children"].people for people in (28, 29))
        steps.append((after.value or 0) - (before.value or 0))
    assert min(steps) < 0
    assert max(steps) > 5


def worlds(others: int, themes: int) -> list[list[tuple[str, Row]]]:
    """One person less and one more in a group, beside a group of somebody who knows all about it."""
    named = [str(theme) for theme in THEMES[:themes]]
    own = [said("own", *named, people=others)]
    return [[*own, said("g", *named, people=people)] for people in (7, 8)]


@pytest.mark.parametrize("others", [0, 12, 30])
def test_one_person_more_moves_the_odds_as_far_as_is_said(others: int) -> None:
    """Also for a sender who adds a group of his own, which takes the shelter of `fewer than 10` away."""
    less, more = worlds(others, MOST_THEMES)
    changes = [Change(others + 8, others + 7)] * (MOST_THEMES + 1)
    assert rho(changes) == pytest.approx(7 / 18)
    limit = bound(rho(changes))
    assert exact(changes).exceeded <= limit * 1.2
    over = right = 0
    draws = 300
    moved = ["any", *(str(theme) for theme in THEMES[:MOST_THEMES])]
    for number in range(draws):
        shown = [counts(heard(world, number)["children"]) for world in (more, less)]
        ratios = [log_ratio(zip(changes, (found[theme].value for theme in moved), strict=True)) for found in shown]
        assert all(math.isfinite(ratio) for ratio in ratios)
        over += abs(ratios[0]) > math.log(limit)
        right += (ratios[0] > 0) + (ratios[1] < 0)
        for theme in map(str, THEMES[MOST_THEMES:]):
            assert shown[0][theme] == shown[1][theme], "a theme that the group did not name"
    assert over <= 0.01 * draws + 3.1 * math.sqrt(0.0099 * draws) + 1
    assert right / (2 * draws) <= best_success(rho(changes)) + 0.06
    if others:
        assert right / (2 * draws) > 0.55, "the guesser is one"


def test_a_person_moves_no_more_counts_than_is_said() -> None:
    """Counts that can differ at all between two people less and more, over many keys."""
    less, more = worlds(12, 19)
    moved = set()
    for number in range(80):
        one, other = (heard(world, number) for world in (less, more))
        moved |= {
            (voice, theme)
            for voice in VOICES
            for theme, count in counts(one[voice]).items()
            if count != counts(other[voice])[theme]
        }
    assert len(moved) <= MOST_THEMES + 1
    assert ("children", "any") in moved


def test_the_page_on_privacy_has_the_numbers() -> None:
    text = re.sub(r"\s+", " ", PRIVACY.read_text("utf-8")).partition("**What people said.**")[2]
    cells = MOST_THEMES + 1
    assert f"at most {MOST_PEOPLE} people and in at most six themes" in text
    assert "at most seven figures by one" in text
    assert (MOST_THEMES, cells) == (6, 7)
    for number in (cells, 2 * cells):
        assert f"more than a factor of {math.ceil(bound(number / 18))}" in text or (
            f"by more than {math.ceil(bound(number / 18))}." in text
        )
