"""The names of what a release holds: one full plain label for each cell, and what each measure asks. Pure.

Pages, files and packs all take their labels from here, so that a figure can be found by its label in any of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from analysis.measures.registry import COUNTS, MEASURE_OF, MEASURE_WORDS
from dashboards import themes
from dashboards.words import SIGNS, sector_words, uncapital
from models.catalogue import shipped
from models.contract.codes import Sector, Theme
from models.register import Board, Register
from models.register.types import Schedule
from models.releases import Cell
from models.releases.voices import VoiceCode

ANY = "any"
"""The code of a total in a cell: any sector, any agency, any sign."""
WHOLE_BOARD = "whole board"


@dataclass(frozen=True)
class Names:
    """The register's names for the codes in a release, and the board's referral route."""

    board: str = ""
    referral_route: str = ""
    areas: Mapping[str, str] = field(default_factory=dict)
    indicators: Mapping[str, str] = field(default_factory=dict)
    """From the catalogue of risk indicators."""
    agencies: Mapping[str, str] = field(default_factory=dict)
    schedule: Schedule = "quarters_and_years"
    """The kinds of window that the board releases."""
    listed: Board | None = None
    """The board's entry in the register."""

    @classmethod
    def of(cls, register: Register, code: str) -> Names:
        """The names of one board and of the indicators; none if the register does not list the board."""
        board = register.board_by_code.get(code)
        if board is None:
            return cls()
        towns, wards = {town.code: town.name for town in board.towns}, {ward.code: ward.name for ward in board.wards}
        areas = {board.code: board.name} | towns | wards
        agencies = {agency.id: agency.name for agency in register.agencies}
        indicators = {code: entry.label for code, entry in shipped().by_code.items()}
        return cls(board.name, board.referral_route, areas, indicators, agencies, board.releases, board)

    def area(self, code: str) -> str:
        """`Amberlow`: the register's name of a place, or its code if the register does not list it."""
        return self.areas.get(code, code)

    def sign(self, code: str) -> str:
        """`Online grooming`: the catalogue's label of a sign, or its code in words."""
        return self.indicators.get(code, code.replace("_", " "))

    def agency(self, code: str) -> str:
        """The name of an agency, or its code; with its code where two agencies have one name."""
        name = self.agencies.get(code, code)
        return f"{name} ({code})" if self._agencies[name] > 1 else name

    def place(self, level: str, code: str) -> str:
        """`whole board`, `Hexmarsh (town)`, `Amberlow (ward)`: no two places of the board read alike.

        Where two wards have one name, each has its town too, and its code where that does not part them either.
        """
        if level == "board":
            return WHOLE_BOARD
        name = f"{self.area(code)} ({level})"
        if self._places[level, self.area(code)] <= 1:
            return name
        town = self._town_of.get(code, "")
        alike = [ward for ward, its in self._town_of.items() if its == town and self.area(ward) == self.area(code)]
        if level == "ward" and town and len(alike) == 1:
            return f"{self.area(code)} (ward in {self.area(town)})"
        return f"{self.area(code)} ({level} {code})"

    @cached_property
    def _town_of(self) -> Mapping[str, str]:
        return {ward.code: ward.town for ward in self.listed.wards} if self.listed else {}

    @cached_property
    def _places(self) -> Counter[tuple[str, str]]:
        """Level and name -> how many places have it."""
        if self.listed is None:
            return Counter()
        towns = [("town", town.name) for town in self.listed.towns]
        return Counter([*towns, *(("ward", ward.name) for ward in self.listed.wards)])

    @cached_property
    def _agencies(self) -> Counter[str]:
        return Counter(self.agencies.values())


def label_of(cell: Cell, names: Names) -> str:
    """What a cell counts, where, and by whose records: `Children offered a return interview, whole board, health`.

    No two cells of a release have the same label, whatever the release's ladder. A part that is a total is left out.
    """
    parts = [words_of(cell.measure), names.place(cell.level, cell.area)]
    if cell.sector != ANY:
        parts.append("other sectors" if cell.sector == Sector.OTHER else uncapital(sector_words(cell.sector)))
    if cell.agency != ANY:
        parts.append(names.agency(cell.agency))
    if cell.indicator != ANY:
        parts.append(f"sign: {names.sign(cell.indicator)}")
    return ", ".join(parts)


def label_of_voice(voice: VoiceCode, theme: str) -> str:
    """Whose voice and what they said: `People heard, children: Help came late`; `any` for everybody who was heard."""
    said = themes.ALL_THEMES if theme == ANY else themes.THEMES[Theme(theme)]
    return f"People heard, {uncapital(themes.VOICES[voice])}: {said}"


def words_of(count: str) -> str:
    """`Children offered a return interview`: what a count is of, or its name if nothing describes it.

    A kind of sign is in words: `money and goods`, not `material`.
    """
    words = MEASURE_WORDS.get(count, count)
    topic = COUNTS[count].topic if count in COUNTS else ""
    return re.sub(rf"\b{topic}\b", SIGNS.get(topic, topic), words) if topic else words


def title_of(count: str) -> str:
    """`Return interview timeliness`: the short name of the measure that a count belongs to; empty if unknown."""
    measure = MEASURE_OF.get(count)
    return measure.definition.title if measure else ""


def question_of(count: str) -> str:
    """The board's question that a count helps to answer; empty if no measure has the count."""
    measure = MEASURE_OF.get(count)
    return measure.definition.question if measure else ""
