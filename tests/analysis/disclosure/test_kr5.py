"""KR5 keeps its public promises: bounds that hold, a floor, no bias, the same noise for the same set."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure.kr5 import KR5, Protected, RoundingKeys, largest_coalition, noise, protect
from models.releases import CellState

KEYS = RoundingKeys(b"r" * 32, b"k" * 32)


def some(count: int, start: int = 0) -> frozenset[str]:
    return frozenset(f"child-{number}" for number in range(start, start + count))


def keys(number: int) -> RoundingKeys:
    return RoundingKeys.derive(b"a" * 32, b"b" * 32, number)


@st.composite
def boards(draw: st.DrawFn) -> tuple[frozenset[str], dict[str, frozenset[str]], int]:
    """A cell of up to 60 children, each known to some of five agencies, and a key epoch."""
    count = draw(st.integers(0, 60))
    children = sorted(some(count))
    knowers = draw(st.lists(st.integers(1, 31), min_size=count, max_size=count))
    by_agency = {
        f"agency-{bit}": frozenset(c for c, k in zip(children, knowers, strict=True) if k >> bit & 1)
        for bit in range(5)
    }
    return frozenset(children), by_agency, draw(st.integers(1, 999))


PARAMETERS = [
    KR5(threshold, base, width, coalition)
    for base in (3, 5, 7, 10)
    for width in range(1, base)
    for threshold in (2, min(5, 2 * base - width), 2 * base - width)
    for coalition in (1, 2, 3)
]


@given(boards(), st.sampled_from([KR5(), *PARAMETERS]))
def test_public_bounds_and_floor_hold(board: tuple[frozenset[str], dict[str, frozenset[str]], int], rule: KR5) -> None:
    children, by_agency, epoch = board
    shown = protect(children, by_agency, keys(epoch), rule)
    low, high = rule.bounds(shown.value)
    assert low <= len(children) <= high
    for group in combinations(by_agency.values(), rule.coalition):
        known = len(frozenset().union(*group))
        assert high - max(known, low) >= rule.width, "too few counts remain for a coalition"


@given(boards())
def test_default_states(board: tuple[frozenset[str], dict[str, frozenset[str]], int]) -> None:
    children, by_agency, epoch = board
    shown = protect(children, by_agency, keys(epoch))
    if shown.state is CellState.LOW:
        assert shown.value is None
        assert len(children) <= 9
    else:
        assert shown.state is CellState.FIGURE
        assert shown.value is not None
        assert shown.value >= 10
        assert shown.value % 5 == 0
        assert max(5, shown.value - 4) <= len(children) <= shown.value + 4


@given(boards())
def test_same_set_and_same_coalition_show_the_same(
    board: tuple[frozenset[str], dict[str, frozenset[str]], int],
) -> None:
    children, by_agency, epoch = board
    again = dict(reversed([(f"other-{name}", frozenset(known)) for name, known in by_agency.items()]))
    assert noise(children, keys(epoch)) == noise(frozenset(sorted(children, reverse=True)), keys(epoch))
    assert protect(children, by_agency, keys(epoch)) == protect(children, again, keys(epoch))


@pytest.mark.parametrize("count", [10, 11, 12, 13, 14, 27, 101])
def test_unbiased_over_keys(count: int) -> None:
    """The mean over 3,000 key epochs is the count, within five standard errors."""
    children = some(count)
    shown = [protect(children, {}, keys(epoch)).value for epoch in range(3000)]
    values = [value for value in shown if value is not None]
    assert len(values) == 3000
    assert set(values) <= {count // 5 * 5, count // 5 * 5 + 5}
    rest = count % 5 / 5
    assert abs(sum(values) / 3000 - count) <= 5 * 5 * (rest * (1 - rest) / 3000) ** 0.5


def test_noise_is_uniform_in_its_bits() -> None:
    drawn = [noise(some(3, start), KEYS) / 2**64 for start in range(4000)]
    for tenth in range(10):
        share = sum(tenth / 10 <= u < (tenth + 1) / 10 for u in drawn) / 4000
        assert 0.07 < share < 0.13


def test_never_a_number_below_the_threshold_and_zero_is_not_told_apart() -> None:
    for count in range(5):
        for epoch in range(200):
            assert protect(some(count), {}, keys(epoch)) == Protected(CellState.LOW)


def test_a_threshold_above_the_base_still_holds() -> None:
    """Six children round to 5 or 10: under a threshold of 7 neither may be shown."""
    rule = KR5(threshold=7)
    assert {protect(some(6), {}, keys(epoch), rule) for epoch in range(100)} == {Protected(CellState.LOW)}
    assert {protect(some(7), {}, keys(epoch), rule).value for epoch in range(100)} == {None, 10}


def test_one_agency_that_knows_all_pushes_a_low_cell_up() -> None:
    """An agency that knows 8 of the children must not read "<10" as "at most one more"."""
    nine = some(9)
    for epoch in range(100):
        assert protect(nine, {"a": some(8)}, keys(epoch)) == Protected(CellState.FIGURE, 10)


def test_two_agencies_pool_what_they_know() -> None:
    children = some(24)
    by_agency = {"a": some(12), "b": some(11, 12), "c": some(2)}
    assert largest_coalition(children, by_agency, 1) == 12
    assert largest_coalition(children, by_agency, 2) == 23
    assert largest_coalition(children, {"a": some(3)}, 2) == 3
    assert largest_coalition(children, {}, 2) == 0
    lowest = {protect(children, by_agency, keys(epoch), KR5(coalition=2)).value for epoch in range(300)}
    assert lowest == {25}, "20 would leave at most one child unknown to the pair"
    assert {protect(children, by_agency, keys(e), KR5(coalition=1)).value for e in range(300)} == {20, 25}


@pytest.mark.parametrize(
    "change",
    [
        {"width": 5},
        {"threshold": 8},
        {"base": 3},
        {"base": 1},
        {"threshold": 1},
        {"width": 0},
        {"coalition": 0},
    ],
)
def test_parameters_that_break_the_meaning_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="KR5"):
        replace(KR5(), **change)


def test_keys_are_checked_and_never_shown() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        RoundingKeys(b"short", b"k" * 32)
    with pytest.raises(ValueError, match="must differ"):
        RoundingKeys(b"k" * 32, b"k" * 32)
    assert "rrr" not in repr(KEYS)
    assert keys(1) != keys(2)


def test_an_agency_cannot_know_a_child_outside_the_cell() -> None:
    with pytest.raises(ValueError, match="must all be in the cell") as raised:
        protect(some(5), {"a": frozenset({"ct_secret"})}, KEYS)
    assert "ct_secret" not in str(raised.value)


def test_every_child_of_the_set_has_a_part_in_its_noise() -> None:
    """Else two sets that differ could be known to be rounded alike."""
    children = frozenset({"a", "b", "c"})
    drawn = {noise(children, KEYS), *(noise(children ^ {other}, KEYS) for other in "abcd")}
    assert len(drawn) == 5
