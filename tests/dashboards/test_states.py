"""Cells and returns to words: every state has its own, and none can be taken for another."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from analysis.disclosure.kr5 import KR5
from analysis.disclosure.noise import STANDARD
from analysis.returns import ReturnStatus
from dashboards import states
from dashboards.states import ReleasedCell
from models.releases import CellState
from models.releases.written import WRITTEN

UNCOUNTED = "cannot be counted"
JANUARY = date(2026, 1, 1)


def every_state() -> list[states.Shown]:
    """What is shown for each state a cell of a table can have."""
    cells = [ReleasedCell(state, 45 if state is CellState.FIGURE else None) for state in CellState]
    absent = [states.show(None, why) for why in (states.NOT_RELEASED, states.AWAITING, states.WITHDRAWN)]
    return [states.show(cell) for cell in cells] + absent + [states.show(None)]


def test_every_state_is_shown_apart() -> None:
    shown = every_state()
    assert len({s.text for s in shown}) == len({s.css for s in shown}) == len(CellState) + 4


def test_pages_say_a_state_in_words() -> None:
    assert [s.text for s in every_state()] == [
        "45",
        "fewer than 10",
        "0",
        "1-9",
        "withheld",
        "no return",
        "not recorded",
        "not applicable",
        "cannot be counted",
        "not yet released",
        "awaiting approval",
        "withdrawn",
        "not in this release",
    ]


def test_the_key_explains_every_state_of_a_release() -> None:
    explained = {text for text, _ in states.KEY}
    for shown in every_state()[1:-1]:
        assert shown.text in explained


def test_files_use_the_governments_shorthand_in_its_own_meaning_or_words() -> None:
    """Government Analysis Function, "Using symbols and shorthand": [c] confidential, [x] not available, [z] not
    applicable; [u] is low reliability and [low] rounds to nought."""
    standard = {"[c]": CellState.WITHHELD, "[x]": CellState.NO_RETURN, "[z]": CellState.NOT_APPLICABLE}
    found = {states.in_file(ReleasedCell(state, None)): state for state in CellState if state is not CellState.FIGURE}
    assert len(found) == len(CellState) - 1
    assert {mark: state for mark, state in found.items() if "[" in mark} == standard
    assert states.in_file(ReleasedCell(CellState.FIGURE, 1250)) == "1,250"


def test_every_state_is_in_the_one_table() -> None:
    assert set(WRITTEN) == set(CellState) - {CellState.FIGURE}
    shown = {state: states.show(ReleasedCell(state, None)).text for state in WRITTEN}
    assert shown == {state: written.word for state, written in WRITTEN.items()}
    for states_of_file in (states.file_key(KR5()), states.file_key(STANDARD)):
        assert {text for text, _ in states_of_file} <= {written.in_files for written in WRITTEN.values()} | {"a number"}


def test_a_low_cell_says_that_none_is_included() -> None:
    assert "none" in states.show(ReleasedCell(CellState.LOW, None)).meaning


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (45, 70, "down 25"),
        (70, 45, "up 25"),
        (45, 60, "no clear change"),
        (60, 45, "no clear change"),
        (45, 40, "no clear change"),
        (45, 45, "no clear change"),
        (50, 40, "no clear change"),
        (1000, 930, "no clear change"),
        (1000, 920, "up 80"),
        (45, None, ""),
        (None, 45, ""),
    ],
)
def test_a_change_is_worked_out_from_two_figures_only(now: int | None, before: int | None, words: str) -> None:
    def cell(value: int | None) -> ReleasedCell:
        return ReleasedCell(CellState.LOW if value is None else CellState.FIGURE, value)

    assert states.change(cell(now), cell(before)) == words
    assert states.change(None, cell(before)) == states.change(cell(now), None) == ""


def test_a_change_between_a_rounded_figure_and_one_with_noise_goes_by_the_wider_error() -> None:
    old, new = (ReleasedCell(CellState.FIGURE, 45, rule) for rule in (KR5(), STANDARD))
    assert states.change(old._replace(value=50), old) == "no clear change"
    assert states.change(new._replace(value=50), old) == states.change(old._replace(value=50), new) == "no clear change"


def test_which_changes_are_told_is_said_and_which_would_be_noticed() -> None:
    """The square root of 2 * 25 children and of two figures' errors, 1.645 times, and half a step of five.

    A rise that is noticed leads to a larger number, which varies more.
    """
    assert states.change_words([STANDARD]).endswith(
        "For figures of about 25 that is a change of 17 or more; for figures of about 100, one of 28 or more. To be "
        "told 4 times in 5, a rise has to be about 28 and 43."
    )


def test_chance_alone_is_seldom_told_as_a_change() -> None:
    """Nothing changes on these boards: the same rate, counted in two years, each figure with its own draw."""
    rng = np.random.default_rng(3)
    for rate in (12, 40, 160, 700):
        told = 0
        for _ in range(2_000):
            now, before = (
                STANDARD.shown(int(rng.poisson(rate)) + STANDARD.draw(int(rng.integers(2**63)) * 2)) for _ in range(2)
            )
            if now.value is not None and before.value is not None:
                one, other = (ReleasedCell(CellState.FIGURE, cell.value) for cell in (now, before))
                told += states.change(one, other).startswith(("up", "down"))
        assert told / 2_000 < 0.105, rate


def test_low_is_read_aloud_by_the_rule_of_its_release() -> None:
    said = [states.show(ReleasedCell(CellState.LOW, None, rule)) for rule in (KR5(), STANDARD)]
    assert [one.meaning for one in said] == ["fewer than ten, or none", "about 10 or fewer, or none"]
    assert {(one.text, one.css) for one in said} == {("fewer than 10", "low")}


def test_the_key_has_what_releases_by_those_rules_can_say_and_no_more() -> None:
    told = {rules: [text for text, _ in states.release_key(rules)] for rules in ((KR5(),), (STANDARD,), ())}
    nothing = ["no return", "not recorded", "not applicable", "cannot be counted"]
    assert told[KR5(),] == ["a number", "fewer than 10", "0", "1-9", "withheld", *nothing]
    assert told[STANDARD,] == told[()] == ["a number", "fewer than 10", *nothing]
    of_files = {rule: [text for text, _ in states.file_key(rule)] for rule in (KR5(), STANDARD)}
    assert of_files[KR5()] == ["a number", "fewer than 10", "0", "1-9", "[c]", "[x]", "not recorded", "[z]", UNCOUNTED]
    assert of_files[STANDARD] == ["a number", "fewer than 10", "[x]", "not recorded", "[z]", UNCOUNTED]
    both = states.release_key((KR5(), STANDARD))
    assert [words.startswith("In older releases: ") for _, words in both] == [False] * 2 + [True] * 5 + [False] * 4


def test_a_rate_comes_from_the_released_figure_and_only_from_one() -> None:
    assert states.show_rate(ReleasedCell(CellState.FIGURE, 45), None, 30_000).text == "15.0"
    for state in set(CellState) - {CellState.FIGURE}:
        assert states.show_rate(ReleasedCell(state, None), None, 30_000) == states.NO_RATE
    assert states.show_rate(ReleasedCell(CellState.FIGURE, 45), None, 0) == states.NO_RATE
    assert states.show_rate(None, states.NOT_RELEASED, 30_000) == states.NOT_RELEASED


def test_the_return_key_explains_every_state() -> None:
    assert {state for state, _ in states.RETURN_KEY} == set(ReturnStatus)
