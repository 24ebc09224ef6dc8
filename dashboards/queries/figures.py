"""All figures of one release, one view at a time. Parameters of the address choose the view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import Connection, select

from dashboards import states
from dashboards.errors import NotShown
from dashboards.exports.lines import measure_order
from dashboards.labels import ANY, Names, words_of
from dashboards.queries.releases import Released, every_release, newest_first, of_windows
from dashboards.queries.views import Dim, Kind, View, offered
from dashboards.words import sector_words
from models.contract.periods import before as window_before
from models.contract.periods import kind_of
from models.register import Board
from models.releases import CellState
from models.store import ReleaseCellRow

RATED = "m1_children"
"""The measure that a rate is given for, by the population aged 10 to 17."""

CellName = tuple[str, str, str, str]
"""Measure, area, sector, indicator."""


class NotReleased(NotShown):
    """No release of that window is shown."""


@dataclass(frozen=True)
class FigureRow:
    """One row of the table."""

    name: str
    cells: tuple[states.Shown, ...]
    heading: str = ""
    """Heading of the group that begins with this row, such as a ward's town; else empty."""
    total: bool = False


@dataclass(frozen=True)
class FiguresPage:
    """All of the page."""

    release: Released
    earlier: Released | None
    """The release of the window before, if it is shown."""
    windows: tuple[Released, ...]
    """Releases that can be chosen, newest first."""
    views: tuple[View, ...]
    view: View
    measures: tuple[tuple[str, str], ...]
    """Name and words of the measures that this view has."""
    measure: str
    """The chosen measure, or empty for all."""
    corner: str
    """Heading of the first column."""
    columns: tuple[str, ...]
    rows: tuple[FigureRow, ...]

    @property
    def beside(self) -> tuple[str, str]:
        """The windows of the same kind before and after, among those that can be chosen; empty where there is none."""
        kind, this = kind_of(self.release.window), self.release.starts_on
        alike = sorted((one.starts_on, one.window) for one in self.windows if kind_of(one.window) == kind)
        earlier, later = [w for at, w in alike if at < this], [w for at, w in alike if at > this]
        return (earlier[-1] if earlier else ""), (later[0] if later else "")


def figures_page(
    connection: Connection, board: Board, names: Names, window: str = "", view: str = "", measure: str = ""
) -> FiguresPage:
    """The page of a window's release. A view or measure that is not given, or that it lacks, gets a default.

    Raises `NotReleased` when the window, or without one any window, has no release that is shown.
    """
    releases = of_windows(every_release(connection, board.code))
    shown = newest_first([row for row in releases.values() if row.shown])
    release = next((row for row in shown if row.window == window), None) if window else next(iter(shown), None)
    if release is None:
        raise NotReleased
    kinds = _kinds(connection, release.release_id)
    views = offered(kinds.values())
    chosen = next((candidate for candidate in views if candidate.name == view), views[0])
    having = sorted((name for name, kind in kinds if kind == chosen.kind), key=measure_order)
    measure_shown = measure if measure in having else (having[0] if chosen.one_measure else "")
    table = _Table(connection, board, names, release, chosen, [measure_shown] if measure_shown else having)
    return FiguresPage(
        release=release,
        earlier=next((row for row in shown if row.window == window_before(release.window)), None),
        windows=shown,
        views=views,
        view=chosen,
        measures=tuple((name, words_of(name)) for name in having),
        measure=measure_shown,
        corner=_corner(chosen),
        columns=table.columns,
        rows=table.rows,
    )


def _kinds(connection: Connection, release_id: str) -> Mapping[tuple[str, Kind], Kind]:
    """(measure, kind) of every sort of cell in a release."""
    row = ReleaseCellRow
    by_sector, by_indicator = (row.sector != ANY).label("by_sector"), (row.indicator != ANY).label("by_indicator")
    rows = connection.execute(
        select(row.measure, row.level, by_sector, by_indicator).where(row.release_id == release_id).distinct()
    )
    kinds = [(r.measure, Kind(r.level, bool(r.by_sector), bool(r.by_indicator))) for r in rows]
    return {(measure, kind): kind for measure, kind in kinds}


def _corner(view: View) -> str:
    """The heading over the names of the rows."""
    return (view.kind.level if view.rows == "area" else view.rows).capitalize()


