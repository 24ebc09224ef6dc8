"""Which cells have a state instead of a count, for a reason that is not a count of children.

Most states follow from public facts: the register, the catalogue, the submission states, and the day from which the
records are whole. Whether a sector's records can be tied to children is read from counts of records with keyed noise
(`analysis.disclosure.tied`). So a cell's state reveals no more than those do. Facts that arrived anyway stay in the
totals.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from analysis.disclosure.cells import ANY, CellKey, Shape
from analysis.disclosure.tied import TiedBoard
from analysis.measures.history import Rules
from analysis.measures.look_back import LEAST_COVERED, covered
from analysis.measures.registry import MEASURE_OF, MEASURES, records_of, topic_of, work_of
from models.register import Register
from models.releases import CellState

EVERYTHING_TIED = TiedBoard()
"""For a board whose records were not examined: all its cells are counted."""


def stated(
    keys: Iterable[CellKey],
    shape: Shape,
    register: Register,
    rules: Rules,
    silent: Collection[str],
    tied: TiedBoard = EVERYTHING_TIED,
) -> dict[CellKey, CellState]:
    """The cells that have a state and no count.

    `silent` are the sectors that returned nothing. `tied` says which records can be tied to children.
    """
    begin = counted_from(rules)
    states = {}
    for key in keys:
        state = None if key.who == ANY else _of_sector(key, shape, register, rules, silent, tied)
        if state is None and not _reached(key, begin):
            state = CellState.NOT_COUNTABLE
        if state is not None:
            states[key] = state
    return states


def counted_from(rules: Rules) -> dict[str, date]:
    """Measure that looks back -> the first day on which a child may count. It depends on where the records begin."""
    since = rules.records_from
    if since is None:
        return {}
    return {measure.id: measure.look_back(rules).counted_from(since) for measure in MEASURES if measure.look_back}


def _of_sector(
    key: CellKey, shape: Shape, register: Register, rules: Rules, silent: Collection[str], tied: TiedBoard
) -> CellState | None:
    sector = key.who.removeprefix("sector:")
    if sector in silent:  # before every other state: a sector without a return has said nothing
        return CellState.NO_RETURN
    topic = topic_of(key.measure)
    if topic in rules.catalogue.categories and not rules.catalogue.expected(sector, topic):
        return CellState.NOT_APPLICABLE
    sent = [register.agency_by_id[agency].child_records for agency in shape.agencies_of(key.who)]
    if _none_of(records_of(key.measure), sent):
        # A sector that does the work a count asks for, and reports no such children, is not the one asked.
        return CellState.NOT_RECORDED if _none_of(work_of(key.measure), sent) else CellState.NOT_APPLICABLE
    return None if tied.countable(key.measure, sector) else CellState.NOT_COUNTABLE


def _none_of(kinds: Collection[str], sent: Iterable[Collection[str] | None]) -> bool:
    """Whether the agreements let no agency send any of these kinds of record."""
    return all(records is not None and not set(kinds) & set(records) for records in sent)


def _reached(key: CellKey, begin: Mapping[str, date]) -> bool:
    """Whether the records go back far enough for at least half of the cell's window."""
    measure = MEASURE_OF[key.measure].id
    return measure not in begin or covered(key.window, begin[measure]) >= LEAST_COVERED
