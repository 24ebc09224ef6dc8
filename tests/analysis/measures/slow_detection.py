"""Detection shares (M18) again from the definition, slowly: event dicts, every pair tried, nothing of analysis.

The catalogue is data and is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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


def counted(
    part: str, topic: str, sectors: Mapping[str, str], catalogue: Sequence[Mapping[str, Any]]
) -> Callable[[list[Event]], Iterator[tuple[str, date, str]]]:  # fmt: skip
    """(child, day, agency) of one count: on the day of the other sector's first such sign of the financial year, by
    the sector's own agencies that were in contact. Over all topics it is the first day of any."""
    topic_of = {entry["code"]: entry["category"] for entry in catalogue}
    topics = sorted(set(topic_of.values())) if topic == "any" else [topic]
    expected = {
        (sector, one): {e["code"] for e in catalogue if sector in e["observers"] and e["category"] == one}
        for sector in set(sectors.values())
        for one in topics
    }

    def of_child(events: list[Event], child: str, sector: str) -> Iterator[tuple[int, date, str, str]]:
        """(year, day of the other's sign, topic, own agency in contact), each pair of records by itself."""
        coded = of(events, child, "concern", "seen")
        for other in coded:
            for mine in coded:
                if sectors[mine["by"]] != sector or sectors[other["by"]] == sector:
                    continue
                for one in topics:
                    more = {topic_of[code] for code in codes(mine)} - {one}
                    near = abs((mine["day"] - other["day"]).days) <= 90
                    if codes(other) & expected[sector, one] and more and near:
                        day = other["day"]
                        yield day.year - (day.month < 4), day, one, mine["by"]

    def found(events: list[Event]) -> Iterator[tuple[str, date, str]]:
        for child in children(events):
            for sector in sorted(set(sectors.values())):
                told = list(of_child(events, child, sector))
                for year in {year for year, *_ in told}:
                    span = date(year, 4, 1), date(year + 1, 4, 1)
                    own = [(day, one, agency) for of_year, day, one, agency in told if of_year == year]
                    recorded = any(
                        known_and_recorded(events, child, sector, one, span, sectors, catalogue)[1] for _, one, _ in own
                    )
                    if recorded == (part == "recorded"):
                        yield from ((child, min(own)[0], agency) for _, _, agency in own)

    return found


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
