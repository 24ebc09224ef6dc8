"""What a measure works on: one child's history, and the board's rules."""

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
from analysis.measures.look_back import records_from
from analysis.measures.spells import Spell, spells_of
from models.catalogue import Catalogue, shipped
from models.register import Board, Register
from models.register.types import RepeatRule


@dataclass(slots=True)
class LinkedChild:
    """One linked child's records, each kind sorted by day. For measures only; it never leaves the ledger tier."""

    concerns: list[ConcernRecord] = field(default_factory=list)
    signs: list[SignRecord] = field(default_factory=list)
    missing: list[MissingReport] = field(default_factory=list)
    interviews: list[InterviewRecord] = field(default_factory=list)
    screenings: list[ScreeningRecord] = field(default_factory=list)
    responses: list[ResponseRecord] = field(default_factory=list)
    tokens: set[Token] = field(default_factory=set, repr=False)
    """The tokens of all its records."""
    episodes: list[Episode] = field(default_factory=list)
    """Missing episodes, merged across agencies and sorted by start."""
    _spells: list[Spell] | None = field(default=None, repr=False)

    def add(self, record: AboutChild) -> None:
        """Add a record. The caller adds records of one kind in order of day, then event id."""
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
        """Merge the missing episodes. Call it once all records have been added."""
        self.episodes = merge(self.missing) if self.missing else []

    @property
    def spells(self) -> list[Spell]:
        """The merged episodes, each with the details of its reports and its return interviews."""
        if self._spells is None:
            self._spells = spells_of(self.episodes, self.missing, self.interviews)
        return self._spells

    def of_type(self, short_type: str) -> Sequence[AboutChild]:
        """The records of one event type, such as `cse_concern`. Raises `KeyError` for a type that concerns no child."""
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
        """All records of the child, kind by kind."""
        return chain(self.concerns, self.signs, self.missing, self.interviews, self.screenings, self.responses)


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings of a board that measures need."""

    repeat: RepeatRule = field(default_factory=RepeatRule)
    catalogue: Catalogue = field(default_factory=shipped)
    """The board's indicator catalogue: tiers, categories, observers."""
    known_to: date | None = None
    """The first London day that the records do not cover. Whatever can still happen from that day on is pending; with
    None nothing is pending. No released count depends on it."""
    records_from: date | None = None
    """The first London day from which the records are whole. Children whose look-back begins before it are left out;
    with None nobody is left out."""
    sector_of: Mapping[str, str] = field(default_factory=dict)
    """Agency -> sector, for measures that compare what one sector recorded with what others did."""

    @classmethod
    def of(cls, register: Register, board: Board, on: date) -> Self:
        """The rules of a board of the register, with the shipped catalogue, for records as they stand on the day `on`:
        the day of a cut-off."""
        return cls(board.repeat_missing, records_from=records_from(register, board, on))
