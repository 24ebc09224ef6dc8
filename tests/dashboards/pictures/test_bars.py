"""A bar shows the share and the range of its cell, and stays within the cell."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.shown.quotients import Quotient
from dashboards.measures.entries import quotient
from dashboards.pictures.bars import share_bar
from models.releases import CellState


def lengths(value: float, low: float | None, high: float | None) -> tuple[float, float, float]:
    """Where the range begins, how long it is, and where the figure is, in per cent."""
    drawn = ElementTree.fromstring(str(share_bar(value, low, high)))  # noqa: S314 - we drew it
    reach, point = list(drawn.iter("rect"))[1], next(drawn.iter("circle"))
    read = (reach.get("x", ""), reach.get("width", ""), point.get("cx", ""))
    return tuple(float(text.removesuffix("%")) for text in read)  # type: ignore[return-value]


def test_it_shows_the_share_and_its_range() -> None:
    assert lengths(0.65, 0.59, 0.71) == pytest.approx((59, 12, 65))
    assert lengths(0.65, None, None) == pytest.approx((65, 0, 65))


@given(st.floats(-0.5, 2), st.floats(-0.5, 2), st.floats(-0.5, 2))
def test_it_stays_within_its_cell(value: float, one: float, other: float) -> None:
    start, length, point = lengths(value, min(one, other), max(one, other))
    assert 0 <= start <= start + length <= 100.1
    assert 0 <= point <= 100


def test_only_a_share_that_is_shown_has_a_bar() -> None:
    assert quotient("share", Quotient(0.5, 0.4, 0.6)).bar
    assert not quotient("rate", Quotient(0.5, 0.4, 0.6)).bar
    assert not quotient("share", Quotient(low=0.1, high=0.4, why=CellState.LOW)).bar, "a range without a figure"
    assert not quotient("share", Quotient(why=CellState.NO_RETURN)).bar
