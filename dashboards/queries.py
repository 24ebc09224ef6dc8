"""SQL to view data: everything a page shows, read in one transaction from the rows of approved releases only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, select

from dashboards import states
from dashboards.life.states import SHOWN, LifeState, Reason
from dashboards.words import day
from models.contract import clock
from models.contract.periods import bounds, quarter_of, quarters_between
from models.register import Board, Register
from models.releases import CellState
from models.store import ReleaseCellRow, ReleaseRow, ReleaseStateRow, ServiceStateRow, SubmissionRow

QUARTERS_SHOWN = 8
MEASURES = ("m1_children", "m9_children", "m10_children")
SINK_SILENT = timedelta(minutes=5)


@dataclass(frozen=True)
class QuarterRow:
    """One quarter of the figures: the cells of the three measures, and how far to rely on them."""

    quarter: str
    cells: tuple[tuple[states.Shown, str], ...]
    """One per measure, with the change on the quarter before in words."""
    rate: states.Shown
    agencies: str
    linked_share: str
    absent: states.Shown | None
    """Why no release is shown, or None when one is."""
    note: str
    """Of a withdrawn release: since when, and why."""


@dataclass(frozen=True)
class AgencyRow:
    """One agency's returns, quarter by quarter in the order of the page."""

    name: str
    returns: tuple[states.Return, ...]


@dataclass(frozen=True)
class Freshness:
    """How new the figures are, and what comes next."""

    newest_window: str | None
    """Of the releases that are shown."""
    cut_off: datetime | None
    received_at: datetime | None
    next_window: str
    next_cut_off: date
    overdue: bool
    awaiting: tuple[str, ...]
    """Windows whose release waits for approval, newest first."""
    store_checked_at: datetime | None
    """When the sink last looked for new releases; None if it never has."""
    store_silent: bool


@dataclass(frozen=True)
class BoardPage:
    """All of a board's page."""

    board: Board
    population: int
    freshness: Freshness
    rows: tuple[QuarterRow, ...]
    agencies: tuple[AgencyRow, ...]
    quarters: tuple[str, ...]
    """Newest first."""
    files: tuple[Released, ...]
    """Every release that may be taken away as a file, newest first."""


def board_page(connection: Connection, register: Register, board: Board) -> BoardPage:
    """The page of one board as things stand now."""
    today = clock.today()
    quarters = shown_quarters(board, today)
    every = _releases(connection, board.code)
    releases = _of_windows(every)
    cells = _cells(connection, [row.release_id for row in releases.values() if row.shown], board.code)
    population = sum(ward.population_10_17 for ward in board.wards)
    rows = tuple(_quarter_row(quarter, releases, cells, population) for quarter in quarters)
    return BoardPage(
        board=board,
        population=population,
        freshness=_freshness(connection, board, releases, today),
        rows=rows,
        agencies=_agencies(connection, register, board.code, quarters, today),
        quarters=quarters,
        files=tuple(sorted((row for row in every if row.shown), key=_by_window, reverse=True)),
    )


def shown_quarters(board: Board, today: date) -> tuple[str, ...]:
    """The last eight quarters that have ended, newest first; none before the board's first accepted date."""
    # Two years and a quarter always hold eight whole quarters.
    first = max(board.accept_from or date.min, today - timedelta(days=366 * 2 + 93))
    return tuple(reversed(quarters_between(first, today)[-QUARTERS_SHOWN:]))


def newest_received(connection: Connection) -> datetime | None:
    """When the newest release of any board was stored, for monitoring."""
    return connection.execute(
        select(ReleaseRow.received_at).order_by(ReleaseRow.received_at.desc()).limit(1)
    ).scalar_one_or_none()


class Released(NamedTuple):
    """What the page needs of a release besides its cells; the names are the columns of its row and of its state's."""

    release_id: str
    window: str
    starts_on: date
    ends_before: date
    ladder_version: int
    cut_off: datetime
    received_at: datetime
    linked_share: str
    agencies_returned: int
    agencies_expected: int
    state: str | None
    since: datetime | None
    reason: str | None

    @property
    def life(self) -> LifeState:
        """Where it stands."""
        return LifeState(self.state or LifeState.BUILT)

    @property
    def shown(self) -> bool:
        """Whether its figures may be seen."""
        return self.life in SHOWN


def _releases(connection: Connection, board: str) -> list[Released]:
    """Every release of a board, whatever its state."""
    of_state = ("state", "since", "reason")
    columns = [getattr(ReleaseStateRow if name in of_state else ReleaseRow, name) for name in Released._fields]
    found = connection.execute(
        select(*columns)
        .outerjoin(ReleaseStateRow, ReleaseStateRow.release_id == ReleaseRow.release_id)
        .where(ReleaseRow.board == board)
    )
    return [Released(*row) for row in found]


