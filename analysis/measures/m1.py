"""M1 CSE concern rate (paragraphs 157, 169).

Numerator: children with at least one CSE concern recorded in the period, by any agency. The recording date is the
agency system's own; where it is not recorded, the date of the concern. Denominator: residents aged 10-17
(register, ONS mid-year estimates), per 10,000, computed from the released numerator only. Unit: children.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from analysis.measures.children import BoardView
from analysis.measures.counted import Counted, count
from analysis.measures.definition import LATE, NOT_RETURNED, UNLINKED, Definition
from analysis.measures.figures import ALL, Figure, Window, ratio
from analysis.measures.history import Child, Event, Occurrence, Rules
from analysis.measures.m17 import answer, noticed
from analysis.measures.picture import Picture
from analysis.measures.recognition import level
from analysis.measures.spells import NO_ANSWER

LEVELS = ("serious", "significant", "at_risk", "no_current_cse_risk")

DEFINITION = Definition(
    1,
    "CSE concern rate",
    "How many children is anyone concerned about, and who raised it?",
    "children with at least one CSE concern recorded in the period by any agency (the recording date of its "
    "own system; where that is not recorded, the date of the concern)",
    "residents aged 10-17 (register, ONS mid-year estimates), per 10,000",
    "the period, by the day it was recorded",
    "children",
    "sector; level (a child's highest in the period); exploitation model (a child counts in each); age band; sex",
    "paragraphs 157, 169",
    "board and town by quarter and financial year, ward by financial year; board by sector in both, town by sector "
    "and board by indicator by financial year. A child counts under six indicators at most. The rate "
    "is computed from the released numerator only",
    "More concerns after training is success first: read with M2 and M3. Levels: 'at risk' is "
    "recorded unevenly and no ground for comparing boards; significant and serious are.",
    (NOT_RETURNED, UNLINKED, LATE),
)


def occurrences(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Each concern, on the day it was recorded, with its indicators; its agency knows."""
    for concern in child.concerns:
        yield Occurrence(concern.recorded_on, frozenset({concern.agency}), concern.home, concern.indicators)


def children_with_concern(board: BoardView, start: date, end: date) -> Counted:
    """Children with a concern recorded in [start, end); an agency knows of those it raised one for."""
    return count(
        (link, {c.agency for c in found})
        for link, child in board.children.items()
        if (found := [c for c in child.concerns if start <= c.recorded_on < end])
    )


def figures(picture: Picture, window: Window) -> list[Figure]:
    """All children, then each split; `value` is the rate per 10,000 for all children, else the share of them."""
    found = [events for child in picture.children.values() if (events := noticed(child, window))]
    whole = {"children": len(found), "population_10_17": picture.setting.population_10_17}
    out = [Figure(ALL, ALL, whole, ratio(len(found), picture.setting.population_10_17, 10_000))]
    groups: dict[str, list[set[str]]] = {
        "sector": [{picture.setting.sector(e.agency) for e in events} for events in found],
        "level": [{_highest(events)} for events in found],
        "model": [{str(m) for e in events for m in e.data.get("models") or ()} - NO_ANSWER for events in found],
        "age_band": [{answer(events, "age_band")} for events in found],
        "sex": [{answer(events, "sex")} for events in found],
    }
    for split, held in groups.items():
        for group in sorted(set().union(*held)):
            number = sum(group in one for one in held)
            out.append(Figure(split, group, {"children": number}, ratio(number, len(found))))
    return out


def _highest(events: list[Event]) -> str:
    told = {level(event) for event in events}
    return next((name for name in LEVELS if name in told), "unknown" if "unknown" in told else "not_recorded")
