"""Reads what is released of wards and towns, over all of a board's releases that are shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from dashboards import states
from dashboards.queries.releases import Released, every_release, newest_first, of_windows
from models.contract.periods import PeriodKind, before, kind_of
from models.releases import CellState
from models.store import ReleaseCellRow

Level = Literal["ward", "town"]
LEVELS: tuple[Level, ...] = ("ward", "town")
ANY = "any"


class Shown(NamedTuple):
    """A kind of places and a window for which something is released."""

    level: Level
    window: str

    @property
    def name(self) -> str:
        """In the address of a page."""
        return f"{self.level}.{self.window}"


@dataclass(frozen=True)
class PlaceFigures:
    """Every released figure by ward and by town, over all sectors."""

    releases: Mapping[str, Released]
    """Window -> its release, if it is shown."""
    newest_first: tuple[Released, ...]
    cells: Mapping[tuple[str, str, str], states.ReleasedCell]
    """Window, measure, area."""
    levels: Mapping[tuple[str, str], frozenset[Level]]
    """Window and measure -> for which kinds of places it is released."""

    def offered(self) -> tuple[Shown, ...]:
        """What can be shown, wards first, the newest window first."""
        have = {(level, window) for (window, _), levels in self.levels.items() for level in levels}
        return tuple(
            Shown(level, row.window) for level in LEVELS for row in self.newest_first if (level, row.window) in have
        )

    def measures(self, shown: Shown) -> frozenset[str]:
        """The measures that are released for these places and this window."""
        return frozenset(
            measure
            for (window, measure), levels in self.levels.items()
            if window == shown.window and shown.level in levels
        )

    def earlier(self, window: str) -> Released | None:
        """The release of the window before, if it is shown."""
        return self.releases.get(before(window))

    def windows(self, kind: PeriodKind, level: Level) -> tuple[str, ...]:
        """The windows of one kind with figures for these places, oldest first."""
        of_level = {window for (window, _), levels in self.levels.items() if level in levels}
        return tuple(sorted(window for window in of_level if kind_of(window) == kind))


def place_figures(connection: Connection, board: str, show: str | None = None) -> PlaceFigures:
    """The figures of one board as of now.

    With `show`, what a map shows (`ward.2025FY`, or nothing for the newest), the cells are those of its window and of
    the window before: a map need not read ten years.
    """
    releases = {window: row for window, row in of_windows(every_release(connection, board)).items() if row.shown}
    window_of = {row.release_id: window for window, row in releases.items()}
    levels = _levels(connection, window_of)
    found = PlaceFigures(releases, newest_first(list(releases.values())), {}, levels)
    if show is None:
        return replace(found, cells=_cells(connection, releases.values()))
    offered = found.offered()
    chosen = next((one for one in offered if one.name == show), offered[0] if offered else None)
    wanted = {chosen.window, before(chosen.window)} if chosen else set()
    return replace(found, cells=_cells(connection, [row for window, row in releases.items() if window in wanted]))


def _levels(connection: Connection, window_of: Mapping[str, str]) -> Mapping[tuple[str, str], frozenset[Level]]:
    row = ReleaseCellRow
    rows = connection.execute(select(row.release_id, row.measure, row.level).where(*_of_places(window_of)).distinct())
    levels: dict[tuple[str, str], set[Level]] = {}
    for one in rows:
        levels.setdefault((window_of[one.release_id], one.measure), set()).add(one.level)
    return {key: frozenset(of) for key, of in levels.items()}


def _cells(
    connection: Connection, releases: Collection[Released]
) -> Mapping[tuple[str, str, str], states.ReleasedCell]:
    row, of_id = ReleaseCellRow, {release.release_id: release for release in releases}
    columns = (row.release_id, row.measure, row.area, row.state, row.value)
    rows = connection.execute(select(*columns).where(*_of_places(of_id)))
    return {
        (of_id[one.release_id].window, one.measure, one.area): states.ReleasedCell(
            CellState(one.state), one.value, of_id[one.release_id].rule
        )
        for one in rows
    }


def _of_places(releases: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    """Cells of wards and towns over all sectors, agencies and indicators."""
    row = ReleaseCellRow
    any_of = (row.sector == ANY, row.agency == ANY, row.indicator == ANY)
    return (row.release_id.in_(releases), row.level.in_(LEVELS), *any_of)