def _of_windows(releases: list[Released]) -> dict[str, Released]:
    """The release of each window: one that is shown, else one that waits, else a withdrawn one; the newest ladder."""

    def rank(row: Released) -> tuple[bool, bool, int]:
        return row.shown, row.life is not LifeState.WITHDRAWN, row.ladder_version

    return {row.window: row for row in sorted(releases, key=rank)}


def _by_window(row: Released) -> tuple[date, date, int]:
    return row.ends_before, row.starts_on, row.ladder_version


Cells = dict[tuple[str, str], states.ReleasedCell]


def _cells(connection: Connection, release_ids: list[str], board: str) -> Cells:
    """(release id, measure) -> the board's own cell, over all sectors, agencies and indicators."""
    row = ReleaseCellRow
    found = connection.execute(
        select(row.release_id, row.measure, row.state, row.value).where(
            row.release_id.in_(release_ids),
            row.measure.in_(MEASURES),
            row.level == "board",
            row.area == board,
            row.sector == "any",
            row.agency == "any",
            row.indicator == "any",
        )
    )
    return {(r.release_id, r.measure): states.ReleasedCell(CellState(r.state), r.value) for r in found}


def _absent(release: Released | None) -> states.Shown | None:
    if release is None:
        return states.NOT_RELEASED
    if release.shown:
        return None
    return states.WITHDRAWN if release.life is LifeState.WITHDRAWN else states.AWAITING


def _note(release: Released | None) -> str:
    if release is None or release.since is None or release.life is not LifeState.WITHDRAWN:
        return ""
    why = f" ({Reason(release.reason).words})" if release.reason else ""
    return f"withdrawn on {day(release.since.astimezone(clock.LONDON))}{why}"


def _quarter_row(quarter: str, releases: dict[str, Released], cells: Cells, population: int) -> QuarterRow:
    release = releases.get(quarter)
    before = releases.get(quarter_of(bounds(quarter)[0] - timedelta(days=1)))
    absent = _absent(release)

    def of(row: Released | None, measure: str) -> states.ReleasedCell | None:
        return None if row is None else cells.get((row.release_id, measure))

    shown = tuple(
        (states.show(of(release, name), absent), states.change(of(release, name), of(before, name)))
        for name in MEASURES
    )
    return QuarterRow(
        quarter=quarter,
        cells=shown,
        rate=states.show_rate(of(release, MEASURES[0]), absent, population),
        agencies="" if release is None or absent else f"{release.agencies_returned} of {release.agencies_expected}",
        linked_share="" if release is None or absent else release.linked_share,
        absent=absent,
        note=_note(release),
    )


def _freshness(connection: Connection, board: Board, releases: dict[str, Released], today: date) -> Freshness:
    # The page counts by quarter: a year's release is among the files, and is due by another date.
    quarters = [row for row in releases.values() if quarter_of(row.starts_on) == row.window]
    newest = max((row for row in quarters if row.shown), key=_by_window, default=None)
    last = max(quarters, key=_by_window, default=None)
    # With no release yet, the next is the last quarter that has ended.
    following = quarter_of(last.ends_before if last else bounds(quarter_of(today))[0] - timedelta(days=1))
    due = bounds(following)[1] + timedelta(days=board.cut_off_days)
    awaiting = [row for row in quarters if _absent(row) is states.AWAITING]
    checked = connection.execute(
        select(ServiceStateRow.updated_at).where(ServiceStateRow.name == "sink")
    ).scalar_one_or_none()
    return Freshness(
        newest_window=newest.window if newest else None,
        cut_off=newest.cut_off if newest else None,
        received_at=newest.received_at if newest else None,
        next_window=following,
        next_cut_off=due,
        overdue=today > due,
        awaiting=tuple(row.window for row in sorted(awaiting, key=_by_window, reverse=True)),
        store_checked_at=checked,
        store_silent=checked is None or clock.now() - checked > SINK_SILENT,
    )


def _agencies(
    connection: Connection, register: Register, board: str, quarters: tuple[str, ...], today: date
) -> tuple[AgencyRow, ...]:
    periods = [*quarters, *(month for quarter in quarters for month in states.months_of(quarter))]
    returned: dict[str, dict[str, bool]] = {}
    for row in connection.execute(
        select(SubmissionRow.agency, SubmissionRow.period, SubmissionRow.on_time).where(
            SubmissionRow.board == board, SubmissionRow.period.in_(periods)
        )
    ):
        returned.setdefault(row.agency, {})[row.period] = row.on_time
    return tuple(
        AgencyRow(
            agency.name,
            tuple(
                states.return_state(
                    quarter, returned.get(agency.id, {}), agency.returns_from, agency.returns_due_days, today
                )
                for quarter in quarters
            ),
        )
        for agency in sorted(register.agencies_of(board), key=lambda a: a.name.casefold())
    )
