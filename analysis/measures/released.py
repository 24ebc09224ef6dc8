"""The measures of M2-M17 that count children, by their names on ladder 3 (docs/adr/0008, 0012).

They are counted only once ladder 3 is in use: `registry.MEASURES` has those of the ladder that releases are built on.
"""

from __future__ import annotations

from analysis.measures import m2, m3, m6, m7, m8, m10, m11, m12, m16, m17
from analysis.measures.history import Measure
from models.contract.codes import IndicatorCategory

CATEGORIES = tuple(
    str(category)
    for category in IndicatorCategory
    if category not in (IndicatorCategory.GENERAL, IndicatorCategory.UNKNOWN, IndicatorCategory.NOT_RECORDED)
)

COVERAGE: dict[str, Measure] = {
    "m6_any": m6.occurrences,
    **{f"m6_{category}": m6.of_category(category) for category in CATEGORIES},
}
"""By sector and financial year only."""

MORE: dict[str, Measure] = {
    "m2_children": m2.occurrences,
    "m2_over_30": m2.over_30,
    "m2_over_90": m2.over_90,
    "m2_raised_by_several": m2.raised_by_several,
    "m2_raised_later": m2.raised_later,
    "m3_children": m3.occurrences,
    "m3_seen": m3.seen,
    "m3_missed": m3.missed,
    "m7_children": m7.occurrences,
    "m7_screened": m7.screened,
    "m8_returned": m8.occurrences,
    "m8_offered": m8.offered,
    "m8_completed": m8.completed,
    "m8_within_72h": m8.within_72h,
    "m10_responded": m10.with_response,
    "m11_of_missing": m11.occurrences,
    "m11_of_concern": m11.of_concern,
    "m12_returned": m12.occurrences,
    "m12_completed": m12.completed,
    "m16_high": m16.occurrences,
    "m16_met": m16.met,
    "m17_boys": m17.boys,
    "m17_ethnicity": m17.ethnicity_recorded,
}
"""By board for quarters, and by board and sector for financial years."""

RELEASED: dict[str, Measure] = COVERAGE | MORE

PARTS: tuple[tuple[str, str], ...] = (
    ("m2_over_30", "m2_children"),
    ("m2_over_90", "m2_over_30"),
    ("m2_raised_later", "m2_raised_by_several"),
    ("m3_seen", "m3_children"),
    ("m3_missed", "m3_seen"),
    ("m7_screened", "m7_children"),
    ("m8_offered", "m8_returned"),
    ("m8_completed", "m8_offered"),
    ("m8_within_72h", "m8_completed"),
    ("m10_responded", "m10_children"),
    ("m11_of_missing", "m9_children"),
    ("m11_of_concern", "m1_children"),
    ("m12_returned", "m8_returned"),
    ("m12_completed", "m12_returned"),
    ("m12_completed", "m8_completed"),
    ("m16_met", "m16_high"),
    ("m17_boys", "m1_children"),
    ("m17_ethnicity", "m1_children"),
    *((f"m6_{category}", "m6_any") for category in CATEGORIES),
)
"""(part, whole): every child of the part is a child of the whole, on the same day and known to the same agencies."""
