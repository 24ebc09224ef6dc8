"""Shares, rates and ratios of published values, with the interval that noise and rounding imply.

The bounds assume that each value, `<10` included, is within the range that holds for 9 in 10 such values. A value is
given only if both parts are figures. If the part is low and the whole is a figure, only bounds are given. Anyone with
the release could compute these numbers, so they reveal nothing new about a child (ADR 0015).
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.training.released import ReleasedFigure
from models.releases import CellState

PER = 10_000
"""Rates are per this many residents aged 10 to 17."""


@dataclass(frozen=True, slots=True)
class Quotient:
    """A share (0 to 1), a rate or a ratio. Without a value, `why` is the state of the cell that prevents it."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    why: CellState | None = None


def span(cell: ReleasedFigure) -> tuple[int, int] | None:
    """The range of counts that holds for 9 in 10 cells like this; None for a state without a number.

    On ladders up to 3 it holds for all cells.
    """
    if cell.state not in (CellState.FIGURE, CellState.LOW, CellState.ONE_TO_NINE, CellState.NONE):
        return None
    if cell.state is CellState.NONE:
        return 0, 0
    low, high = cell.rule.likely(cell.value)
    return (max(low, 1) if cell.state is CellState.ONE_TO_NINE else low), high


def share(part: ReleasedFigure, whole: ReleasedFigure) -> Quotient:
    """The share of the children in `whole` who are also in `part`. Every child of the part is also in the whole.

    Each figure is moved on its own, so a part may be shown above its whole. The share is then 1.
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


def one_of_two(one: ReleasedFigure, other: ReleasedFigure) -> Quotient:
    """The share of `one` in both together, of counts that no child is in twice."""
    for cell in (one, other):
        if span(cell) is None:
            return Quotient(why=cell.state)
    (low, high), (least, most) = span(one) or (0, 0), span(other) or (0, 0)
    if high + most == 0 or (one.value is None and other.value is None):
        return Quotient(why=one.state)
    bounds = low / max(1, low + most), high / max(1, high + least)
    if one.value is None or other.value is None:
        return Quotient(None, *bounds, one.state if one.value is None else other.state)
    return Quotient(one.value / (one.value + other.value), *bounds)


def rate(part: ReleasedFigure, population: int) -> Quotient:
    """Children per 10,000 residents. The population is public and taken as exact."""
    counts = span(part)
    if counts is None or population <= 0:
        return Quotient(why=part.state)
    low, high = (PER * number / population for number in counts)
    if part.value is None:
        return Quotient(None, low, high, part.state)
    return Quotient(PER * part.value / population, low, high)


def against_expectation(
    now: ReleasedFigure, now_of: list[ReleasedFigure], before: ReleasedFigure, before_of: list[ReleasedFigure]
) -> Quotient:
    """M4: a sector's share of all sectors' children now, divided by its share before. 1 means as expected.

    `now_of` and `before_of` are the figures of all sectors that have one at both times, this sector included.
    """
    for cell in (now, before):
        if cell.value is None:
            return Quotient(why=cell.state)
    shares = [_of_sum(now, now_of), _of_sum(before, before_of)]
    value, low, high = shares[0]
    value_before, low_before, high_before = shares[1]
    return Quotient(value / value_before, low / high_before, high / low_before)


def _of_sum(cell: ReleasedFigure, cells: list[ReleasedFigure]) -> tuple[float, float, float]:
    """A figure's share in a sum of figures: its value, and its lowest and highest possible value."""
    own = span(cell) or (0, 0)
    others = [span(other) or (0, 0) for other in cells if other.sector != cell.sector]
    least, most = sum(low for low, _ in others), sum(high for _, high in others)
    value = (cell.value or 0) / sum(other.value or 0 for other in cells)
    return value, own[0] / (own[0] + most), own[1] / (own[1] + least)


def missed_links(linked: Quotient, unlinked: float) -> tuple[float, float] | None:
    """The bounds of a share of linked children if events without an identifier are added; None without bounds.

    `unlinked` is the greatest share of events without an identifier, from the release's ten-point class. Such events
    are taken to be about as many children as other events are. At the lowest, none of these children is in the part;
    at the highest, all are.
    """
    if linked.low is None or linked.high is None:
        return None
    if unlinked >= 1:
        return 0.0, 1.0
    return linked.low * (1 - unlinked), min(1.0, linked.high + unlinked / (1 - unlinked))
