"""One child's history and what a measure makes of it: the interface of docs/adr/0008, where a measure joins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Self

from analysis.episodes import Episode
from analysis.ledger.identity import OwnId, about_of
from models.catalogue import Catalogue, shipped
from models.register import Board, Role
from models.register.types import RepeatRule


@dataclass(frozen=True, slots=True)
class Event:
    """One current event of a child, as its agency published it."""

    event_id: OwnId
    short_type: str
    agency: str
    occurred_on: date
    recorded_on: date
    """When the agency's system recorded it; where that is not recorded, `occurred_on`."""
    home: str
    """Area code of the child's home as given, or empty."""
    data: Mapping[str, Any] = field(repr=False)

    @property
    def about(self) -> OwnId | None:
        """The event of the same agency's that this one is about."""
        return about_of(self.agency, self.data)


@dataclass(frozen=True, slots=True)
class Concern:
    """A CSE concern: who raised it and when their system recorded it."""

    agency: str
    recorded_on: date
    home: str = ""
    indicators: frozenset[str] = frozenset()


@dataclass(slots=True)
class Child:
    """One linked child's history, for measures only; never leaves the ledger tier."""

    concerns: list[Concern] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    """Merged across agencies, by start."""
    events: dict[str, list[Event]] = field(default_factory=dict)
    """Every event by short type, each list by day."""
    tokens: set[tuple[str, str]] = field(default_factory=set, repr=False)
    """(kind, token) of all its events."""


class Occurrence(NamedTuple):
    """A child counts: on a day, known to some agencies. The contract of docs/adr/0008 must hold for it."""

    on: date
    agencies: frozenset[str]
    """Those that reported the very records which make the child count."""
    home: str = ""
    """Counts only when no event of the financial year gave the child a home."""
    indicators: frozenset[str] = frozenset()
    known_to: frozenset[str] | None = None
    """Those that know of it, where these are not `agencies`: who interviewed, screened or responded. No cell depends on
    it; it is for attacks (`analysis.disclosure.insiders`)."""
    roles: frozenset[Role] = frozenset()
    """Kinds of work that it rests on: an agency that sees such work of others knows of it too."""


@dataclass(frozen=True, slots=True)
class Rules:
    """A board's settings that measures need."""

    repeat: RepeatRule = field(default_factory=RepeatRule)
    catalogue: Catalogue = field(default_factory=shipped)
    """The board's indicator catalogue: tiers, categories, observers."""

    @classmethod
    def of(cls, board: Board) -> Self:
        """From the register."""
        return cls(board.repeat_missing)


Measure = Callable[[Child, Rules], Iterable[Occurrence]]
