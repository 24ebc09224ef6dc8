"""Every measure that counts children, by the name it has on the ladder (docs/adr/0008 says how one joins)."""

from __future__ import annotations

from analysis.measures import m1, m2, m3, m6, m7, m8, m9, m10, m11, m12, m16, m17
from analysis.measures.history import Measure
from models.contract.codes import IndicatorCategory

CATEGORIES = tuple(
    str(category)
    for category in IndicatorCategory
    if category not in (IndicatorCategory.GENERAL, IndicatorCategory.UNKNOWN, IndicatorCategory.NOT_RECORDED)
)

MEASURES: dict[str, Measure] = {
    "m1_children": m1.occurrences,
    "m2_children": m2.occurrences,
    "m2_over_30": m2.over_30,
    "m2_over_90": m2.over_90,
    "m2_raised_by_several": m2.raised_by_several,
    "m2_raised_later": m2.raised_later,
    "m3_children": m3.occurrences,
    "m3_seen": m3.seen,
    "m3_missed": m3.missed,
    "m6_any": m6.occurrences,
    **{f"m6_{category}": m6.of_category(category) for category in CATEGORIES},
    "m7_children": m7.occurrences,
    "m7_screened": m7.screened,
    "m8_returned": m8.occurrences,
    "m8_offered": m8.offered,
    "m8_completed": m8.completed,
    "m8_within_72h": m8.within_72h,
    "m9_children": m9.occurrences,
    "m10_children": m10.occurrences,
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
