"""The content of every file of a release, whatever its format: facts, ordered lines, notes. Pure.

All of it comes from the release, and from the names in the register version that the release was built with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from analysis.disclosure.accuracy import apart_words, error_words
from analysis.disclosure.release_file import rule_of
from analysis.measures.registry import MEASURE_WORDS
from dashboards import breaks, states, themes
from dashboards.begun import every_begun
from dashboards.labels import ANY, Names
from dashboards.life.listing import Correction
from dashboards.tied import beside_line, class_words, name_of, not_in_totals
from dashboards.words import SAFETY, SYNTHETIC, day, moment, window_words
from models.contract.periods import kind_of
from models.register.types import Schedule
from models.releases import Cell, CellState, NoiseParameters, PeopleCount, Release, VoiceHeard
from models.service.clock import LONDON

HANDLING = "Handling: for the YPSEM group and the agencies in its agreements"
ALL = "all"
LEVELS = {"board": "Board", "town": "Town", "ward": "Ward"}
MEASURES = MEASURE_WORDS
"""Measures without an entry appear by their code."""
NOTES = (
    "The figures show what agencies recorded, not what happened. Absence of records is not absence of harm, and a rise "
    "after training is often recognition.",
    "A release counts what had arrived by its cut-off and is never changed. Events without a child token are in no "
    "figure.",
    "Lines are in alphabetical order, never in order of figures: places and agencies are not ranked.",
)


YEAR_NOTES = (
    "The year is the final look at its quarters. The quarters do not add up to it: a child counted in two of them "
    "counts once in the year, and the year may hold records that came after a quarter's cut-off.",
)
PAIR_NOTES = (
    "Over two years a child counts once, however often it is recorded; a child who moved counts in both towns. A pair "
    "is not the sum of its years, may hold records that came after the first year's cut-off, and shares a year with "
    "the next pair.",
)
FEW_NOTES = (
    "Few children are counted in this board, so it releases financial years and pairs of them, for the whole board "
    "and its towns. Figures by quarter, sector or ward would say next to nothing.",
)


def notes_of(window: str, schedule: Schedule) -> tuple[str, ...]:
    """What a reader has to know of a window's figures, on a board with this schedule."""
    few = schedule == "years_and_pairs_of_years"
    own = {"pair": PAIR_NOTES, "year": () if few else YEAR_NOTES}.get(kind_of(window), ())
    return NOTES + own + (FEW_NOTES if few else ())


@dataclass(frozen=True)
class DocumentLine:
    """One cell of the release in words."""

    measure: str
    measure_name: str
    level: str
    area_code: str
    area: str
    sector: str
    agency: str
    indicator: str
    """Its code; `ExportDocument.indicators` has the words."""
    state: CellState
    value: int | None
    text: str
    """`45`, or how files write the state (`models.releases.written`): never blank."""
    tied: str
    """The share of the records behind it that can be tied to a child; never blank."""
    counted_from: date
    """The first day on which a child may count."""


@dataclass(frozen=True)
class DocumentSection:
    """Lines of one level that are split in the same way."""

    title: str
    splits: tuple[str, ...]
    """Names of the fields of a line that vary here."""
    lines: tuple[DocumentLine, ...]


@dataclass(frozen=True)
class VoiceLine:
    """One count of people of the release in words."""

    voice_code: str
    voice: str
    theme_code: str
    """`any` for everybody of the voice who was heard."""
    theme: str
    state: CellState
    value: int | None
    text: str
    """`45`, or how files write the state: never blank."""
    numbered: str
    """How many of the voice's groups gave a number of people, as a class."""


