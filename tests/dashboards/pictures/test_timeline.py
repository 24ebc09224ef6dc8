"""A timeline of signals tells when, and nothing of how many."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pytest

from dashboards.pictures.rows import MARGIN
from dashboards.pictures.svg import RANGE
from dashboards.pictures.timeline import Span, timeline

OPEN = Span("Missing: Ashby", "open", date(2026, 1, 5), date(2026, 3, 2), date(2026, 2, 2))
CLOSED = Span("CSE: Gorse", "closed", date(2025, 10, 6), date(2025, 12, 1), date(2025, 11, 3), date(2025, 12, 29))


def drawn(*spans: Span) -> ElementTree.Element:
    return ElementTree.fromstring(str(timeline("t", "Signals", spans)))  # noqa: S314 - we drew it


def percent(element: ElementTree.Element, name: str) -> float:
    return float(element.get(name, "").removesuffix("%"))


def test_weeks_lie_where_the_calendar_says_in_the_order_given() -> None:
    picture = drawn(OPEN, CLOSED)
    days = (date(2026, 4, 1) - date(2025, 10, 1)).days
    bars = [(percent(el, "x"), percent(el, "width")) for el in picture.iter("rect") if el.get("fill") == RANGE]
    per_day = (100 - 2 * MARGIN) / days
    assert bars[0] == pytest.approx((MARGIN + 96 * per_day, 56 * per_day), abs=0.02)
    assert bars[1] == pytest.approx((MARGIN + 5 * per_day, 56 * per_day), abs=0.02)
    assert (picture.findtext("desc") or "").startswith("Missing: Ashby: open; CSE: Gorse: closed.")


def test_only_a_closed_one_has_a_ring() -> None:
    fills = [circle.get("fill") for circle in drawn(OPEN, CLOSED).iter("circle")]
    assert len(fills) == 3
    assert fills.count("#ffffff") == 1


def test_ticks_are_few_and_at_firsts_of_months() -> None:
    long = Span("A", "a", date(2023, 2, 6), date(2026, 3, 2), date(2023, 3, 6))
    names = [el.text for el in drawn(long).iter("text") if el.get("font-size") == "12"]
    assert names == ["Feb 2023", "Feb 2024", "Feb 2025", "Feb 2026"]


def test_no_signal_no_picture() -> None:
    assert timeline("t", "Signals", ()) == ""
