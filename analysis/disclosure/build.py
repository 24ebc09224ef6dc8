"""Builds protected releases from facts: count, round by KR5, pass the gate. The only way figures are made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from analysis.disclosure.algebra import Published
from analysis.disclosure.archive import relevant
from analysis.disclosure.counting import Tally
from analysis.disclosure.gate import Candidate, Gated, gate, insiders
from analysis.disclosure.kr5 import KR5, RoundingKeys, protect
from analysis.disclosure.ladder import Ladder


def candidate(
    tally: Tally,
    ladder: Ladder,
    windows: Iterable[str],
    keys: RoundingKeys,
    cut_off: str,
    rule: KR5 | None = None,
    measures: Collection[str] | None = None,
) -> Candidate:
    """Every cell of the windows by KR5, before the gate: not to be shown to anyone."""
    rule = rule or KR5()
    cells = {
        key: protect(tally.children(key), insiders(tally, key), keys, rule)
        for window in windows
        for key in ladder.grid(window, tally.shape, measures)
    }
    return Candidate(cut_off, ladder, cells, tally, rule)


def build(
    tally: Tally,
    ladder: Ladder,
    windows: Iterable[str],
    keys: RoundingKeys,
    cut_off: str,
    archive: Sequence[Published] = (),
    rule: KR5 | None = None,
    measures: Collection[str] | None = None,
) -> Gated:
    """The releases of some windows with one cut-off; the same facts, keys and archive give the same cells.

    Raises `GateClosed` when they cannot be made safe beside the earlier releases in `archive`.
    """
    made = candidate(tally, ladder, windows, keys, cut_off, rule, measures)
    return gate(made, relevant(archive, made.cells))