@dataclass(frozen=True)
class ExportDocument:
    """A release, ready to be written in any format."""

    release: Release
    title: str
    board: str
    period: str
    synthetic: str
    """The notice that the data are synthetic, or empty."""
    facts: tuple[tuple[str, str], ...]
    tied: tuple[tuple[str, str], ...]
    """By sector and kind of record, the share that can be tied to a child, in words. Empty in older releases."""
    safety: str
    referral_route: str
    key: tuple[tuple[str, str], ...]
    measures: tuple[tuple[str, str], ...]
    indicators: tuple[tuple[str, str], ...]
    """Code and words of each indicator in the lines; empty if there is none."""
    error: str
    """How far a figure may be from the number of children."""
    notes: tuple[str, ...]
    lines: tuple[DocumentLine, ...]
    voices: tuple[VoiceLine, ...]
    """What people said, in the order of pages. Empty in a release that does not hold it."""
    voices_key: tuple[tuple[str, str], ...]
    """What the entries of that table mean."""
    voices_notes: tuple[str, ...]
    """The error of its figures, and what a reader has to know of them."""
    corrections: tuple[tuple[str, str], ...] = ()
    """Measure (empty for all) and words of each notice. They belong to this file: the release never changes."""

    @property
    def sections(self) -> Iterator[DocumentSection]:
        """The lines by level and split, for a format with several tables."""
        ordered = sorted(
            self.lines, key=lambda line: (list(LEVELS).index(line.level), len(_splits(line)), _splits(line))
        )
        for (level, splits), lines in groupby(ordered, key=lambda line: (line.level, _splits(line))):
            by = f" by {' and '.join(splits)}" if splits else ""
            where = ("area", *splits) if level != "board" else splits
            yield DocumentSection(f"{LEVELS[level]}{by}", where, tuple(lines))


def document(release: Release, names: Names, corrections: Iterable[Correction] = ()) -> ExportDocument:
    """The document of a release, with the correction notices made so far."""
    board = names.board or release.board
    period = window_words(release.starts_on, release.ends_before)
    lines = tuple(sorted((_line(cell, names, release) for cell in release.cells), key=_alphabetical))
    rule = rule_of(release.parameters)
    return ExportDocument(
        release=release,
        title=f"{board}: children, {period}",
        board=board,
        period=period,
        synthetic=SYNTHETIC if release.synthetic else "",
        facts=_facts(release, board, period),
        tied=tuple((name_of(records), class_words(records.own)) for records in release.tied),
        safety=SAFETY,
        referral_route=names.referral_route,
        key=states.file_key(rule),
        measures=tuple(dict.fromkeys((code_of(line.measure), line.measure_name) for line in lines)),
        indicators=tuple(
            (code, names.indicators.get(code, code)) for code in sorted({line.indicator for line in lines} - {ALL})
        ),
        error=error_words(rule),
        notes=(
            apart_words(rule),
            *(breaks.of_window(names.listed, release.window, places=True) if names.listed else ()),
            *_begun(release),
            *notes_of(release.window, names.schedule),
        ),
        lines=lines,
        voices=tuple(line for voice in release.voices for line in _voice_lines(voice)),
        voices_key=themes.key(states.file_word),
        voices_notes=(themes.error(rule), *themes.NOTES),
        corrections=tuple((correction.measure, notice(correction)) for correction in corrections),
    )


def notice(correction: Correction) -> str:
    """A correction notice in words."""
    measure, on = correction.measure, day(correction.at.astimezone(LONDON))
    what = (
        f"{short(measure)} ({MEASURES.get(measure, measure)})"
        if measure
        else f"all {'other ' * correction.others}measures"
    )
    return (
        f"Correction notice of {on}: figures of {what} in this release are wrong, because {correction.fault.words}. "
        "The release stays as it was published: do not rely on them."
    )


def measure_name(measure: str) -> str:
    """`M1: children with …`, or the code of a measure that has no words yet."""
    return f"{short(measure)}: {MEASURES[measure]}" if measure in MEASURES else measure


def measure_order(measure: str) -> tuple[int, str]:
    """By number, then by name."""
    return int(re.sub(r"\D", "", short(measure)) or 0), measure


def short(measure: str) -> str:
    """`m10_children` -> `M10`: the measure, which may have several counts."""
    return measure.partition("_")[0].upper()


