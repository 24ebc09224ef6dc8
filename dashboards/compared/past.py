"""A board against its own year before, or two years before. Pure.

The same pairs and the same bar as on the overview (`dashboards.findings`), so the two never disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboards.findings.changed import Pair, difference, text_of
from dashboards.words import capital

NO_CHANGE = "no change beyond error and chance"
CANNOT = "cannot be compared"


@dataclass(frozen=True)
class PastRow:
    """One thing that is counted, then and now."""

    words: str
    path: str
    before: str
    now: str
    told: str
    """`up`, `down`, `NO_CHANGE` or `CANNOT`."""

    @property
    def changed(self) -> bool:
        """Whether there is a change to tell."""
        return self.told in ("up", "down")


def past_rows(of_board: Sequence[Pair], searched: Sequence[Pair]) -> tuple[PastRow, ...]:
    """A row for each pair of the whole board, in the order of the measures.

    `searched` are all pairs that the overview looks through, of which these are a part: the more are looked at, the
    larger a difference has to be.
    """
    looked_at = sum(pair.usable for pair in searched)
    return tuple(_rows(of_board, looked_at))


def _rows(of_board: Sequence[Pair], looked_at: int) -> Iterator[PastRow]:
    for pair in of_board:
        told = CANNOT
        if pair.usable:
            by, least = difference(pair, looked_at)
            told = NO_CHANGE if abs(by) < least else "up" if by > 0 else "down"
        before, now = (_text(pair, cells) for cells in (pair.before, pair.now))
        yield PastRow(capital(pair.words), pair.path, before, now, told)


def _text(pair: Pair, cells: tuple) -> str:  # type: ignore[type-arg]
    """A share needs two figures; without both, the state of the one that is none."""
    missing = next((cell for cell in cells if cell.value is None), None)
    return text_of(cells if missing is None else (missing,))
