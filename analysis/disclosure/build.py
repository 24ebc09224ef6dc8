"""Builds protected releases from facts: count, round by KR5, pass the gate. The only way figures are made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from analysis.disclosure.algebra import Published
from analysis.disclosure.archive import relevant
from analysis.disclosure.cells import CellKey
from analysis.disclosure.counting import Tally
from analysis.disclosure.gate import Candidate, Gated, gate, insiders
from analysis.disclosure.kr5 import KR5, Protected, RoundingKeys, protect
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.statements import AtLeast
from models.releases import CellState


def candidate(
    tally: Tally,
    ladder: Ladder,
    windows: Iterable[str],
    keys: RoundingKeys,
    cut_off: str,
    rule: KR5 | None = None,
    measures: Collection[str] | None = None,
    stated: Mapping[CellKey, CellState] | None = None,
) -> Candidate:
    """Every cell of the windows by KR5, before the gate: not to be shown to anyone.

    `stated` gives cells a state that everyone knows the reason of (no return, not recorded, not applicable).
    """
    rule, stated = rule or KR5(), stated or {}
    cells = {
        key: Protected(stated[key]) if key in stated else _protected(tally, ladder, key, keys, rule)
        for window in windows
        for key in ladder.grid(window, tally.shape, measures)
    }
    return Candidate(cut_off, ladder, cells, tally, rule)


def _protected(tally: Tally, ladder: Ladder, key: CellKey, keys: RoundingKeys, rule: KR5) -> Protected:
    children = tally.children(key)
    shown = protect(children, insiders(tally, key), keys, rule)
    if shown.state is CellState.LOW and ladder.zero_apart(key):
        return Protected(CellState.ONE_TO_NINE if children else CellState.NONE)
    return shown


def build(
    tally: Tally,
    ladder: Ladder,
    windows: Iterable[str],
    keys: RoundingKeys,
    cut_off: str,
    archive: Sequence[Published] = (),
    rule: KR5 | None = None,
    measures: Collection[str] | None = None,
    stated: Mapping[CellKey, CellState] | None = None,
    then: Mapping[str, Tally] | None = None,
    said: Sequence[AtLeast] = (),
) -> Gated:
    """The releases of some windows with one cut-off; the same facts, keys and archive give the same cells.

    `then` is what had been counted by the cut-offs of earlier releases, where it is known, and `said` what signals told
    of the board. Raises `GateClosed` when
    they cannot be made safe beside the earlier releases in `archive`.
    """
    made = candidate(tally, ladder, windows, keys, cut_off, rule, measures, stated)
    return gate(made, relevant(archive, made.cells), then, said)
