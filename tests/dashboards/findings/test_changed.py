"""What a board's overview calls a change: true ones are found, and where nothing changed 9 searches in 10 find none."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.disclosure.accuracy import told_change
from analysis.disclosure.noise import STANDARD
from analysis.training.released import ReleasedFigure
from dashboards.findings.changed import Pair, changes, difference
from models.releases import CellState

DOWN = "Of children counted, screened: down from 70% to 30% (likely 26 to 35%)"
WHEN = "April 2025 to March 2026, compared with the financial year before"


def figure(value: int | None, state: CellState | None = None) -> ReleasedFigure:
    return ReleasedFigure("m1_children", "any", state or (CellState.FIGURE if value else CellState.LOW), value)


def pair(now: int | None, before: int | None, words: str = "children counted") -> Pair:
    return Pair(words, "/there", "There", (figure(now),), (figure(before),))


def share(now: tuple[int, int], before: tuple[int, int], better: str = "") -> Pair:
    cells = (tuple(figure(value) for value in pairs) for pairs in (now, before))
    return Pair("of children counted, screened", "/there", "There", *cells, better=better)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (pair(125, 225), "Children counted: down from 225 to 125 (likely 118 to 132)."),
        (pair(60, None), "Children counted: up from fewer than 10 to 60 (likely 53 to 67)."),
        (
            share((60, 200), (140, 200), "higher"),
            f"{DOWN}, which is worse.",
        ),
        (
            share((60, 200), (140, 200), "lower"),
            f"{DOWN}, which is better.",
        ),
        (share((140, 200), (60, 200)), "Of children counted, screened: up from 30% to 70% (likely 64 to 76%)."),
    ],
)
def test_a_change_is_told_in_a_sentence(asked: Pair, sentence: str) -> None:
    (told,) = changes([asked], WHEN)
    assert (told.sentence, told.path, told.when) == (sentence, "/there", WHEN)


@pytest.mark.parametrize(
    "asked",
    [pair(120, 110), pair(15, None), pair(None, None), share((100, 200), (110, 200))],
)
def test_what_error_or_chance_explains_is_not_told(asked: Pair) -> None:
    assert changes([asked], WHEN) == ()


@pytest.mark.parametrize("state", [CellState.NO_RETURN, CellState.NOT_RECORDED, CellState.NOT_COUNTABLE])
def test_a_state_without_a_number_is_compared_with_nothing(state: CellState) -> None:
    asked = Pair("children counted", "/there", "There", (figure(200),), (figure(None, state),))
    assert changes([asked], WHEN) == ()


def test_the_clearest_change_comes_first() -> None:
    told = changes([pair(130, 225, "a little"), pair(500, 200, "a lot")], WHEN)
    assert [one.sentence.split(":")[0] for one in told] == ["A lot", "A little"]


def test_a_change_is_told_by_one_bar_however_few_are_looked_at() -> None:
    """Pages look at few figures at a time, and readers at all pages: told here is told there."""
    asked = pair(150, 115)
    assert abs(difference(asked, 1)[0]) >= told_change(150, 115, (STANDARD, STANDARD))
    assert changes([asked], WHEN) == changes([asked, *(pair(100, 100) for _ in range(99))], WHEN) == ()


def test_on_boards_without_change_nine_searches_in_ten_find_nothing() -> None:
    """80 pairs a board, sizes as on the large synthetic board: wards, sectors, totals, shares."""
    draw, boards = np.random.default_rng(11), 400
    sizes = [*[20] * 20, *[40] * 20, *[100] * 20, *[300] * 10]

    def shown(counts: list[int]) -> list[int | None]:
        words = draw.integers(0, 2**64, len(counts), dtype=np.uint64)
        return [STANDARD.shown(int(n) + STANDARD.draw(int(w))).value for n, w in zip(counts, words, strict=True)]

    def board() -> list[Pair]:
        now, before = (shown([int(n) for n in draw.poisson(sizes)]) for _ in range(2))
        pairs = [pair(a, b) for a, b in zip(now, before, strict=True)]
        for _ in range(10):
            parts = []
            for _ in range(2):
                whole = int(draw.poisson(200))
                parts.append(tuple(v or 10 for v in shown([int(draw.binomial(whole, 0.5)), whole])))
            pairs.append(share(parts[0], parts[1]))  # type: ignore[arg-type]
        return pairs

    assert sum(bool(changes(board(), WHEN)) for _ in range(boards)) <= 0.1 * boards
