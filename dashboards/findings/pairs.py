"""The pairs of figures that a board's overview compares: each headline of a measure, each sector, town and ward."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analysis.disclosure.release_file import rule_of
from analysis.measures import m1, m9
from analysis.measures.registry import BY_ID, DEFINITIONS, MEASURE_WORDS
from analysis.training.released import ReleasedBoard, ReleasedFigure
from dashboards import breaks
from dashboards.begun import partly
from dashboards.findings.changed import Pair
from dashboards.words import sector_words, uncapital
from models.register import Board
from models.releases import Release

CONCERN = "children with a new concern about sexual exploitation"
MISSING = "children with a missing episode"
BY_PLACE: Mapping[str, str] = {m1.CHILDREN.name: CONCERN, m9.CHILDREN.name: MISSING}
"""What is counted by town and ward, in words."""
LEFT_OUT = frozenset({"m3", "m4"})
"""Measures without a headline of their own: M3 is no longer released, M4 is told by sector on its page."""


def pairs(board: Board, now: Release, before: Release) -> tuple[Pair, ...]:
    """Every pair of one board's newest longest window and the one before; none across a break in series."""
    if breaks.apart(board, now.window):
        return ()
    return (*of_board(board, now, before), *_of_sectors(board, now, before), *_of_places(board, now, before))


def of_board(board: Board, now: Release, before: Release) -> Iterator[Pair]:
    """Those of the whole board: each headline of a measure. Breaks in series are the caller's to ask for."""
    new, old = ReleasedBoard.of(now), ReleasedBoard.of(before)
    seen = set()
    for definition in DEFINITIONS:
        name = definition.id
        # A measure that looks back and counts only part of a period would show a change that is none.
        if name in LEFT_OUT or partly(now, name) or partly(before, name):
            continue
        for column in BY_ID[name].columns:
            parts = (column.part,) if column.unit == "children" else (column.part, column.whole)
            if column.unit not in ("children", "share") or parts in seen or not (column.headline or column.better):
                continue
            if all(of.has(part) for of in (new, old) for part in parts):
                seen.add(parts)
                figures, past = (tuple(of.cell(part) for part in parts) for of in (new, old))
                path = f"/boards/{board.code}/measures/{name}"
                words = MEASURE_WORDS.get(column.part, column.words) if len(parts) == 1 else column.words
                yield Pair(uncapital(words), path, definition.title, figures, past, column.better)


def _of_sectors(board: Board, now: Release, before: Release) -> Iterator[Pair]:
    new, old = ReleasedBoard.of(now), ReleasedBoard.of(before)
    count = m1.CHILDREN.name
    for sector in new.sectors():
        if new.has(count, sector) and old.has(count, sector):
            words = f"{CONCERN} recorded by {uncapital(sector_words(sector))}"
            path = f"/boards/{board.code}/measures/m1#split"
            yield Pair(words, path, "Concerns by sector", (new.cell(count, sector),), (old.cell(count, sector),))


def _of_places(board: Board, now: Release, before: Release) -> Iterator[Pair]:
    if now.boundary_set != before.boundary_set or any(_places_break(board, now)):
        return
    names = {town.code: town.name for town in board.towns} | {ward.code: ward.name for ward in board.wards}
    new, old = _by_place(now), _by_place(before)
    for (count, area), cell in new.items():
        if (count, area) in old and area in names:
            words = f"{BY_PLACE[count]} who live in {names[area]}"
            path = f"/boards/{board.code}/places/{area}"
            yield Pair(words, path, names[area], (cell,), (old[count, area],))


def _places_break(board: Board, now: Release) -> Iterator[bool]:
    return (one.kind == "places" for one in breaks.between(board, now.window))


def _by_place(release: Release) -> dict[tuple[str, str], ReleasedFigure]:
    rule = rule_of(release.parameters)
    return {
        (cell.measure, cell.area): ReleasedFigure(cell.measure, cell.sector, cell.state, cell.value, rule)
        for cell in release.cells
        if cell.level in ("town", "ward") and cell.measure in BY_PLACE and cell.sector == "any"
        if cell.agency == "any" and cell.indicator == "any"
    }
