"""Shares, rates and ratios of published values, with the interval that noise and rounding imply.

Each value is taken as far from the number of children as 9 in 10 like it are at most, `<10` too. A quotient is given
only where both its parts are figures. Where the part is low and the whole a figure, its bounds are given and no value.
Anyone with the release could work these out, so they say nothing new about a child (ADR 0015).
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.training.released import ReleasedFigure
from models.releases import CellState

PER = 10_000
"""Rates are per this many residents aged 10 to 17."""


@dataclass(frozen=True, slots=True)
class Quotient:
    """A share (0 to 1), a rate or a ratio; without a value, `why` is the state that stands in the way."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    why: CellState | None = None


def span(cell: ReleasedFigure) -> tuple[int, int] | None:
    """The numbers that 9 in 10 cells like this stand for; None for a state that says nothing of a number.

    On ladders up to 3 all of them did.
    """
    if cell.state not in (CellState.FIGURE, CellState.LOW, CellState.ONE_TO_NINE, CellState.NONE):
        return None
    if cell.state is CellState.NONE:
        return 0, 0
    low, high = cell.rule.likely(cell.value)
    return (max(low, 1) if cell.state is CellState.ONE_TO_NINE else low), high


def share(part: ReleasedFigure, whole: ReleasedFigure) -> Quotient:
    """Of the children of `whole`, the share that `part` counts too; every child of the part is one of the whole.

    Figures are moved one by one, so that a part may be shown above its whole: such a share is all of it.
    """
    parts, wholes = span(part), span(whole)
    if wholes is None or whole.value is None:
        return Quotient(why=whole.state)
    if parts is None:
        return Quotient(why=part.state)
    low, high = min(1.0, parts[0] / wholes[1]), min(1.0, parts[1] / max(1, wholes[0]))
    if part.value is None:
        return Quotient(None, low, high, part.state)
    return Quotient(min(1.0, part.value / whole.value), low, high)


def rate(part: ReleasedFigure, population: int) -> Quotient:
    """Children per 10,000 residents; the population is public and taken as known."""
    found = span(part)
    if found is None or population <= 0:
        return Quotient(why=part.state)
    low, high = (PER * number / population for number in found)
    if part.value is None:
        return Quotient(None, low, high, part.state)
    return Quotient(PER * part.value / population, low, high)


def against_expectation(
    now: ReleasedFigure, now_of: list[ReleasedFigure], before: ReleasedFigure, before_of: list[ReleasedFigure]
) -> Quotient:
    """M4: a sector's share of the sectors' children now, relative to its share before; 1 is as expected.

    `now_of` and `before_of` are the sectors with a figure at both times, this one included.
    """
    for cell in (now, before):
        if cell.value is None:
            return Quotient(why=cell.state)
    shares = [_of_sum(now, now_of), _of_sum(before, before_of)]
    value, low, high = shares[0]
    value_before, low_before, high_before = shares[1]
    return Quotient(value / value_before, low / high_before, high / low_before)


def _of_sum(cell: ReleasedFigure, cells: list[ReleasedFigure]) -> tuple[float, float, float]:
    """Value, lowest and highest of a figure's share in a sum of figures."""
    own = span(cell) or (0, 0)
    others = [span(other) or (0, 0) for other in cells if other.sector != cell.sector]
    least, most = sum(low for low, _ in others), sum(high for _, high in others)
    value = (cell.value or 0) / sum(other.value or 0 for other in cells)
    return value, own[0] / (own[0] + most), own[1] / (own[1] + least)


def missed_links(found: Quotient, unlinked: float) -> tuple[float, float] | None:
    """How far events without an identifier could move a share of linked children, its rounding included.

    `unlinked` is the most of the events that may have none, from the release's ten-point class. They are taken to be
    of as many children as others are: at the lowest all of them other children, at the highest all in the part.
    """
    if found.low is None or found.high is None:
        return None
    if unlinked >= 1:
        return 0.0, 1.0
    return found.low * (1 - unlinked), min(1.0, found.high + unlinked / (1 - unlinked))
