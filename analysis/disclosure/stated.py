"""Which cells have a state instead of a count, for a public reason: what a sector sends, sees, or did not return.

The state follows from the register, the catalogue and the submission states, never from a count, so it reveals nothing.
Facts that arrived anyway stay in the totals.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from analysis.disclosure.cells import ANY, CellKey, Shape
from analysis.measures.registry import records_of
from models.catalogue import Catalogue
from models.register import Register
from models.releases import CellState


def stated(
    keys: Iterable[CellKey], shape: Shape, register: Register, catalogue: Catalogue, silent: Collection[str]
) -> dict[CellKey, CellState]:
    """The cells of sectors that have a state and no count. `silent` are the sectors that returned nothing."""
    states = {}
    for key in keys:
        if key.who != ANY and (state := _state(key, shape, register, catalogue, silent)):
            states[key] = state
    return states


def _state(
    key: CellKey, shape: Shape, register: Register, catalogue: Catalogue, silent: Collection[str]
) -> CellState | None:
    sector = key.who.removeprefix("sector:")
    category = key.measure.removeprefix("m6_")
    if category in catalogue.categories and not catalogue.expected(sector, category):
        return CellState.NOT_APPLICABLE
    sent = [register.agency_by_id[agency].child_records for agency in shape.agencies_of(key.who)]
    if all(kinds is not None and records_of(key.measure).isdisjoint(kinds) for kinds in sent):
        return CellState.NOT_RECORDED
    return CellState.NO_RETURN if sector in silent else None
