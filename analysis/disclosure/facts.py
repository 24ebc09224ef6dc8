"""Turns a board's children into the facts that the ladder counts: one for each agency and indicator of an occurrence.

Each fact belongs to one month, so quarters and years are unions of months. The agency of a fact reported the records
that make the child count (docs/adr/0008).

The cells of all agencies together are counted from all records, linked by all tokens. A sector's cells count that
sector's own children: linked by its own tokens, with the homes of its own records (docs/adr/0020). So a sector's cells
do not reveal which of its children others also know.
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
    board_view: BoardView,
    rules: Rules,
    counts: frozenset[str] = EVERY_COUNT,
    insiders: Insiders | None = None,
) -> list[Fact]:
    """The facts of the given counts of a board at a cut-off, by day: for all agencies together, and for each sector.

    With `insiders` each fact also names the agencies that know of it; the counts are the same. Raises `ValueError` if
    the view was made without the sectors of the agencies, because the cells of sectors would all be empty.
    """
    if board_view.children and not board_view.sectors:
        raise ValueError("the view of the board has no sectors: give `view` the sector of each agency")
    own, rules = counts & OWN_RECORDS, replace(rules, sector_of=board_view.sector_of)
    dated: list[_Dated] = []
    known: defaultdict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for link, child in board_view.children.items():
        whole = list(_facts(link, child, counts, rules, insiders))
        dated += whole
        if insiders is not None:
            for _, fact in whole:
                known[link, fact.measure, fact.window, board_view.sector_of.get(fact.agency, "")].update(
                    fact.known_to or ()
                )
        for day, fact in whole:
            if fact.measure in own:
                continue
            sector = board_view.sector_of.get(fact.agency, "")
            # Counted once, for the first of the sector's own children. Otherwise an agency could send one child under
            # twenty identifiers that others' records link, and see one record of another agency counted twenty times.
            if sector in board_view.sectors and (theirs := board_view.sectors[sector].of.get(link)):
                dated.append((day, fact._replace(child=min(theirs), sector=sector)))
    for sector, view in board_view.sectors.items():
        whole_of = {own_link: link for link, theirs in view.of.items() for own_link in theirs}
        for link, child in view.children.items():
            for day, fact in _facts(link, child, own, rules, insiders):
                known_to = fact.known_to
                if known_to is not None:  # an agency that knows the child by another sector's records knows it here too
                    more = known.get((whole_of[link], fact.measure, fact.window, sector), ())
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
    """The functions that yield the occurrences of some counts, each once."""
    return tuple(dict.fromkeys(occurs for name, occurs in OCCURS.items() if name in counts))


def each(name: str, link: str, occurrence: Occurrence, insiders: Insiders | None = None) -> Iterator[_Dated]:
    """The facts of one occurrence of a count, each with the day of the occurrence."""
    window = month_of(occurrence.on)
    for agency in occurrence.agencies:
        known_to = None if insiders is None else insiders.knowers(occurrence, agency)
        for indicator in occurrence.indicators or ("",):
            yield occurrence.on, Fact(name, link, window, occurrence.home, agency, indicator, known_to=known_to)


def homes_of(board_view: BoardView, shape: Shape) -> Homes:
    """The home of each child in each financial year: that of its first event with a home in the board (ADR 0025)."""
    return _homes(board_view.children, shape)


def placed(
    facts: Iterable[Fact], board_view: BoardView, shape: Shape, settled: Mapping[tuple[str, str], str] | None = None
) -> list[Fact]:
    """The facts, each with the home area of its child in its financial year.

    `settled` holds (link id, financial year) -> area as an earlier release counted the child for all agencies
    together; it stays. For a sector's facts only the sector's own records give the home.
    """
    whole = homes_of(board_view, shape) | dict(settled or {})
    own = {name: _homes(view.children, shape) for name, view in board_view.sectors.items()}
    with_homes = []
    for fact in facts:
        homes = own[fact.sector] if fact.sector else whole
        area = homes.get((fact.child, last_year_of(fact.window)))
        with_homes.append(fact if area is None else fact._replace(area=area))
    return with_homes


def _homes(children: Mapping[str, LinkedChild], shape: Shape) -> Homes:
    homes: Homes = {}
    for link, child in children.items():
        for day, _, area in sorted((record.occurred_on, record.event_id, record.home) for record in child.records):
            if shape.has_home(area):
                homes.setdefault((link, financial_year_of(day)), area)
    return homes
