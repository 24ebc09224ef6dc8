"""One measure as a page shows it: by quarter, by financial year and by sector, and what it cannot know.

A cell that the release does not have is kept apart from a cell that is "not applicable".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from analysis.disclosure.ladders import LADDERS
from analysis.measures import m1, m6, m18
from analysis.measures.breakdown import Breakdown
from analysis.measures.columns import Column
from analysis.measures.definition import LATE, NOT_RETURNED, UNLINKED, Definition, Unknown
from analysis.measures.registry import BY_ID
from analysis.shown.quotients import Quotient, against_expectation, rate, share
from analysis.training.released import ReleasedBoard, ReleasedFigure
from models.catalogue import Catalogue
from models.contract.periods import PeriodKind, kind_of
from models.register.types import SCHEDULES, Schedule
from models.releases import CellState

ANY = "any"
FEW = frozenset({CellState.LOW, CellState.NONE, CellState.ONE_TO_NINE})
"""States for few children or none: `<10`, and the states into which older ladders split it."""
_ON_LADDER: Mapping[tuple[Schedule, PeriodKind], frozenset[str]] = {
    (schedule, kind): frozenset(
        measure
        for rung in LADDERS[max(LADDERS)].of(schedule).rungs
        if (rung.level, rung.window, rung.split) == ("board", kind, ANY)
        for measure in rung.measures
    )
    for schedule in SCHEDULES
    for kind in get_args(PeriodKind)
}
"""(schedule, kind of window) -> the measures that the newest ladder has for the whole board."""
NOT_WRITTEN = Unknown(
    "not recorded",
    "What an agency does not write down, or writes down only as free text, is in no figure: it looks like none.",
)


@dataclass(frozen=True, slots=True)
class PageEntry:
    """The content of one line and column. All fields are None if the release has no such cell."""

    cell: ReleasedFigure | None = None
    quotient: Quotient | None = None
    number: int | None = None
    """A number of returns, staff, actions or signals: no child data."""


@dataclass(frozen=True, slots=True)
class PageLine:
    """A window or a sector, and its entries in the order of the columns. No entries if no release is shown for it."""

    name: str
    entries: tuple[PageEntry, ...]


@dataclass(frozen=True, slots=True)
class PageTable:
    """Lines that share one set of columns."""

    columns: tuple[Column, ...]
    lines: tuple[PageLine, ...]


def by_window(
    measure: str,
    boards: Mapping[str, ReleasedBoard],
    windows: Iterable[str],
    population: int,
    schedule: Schedule = "quarters_and_years",
) -> PageTable:
    """The table of the whole board, with a line for each window. A window without a shown release has no entries.

    A column is left out if the newest ladder does not have it and no shown release has it. If the newest ladder has no
    column of the measure for such windows, only windows whose release has one get a line.
    """
    wanted = list(windows)
    shown = [boards[w] for w in wanted if w in boards]
    kinds = {(schedule, kind_of(w)) for w in wanted}
    columns = tuple(c for c in columns_of(measure) if _released(c, kinds) or any(_has(b, c, ANY) for b in shown))
    if not any(_is_own(measure, c) for c in columns):
        return PageTable((), ())
    if not any(_is_own(measure, c) and _released(c, kinds) for c in columns):
        wanted = [w for w in wanted if w in boards and any(_has(boards[w], c, ANY) for c in columns)]
    lines = [PageLine(w, _entries(columns, boards[w], ANY, population) if w in boards else ()) for w in wanted]
    return PageTable(columns, tuple(lines))


def _is_own(measure: str, column: Column) -> bool:
    """Whether a column counts the measure itself, and is not there for comparison. M4 has only columns of M1."""
    return measure == "m4" or column.part.partition("_")[0] == measure


def _released(column: Column, kinds: Collection[tuple[Schedule, PeriodKind]]) -> bool:
    """Whether the newest ladder has a column for the whole board, in windows of all these kinds."""
    return all(name in _ON_LADDER[kind] for kind in kinds for name in (column.part, column.whole) if name)


def _has(board: ReleasedBoard, column: Column, sector: str) -> bool:
    return board.has(column.part, sector) and (not column.whole or board.has(column.whole, sector))


def by_sector(measure: str, board: ReleasedBoard, population: int, before: ReleasedBoard | None = None) -> PageTable:
    """The table by sector in one window. M4 needs the year before. A measure without cells by sector has no lines."""
    if measure == "m4":
        return _m4_by_sector(board, before)
    of_sectors = [c for c in columns_of(measure) if c.unit != "rate"]
    columns = tuple(c for c in of_sectors if any(_has(board, c, s) for s in board.sectors()))
    own = [column for column in columns if _is_own(measure, column)]
    sectors = [s for s in board.sectors() if any(_has(board, column, s) for column in own)]
    return PageTable(columns, tuple(PageLine(s, _entries(columns, board, s, population)) for s in sectors))


def whole_board(measure: str, board: ReleasedBoard, columns: tuple[Column, ...] = ()) -> PageTable:
    """The whole board in one window, in the columns that sectors have, or else in those that it has itself. It is
    charged to whoever owes the work. No line if it has no column of the measure itself."""
    columns = columns or tuple(c for c in columns_of(measure) if c.unit != "rate" and _has(board, c, ANY))
    if not any(_is_own(measure, column) for column in columns):
        return PageTable((), ())
    return PageTable(columns, (PageLine(ANY, _entries(columns, board, ANY, 0)),))


def broken_down(breakdown: Breakdown, board: ReleasedBoard, before: ReleasedBoard | None = None) -> PageTable:
    """A table with a line for each answer: its children, their share of the whole, and its children in the window
    before, if that has any such cell. No lines if the release has no such cells."""
    if not _has_any(board, breakdown):
        return PageTable((), ())
    columns: tuple[Column, ...] = (
        Column("children", "Children", breakdown.whole),
        Column("share", f"Share of {breakdown.whole_words}", breakdown.whole),
    )
    if before is not None and _has_any(before, breakdown):
        columns = (*columns, Column("children", "Children, the year before", breakdown.whole))
    lines = []
    for answer, count in zip(breakdown.answers, breakdown.counts, strict=True):
        now = _entry(Column("children", "", count.name), board, ANY, 0)
        part = _entry(Column("share", "", count.name, breakdown.whole), board, ANY, 0)
        past = PageEntry() if before is None else _entry(Column("children", "", count.name), before, ANY, 0)
        lines.append(PageLine(answer.words, (now, part, past)[: len(columns)]))
    return PageTable(columns, tuple(lines))


def _has_any(board: ReleasedBoard, breakdown: Breakdown) -> bool:
    return any(board.has(count.name, ANY) for count in breakdown.counts)


def detection(board: ReleasedBoard, part: str) -> PageTable:
    """M18 by sector and kind of sign: the children whom a sector recorded too (`recorded`), or did not (`missed`)."""
    columns = tuple(
        Column("children", "any kind" if topic == m18.ANY_TOPIC else topic, f"m18_{part}_{topic}")
        for topic in m18.RECORDED_AND_MISSED
    )
    sectors = [s for s in board.sectors() if any(board.has(column.part, s) for column in columns)]
    return PageTable(columns, tuple(PageLine(s, _entries(columns, board, s, 0)) for s in sectors))


def columns_of(measure: str) -> tuple[Column, ...]:
    """The columns of a measure for the whole board. M4 has the total of which its sectors have shares."""
    return BY_ID[measure].columns


def coverage(board: ReleasedBoard) -> PageTable:
    """M6: the table of sectors by category of indicators (paragraphs 157, 161)."""
    whole = m6.MEASURE.columns
    lines = []
    for sector in (ANY, *board.sectors()):
        entries = [
            PageEntry(cell=board.cell(column.part, sector)) if board.has(column.part, sector) else PageEntry()
            for column in whole
        ]
        lines.append(PageLine(sector, tuple(entries)))
    return PageTable(whole, tuple(lines))


def prompts(board: ReleasedBoard, catalogue: Catalogue) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """M6's list: for each sector, the categories that it can see but recorded for few children or none."""
    listed = []
    for sector in board.sectors():
        cells = {category: board.cell(f"m6_{category}", sector) for category in catalogue.categories}
        few = [c for c, cell in cells.items() if cell.state in FEW and catalogue.expected(sector, c)]
        if few:
            listed.append((sector, tuple(few)))
    return tuple(listed)


