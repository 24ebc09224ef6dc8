"""The input of the measures: a board's linked children, with all their records and merged missing episodes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from analysis.ledger.parse import CHILD_TYPES, child_record, return_record
from analysis.ledger.records import AboutChild, ReturnRecord
from analysis.ledger.row import Row
from analysis.link import link_children
from analysis.measures.history import LinkedChild
from analysis.returns import Returns

__all__ = ["CHILD_TYPES", "BoardView", "LinkedChild", "SectorView", "view"]


@dataclass(frozen=True, slots=True)
class SectorView:
    """The same board, built from one sector's own records only and linked only by the tokens in them."""

    children: Mapping[str, LinkedChild] = field(repr=False)
    of: Mapping[str, frozenset[str]] = field(repr=False)
    """Link id of a child of the whole board -> link ids of the sector's own children whose records that child has."""


@dataclass(frozen=True, slots=True)
class BoardView:
    """A board at a cut-off: children by link id, and how many child events had a token."""

    children: Mapping[str, LinkedChild] = field(repr=False)
    linked_events: int
    child_events: int
    returns: Returns
    """All submission returns that were received."""
    sectors: Mapping[str, SectorView] = field(default_factory=dict, repr=False)
    """Sector -> its own view. Empty if `view` was not given the sectors of the agencies."""
    sector_of: Mapping[str, str] = field(default_factory=dict)
    """Agency -> sector, as given to `view`."""
    untied: Mapping[tuple[str, str, date], int] = field(default_factory=dict, repr=False)
    """(agency, short type, day it happened) -> number of records without a token. Nobody can say which children they
    are about."""


def view(
    rows: Iterable[tuple[str, Row]], cut_off_ms: int | None, sector_of: Mapping[str, str] | None = None
) -> BoardView:
    """Link a board's current rows into children. Rows that arrived after the cut-off are left out (None: no cut-off).

    An event without a token counts only in `child_events`: it belongs to no child. With `sector_of` (agency ->
    sector), each sector's records are also linked on their own, for the figures about that sector.
    """
    records: dict[str, AboutChild] = {}
    returns: list[ReturnRecord] = []
    for event_id, row in rows:
        if row.withdrawn or (cut_off_ms is not None and row.first_ms > cut_off_ms):
            continue
        if row.short_type in CHILD_TYPES:
            records[event_id] = child_record(event_id, row)
        elif row.short_type == "submission_return":
            returns.append(return_record(row))
    return linked(records, returns, sector_of or {})


def linked(
    records: Mapping[str, AboutChild], returns: Iterable[ReturnRecord], sector_of: Mapping[str, str]
) -> BoardView:
    """The same as `view`, from records that are already parsed."""
    children, links = _linked(records)
    sectors = {}
    for name in sorted(set(sector_of.values())):
        own = {i: record for i, record in records.items() if sector_of.get(record.agency) == name}
        own_children, own_links = _linked(own)
        own_children_of: defaultdict[str, set[str]] = defaultdict(set)
        for event_id, link in own_links.items():
            own_children_of[links[event_id]].add(link)
        sectors[name] = SectorView(own_children, {link: frozenset(theirs) for link, theirs in own_children_of.items()})
    untied = Counter((r.agency, r.short_type, r.occurred_on) for i, r in records.items() if i not in links)
    return BoardView(children, len(links), len(records), Returns(returns), sectors, dict(sector_of), dict(untied))


def _linked(records: Mapping[str, AboutChild]) -> tuple[dict[str, LinkedChild], dict[str, str]]:
    """Link some records by their own tokens only. Returns the children by link id, and the link id of each event."""
    links = link_children({i: r.tokens for i, r in records.items()}, {i: r.agency for i, r in records.items()})
    children: defaultdict[str, LinkedChild] = defaultdict(LinkedChild)
    for _, event_id, link in sorted((records[i].occurred_on, i, link) for i, link in links.items()):
        children[link].add(records[event_id])
    for child in children.values():
        child.close()
    return dict(children), links
