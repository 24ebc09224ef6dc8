"""From which day on a measure that looks back counts, in words, to stand beside the window. Pure."""

from __future__ import annotations

from analysis.measures.look_back import LEAST_COVERED, covered
from analysis.measures.registry import BY_ID
from dashboards.words import day
from models.releases import Release


def partly(release: Release, measure: str) -> bool:
    """Whether a measure (`m10`) counts only in part of the release's window, or not at all."""
    first = release.counted_from.get(measure)
    return first is not None and first > release.starts_on


def every_begun(release: Release) -> tuple[str, ...]:
    """The sentences for all measures that do not count from the first day of the window."""
    sentences = ((BY_ID[measure].definition.title, begun(release, measure)) for measure in sorted(release.counted_from))
    return tuple(f"{name}: {words}" for name, words in sentences if words)


def begun(release: Release, measure: str) -> str:
    """Why a window is not counted, or only in part. Empty if it is counted from its first day."""
    first = release.counted_from.get(measure)
    if first is None or first <= release.starts_on or release.records_from is None:
        return ""
    since = f"records begin on {day(release.records_from)}"
    share = covered(release.window, first)
    if share < LEAST_COVERED:
        return f"Cannot be counted: {since}, and this measure counts from {day(first)} on."
    left_out = max(1, round(100 * (1 - share)))
    return f"Counts from {day(first)} on, because {since}: {left_out}% of the period is left out."
