"""Which cells are empty for a reason that everyone knows beforehand: what a sector sends, sees, or did not return.

None of it depends on a count: it follows from the register, the catalogue and the submission states, so that a cell's
state gives nothing away. Facts that came all the same stay in the totals.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from analysis.disclosure.cells import ANY, CellKey, Shape
from analysis.measures.registry import records_of, topic_of
from models.catalogue import Catalogue
from models.register import Register
from models.releases import CellState


def stated(
    keys: Iterable[CellKey], shape: Shape, register: Register, catalogue: Catalogue, silent: Collection[str]
) -> dict[CellKey, CellState]:
    """The cells of sectors that have a state and no count; `silent` are sectors that returned nothing."""
    found = {}
    for key in keys:
        if key.who != ANY and (state := _state(key, shape, register, catalogue, silent)):
            found[key] = state
    return found


def _state(
    key: CellKey, shape: Shape, register: Register, catalogue: Catalogue, silent: Collection[str]
) -> CellState | None:
    sector = key.who.removeprefix("sector:")
    topic = topic_of(key.measure)
    if topic in catalogue.categories and not catalogue.expected(sector, topic):
        return CellState.NOT_APPLICABLE
    sent = [register.agency_by_id[agency].child_records for agency in shape.agencies_of(key.who)]
    if all(kinds is not None and records_of(key.measure).isdisjoint(kinds) for kinds in sent):
        return CellState.NOT_RECORDED
    return CellState.NO_RETURN if sector in silent else None