def code_of(measure: str) -> str:
    """`m10_children` -> `M10`, `m2_over_30` -> `M2-over-30`: no two measures have the same."""
    number, _, rest = measure.partition("_")
    return number.upper() if rest == "children" else f"{number.upper()}-{rest.replace('_', '-')}"


def _facts(release: Release, board: str, period: str) -> tuple[tuple[str, str], ...]:
    last = release.ends_before - timedelta(days=1)
    return (
        ("Board", f"{board} ({release.board})"),
        ("Period", f"{period} ({day(release.starts_on)} to {day(last)})"),
        ("Release", release.release_id),
        ("Counts what had arrived by", moment(release.cut_off)),
        ("Agencies that returned", f"{release.agencies_returned} of {release.agencies_expected}"),
        ("Events with a child token", release.linked_share),
        ("Protection", _protection(release)),
        ("Error of a figure", error_words(rule_of(release.parameters))),
        ("Ladder version", str(release.ladder_version)),
        ("Boundary set", release.boundary_set),
        ("Register version", day(release.register_version)),
        ("Data", SYNTHETIC if release.synthetic else "From agencies' records"),
        ("Handling", HANDLING.partition(": ")[2]),
    )  # fmt: skip


def _protection(release: Release) -> str:
    rule = release.parameters
    if isinstance(rule, NoiseParameters):
        return f"{rule.rule}: standard deviation {rule.deviation}, base {rule.base}, lowest {rule.lowest}"
    parts = f"threshold {rule.threshold}, base {rule.base}, width {rule.width}, coalition {rule.coalition}"
    return f"{rule.rule}: {parts}"


def _begun(release: Release) -> tuple[str, ...]:
    """The notes on measures that do not count from the first day, and on children who are in no total."""
    totals = not_in_totals(release)
    return (*every_begun(release), *((totals,) if totals else ()))


def _line(cell: Cell, names: Names, release: Release) -> DocumentLine:
    return DocumentLine(
        measure=cell.measure,
        measure_name=MEASURES.get(cell.measure, cell.measure),
        level=cell.level,
        area_code=cell.area,
        area=names.areas.get(cell.area, cell.area),
        sector=_all(cell.sector).replace("_", " "),
        agency=names.agencies.get(cell.agency, _all(cell.agency)),
        indicator=_all(cell.indicator),
        state=cell.state,
        value=cell.value,
        text=states.in_file(states.ReleasedCell(cell.state, cell.value)),
        tied=beside_line(release, cell.measure, cell.sector),
        counted_from=max(release.starts_on, release.counted_from.get(cell.measure.partition("_")[0], date.min)),
    )


def _voice_lines(voice: VoiceHeard) -> Iterator[VoiceLine]:
    """Everybody who was heard, then every theme."""
    yield _voice_line(voice, ANY, themes.ALL_THEMES, voice.people)
    for count in voice.themes:
        yield _voice_line(voice, count.theme, themes.THEMES.get(count.theme, count.theme), count)


def _voice_line(voice: VoiceHeard, theme: str, words: str, count: PeopleCount) -> VoiceLine:
    state, text = CellState(count.state), themes.in_file(count)
    name = themes.VOICES[voice.voice]
    return VoiceLine(voice.voice, name, theme, words, state, count.value, text, voice.numbered)


def _all(code: str) -> str:
    return ALL if code == ANY else code


def _splits(line: DocumentLine) -> tuple[str, ...]:
    return tuple(name for name in ("sector", "agency", "indicator") if getattr(line, name) != ALL)


def _alphabetical(line: DocumentLine) -> tuple[int, str, int, str, str, str, str, str]:
    """Sort key: measure, level and names, a total before its parts. It depends on no figure."""
    level = list(LEVELS).index(line.level)
    words = [line.area, line.area_code, line.sector, line.agency, line.indicator]
    area, code, sector, agency, indicator = ("" if word == ALL else word.casefold() for word in words)
    return *measure_order(line.measure), level, area, code, sector, agency, indicator
