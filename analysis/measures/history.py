"""One child's history, and a board's rules: what measures see of a child."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Self

from analysis.episodes import Episode, merge
from analysis.ledger.records import (
    AboutChild,
    ConcernRecord,
    InterviewRecord,
    MissingReport,
    ResponseRecord,
    ScreeningRecord,
    SignRecord,
    Token,
)
from analysis.measures.spells import Spell, spells_of
from models.catalogue import Catalogue, shipped
from models.register import Board
from models.register.types import RepeatRule


@dataclass(slots=True)
class LinkedChild:
    """One linked child's records, each kind by day; for measures only, and never outside the ledger tier."""

    concerns: list[ConcernRecord] = field(default_factory=list)
    signs: list[SignRecord] = field(default_factory=list)
    missing: list[MissingReport] = field(default_factory=list)
    interviews: list[InterviewRecord] = field(default_factory=list)
    screenings: list[ScreeningRecord] = field(default_factory=list)
    responses: list[ResponseRecord] = field(default_factory=list)
    tokens: set[Token] = field(default_factory=set, repr=False)
    """Of all its records."""
    episodes: list[Episode] = field(default_factory=list)
    """Missing episodes, merged across agencies, by start."""
    _spells: list[Spell] | None = field(default=None, repr=False)

    def add(self, record: AboutChild) -> None:
        """Take a record in; records of one kind come by day, then by id."""
        self.tokens.update(record.tokens)
        match record:
            case ConcernRecord():
                self.concerns.append(record)
            case SignRecord():
                self.signs.append(record)
            case MissingReport():
                self.missing.append(record)
            case InterviewRecord():
                self.interviews.append(record)
            case ScreeningRecord():
                self.screenings.append(record)
            case ResponseRecord():
                self.responses.append(record)

    def close(self) -> None:
        """All records are in: merge the missing episodes."""
        self.episodes = merge(self.missing) if self.missing else []

    @property
    def spells(self) -> list[Spell]:
        """The episodes, with what was said of each and its return interviews."""
        if self._spells is None:
            self._spells = spells_of(self.episodes, self.missing, self.interviews)
        return self._spells

    def of_type(self, short_type: str) -> Sequence[AboutChild]:
        """The records of one type of event, such as `cse_concern`; raises `KeyError` for one that is about no child."""
        by_type: dict[str, Sequence[AboutChild]] = {
            "cse_concern": self.concerns,
            "indicator_observed": self.signs,
            "missing_episode": self.missing,
            "return_interview": self.interviews,
            "screening": self.screenings,
            "response": self.responses,
        }
        return by_type[short_type]

    @property
    def records(self) -> Iterator[AboutChild]:
        """Every record, of all kinds."""
        return chain(self.concerns, self.signs, self.missing, self.interviews, self.screenings, self.responses)


@dataclass(frozen=True, slots=True)
class Rules:
    """A board's settings that measures need."""

    repeat: RepeatRule = field(default_factory=RepeatRule)
    catalogue: Catalogue = field(default_factory=shipped)
    """The board's indicator catalogue: tiers, categories, observers."""
    known_to: date | None = None
    """The first London day of which the records say nothing: what could still happen then is pending. None: nothing is.
    No released count depends on it."""
    sector_of: Mapping[str, str] = field(default_factory=dict)
    """Agency -> sector, for what says what one sector recorded beside others."""

    @classmethod
    def of(cls, board: Board) -> Self:
        """From the register."""
        return cls(board.repeat_missing)
