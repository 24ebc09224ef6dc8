"""The rule that makes figures: no count is excluded, nothing is biased, and a draw is of its cell and set alone."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure.noise import STANDARD, KeyedNoise, Protected, RoundingKeys, uniform
from models.releases import CellState

KEYS = RoundingKeys(b"r" * 32, b"k" * 32)
VALUES = range(10, 200, 5)


def some(count: int, start: int = 0) -> frozenset[str]:
    return frozenset(f"child-{number}" for number in range(start, start + count))


def drawn(children: frozenset[str], number: int, keys: RoundingKeys = KEYS) -> int:
    return STANDARD.draw(uniform(children, f"cell-{number}", keys))


def test_the_draw_is_a_discrete_gaussian() -> None:
    """Against its formula, over 20,000 cells: every number within five standard errors of its chance."""
    found = [drawn(some(7), number) for number in range(20_000)]
    whole = sum(math.exp(-n * n / 18) for n in range(-60, 61))
    for number in range(-12, 13):
        chance = math.exp(-number * number / 18) / whole
        error = math.sqrt(chance * (1 - chance) / 20_000)
        assert abs(found.count(number) / 20_000 - chance) < 5 * error + 1e-9, number


@pytest.mark.parametrize("rule", [KeyedNoise(), KeyedNoise(1, 1, 2), KeyedNoise(2, 3, 8), KeyedNoise(4, 5, 15)])
def test_what_is_published_has_the_chance_that_is_stated(rule: KeyedNoise) -> None:
    for count in (0, 3, 9, 10, 14, 40):
        stated: dict[int | None, float] = {None: rule.likelihood(None, count)}
        stated |= {v: rule.likelihood(v, count) for v in range(rule.lowest, 140) if v % rule.base == 0}
        assert sum(stated.values()) == pytest.approx(1, abs=1e-12)
        shown = [rule.shown(count + rule.draw(uniform(some(count), f"{n}", KEYS))).value for n in range(3000)]
        for value, chance in stated.items():
            error = math.sqrt(chance * (1 - chance) / 3000)
            assert abs(shown.count(value) / 3000 - chance) <= 5 * error + 1e-3, (count, value)


def test_the_mean_error_is_nothing_at_every_count() -> None:
    """Before anything is low: exactly, from the chances."""
    rule = replace(STANDARD, lowest=STANDARD.base)
    for count in range(40, 60):
        mean = sum(value * rule.likelihood(value, count) for value in range(5, 140, 5))
        assert abs(mean - count) < 0.01


@given(st.integers(0, 60), st.integers(0, 60))
def test_no_figure_excludes_a_count(one: int, other: int) -> None:
    """Whatever is shown of one number of children may be shown of another: nobody can prove anything."""
    for value in (None, *VALUES):
        if abs((value or 0) - one) <= 20 and abs((value or 0) - other) <= 20:
            assert STANDARD.likelihood(value, one) > 0
            assert STANDARD.likelihood(value, other) > 0


def test_one_child_more_or_less_moves_the_odds_of_a_cell_by_what_is_stated() -> None:
    """In at most one draw of a hundred by more than exp(rho + 2 sqrt(rho ln 100)) (Bun, Steinke 2016)."""
    rho = 1 / (2 * STANDARD.deviation**2)
    bound = math.exp(rho + 2 * math.sqrt(rho * math.log(100)))
    for count in range(31):
        over = sum(
            STANDARD.likelihood(value, count)
            for value in (None, *VALUES)
            if STANDARD.likelihood(value, count) > bound * STANDARD.likelihood(value, count + 1)
        )
        assert over <= 0.01, count


def test_the_same_cell_and_set_give_the_same_and_any_other_is_another_draw() -> None:
    children = some(12)
    again = frozenset(sorted(children, reverse=True))
    assert uniform(children, "a", KEYS) == uniform(again, "a", KEYS)
    others = [uniform(children ^ {other}, "a", KEYS) for other in (*sorted(children), "child-99")]
    cells = [uniform(children, name, KEYS) for name in ("b", "a|", "aa", "")]
    assert len({uniform(children, "a", KEYS), *others, *cells}) == 1 + len(others) + len(cells)


def test_cells_of_one_set_are_drawn_apart() -> None:
    """Else two equal figures would say that the sets are equal, and two that differ that they differ."""
    pairs = list(pairwise(STANDARD.protect(some(20), f"cell-{n}", KEYS).value for n in range(2000)))
    assert 0.3 < sum(a != b for a, b in pairs) / len(pairs) < 0.9


def test_what_is_low_depends_on_the_noisy_count_alone() -> None:
    assert [STANDARD.shown(n) for n in (-9, 0, 9)] == [Protected(CellState.LOW)] * 3
    assert [STANDARD.shown(n).value for n in (10, 12, 13, 17, 18, 100)] == [10, 10, 15, 15, 20, 100]
    for value in VALUES:
        low, high = STANDARD.noisy(value)
        assert low is not None
        assert {STANDARD.shown(n).value for n in range(low, high + 1)} == {value}
        assert value not in {STANDARD.shown(low - 1).value, STANDARD.shown(high + 1).value}


def test_margins_hold_as_often_as_they_say() -> None:
    for share in (0.5, 0.9, 0.99):
        margin = STANDARD.margin(share)
        for count in range(30, 40):
            within = sum(STANDARD.likelihood(v, count) for v in VALUES if abs(v - count) <= margin)
            assert within >= share
    assert STANDARD.bounds(20) == (3, 37)
    assert STANDARD.bounds(None) == (0, 24)
    assert STANDARD.likely(20) == (13, 27)
    low = STANDARD.likely(None)
    assert low == (0, 14)
    assert STANDARD.likelihood(None, 15) < 0.05


@pytest.mark.parametrize(
    "change", [{"deviation": 0}, {"base": 0}, {"base": -1}, {"lowest": 4}, {"deviation": 2}, {"base": 4}]
)
def test_parameters_that_break_the_meaning_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"at least|biased"):
        replace(STANDARD, **change)


def test_keys_are_checked_and_never_shown() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        RoundingKeys(b"short", b"k" * 32)
    with pytest.raises(ValueError, match="must differ"):
        RoundingKeys(b"k" * 32, b"k" * 32)
    assert "rrr" not in repr(KEYS)
    assert RoundingKeys.derive(b"a" * 32, b"b" * 32, 1) != RoundingKeys.derive(b"a" * 32, b"b" * 32, 2)
