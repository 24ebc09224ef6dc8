"""The heat table says each cell in words, and its shades are fixed."""

from __future__ import annotations

from itertools import pairwise

import pytest

from dashboards.pictures.heat import CLASSES, LEGEND, HeatCell, HeatRow, heat_table, look_of
from models.releases import CellState
from tests.dashboards.html import Page

CELLS = (
    HeatCell("205", look_of(CellState.FIGURE, 205)),
    HeatCell("fewer than 10", look_of(CellState.LOW, None), "about 10 or fewer, or none"),
    HeatCell("no return", look_of(CellState.NO_RETURN, None)),
    HeatCell("not applicable", look_of(CellState.NOT_APPLICABLE, None)),
)


def test_every_cell_has_its_words_under_its_column() -> None:
    page = Page(
        str(heat_table("h", "Signs", "Sector", ("Any", "Missing", "Online", "Health"), [HeatRow("A <b>", CELLS)]))
    )
    head, line = page.tables[0]
    assert head == ["Sector", "Any", "Missing", "Online", "Health"]
    assert line == ["A <b>", "205", "fewer than 10 (about 10 or fewer, or none)", "no return", "not applicable"]
    assert [cell["data-label"] for cell in page.having("td")] == ["Any", "Missing", "Online", "Health"]


@pytest.mark.parametrize("state", [s for s in CellState if s is not CellState.FIGURE])
def test_a_state_never_has_the_shade_of_a_figure(state: CellState) -> None:
    assert look_of(state, None) not in [look for _, look in CLASSES]


def test_a_higher_figure_never_has_a_lower_shade() -> None:
    shades = [look_of(CellState.FIGURE, value) for value in range(10, 200, 5)]
    assert all(one <= other for one, other in pairwise(shades))


def test_every_look_is_in_the_legend() -> None:
    looks = {look_of(state, None) for state in CellState} | {look for _, look in CLASSES}
    assert looks <= {look for look, _ in LEGEND}
