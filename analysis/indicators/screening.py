"""Screening outcomes as reported: the tool's own words beside the region's level, and a check of reported SERAF scores.

Scores come from the agency. No score is computed from events, and none is converted to that of another tool
(docs/domain.md).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from analysis.measures.figures import DateSpan, Figure
from analysis.measures.picture import Picture

SERAF = frozenset({"seraf_2013_6m", "seraf_2016_3m"})
CATEGORIES = ((5, "category_1"), (10, "category_2"), (15, "category_3"))


def outcomes(picture: Picture, window: DateSpan) -> list[Figure]:
    """The number of screenings by tool, outcome in the tool's words, and the region's level."""
    screenings = Counter(
        (str(s.tool), str(s.native), str(s.level))
        for child in picture.children.values()
        for s in child.screenings
        if window.holds(s.occurred_on)
    )
    return [Figure("tool native level", " ".join(key), {"screenings": screenings[key]}) for key in sorted(screenings)]


@dataclass(frozen=True, slots=True)
class SerafForm:
    """The number of ticks in each column of a SERAF form that an agency filled in (Hampshire's guidance).

    A significant indicator counts 5 if current or in the past 6 months, 1 if 6 to 12 months ago, and 6 if both.
    """

    vulnerability: int = 0
    moderate: int = 0
    significant_now: int = 0
    significant_before: int = 0
    significant_both: int = 0


def seraf_total(form: SerafForm) -> int:
    """The total of a form, for an agency that checks its own forms. No event holds a form."""
    now, before, both = form.significant_now, form.significant_before, form.significant_both
    return form.vulnerability + form.moderate + 5 * now + before + 6 * both


def seraf_category(score: int) -> str:
    """The category of a total: 0-5, 6-10, 11-15, or 16 and over."""
    return next((name for most, name in CATEGORIES if score <= most), "category_4")


def seraf_disagrees(tool: str, score: int | None, native: str, override: str) -> bool:
    """Whether a reported SERAF category differs from that of the reported score, without a professional override."""
    if tool not in SERAF or score is None or not native.startswith("category_") or override == "yes":
        return False
    return native != seraf_category(score)


def seraf_check(picture: Picture, window: DateSpan) -> Figure:
    """How many SERAF screenings report a score and a category, and how many of these disagree without an override."""
    screenings = [
        s
        for child in picture.children.values()
        for s in child.screenings
        if s.tool in SERAF and window.holds(s.occurred_on)
    ]
    both = [s for s in screenings if s.score is not None and s.native.startswith("category_")]
    wrong = sum(seraf_disagrees(s.tool, s.score, s.native, s.professional_override) for s in both)
    return Figure(
        "seraf", "as reported", {"screenings": len(screenings), "score_and_category": len(both), "disagree": wrong}
    )