class _Table:
    """The rows and columns of one view of a release, totals first."""

    def __init__(
        self,
        connection: Connection,
        board: Board,
        names: Names,
        release: Released,
        view: View,
        measures: Sequence[str],
    ) -> None:
        self._board, self._names, self._view, self._measures = board, names, view, measures
        self._cells = _cells(connection, release, measures)
        self._population = _population(board)
        across = self._values(view.columns) if view.columns else [""]
        down = self._values(view.rows)
        # Not for wards: a rate from so few rounded children would look far more exact than it is.
        rated = view.name == "town" and RATED in measures
        self.columns = tuple(self._name(view.columns, value) for value in across) if view.columns else ("Children",)
        if rated:
            self.columns += ("New concerns per 10,000 children aged 10 to 17",)
        self.rows = tuple(self._row(name, across, rated, before) for before, name in pairwise(["", *down]))

    def _values(self, dim: Dim) -> list[str]:
        """The values of a dimension: its total, then the others in order of name, never of figures."""
        at = ("measure", "area", "sector", "indicator").index(dim)
        if dim == "measure":
            return list(self._measures)
        values = {name[at] for name in self._cells if self._of_kind(name)}
        total = self._board.code if dim == "area" else ANY
        rest = sorted(values - {total}, key=lambda value: (self._town(value), self._name(dim, value).casefold()))
        return [total, *rest]

    def _of_kind(self, name: CellName) -> bool:
        _, area, sector, indicator = name
        kind = self._view.kind
        level = "board" if area == self._board.code else "town" if self._is_town(area) else "ward"
        return (level, sector != ANY, indicator != ANY) == kind

    def _row(self, value: str, across: Sequence[str], rated: bool, before: str) -> FigureRow:
        cells = [states.show(self._cell(value, column)) for column in across]
        if rated:
            cells.append(states.show_rate(self._cell(value, RATED), None, self._population.get(value, 0)))
        town = self._town(value) if self._view.kind.level == "ward" and self._view.rows == "area" else ""
        starts = town and town != self._town(before)
        total = value in (ANY, self._board.code)
        return FigureRow(self._name(self._view.rows, value), tuple(cells), town if starts else "", total)

    def _cell(self, row: str, column: str) -> states.ReleasedCell | None:
        """The released cell where a row and a column meet; a total that was not released is not made up."""
        at = {"measure": self._measures[0], "area": self._board.code, "sector": ANY, "indicator": ANY}
        at[self._view.rows] = row
        if self._view.columns:
            at[self._view.columns] = column
        return self._cells.get((at["measure"], at["area"], at["sector"], at["indicator"]))

    def _name(self, dim: Dim | None, value: str) -> str:
        if dim == "measure":
            return words_of(value)
        if dim == "area":
            return self._names.areas.get(value, value) if value != self._board.code else "Whole board"
        if value == ANY:
            return f"Any {dim}"
        return sector_words(value) if dim == "sector" else self._names.indicators.get(value, value)

    def _is_town(self, area: str) -> bool:
        return any(town.code == area for town in self._board.towns)

    def _town(self, area: str) -> str:
        """The name of a ward's town; empty for anything else."""
        code = next((ward.town for ward in self._board.wards if ward.code == area), "")
        return self._names.areas.get(code, code)


def _cells(connection: Connection, release: Released, measures: Sequence[str]) -> dict[CellName, states.ReleasedCell]:
    row = ReleaseCellRow
    rows = connection.execute(
        select(row.measure, row.area, row.sector, row.indicator, row.state, row.value).where(
            row.release_id == release.release_id, row.measure.in_(measures), row.agency == ANY
        )
    )
    return {
        (r.measure, r.area, r.sector, r.indicator): states.ReleasedCell(CellState(r.state), r.value, release.rule)
        for r in rows
    }


def _population(board: Board) -> dict[str, int]:
    """Children aged 10 to 17 by area, from the register: public."""
    people = {ward.code: ward.population_10_17 for ward in board.wards}
    people |= {t.code: sum(w.population_10_17 for w in board.wards if w.town == t.code) for t in board.towns}
    return people | {board.code: sum(ward.population_10_17 for ward in board.wards)}
