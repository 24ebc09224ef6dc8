"""What pages say of the error of a figure is what the rule does: counted over many sets, not taken from a formula."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from analysis.disclosure.accuracy import (
    COUNTS,
    Fate,
    apart_words,
    error_words,
    fates,
    few_words,
    least_change,
    low_words,
    rule_of_ladder,
)
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.noise import STANDARD, KeyedNoise, RoundingKeys
from analysis.disclosure.release_file import rule_of
from models.releases import NoiseParameters
from models.releases.release import KR5Parameters

KEYS = RoundingKeys(b"r" * 32, b"s" * 32)
RUNS = 2_500


def drawn(count: int, rule: KeyedNoise = STANDARD, label: str = "") -> list[int | None]:
    """What the rule shows of many cells with so many children."""
    return [
        rule.protect(frozenset(f"{run}-{n}" for n in range(count)), f"{label}{count}-{run}", KEYS).value
        for run in range(RUNS)
    ]


@pytest.mark.parametrize("fate", fates(), ids=lambda fate: str(fate.count))
def test_the_table_says_what_the_rule_does(fate: Fate) -> None:
    shown = drawn(fate.count)
    assert shown.count(None) / RUNS == pytest.approx(fate.low, abs=0.03)
    figures = [value for value in shown if value is not None]
    if len(figures) > 100:
        assert sum(figures) / len(figures) == pytest.approx(fate.mean, abs=0.5)
    assert fate.bias == fate.mean - fate.count


def test_the_rule_has_no_bias_before_anything_is_left_out() -> None:
    """The issue asks for 0.3 children at most, at every number."""
    assert [fate.count for fate in fates()] == list(COUNTS)
    assert all(abs(fate.error) < 0.01 for fate in fates(counts=range(60)))
    biases = [fate.bias for fate in fates()]
    assert biases == sorted(biases, reverse=True)
    assert biases[0] > 10 > 0.01 > biases[-1]


@pytest.mark.parametrize("rule", [STANDARD, KeyedNoise(deviation=4), KeyedNoise(deviation=3, base=5, lowest=15)])
def test_as_many_figures_are_as_near_as_the_words_say(rule: KeyedNoise) -> None:
    found = re.search(r"9 figures in 10 are within (\d+) of the number, 99 in 100 within (\d+)", error_words(rule))
    assert found is not None
    for count in (60, 61, 62, 63, 64):
        away = [abs((value or 0) - count) for value in drawn(count, rule)]
        for within, least in zip(map(int, found.groups()), (0.9, 0.99), strict=True):
            assert sum(far <= within for far in away) / RUNS >= least - 0.01


def test_low_is_said_to_be_no_certainty() -> None:
    most = re.search(r"A cell of more than (\d+) is shown like this less than once in 20 times", low_words())
    assert most is not None
    assert 10 < int(most[1]) < 20
    assert drawn(int(most[1]) + 1).count(None) / RUNS < 0.05
    assert "perhaps none" in low_words()
    assert few_words() == "about 10 or fewer, or none"
    assert "say nothing about who is in them" in apart_words()


def test_equal_counts_seldom_show_a_change_that_is_said_to_say_something() -> None:
    least = least_change(STANDARD)
    assert least % STANDARD.base == 0
    seldom, often = Counter[bool](), Counter[bool]()
    for count in (60, 61, 62, 63, 64):
        for one, two in zip(drawn(count), drawn(count, label="other"), strict=True):
            assert one is not None
            assert two is not None
            seldom[abs(one - two) >= least] += 1
            often[abs(one - two) >= least - STANDARD.base] += 1
    assert seldom[True] / seldom.total() < 0.1 < often[True] / often.total()


def test_a_cell_without_its_release_is_read_as_a_release_with_the_usual_parameters() -> None:
    """Releases state theirs. These are published, so a default of ours that differs would misread a figure."""
    assert rule_of_ladder(3) == rule_of(KR5Parameters())
    assert rule_of_ladder(4) == rule_of(NoiseParameters())


def test_older_ladders_keep_their_own_words() -> None:
    assert {version: type(rule_of_ladder(version)) for version in (1, 2, 3, 4, 5)} == {
        1: KR5, 2: KR5, 3: KR5, 4: KeyedNoise, 5: KeyedNoise
    }  # fmt: skip
    assert error_words(KR5()) == "Each figure is less than 5 away from the number of children."
    assert least_change(KR5()) == 8
    assert few_words(KR5()) == "fewer than 10, or none"
