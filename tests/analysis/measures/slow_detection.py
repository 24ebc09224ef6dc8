"""Detection shares (M18) again from the definition, slowly: event dicts, every pair tried, nothing of analysis.

The catalogue is data and is given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tests.analysis.measures.slow import Event, children, of

NONE = ("unknown", "not_recorded")


def codes(event: Event) -> set[str]:
    return {code for code in event.get("indicators", ()) if code not in NONE}


def known_and_recorded(
    events: list[Event], child: str, sector: str, topic: str, span: tuple[date, date],
    sectors: Mapping[str, str], catalogue: Sequence[Mapping[str, Any]],
) -> tuple[bool, bool]:  # fmt: skip
    """Whether the sector could have recorded the topic of this child in the year, and whether it did."""
    topic_of = {entry["code"]: entry["category"] for entry in catalogue}
    seen_here = {entry["code"] for entry in catalogue if sector in entry["observers"] and entry["category"] == topic}
    coded = of(events, child, "concern", "seen")
    own = [e for e in coded if sectors[e["by"]] == sector]
    could = any(
        span[0] <= other["day"] < span[1]
        and codes(other) & seen_here
        and abs((mine["day"] - other["day"]).days) <= 90
        and any(topic_of[code] != topic for code in codes(mine))
        for other in coded
        if sectors[other["by"]] != sector
        for mine in own
    )
    first, last = span[0] - timedelta(days=90), span[1] + timedelta(days=90)
    return could, any(first <= e["day"] < last and any(topic_of[c] == topic for c in codes(e)) for e in own)


def cell(
    part: str, topic: str, events: list[Event], span: tuple[date, date], sector: str,
    sectors: Mapping[str, str], catalogue: Sequence[Mapping[str, Any]],
) -> set[str]:  # fmt: skip
    """The children of one cell: `recorded` or `missed`, of one topic or of `any`."""
    topics = sorted({entry["category"] for entry in catalogue}) if topic == "any" else [topic]
    found = set()
    for child in children(events):
        told = [known_and_recorded(events, child, sector, one, span, sectors, catalogue) for one in topics]
        could = [recorded for known, recorded in told if known]
        if could and any(could) == (part == "recorded"):
            found.add(child)
    return found
