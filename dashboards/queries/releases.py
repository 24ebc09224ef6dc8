"""The releases of a board, whatever their state: which one counts for a window, and why none is shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from analysis.disclosure.accuracy import rule_of_ladder
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.noise import Rule
from dashboards import states
from dashboards.life.states import GONE, SHOWN, DecisionReason, LifeState
from dashboards.words import day
from models.service import clock
from models.store import ReleaseRow, ReleaseStateRow


class Released(NamedTuple):
    """What the pages need of a release besides its cells. Field names are columns of its row and its state's row."""

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
    register_version: date
    boundary_set: str
    synthetic: bool
    state: str | None
    since: datetime | None
    reason: str | None

    @property
    def life(self) -> LifeState:
        """Its state."""
        return LifeState(self.state or LifeState.BUILT)

    @property
    def rule(self) -> Rule:
        """The protection rule of its figures."""
        return rule_of_ladder(self.ladder_version)

    @property
    def older(self) -> bool:
        """Whether its figures are rounded by the rule that was used before."""
        return isinstance(self.rule, KR5)

    @property
    def shown(self) -> bool:
        """Whether its figures may be seen."""
        return self.life in SHOWN


def every_release(connection: Connection, board: str) -> list[Released]:
    """Every release of a board, whatever its state."""
    of_state = ("state", "since", "reason")
    columns = [getattr(ReleaseStateRow if name in of_state else ReleaseRow, name) for name in Released._fields]
    rows = connection.execute(
        select(*columns)
        .outerjoin(ReleaseStateRow, ReleaseStateRow.release_id == ReleaseRow.release_id)
        .where(ReleaseRow.board == board)
    )
    return [Released(*row) for row in rows]


def of_windows(releases: list[Released]) -> dict[str, Released]:
    """Window -> its release: a shown one, else a waiting one, else one that is gone; of several the newest ladder."""

    def rank(row: Released) -> tuple[bool, bool, int]:
        return row.shown, row.life not in GONE, row.ladder_version

    return {row.window: row for row in sorted(releases, key=rank)}


def by_window(row: Released) -> tuple[date, date, int]:
    """Sort key of windows: by end, then the longer first."""
    return row.ends_before, row.starts_on, row.ladder_version


def newest_first(releases: list[Released]) -> tuple[Released, ...]:
    """Newest window first; a year before the quarters that end with it."""
    return tuple(sorted(releases, key=lambda row: (row.ends_before, -row.starts_on.toordinal()), reverse=True))


def absent(release: Released | None) -> states.Shown | None:
    """Why a window shows no figures; None when it does."""
    if release is None:
        return states.NOT_RELEASED
    if release.shown:
        return None
    return {LifeState.WITHDRAWN: states.WITHDRAWN, LifeState.REFUSED: states.REFUSED}.get(release.life, states.AWAITING)


def note(release: Released | None) -> str:
    """For a release that was withdrawn or refused: when and why; else empty."""
    if release is None or release.since is None or release.life not in GONE:
        return ""
    why = f" ({DecisionReason(release.reason).words})" if release.reason else ""
    return f"{release.life} on {day(release.since.astimezone(clock.LONDON))}{why}"


def shortest_newest(connection: Connection) -> timedelta | None:
    """Length of the shortest window among each board's newest, which is about how often releases come; None if none."""
    row = ReleaseRow
    last = select(row.board, func.max(row.ends_before).label("ends")).group_by(row.board).subquery()
    same = (last.c.board == row.board) & (last.c.ends == row.ends_before)
    windows = connection.execute(select(row.starts_on, row.ends_before).join(last, same))
    return min((window.ends_before - window.starts_on for window in windows), default=None)


def newest_received(connection: Connection) -> datetime | None:
    """When the newest release of any board was stored, for monitoring."""
    return connection.execute(
        select(ReleaseRow.received_at).order_by(ReleaseRow.received_at.desc()).limit(1)
    ).scalar_one_or_none()
