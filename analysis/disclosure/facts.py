"""From a board's children to the facts that the ladder counts, one for each agency and indicator of an occurrence.

Each fact has one month, so that quarters and years are unions of it; an agency of a fact is one that reported the
very records counted, so that cells of agencies and sectors nest as the algebra says (docs/adr/0008).
"""

from __future__ import annotations

from collections.abc import Mapping

from analysis.disclosure.cells import Shape
from analysis.disclosure.counting import Fact
from analysis.disclosure.windows import window_of_day
from analysis.measures.children import BoardView
from analysis.measures.history import Measure, Rules
from analysis.measures.registry import MEASURES
from models.contract.periods import financial_year_of

Homes = dict[tuple[str, str], str]
"""(link id, financial year) -> home area."""


def facts_of(seen: BoardView, rules: Rules, measures: Mapping[str, Measure] = MEASURES) -> list[Fact]:
    """Facts of all measures of a board as seen at a cut-off, by day."""
    dated = sorted(
        (occurrence.on, Fact(name, link, window_of_day(occurrence.on), occurrence.home, agency, indicator))
        for link, child in seen.children.items()
        for name, measure in measures.items()
        for occurrence in measure(child, rules)
        for agency in occurrence.agencies
        for indicator in occurrence.indicators or ("",)
    )
    return [fact for _, fact in dated]


def homes_of(seen: BoardView, shape: Shape) -> Homes:
    """The home of each child in each financial year: that of its first event with one in the board (decision 8)."""
    homes: Homes = {}
    for link, child in seen.children.items():
        events = (event for events in child.events.values() for event in events)
        for day, _, area in sorted((event.occurred_on, event.event_id, event.home) for event in events):
            if shape.has_home(area):
                homes.setdefault((link, financial_year_of(day)), area)
    return homes
