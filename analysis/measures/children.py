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

CHILD_TYPES = frozenset(
    {"cse_concern", "indicator_observed", "missing_episode", "return_interview", "screening", "response"}
)

__all__ = ["CHILD_TYPES", "BoardView", "Child", "Concern", "recorded_on", "report_of", "view"]


@dataclass(frozen=True, slots=True)
class BoardView:
    """A board at a cut-off: children by link id, and how many child events had a token."""

    children: Mapping[str, Child] = field(repr=False)
    linked_events: int
    child_events: int
    returns: frozenset[tuple[str, str]]
    """(agency, period) of every submission return received."""


def view(rows: Iterable[tuple[str, Row]], cut_off_ms: int | None) -> BoardView:
    """Link a board's current rows that had arrived by the cut-off into children; None is no cut-off.

    An event without a token is counted as unlinked and enters nothing else (decision 4).
    """
    current = {i: row for i, row in rows if not row.withdrawn and (cut_off_ms is None or row.first_ms <= cut_off_ms)}
    child_rows = {i: row for i, row in current.items() if row.short_type in CHILD_TYPES}
    tokens = {i: tokens_of(row.data) for i, row in child_rows.items()}
    links = link_children(tokens)
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
    returns = {(r.agency, str(r.data["period"])) for r in current.values() if r.short_type == "submission_return"}
    return BoardView(dict(children), len(links), len(child_rows), frozenset(returns))


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
