"""From ledger rows to evidence: which agency's record places which child where, on which day. Ledger tier only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import NamedTuple

from analysis.ledger.parse import CHILD_TYPES, placed_record, tokens
from analysis.ledger.row import Row
from analysis.link import link_children
from models.service.clock import LONDON
from models.signals import CHILD_KINDS, ChildKind

KINDS_OF: Mapping[str, tuple[ChildKind, ...]] = {
    "cse_concern": ("cse_concern", "cse_sign"),
    "indicator_observed": ("cse_sign",),
    "missing_episode": ("missing",),
}
NOWHERE = ""
"""An event of the board whose ward is not known: it counts for the board alone."""


class Mention(NamedTuple):
    """One event of an agency about one child."""

    event_id: str
    agency: str
    area: str
    day: int
    """Of the event, as an ordinal: days are compared a million times in a scan."""
    known_on: int
    """The day the service (while history is loaded: the agency's own system) had it, as an ordinal."""


@dataclass(frozen=True, slots=True)
class _Token:
    agency: str
    tokens: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Evidence:
    """A board's current child events, by kind, and the tokens that link them."""

    mentions: Mapping[ChildKind, tuple[Mention, ...]] = field(repr=False)
    tokens: Mapping[str, _Token] = field(repr=False)
    agencies: tuple[str, ...]
    """Every agency with an event about a child, in order of id."""
    _links: dict[str | None, dict[str, str]] = field(default_factory=dict, repr=False)

    def links(self, without: str | None = None) -> dict[str, str]:
        """Event -> child, linked as if one agency had never sent anything: its tokens join nobody's events."""
        if without not in self._links:
            others = {i: token for i, token in self.tokens.items() if token.agency != without}
            self._links[without] = link_children(
                {i: token.tokens for i, token in others.items()}, {i: token.agency for i, token in others.items()}
            )
        return self._links[without]

    @cached_property
    def _last_days(self) -> dict[str, dict[int, int]]:
        """Agency -> day it was known -> latest day of an event known by then, for `horizon`."""
        found: dict[str, dict[int, int]] = {}
        for kind in CHILD_KINDS:
            for mention in self.mentions[kind]:
                of = found.setdefault(mention.agency, {})
                of[mention.known_on] = max(of.get(mention.known_on, 0), mention.day)
        return found

    def horizon(self, today: date) -> date | None:
        """The last day that at least two agencies' events reach, as known by the end of yesterday.

        Windows end here: a board whose agencies send once a month is judged at the end of what they sent. No agency
        alone can move it beyond what another has sent.
        """
        eve = today.toordinal() - 1
        reached = []
        for of in self._last_days.values():
            days = [day for known, day in of.items() if known <= eve and day <= eve]
            if days:
                reached.append(max(days))
        return date.fromordinal(sorted(reached)[-2]) if len(reached) > 1 else None


def evidence(rows: Iterable[tuple[str, Row]], live_from: datetime) -> Evidence:
    """The evidence in a board's ledger rows.

    Events without a token enter nothing, nor do withdrawn ones. What the broker had before `live_from`
    is history, known since its agency's system recorded it.
    """
    live_ms = int(live_from.timestamp() * 1000)
    mentions: dict[ChildKind, list[Mention]] = {kind: [] for kind in CHILD_KINDS}
    tokens_of: dict[str, _Token] = {}
    for event_id, row in rows:
        if row.short_type not in CHILD_TYPES:
            continue
        linked = tokens(row)
        if not linked:
            continue
        tokens_of[event_id] = _Token(row.agency, linked)
        kinds = KINDS_OF.get(row.short_type, ())
        if kinds and (mention := _mention(event_id, row, live_ms)) is not None:
            for kind in kinds:
                mentions[kind].append(mention)
    return Evidence(
        {kind: tuple(sorted(found, key=lambda m: (m.day, m.event_id))) for kind, found in mentions.items()},
        tokens_of,
        tuple(sorted({token.agency for token in tokens_of.values()})),
    )


def _mention(event_id: str, row: Row, live_ms: int) -> Mention | None:
    record = placed_record(row)
    if record.area == "out_of_area":
        return None
    day, known = record.occurred_on, record.recorded_on
    if row.first_ms >= live_ms:
        known = datetime.fromtimestamp(row.first_ms / 1000, UTC).astimezone(LONDON).date()
    place = record.area if record.area[:1].isupper() else NOWHERE
    return Mention(event_id, row.agency, place, day.toordinal(), max(known, day).toordinal())
