"""Linear programmes against releases: what is certain, with every count that all but one draw in a million lies within.

A figure leaves no count out, so that nothing whatever is certain to the last draw. Who takes the draws of five
deviations and more for impossible, as the export and the verification kit do, still proves no group of one to four.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from analysis.disclosure.algebra import system_of
from analysis.disclosure.audit import Auditor
from analysis.disclosure.noise import KeyedNoise
from models.contract.periods import parts
from tests.attacks import boards

pytestmark = pytest.mark.slow

SIZES = [20, 60, 120, 300, 1000, 4000]
EVERY_SIZE = [(seed, size) for seed, size in enumerate(SIZES)]
MORE = [pytest.param(seed, size, marks=pytest.mark.batch) for seed in range(100, 106) for size in SIZES]


class Unread(KeyedNoise):
    """Figures that nobody looks at."""

    def bounds(self, value: int | None) -> tuple[int, int]:
        return 0, 1_000_000


def proofs(made: boards.Made) -> set[str]:
    """What anyone proves from what is published, and did not know by himself: of an agency's own repeat missing
    children, say, as many were responded to as there are, or fewer."""
    unread = replace(made, published=replace(made.published, rule=Unread()))
    return _proven(made) - _proven(unread)


def _proven(made: boards.Made) -> set[str]:
    board = system_of([made.published], made.tally.shape)
    auditor = Auditor(board.system, worlds=board.worlds(made.published.ladder))
    found: list[str] = []
    for group in boards.attackers(made):
        report = auditor.audit(board.knowledge(group, made.tally.known, made.published.cut_off))
        found += [f"{report.attacker}: {failure}" for failure in report.failures]
        found += [f"{report.attacker}: contradictory"] * report.contradictory
    return set(found)


@pytest.mark.parametrize(("seed", "size"), [EVERY_SIZE[1], EVERY_SIZE[3], *MORE])
def test_no_one_and_no_pair_proves_a_small_group(seed: int, size: int) -> None:
    """(a), (d), (e i): outsider, every agency and every pair, on a released quarter."""
    assert proofs(boards.make(seed, size, ["2024Q2"], indicators=8)) == set()


@pytest.mark.batch
@pytest.mark.parametrize(("seed", "size"), EVERY_SIZE)
def test_a_year_with_its_quarters_holds(seed: int, size: int) -> None:
    """(c): linked windows, on the whole ladder."""
    assert proofs(boards.make(seed, size, [*parts("2024FY"), "2024FY"], indicators=8)) == set()


class WithoutNoise(KeyedNoise):
    """Rounded to the nearest five, and no more."""

    def draw(self, uniform: int) -> int:
        return 0

    def bounds(self, value: int | None) -> tuple[int, int]:
        low, high = self.noisy(value)
        return low or 0, high


def test_a_rule_without_noise_is_caught() -> None:
    """Mutation: insiders prove small groups by their own counts as soon as figures are rounded and not drawn."""
    assert sum(len(proofs(boards.make(seed, 60, ["2024Q2"], indicators=8, rule=WithoutNoise()))) for seed in (1, 2)) > 0


def test_consecutive_releases_never_show_a_cell_twice() -> None:
    """(b): each cell and window is in one release only, and the same facts give the same cells again."""
    made = boards.make(3, 300, ["2024Q2"], indicators=8)
    assert boards.make(3, 300, ["2024Q2"], indicators=8).published.cells == made.published.cells
    assert not boards.make(3, 300, ["2024Q3"]).published.cells.keys() & made.published.cells.keys()


def test_order_and_length_of_a_release_say_nothing() -> None:
    few, many = (boards.make(1, size, ["2024Q2"]).published.cells for size in (20, 4000))
    assert list(few) == list(many)
    assert all(a < b for a, b in pairwise(few))
