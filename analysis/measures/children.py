"""What measures are computed from: a board's linked children with all their events and merged missing episodes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from analysis.episodes import Report, merge
from analysis.ledger.links import tokens_of
from analysis.ledger.row import Row
from analysis.link import link_children
from analysis.measures.history import Child, Concern, Event
from analysis.returns import Returns, return_of

CHILD_TYPES = frozenset(
    {"cse_concern", "indicator_observed", "missing_episode", "return_interview", "screening", "response"}
)

__all__ = ["CHILD_TYPES", "BoardView", "Child", "Concern", "recorded_on", "report_of", "view"]


@dataclass(frozen=True, slots=True)
class SectorView:
    """The same board as one sector's own records show it: linked by its own tokens, and by nobody else's."""

    children: Mapping[str, Child] = field(repr=False)
    of: Mapping[str, frozenset[str]] = field(repr=False)
    """Link id of the whole board's child -> the link ids of the sector's own children whose records it holds."""


@dataclass(frozen=True, slots=True)
class BoardView:
    """A board at a cut-off: children by link id, and how many child events had a token."""

    children: Mapping[str, Child] = field(repr=False)
    linked_events: int
    child_events: int
    returns: Returns
    """Every submission return received."""
    sectors: Mapping[str, SectorView] = field(default_factory=dict, repr=False)
    """By sector, where the sectors of the agencies were given."""
    sector_of: Mapping[str, str] = field(default_factory=dict)
    """Agency -> sector, as given."""


def view(
    rows: Iterable[tuple[str, Row]], cut_off_ms: int | None, sector_of: Mapping[str, str] | None = None
) -> BoardView:
    """Link a board's current rows that had arrived by the cut-off into children; None is no cut-off.

    An event without a token is counted as unlinked and enters nothing else. With `sector_of` (agency ->
    sector) each sector's own records are linked once more by themselves, for what is said of that sector.
    """
    current = {i: row for i, row in rows if not row.withdrawn and (cut_off_ms is None or row.first_ms <= cut_off_ms)}
    child_rows = {i: row for i, row in current.items() if row.short_type in CHILD_TYPES}
    tokens = {i: tokens_of(row.data) for i, row in child_rows.items()}
    children, links = _linked(child_rows, tokens)
    returns = Returns(return_of(row) for row in current.values() if row.short_type == "submission_return")
    sectors = {}
    for name in sorted(set((sector_of or {}).values())):
        own = {i: row for i, row in child_rows.items() if (sector_of or {}).get(row.agency) == name}
        found, own_links = _linked(own, tokens)
        of: defaultdict[str, set[str]] = defaultdict(set)
        for event_id, link in own_links.items():
            of[links[event_id]].add(link)
        sectors[name] = SectorView(found, {link: frozenset(theirs) for link, theirs in of.items()})
    return BoardView(children, len(links), len(child_rows), returns, sectors, dict(sector_of or {}))


def _linked(
    child_rows: Mapping[str, Row], tokens: Mapping[str, list[tuple[str, str]]]
) -> tuple[dict[str, Child], dict[str, str]]:
    """Children by link id from some rows, linked by their own tokens alone; and the link id of each event."""
    links = link_children({i: tokens[i] for i in child_rows}, {i: row.agency for i, row in child_rows.items()})
    children: defaultdict[str, Child] = defaultdict(Child)
    reports: defaultdict[str, list[Report]] = defaultdict(list)
    dated = sorted((str(child_rows[i].data["occurred_on"]), i, link) for i, link in links.items())
    for _, event_id, link in dated:
        row, child = child_rows[event_id], children[link]
        event = event_of(event_id, row)
        child.tokens.update(tokens[event_id])
        child.events.setdefault(row.short_type, []).append(event)
        if row.short_type == "cse_concern":
            indicators = frozenset(row.data.get("indicators") or ())
            child.concerns.append(Concern(row.agency, event.recorded_on, event.home, indicators))
        elif row.short_type == "missing_episode":
            reports[link].append(report_of(event_id, row))
    for link, found in reports.items():
        children[link].episodes = merge(found)
    return dict(children), links


def recorded_on(row: Row) -> date:
    """When the agency's system recorded it; where that is not recorded, the day it happened."""
    return date.fromisoformat(row.data.get("recorded_on") or row.data["occurred_on"])


def event_of(event_id: str, row: Row) -> Event:
    """A row as one event of its child."""
    home = str(row.data.get("areas", {}).get("home", ""))
    day = date.fromisoformat(row.data["occurred_on"])
    return Event(event_id, row.short_type, row.agency, day, recorded_on(row), home, row.data)


def report_of(event_id: str, row: Row) -> Report:
    """A missing-episode row as one agency's report, to be merged with the others'."""
    data = row.data
    ended = data.get("ended_on")
    return Report(
        event_id,
        row.agency,
        date.fromisoformat(data["occurred_on"]),
        data.get("hour_band", "not_recorded"),
        date.fromisoformat(ended) if ended else None,
        data.get("ended_hour_band", "not_recorded"),
    )
