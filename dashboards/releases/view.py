"""Reads the releases of a board from SQL, with what waits for whom. No figure is read here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from dashboards.forms.history import line
from dashboards.life.changes import READINGS
from dashboards.life.requests import BUILD, covers, requesters
from dashboards.life.states import GONE, SHOWN, WAITING, Condition, DecisionReason, LifeState, ReleaseLife, approve
from dashboards.queries.releases import Released, every_release, newest_first
from dashboards.words import day, kind_words, moment, quarter
from models.contract.periods import bounds
from models.releases import RequestBuild
from models.store import ReleaseAnnotationRow, ReleaseApprovalRow, ReleaseCellRow, audit
from models.store.requests import StoredRequest, asked

STATES = {
    LifeState.BUILT: "waiting for approval",
    LifeState.APPROVED_ONCE: "waiting for a second approval",
    LifeState.APPROVED: "approved",
    LifeState.SUPERSEDED: "approved, and superseded by a later one",
    LifeState.WITHDRAWN: "withdrawn",
    LifeState.REFUSED: "refused",
}
"""States as these pages say them."""


_SOMEBODY_ELSE = "sub:*"
_NEXT = {
    Condition.REQUESTED: "one publisher who did not ask for it",
    Condition.SCHEDULED_FIRST: "two publishers: it was built on schedule",
    Condition.SCHEDULED_SECOND: "another publisher than the first",
    Condition.TYPED_BEFORE: "two publishers who signed in",
}
"""What an approval by somebody else would do -> who is needed."""


@dataclass(frozen=True)
class Annotation:
    """What somebody wrote beside a release."""

    at: str
    by: str
    text: str


@dataclass(frozen=True)
class ReleaseView:
    """One release as these pages show it: everything but its figures."""

    release_id: str
    window: str
    period: str
    kind: str
    life: LifeState
    since: str
    reason: str
    asked_by: tuple[str, ...]
    approved_by: tuple[str, ...]
    who_next: str
    """Who has to decide next; empty if nobody has to."""
    facts: tuple[tuple[str, str], ...]

    @property
    def state(self) -> str:
        """In words."""
        return STATES[self.life]

    @property
    def waits(self) -> bool:
        """Whether somebody has to decide."""
        return self.life in WAITING

    @property
    def shown(self) -> bool:
        """Whether its figures are."""
        return self.life in SHOWN

    @property
    def gone(self) -> bool:
        """Whether it is over."""
        return self.life in GONE


@dataclass(frozen=True)
class Pending:
    """A request whose release has not come."""

    periods: str
    by: str
    at: str
    stage: str


@dataclass(frozen=True)
class ReleasesPage:
    """All releases of a board."""

    waiting: tuple[ReleaseView, ...]
    decided: tuple[ReleaseView, ...]
    pending: tuple[Pending, ...]


def releases_page(connection: Connection, board: str) -> ReleasesPage:
    """The releases of a board, newest first, and the requests that have none yet."""
    rows, requests = newest_first(every_release(connection, board)), asked(connection, board, BUILD)
    views = _views(connection, rows, requests)
    windows = {row.window: row for row in rows}
    pending = [_pending(one) for one in requests if not _answered(one, windows)]
    return ReleasesPage(
        tuple(view for view in views if view.waits), tuple(view for view in views if not view.waits), tuple(pending)
    )


def release_view(connection: Connection, board: str, release_id: str) -> ReleaseView | None:
    """One release of a board; None if the board has no such release."""
    rows = [row for row in every_release(connection, board) if row.release_id == release_id]
    return next(iter(_views(connection, rows, asked(connection, board, BUILD))), None)


def history(connection: Connection, release_id: str) -> tuple[str, ...]:
    """What was done with a release, oldest first; who looked at it is on the page of the log."""
    return tuple(line(entry) for entry in audit.since(connection, release_id, 0, READINGS))


def annotations_of(connection: Connection, release_id: str) -> tuple[Annotation, ...]:
    """What people wrote beside a release, oldest first."""
    row = ReleaseAnnotationRow
    query = select(row.at, row.by, row.text).where(row.release_id == release_id).order_by(row.at, row.annotation_id)
    return tuple(Annotation(moment(at), by, text) for at, by, text in connection.execute(query))


def measures_of(connection: Connection, release_id: str) -> tuple[str, ...]:
    """The measures that a release has cells of."""
    cell = ReleaseCellRow
    return tuple(sorted(connection.scalars(select(cell.measure).where(cell.release_id == release_id).distinct())))


def _views(connection: Connection, rows: Sequence[Released], requests: Sequence[StoredRequest]) -> list[ReleaseView]:
    """Releases of one board, with who asked for them and who approved them, read at once for all."""
    approval = ReleaseApprovalRow
    approvers: dict[str, list[str]] = {row.release_id: [] for row in rows}
    query = select(approval.release_id, approval.principal).where(approval.release_id.in_(approvers))
    for release_id, who in connection.execute(query.order_by(approval.approved_at)):
        approvers[release_id].append(who)
    return [_view(row, requests, tuple(approvers[row.release_id])) for row in rows]


def _view(row: Released, requests: Sequence[StoredRequest], approvers: tuple[str, ...]) -> ReleaseView:
    by = requesters(requests, row.window, row.ends_before, row.received_at)
    return ReleaseView(
        release_id=row.release_id,
        window=row.window,
        period=quarter(row.window),
        kind=kind_words(row.window),
        life=row.life,
        since=moment(row.since or row.received_at),
        reason=DecisionReason(row.reason).words if row.reason else "",
        asked_by=tuple(sorted(by)),
        approved_by=approvers,
        who_next=_who_next(row.life, by, approvers),
        facts=(
            ("Period", quarter(row.window)),
            ("Counts what had arrived by", moment(row.cut_off)),
            ("Agencies that had returned", f"{row.agencies_returned} of {row.agencies_expected} for the whole period"),
            ("Register", f"of {day(row.register_version)}"),
            ("Data", "synthetic" if row.synthetic else "from agencies"),
        ),
    )


def _who_next(life: LifeState, asked_by: frozenset[str], approvers: tuple[str, ...]) -> str:
    """Who has to decide: what the rule says would become of it if somebody approved who had nothing to do with it."""
    if life not in WAITING:
        return ""
    condition = approve(ReleaseLife(life, asked_by, frozenset(approvers)), _SOMEBODY_ELSE).condition
    if condition is Condition.SCHEDULED_FIRST and asked_by:
        return "two publishers: whoever asked only typed a name"
    return _NEXT[condition]


def _pending(one: StoredRequest) -> Pending:
    windows = RequestBuild.model_validate_json(one.body).windows
    stage = "with the ledger, which builds it" if one.published_at else "waiting to be passed on to the ledger"
    return Pending(
        "; ".join(map(quarter, windows)) or "every closed period", one.requested_by, moment(one.requested_at), stage
    )


def _answered(one: StoredRequest, releases: dict[str, Released]) -> bool:
    """Whether a release came for all that a request named, or for anything if it named nothing."""
    named = RequestBuild.model_validate_json(one.body).windows
    if named:
        return all(window in releases for window in named)
    return any(_came(one, row.window, row.received_at) for row in releases.values())


def _came(one: StoredRequest, window: str, received_at: datetime) -> bool:
    return covers(one.body, window, bounds(window)[1], one.requested_at) and received_at >= one.requested_at
