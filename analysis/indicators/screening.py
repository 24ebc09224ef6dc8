"""Screening outcomes as reported: the tool's own words beside the harmonised level, and SERAF checked, never derived.

Scores are the agency's. No score is computed from events, and none is converted to another tool's (docs/domain.md).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from analysis.measures.figures import DateSpan, Figure
from analysis.measures.picture import Picture

SERAF = frozenset({"seraf_2013_6m", "seraf_2016_3m"})
CATEGORIES = ((5, "category_1"), (10, "category_2"), (15, "category_3"))


def outcomes(picture: Picture, window: DateSpan) -> list[Figure]:
    """Screenings by tool, native outcome and harmonised level, side by side."""
    told = Counter(
        (str(s.tool), str(s.native), str(s.level))
        for child in picture.children.values()
        for s in child.screenings
        if window.holds(s.occurred_on)
    )
    return [Figure("tool native level", " ".join(key), {"screenings": told[key]}) for key in sorted(told)]


@dataclass(frozen=True, slots=True)
class SerafForm:
    """Ticks on one SERAF form as the agency filled it in (Hampshire's guidance): how many, by column.

    A significant indicator counts 5 if current or in the past 6 months, 1 if 6 to 12 months ago, 6 if both.
    """

    vulnerability: int = 0
    moderate: int = 0
    significant_now: int = 0
    significant_before: int = 0
    significant_both: int = 0


def seraf_total(form: SerafForm) -> int:
    """The total a form adds up to, for an agency that checks its own forms; no event holds a form."""
    now, before, both = form.significant_now, form.significant_before, form.significant_both
    return form.vulnerability + form.moderate + 5 * now + before + 6 * both


def seraf_category(score: int) -> str:
    """The category a total falls in: 0-5, 6-10, 11-15, 16 and over."""
    return next((name for most, name in CATEGORIES if score <= most), "category_4")


def seraf_disagrees(tool: str, score: int | None, native: str, override: str) -> bool:
    """Whether a reported SERAF category is not that of its reported score, with no professional override recorded."""
    if tool not in SERAF or score is None or not native.startswith("category_") or override == "yes":
        return False
    return native != seraf_category(score)


def seraf_check(picture: Picture, window: DateSpan) -> Figure:
    """How many SERAF screenings report a score and a category, and how many of those disagree without an override."""
    found = [
        s
        for child in picture.children.values()
        for s in child.screenings
        if s.tool in SERAF and window.holds(s.occurred_on)
    ]
    both = [s for s in found if s.score is not None and s.native.startswith("category_")]
    wrong = sum(seraf_disagrees(s.tool, s.score, s.native, s.professional_override) for s in both)
    return Figure(
        "seraf", "as reported", {"screenings": len(found), "score_and_category": len(both), "disagree": wrong}
    )