def unknowns(definition: Definition) -> tuple[Unknown, ...]:
    """What the measure cannot know, in the order of the four reasons.

    A measure about children gets a general text for each reason that its definition does not mention.
    """
    entries = list(definition.unknowns)
    if BY_ID[definition.id].about_children:
        covered = {unknown.why for unknown in entries}
        entries += [unknown for unknown in (UNLINKED, LATE, NOT_RETURNED, NOT_WRITTEN) if unknown.why not in covered]
    order = ("unlinked", "late", "not returned", "not recorded")
    return tuple(sorted(entries, key=lambda unknown: order.index(unknown.why)))


def silent(board: ReleasedBoard) -> tuple[str, ...]:
    """The sectors that have a cell with the state "no return"."""
    return tuple(s for s in board.sectors() if any(c.sector == s and c.state == "no_return" for c in board.cells))


def _entries(columns: Sequence[Column], board: ReleasedBoard, sector: str, population: int) -> tuple[PageEntry, ...]:
    return tuple(_entry(column, board, sector, population) for column in columns)


def _entry(column: Column, board: ReleasedBoard, sector: str, population: int) -> PageEntry:
    if not _has(board, column, sector):
        return PageEntry()
    part = board.cell(column.part, sector)
    if column.unit == "share" and not board.compares(column.part, column.whole):
        return PageEntry(quotient=Quotient(why=CellState.NOT_COUNTABLE))
    if column.unit == "share":
        return PageEntry(quotient=share(part, board.cell(column.whole, sector)))
    if column.unit == "rate":
        return PageEntry(quotient=rate(part, population))
    return PageEntry(cell=part)


def _m4_by_sector(board: ReleasedBoard, before: ReleasedBoard | None) -> PageTable:
    """M4: each sector's children with a concern in this year and the year before, and the ratio to its expectation.

    `before` is the year before, if it is shown. The columns are here and not in M4's file, because they compare two
    releases.
    """
    name = m1.CHILDREN.name
    columns = (
        Column("children", "Children with a concern", name),
        Column("children", "The same, the year before", name),
        Column("ratio", "Against expectation (1 is as expected)", name),
    )
    if before is None:
        cells = ((s, board.cell(name, s)) for s in board.sectors() if board.has(name, s))
        return PageTable(
            columns, tuple(PageLine(s, (PageEntry(cell=cell), PageEntry(), PageEntry())) for s, cell in cells)
        )
    now = {s: board.cell(name, s) for s in board.sectors() if board.has(name, s)}
    past = {s: before.cell(name, s) for s in now}
    # A sector's expectation is its share of all sectors, so only sectors with a figure in both years can be compared.
    both = [s for s in now if now[s].value is not None and past[s].value is not None]
    nows, pasts = [now[s] for s in both], [past[s] for s in both]
    lines = [
        PageLine(
            s,
            (
                PageEntry(cell=now[s]),
                PageEntry(cell=past[s]),
                PageEntry(quotient=against_expectation(now[s], nows, past[s], pasts)),
            ),
        )
        for s in now
    ]
    return PageTable(columns, tuple(lines))
