"""What a measures page needs to know of one board: releases, returns, signals, actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from sqlalchemy import Connection, select
from starlette.exceptions import HTTPException

from analysis.beside import as_records
from analysis.disclosure.noise import Rule
from analysis.ledger.records import ReturnRecord
from analysis.measures.m14 import Action
from analysis.measures.setting import BoardSetting
from analysis.shown import measure as shown
from analysis.shown import without_children as others
from analysis.shown.measure import PageTable
from analysis.shown.training import held
from analysis.training.released import ReleasedBoard as Figures
from dashboards import breaks, states
from dashboards.errors import NotShown
from dashboards.queries.documents import Documents, documents
from dashboards.queries.overview import shown_windows
from dashboards.queries.releases import absent
from dashboards.queries.returns import submitted_returns
from models.contract.periods import PeriodKind, before, bounds, containing, kind_of, parts
from models.register import Board, Register
from models.releases import Release
from models.service import clock
from models.store import SignalRow
from models.store.actions import actions as actions_of

OPERATIONAL = ("agency_silent", "refused_format")


@dataclass
class Known:
    """What one request reads about a board. Each part is read once at most, when it is first needed."""

    connection: Connection
    register: Register
    board: Board
    today: date = field(default_factory=clock.today)
    chosen: str = ""
    """One of the board's longest windows, to be shown as the newest; empty for the newest of all."""

    def __post_init__(self) -> None:
        """Raises `NotShown` if a window was chosen that shows no release."""
        self.windows = shown_windows(self.register, self.board, _seen_on(self.today, self.chosen))
        if self.chosen and self.chosen not in self.periods:
            raise NotShown
        self.population = sum(ward.population_10_17 for ward in self.board.wards)
        self.setting = BoardSetting.of(self.register, self.board, self.today + timedelta(days=1))
        self.agencies = {agency.id: agency.name for agency in self.register.agencies_of(self.board.code)}

    @cached_property
    def documents(self) -> Documents:
        """The releases."""
        return documents(self.connection, self.board.code, self.near)

    @cached_property
    def near(self) -> tuple[str, ...]:
        """The windows that pages show, and those that they are compared with. However long the board has released,
        these are as many."""
        listed = [window for windows in self.windows.values() for window in windows]
        return tuple(dict.fromkeys((*around(listed), *map(before, listed))))

    @property
    def boards(self) -> Mapping[str, Figures]:
        """The board-level cells of each window that is shown."""
        return self.documents.figures

    @cached_property
    def rules(self) -> frozenset[Rule]:
        """The protection rules of the releases that are shown."""
        return frozenset(row.rule for row in self.documents.standing.values() if row.shown)

    @property
    def longest(self) -> PeriodKind:
        """The longer kind of window that the board releases: a financial year, or a pair of them."""
        return self.board.windows[-1]

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """All of the longest windows that show a release, oldest first."""
        standing = self.documents.standing.values()
        return tuple(sorted(row.window for row in standing if row.shown and kind_of(row.window) == self.longest))

    @property
    def beside(self) -> tuple[str, str]:
        """The released windows before and after the headline; empty where there is none."""
        earlier = [window for window in self.periods if window < self.headline]
        later = [window for window in self.periods if window > self.headline]
        return (earlier[-1] if earlier else ""), (later[0] if later else "")

    @property
    def headline(self) -> str:
        """The newest of the longest windows that shows a release; else the newest that has ended, or empty."""
        listed = self.windows[self.longest]
        return next((window for window in listed if window in self.boards), listed[0] if listed else "")

    @property
    def release(self) -> Release | None:
        """The release of the headline window, if it is shown."""
        return self.documents.shown.get(self.headline)

    def absent(self, windows: Iterable[str]) -> dict[str, states.Shown | None]:
        """Why each window shows nothing."""
        return {window: absent(self.documents.standing.get(window)) for window in windows}

    def year_before(self, window: str) -> Figures | None:
        """The figures of the year before a financial year, if they are shown and the series does not break between."""
        if kind_of(window) != "year" or breaks.apart(self.board, window):
            return None
        return self.boards.get(before(window))

    def agency(self, code: str) -> str:
        """An agency by name."""
        return self.agencies.get(code, code)

    def tables(self, measure: str, windows: tuple[str, ...]) -> tuple[PageTable, PageTable | None]:
        """The measure's table by window, and that of the first window by sector or agency; None without a split."""
        if (measure, windows) not in self._tables:
            self._tables[measure, windows] = self._made(measure, windows)
        return self._tables[measure, windows]

    @cached_property
    def _tables(self) -> dict[tuple[str, tuple[str, ...]], tuple[PageTable, PageTable | None]]:
        """What was made for this page. Notes and findings ask for the same tables again."""
        return {}

    def _made(self, measure: str, windows: tuple[str, ...]) -> tuple[PageTable, PageTable | None]:
        if measure == "m5":
            return others.returns(self.setting, self._returned(windows), windows)
        if measure == "m13":
            return others.signals(self._signals(), windows), None
        if measure == "m14":
            return others.actions(self._actions(), frozenset(self.agencies), windows, self.today)
        if measure == "m15":
            return others.training(*as_records(held(self.documents.shown, around(windows))), self.setting, windows)
        table = shown.by_window(measure, self.boards, windows, self.population, self.board.releases)
        if measure == "m6" or not windows or windows[0] not in self.boards:
            return table, None
        earlier = self.year_before(windows[0])
        return table, shown.by_sector(measure, self.boards[windows[0]], self.population, earlier)

    def _returned(self, windows: tuple[str, ...]) -> list[ReturnRecord]:
        """The returns for periods that end after the first of these windows begins."""
        first = min((bounds(window)[0] for window in windows), default=date.max)
        return [record for record in self._submitted if bounds(record.period)[1] > first]

    @cached_property
    def _submitted(self) -> tuple[ReturnRecord, ...]:
        return tuple(submitted_returns(self.connection, self.board.code))

    def _signals(self) -> list[date]:
        row = SignalRow
        wanted = (row.board == self.board.code, row.kind.not_in(OPERATIONAL))
        return list(self.connection.scalars(select(row.opened_on).where(*wanted)))

    def _actions(self) -> list[Action]:
        listed = actions_of(self.connection, self.board.code)
        return [Action(a.source, a.owner, a.due_on, a.closed_on, a.impact == "evidenced", a.told) for a in listed]


def known_at(connection: Connection, register: Register, board: Board, window: str) -> Known:
    """What is known of a board, with a chosen window as the newest; raises 404 if it shows no release."""
    try:
        return Known(connection, register, board, chosen=window)
    except NotShown:
        raise HTTPException(404) from None


def _seen_on(today: date, chosen: str) -> date:
    """The day as of which pages look: today, or the day on which a chosen window had just ended."""
    if not chosen:
        return today
    try:
        return min(today, bounds(chosen)[1])
    except ValueError:  # no window, or one of a year that no date has
        raise NotShown from None


def around(windows: Iterable[str]) -> tuple[str, ...]:
    """Windows, the quarters of each year, and the years that hold each quarter."""
    listed = tuple(windows)
    parts_of = [part for window in listed if kind_of(window) == "year" for part in parts(window)]
    return tuple(dict.fromkeys((*listed, *parts_of, *(longer for window in listed for longer in containing(window)))))
