"""Reads from SQL how far erasures are. Of a child's there is no more than that it was carried out, and when it came.

No count is shown, no token, no agency: each would help somebody who wonders which child it was (ADR 0010).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from dashboards.words import moment
from models.register import Board, Register
from models.releases.requests import RequestErase
from models.store import AuditRow, RemedyRow, SubmissionRow
from models.store.remedies import REMOVALS
from models.store.requests import StoredRequest, asked

ERASE = "erase_agency"
"""The kind of the requests that ask for it."""


@dataclass(frozen=True)
class AgencyErasure:
    """One request to erase all that an agency sent."""

    request_id: str
    agency: str
    name: str
    by: str
    at: str
    stage: str
    done: bool


@dataclass(frozen=True)
class ChildErasure:
    """A child's erasure that the ledger carried out."""

    at: str
    """When it was accepted."""
    place: str
    """Where its record lies, as the audit log names it."""


def agencies_of(connection: Connection, register: Register, board: Board) -> list[tuple[str, str]]:
    """Id and name of every agency that may have sent something: those of the register, and those that returned once."""
    names = {agency.id: agency.name for agency in register.agencies_of(board.code)}
    returned = connection.scalars(select(SubmissionRow.agency).where(SubmissionRow.board == board.code).distinct())
    former = sorted(set(returned) - names.keys())
    return [*names.items(), *((agency, f"{agency} (no longer in the register)") for agency in former)]


def agency_erasures(connection: Connection, register: Register, board: Board) -> list[AgencyErasure]:
    """What was asked for, newest first."""
    names = dict(agencies_of(connection, register, board))
    return [_erasure(connection, board, one, names) for one in asked(connection, board.code, ERASE)]


def child_erasures(connection: Connection, board: Board) -> list[ChildErasure]:
    """Children's erasures that are done, newest first."""
    row = RemedyRow
    of_board = (
        row.kind == "removal",
        row.rule == "erasure-child",
        row.remedy_id.startswith(f"removal|erasure-child|{board.code}|", autoescape=True),
    )
    query = select(row.at, row.partition, row.offset).where(*of_board).order_by(row.at.desc(), row.offset.desc())
    return [ChildErasure(moment(at), f"{partition}:{offset}") for at, partition, offset in connection.execute(query)]


def _erasure(connection: Connection, board: Board, one: StoredRequest, names: dict[str, str]) -> AgencyErasure:
    agency = RequestErase.model_validate_json(one.body).agency
    key = f"removal|erasure-agency|{board.code}|{one.request_id}"
    done = connection.scalar(select(RemedyRow.remedy_id).where(RemedyRow.remedy_id == key)) is not None
    if done:
        at = _noted(connection, f"{board.code}:{agency}", one.requested_at)
        stage = f"done: the ledger removed it{f', noted {moment(at)}' if at else ''}"
    elif one.published_at:
        stage = "with the ledger, which has not said yet that it is done"
    else:
        stage = "waiting to be passed on to the ledger"
    return AgencyErasure(
        one.request_id, agency, names.get(agency, agency), one.requested_by, moment(one.requested_at), stage, done
    )


def _noted(connection: Connection, subject: str, since: datetime) -> datetime | None:
    row = AuditRow
    done = (row.subject == subject, row.action == REMOVALS["erasure-agency"], row.at >= since)
    return connection.scalar(select(func.min(row.at)).where(*done))
