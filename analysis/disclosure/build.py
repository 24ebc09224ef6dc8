"""Builds the cells of releases from counts. All released figures are made here.

A cell is one count, one draw and one comparison with a fixed number (`analysis.disclosure.noise`). No decision about a
cell depends on the count of another, so nothing has to be searched for or withheld.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from analysis.disclosure.cells import CellKey
from analysis.disclosure.counting import Tally
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.noise import KeyedNoise, Protected, RoundingKeys
from models.releases import CellState


def build(
    tally: Tally,
    ladder: Ladder,
    windows: Iterable[str],
    keys: RoundingKeys,
    rule: KeyedNoise | None = None,
    measures: Collection[str] | None = None,
    stated: Mapping[CellKey, CellState] | None = None,
) -> dict[CellKey, Protected]:
    """Every cell of the windows, as it may be shown. The same counts and keys give the same cells.

    `stated` holds cells with a state instead of a count (no return, not recorded, not applicable), whose reason is
    public. `measures` limits the grid.
    """
    rule, stated = rule or KeyedNoise(), stated or {}
    return {
        key: Protected(stated[key]) if key in stated else rule.protect(tally.children(key), key.label, keys)
        for window in windows
        for key in ladder.grid(window, tally.shape, measures)
    }
