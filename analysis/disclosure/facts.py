"""From a board's children to the facts that the ladder counts, one for each agency and indicator of an occurrence.

Each fact has one month, so that quarters and years are unions of it; an agency of a fact is one that reported the
very records counted (docs/adr/0008).

What is said of all agencies together is counted from all records, linked by all tokens. What is said of one sector is
counted of that sector's own children: linked by its own tokens, living where its own records say (docs/adr/0020). So a
sector learns nothing from its own cells about which of its children others know too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache

from analysis.disclosure.cells import Shape
from analysis.disclosure.counting import Fact
from analysis.disclosure.insiders import Insiders
from analysis.measures.children import BoardView
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.occurred import Occurs
from analysis.measures.occurrence import Occurrence
from analysis.measures.registry import COUNTS, OCCURS, OWN_RECORDS
from models.contract.periods import financial_year_of, last_year_of, month_of

Homes = dict[tuple[str, str], str]
"""(link id, financial year) -> home area."""
_Dated = tuple[date, Fact]
EVERY_COUNT = frozenset(COUNTS)


def facts_of(
    seen: BoardView,
    rules: Rules,
    counts: frozenset[str] = EVERY_COUNT,
    insiders: Insiders | None = None,
) -> list[Fact]:
    """Facts of all counts of a board as seen at a cut-off, by day: of all together, then of each sector.

    With `insiders` each fact says who knows of it; what is counted is the same. Raises `ValueError` for a view that
    was made without the sectors of the agencies: their cells would all be empty.
    """
    if seen.children and not seen.sectors:
        raise ValueError("the view of the board has no sectors: give `view` the sector of each agency")
    own, rules = counts & OWN_RECORDS, replace(rules, sector_of=seen.sector_of)
    dated: list[_Dated] = []
    told: defaultdict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for link, child in seen.children.items():
        whole = list(_facts(link, child, counts, rules, insiders))
        dated += whole
        if insiders is not None:
            for _, fact in whole:
                told[link, fact.measure, fact.window, seen.sector_of.get(fact.agency, "")].update(fact.known_to or ())
        for day, fact in whole:
            if fact.measure in own:
                continue
            sector = seen.sector_of.get(fact.agency, "")
            # Once, by the first of the sector's own: who sends a child under twenty identifiers, and has them tied
            # together from elsewhere, would else see one record of somebody else's moved twenty times.
            if sector in seen.sectors and (theirs := seen.sectors[sector].of.get(link)):
                dated.append((day, fact._replace(child=min(theirs), sector=sector)))
    for sector, view in seen.sectors.items():
        whole_of = {one: link for link, theirs in view.of.items() for one in theirs}
        for link, child in view.children.items():
            for day, fact in _facts(link, child, own, rules, insiders):
                known_to = fact.known_to
                if known_to is not None:  # who knows the child by another sector's records knows it here too
                    more = told.get((whole_of[link], fact.measure, fact.window, sector), ())
                    known_to = tuple(sorted({*known_to, *more}))
                dated.append((day, fact._replace(sector=sector, known_to=known_to)))
    return [fact for _, fact in (sorted(dated) if insiders is None else sorted(dated, key=_in_order))]


def _in_order(dated: _Dated) -> tuple[date, Fact]:
    return dated[0], dated[1]._replace(known_to=())


def _facts(
    link: str, child: LinkedChild, counts: frozenset[str], rules: Rules, insiders: Insiders | None
) -> Iterator[_Dated]:
    for occurs in _functions(counts):
        for name, occurrence in occurs(child, rules):
            if name in counts:
                yield from each(name, link, occurrence, insiders)


@cache
def _functions(counts: frozenset[str]) -> tuple[Occurs, ...]:
    """Those that say what occurs of some counts, each once."""
    return tuple(dict.fromkeys(occurs for name, occurs in OCCURS.items() if name in counts))


def each(name: str, link: str, occurrence: Occurrence, insiders: Insiders | None = None) -> Iterator[_Dated]:
    """The facts of one occurrence of a count, each with its day."""
    window = month_of(occurrence.on)
    for agency in occurrence.agencies:
        known_to = None if insiders is None else insiders.knowers(occurrence, agency)
        for indicator in occurrence.indicators or ("",):
            yield occurrence.on, Fact(name, link, window, occurrence.home, agency, indicator, known_to=known_to)


def homes_of(seen: BoardView, shape: Shape) -> Homes:
    """The home of each child in each financial year: that of its first event with one in the board (ADR 0025)."""
    return _homes(seen.children, shape)


def placed(
    facts: Iterable[Fact], seen: BoardView, shape: Shape, settled: Mapping[tuple[str, str], str] | None = None
) -> list[Fact]:
    """The facts with the home area of each child in each financial year.

    `settled` holds (link id, financial year) -> area as an earlier release counted the child for all agencies
    together, which stays. A sector's children live where its own records say.
    """
    whole = homes_of(seen, shape) | dict(settled or {})
    own = {name: _homes(view.children, shape) for name, view in seen.sectors.items()}
    found = []
    for fact in facts:
        homes = own[fact.sector] if fact.sector else whole
        area = homes.get((fact.child, last_year_of(fact.window)))
        found.append(fact if area is None else fact._replace(area=area))
    return found


def _homes(children: Mapping[str, LinkedChild], shape: Shape) -> Homes:
    homes: Homes = {}
    for link, child in children.items():
        for day, _, area in sorted((record.occurred_on, record.event_id, record.home) for record in child.records):
            if shape.has_home(area):
                homes.setdefault((link, financial_year_of(day)), area)
    return homes
