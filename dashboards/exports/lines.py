"""The lines of every file of a release: one for each cell and each count of people, in words beside codes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from analysis.disclosure.noise import Rule
from analysis.disclosure.release_file import rule_of
from analysis.measures.registry import MEASURE_OF
from analysis.shown.quotients import span
from analysis.training.released import ReleasedFigure
from dashboards import states, themes
from dashboards.exports.questions import Question, question_of, what_people_said
from dashboards.labels import ANY, Names, label_of, label_of_voice, words_of
from dashboards.tied import beside_line
from dashboards.words import sector_words
from models.releases import Cell, CellState, PeopleCount, Release, VoiceHeard
from models.releases.voices import Numbered, VoiceCode

LEVELS = {"board": "Board", "town": "Town", "ward": "Ward"}
NO_RANGE = "none"
"""Stands for a bound of the likely range of a state that has no number behind it."""


@dataclass(frozen=True)
class Counted:
    """What lines about children and about people have in common."""

    label: str
    """No other line of the release has it."""
    question: Question
    state: CellState
    value: int | None
    text: str
    """`1,245`, or how files write the state (`models.releases.written`): never blank."""
    likely: tuple[int, int] | None
    """The range that the true number lies in 9 times in 10, on ladders up to 3 always; None for a state without one."""

    @property
    def state_words(self) -> str:
        """`figure`, or the state as pages write it."""
        return "figure" if self.value is not None else states.word(self.state)

    @property
    def bounds(self) -> tuple[str, str]:
        """The ends of the likely range, as texts: never blank."""
        return (NO_RANGE, NO_RANGE) if self.likely is None else (str(self.likely[0]), str(self.likely[1]))

    @property
    def range_words(self) -> str:
        """`1,238 to 1,252`, or `no range`."""
        return "no range" if self.likely is None else f"{self.likely[0]:,} to {self.likely[1]:,}"


@dataclass(frozen=True)
class DocumentLine(Counted):
    """One cell of the release in words."""

    measure: str
    measure_name: str
    level: Literal["board", "town", "ward"]
    area_code: str
    area: str
    place: str
    """The area as labels name it: no two read alike."""
    sector_code: str
    sector: str
    agency_code: str
    agency: str
    indicator_code: str
    indicator: str
    tied: str
    """The share of the records behind it that can be tied to a child; never blank."""
    counted_from: date
    """The first day on which a child may count."""


@dataclass(frozen=True)
class VoiceLine(Counted):
    """One count of people of the release in words."""

    voice_code: VoiceCode
    voice: str
    theme_code: str
    """`any` for everybody of the voice who was heard."""
    theme: str
    numbered: Numbered
    """How many of the voice's groups gave a number of people, as a class."""


def lines_of(release: Release, names: Names) -> tuple[DocumentLine, ...]:
    """A line for each cell, by measure, level and names, a total before its parts: never in order of figures."""
    rule = rule_of(release.parameters)
    return tuple(sorted((_line(cell, names, release, rule) for cell in release.cells), key=_alphabetical))


def voices_of(release: Release) -> Iterator[VoiceLine]:
    """For each voice everybody who was heard, then every theme, in the order of pages."""
    rule = rule_of(release.parameters)
    for voice in release.voices:
        yield _voice_line(voice, ANY, themes.ALL_THEMES, voice.people, rule)
        for count in voice.themes:
            yield _voice_line(voice, count.theme, themes.THEMES[count.theme], count, rule)


def by_question(lines: Iterable[DocumentLine]) -> dict[Question, list[DocumentLine]]:
    """The lines under each question, both in their order."""
    found: dict[Question, list[DocumentLine]] = {}
    for line in lines:
        found.setdefault(line.question, []).append(line)
    return found


def measure_order(measure: str) -> tuple[int, str]:
    """Sort key of a count: by the number of its measure, then by its name."""
    number = MEASURE_OF[measure].definition.number if measure in MEASURE_OF else _number(measure)
    return number, measure


def _number(measure: str) -> int:
    digits = measure.partition("_")[0].strip("m")
    return int(digits) if digits.isdigit() else 0


def _line(cell: Cell, names: Names, release: Release, rule: Rule) -> DocumentLine:
    return DocumentLine(
        label=label_of(cell, names),
        question=question_of(cell.measure),
        state=cell.state,
        value=cell.value,
        text=states.in_file(states.ReleasedCell(cell.state, cell.value)),
        likely=span(ReleasedFigure(cell.measure, cell.sector, cell.state, cell.value, rule)),
        measure=cell.measure,
        measure_name=words_of(cell.measure),
        level=cell.level,
        area_code=cell.area,
        area=names.area(cell.area),
        place=names.place(cell.level, cell.area),
        sector_code=cell.sector,
        sector="Any sector" if cell.sector == ANY else sector_words(cell.sector),
        agency_code=cell.agency,
        agency="Any agency" if cell.agency == ANY else names.agency(cell.agency),
        indicator_code=cell.indicator,
        indicator="Any sign" if cell.indicator == ANY else names.sign(cell.indicator),
        tied=beside_line(release, cell.measure, cell.sector),
        counted_from=max(release.starts_on, release.counted_from.get(cell.measure.partition("_")[0], date.min)),
    )


def _voice_line(voice: VoiceHeard, theme: str, words: str, count: PeopleCount, rule: Rule) -> VoiceLine:
    state = CellState(count.state)
    return VoiceLine(
        label=label_of_voice(voice.voice, theme),
        question=what_people_said(),
        state=state,
        value=count.value,
        text=themes.in_file(count),
        likely=span(ReleasedFigure("", "", state, count.value, rule)),
        voice_code=voice.voice,
        voice=themes.VOICES[voice.voice],
        theme_code=theme,
        theme=words,
        numbered=voice.numbered,
    )


def _alphabetical(line: DocumentLine) -> tuple[int, str, int, str, str, str, str, str]:
    """Sort key: measure, level and names, a total before its parts. It depends on no figure."""
    level = list(LEVELS).index(line.level)
    pairs = ((line.sector_code, line.sector), (line.agency_code, line.agency), (line.indicator_code, line.indicator))
    sector, agency, indicator = ("" if code == ANY else words.casefold() for code, words in pairs)
    area = "" if line.level == "board" else line.area.casefold()
    return *measure_order(line.measure), level, area, line.area_code, sector, agency, indicator
