"""A board's page: overview, freshness, returns, files."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from analysis.disclosure.noise import Rule
from dashboards.begun import partly
from dashboards.queries.documents import documents
from dashboards.queries.freshness import Freshness, freshness
from dashboards.queries.left import left_of
from dashboards.queries.overview import MEASURES, WindowRows, own_cells, shown_quarters, shown_windows, window_row
from dashboards.queries.releases import Released, every_release, newest_first, of_windows
from dashboards.queries.returns import AgencyRow, BoardReturns, submitted_returns
from models.contract.periods import before
from models.register import Board, Register
from models.service import clock
from models.store.remedies import Left


@dataclass(frozen=True)
class BoardPage:
    """All of a board's page."""

    board: Board
    population: int
    freshness: Freshness
    tables: tuple[WindowRows, ...]
    """A table for each kind of window that the board releases, the shorter first."""
    agencies: tuple[AgencyRow, ...]
    quarters: tuple[str, ...]
    """The quarters of the returns, newest first."""
    left: Left
    """What is missing from the figures, agencies by name."""
    rules: frozenset[Rule]
    """The protection rules of the page's figures."""
    files: tuple[Released, ...]
    """Every release that can be downloaded, newest first."""

    @property
    def texts(self) -> frozenset[str]:
        """The entries of its tables, for the key."""
        rows = [row for table in self.tables for row in table.rows]
        return frozenset(shown.text for row in rows for shown in (row.rate, *(cell for cell, _ in row.cells)))


def board_page(connection: Connection, register: Register, board: Board) -> BoardPage:
    """The page of one board as of now."""
    today = clock.today()
    windows, quarters = shown_windows(register, board, today), shown_quarters(board, today)
    every = every_release(connection, board.code)
    releases = of_windows(every)
    shown = [row for row in releases.values() if row.shown]
    left = left_of(connection, register, board)
    returns = BoardReturns(register, board.code, submitted_returns(connection, board.code), today)
    listed = [window for kind in windows.values() for window in kind]
    wanted = dict.fromkeys((*listed, *map(before, listed)))
    documents_of = documents(connection, board.code, wanted).shown
    cells = own_cells(connection, [row for row in shown if row.window in wanted], board.code)
    bodies = [documents_of[window] for window in wanted if window in documents_of]
    part = {(body.window, name) for body in bodies for name in MEASURES if partly(body, name.partition("_")[0])}
    population = sum(ward.population_10_17 for ward in board.wards)
    return BoardPage(
        board=board,
        population=population,
        freshness=freshness(connection, board, releases, today),
        tables=tuple(
            WindowRows(
                kind,
                tuple(
                    window_row(window, releases, cells, population, returns.received(window), board, part)
                    for window in of_kind
                ),
            )
            for kind, of_kind in windows.items()
        ),
        agencies=returns.rows(quarters, left),
        quarters=quarters,
        left=left,
        rules=frozenset(row.rule for row in shown if row.window in listed),
        files=newest_first([row for row in every if row.shown]),
    )
