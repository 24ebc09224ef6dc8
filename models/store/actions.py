"""The board's actions: owner, due date, agencies told, and evidence of impact (M14).

They hold no child data. Titles and evidence have at most 280 characters and name nobody: the identifier detectors check
them. Every change has its row in the audit log, in the same transaction; nothing is deleted.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, ForeignKey, Index, String, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models.service.errors import ForeseenError
from models.store import audit
from models.store.base import Base, UtcDateTime
from models.store.texts import LONGEST, TextRefused, check_text


class Source(StrEnum):
    """Where an action came from (M14)."""

    YPSEM = "ypsem"
    AUDIT = "audit"
    REVIEW = "cspr"
    SECTION_11 = "s11"
    SECTION_175 = "s175"
    HOTSPOT = "hotspot"
    NEED = "need"


class Impact(StrEnum):
    """What is known of an action's impact; closing an action says nothing about that."""

    NOT_RECORDED = "not_recorded"
    EVIDENCED = "evidenced"
    NONE_FOUND = "none_found"


class ActionError(ForeseenError):
    """An action that may not be written; the message holds nothing of its text."""


class ActionTaken(ActionError):
    """An action of this id is there already: the form that made it was sent twice."""


class ActionRow(Base):
    """One action."""

    __tablename__ = "actions"
    __table_args__ = (Index(None, "board", "due_on"),)

    action_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    board: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str] = mapped_column(String(40))
    """Register id of the agency that owes it."""
    title: Mapped[str] = mapped_column(String(LONGEST))
    opened_on: Mapped[date]
    due_on: Mapped[date]
    closed_on: Mapped[date | None]
    impact: Mapped[str] = mapped_column(String(16))
    evidence: Mapped[str] = mapped_column(String(LONGEST))


class ActionAgencyRow(Base):
    """An agency that was told of an action (paragraph 158: learning is disseminated)."""

    __tablename__ = "action_agencies"

    action_id: Mapped[str] = mapped_column(ForeignKey("actions.action_id"), primary_key=True)
    agency: Mapped[str] = mapped_column(String(40), primary_key=True)
    told_on: Mapped[date]


class ActionAcknowledgementRow(Base):
    """An agency has said that it knows of an action."""

    __tablename__ = "action_acknowledgements"

    action_id: Mapped[str] = mapped_column(ForeignKey("actions.action_id"), primary_key=True)
    agency: Mapped[str] = mapped_column(String(40), primary_key=True)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Listed(NamedTuple):
    """One action as pages and M14 read it."""

    action_id: str
    source: str
    owner: str
    title: str
    opened_on: date
    due_on: date
    closed_on: date | None
    impact: str
    evidence: str
    told: frozenset[str]

    def overdue(self, on: date) -> bool:
        """Whether it is open past its due date."""
        return self.closed_on is None and self.due_on < on


class ActionEntry(NamedTuple):
    """One line of an action's history."""

    at: datetime
    who: str
    action: str
    detail: str


def new_action_id() -> str:
    """An id for an action, which nobody can guess."""
    return f"act-{secrets.token_hex(8)}"


def open_action(
    connection: Connection,
    who: str,
    *,
    board: str,
    source: Source,
    owner: str,
    title: str,
    opened_on: date,
    due_on: date,
    action_id: str | None = None,
) -> str:
    """Write a new action and return its id; raises `ActionError` if the text names someone or it is due too early.

    `action_id` is of `new_action_id`: one that is there already raises `ActionTaken`.
    """
    if due_on < opened_on:
        raise ActionError("due before it was opened")
    _checked(title)
    audit.hold(connection)
    action_id = action_id or new_action_id()
    if connection.scalar(select(ActionRow.action_id).where(ActionRow.action_id == action_id)):
        raise ActionTaken("this action was added already")
    values = {"action_id": action_id, "board": board, "source": source.value, "owner": owner, "title": title}
    days = {"opened_on": opened_on, "due_on": due_on, "closed_on": None}
    blank = {"impact": Impact.NOT_RECORDED.value, "evidence": ""}
    connection.execute(insert(ActionRow).values(**values, **days, **blank))
    audit.append(connection, who, "action.open", action_id, source.value)
    return action_id


def tell(connection: Connection, who: str, action_id: str, agencies: Iterable[str], on: date) -> None:
    """Record which agencies were told of an action; an agency told before keeps its first day."""
    known = set(
        connection.execute(select(ActionAgencyRow.agency).where(ActionAgencyRow.action_id == action_id)).scalars()
    )
    for agency in sorted(set(agencies) - known):
        connection.execute(insert(ActionAgencyRow).values(action_id=action_id, agency=agency, told_on=on))
        audit.append(connection, who, "action.tell", action_id, agency[:32])


def acknowledge(connection: Connection, who: str, action_id: str, agency: str, at: datetime) -> bool:
    """Record that an agency knows of an action; False if it had said so before, and then nothing is written."""
    audit.hold(connection)
    row = ActionAcknowledgementRow
    if connection.scalar(select(row.agency).where(row.action_id == action_id, row.agency == agency)):
        return False
    connection.execute(insert(row).values(action_id=action_id, agency=agency, by=who, at=at))
    audit.append(connection, who, "action.acknowledge", action_id, agency[:32])
    return True


def acknowledgements(connection: Connection, action_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """The agencies that have acknowledged each action."""
    row = ActionAcknowledgementRow
    found: dict[str, set[str]] = {action_id: set() for action_id in action_ids}
    for action_id, agency in connection.execute(select(row.action_id, row.agency).where(row.action_id.in_(found))):
        found[action_id].add(agency)
    return {action_id: frozenset(agencies) for action_id, agencies in found.items()}


def move(connection: Connection, who: str, action_id: str, due_on: date) -> None:
    """Give an open action another due date; the log keeps the old one. Raises `ActionError` if it is not open."""
    wanted = (ActionRow.action_id == action_id, ActionRow.closed_on.is_(None), ActionRow.opened_on <= due_on)
    before = connection.scalar(select(ActionRow.due_on).where(*wanted))
    if before is None:
        raise ActionError("no open action of that id, or it was opened later")
    if before == due_on:
        return
    connection.execute(update(ActionRow).where(*wanted).values(due_on=due_on))
    audit.append(connection, who, "action.move", action_id, f"was {before.isoformat()}")


def close(connection: Connection, who: str, action_id: str, on: date) -> None:
    """Close an open action; raises `ActionError` when there is none."""
    wanted = (ActionRow.action_id == action_id, ActionRow.closed_on.is_(None), ActionRow.opened_on <= on)
    if connection.execute(update(ActionRow).where(*wanted).values(closed_on=on)).rowcount != 1:
        raise ActionError("no open action of that id, or it was opened later")
    audit.append(connection, who, "action.close", action_id)


def record_impact(connection: Connection, who: str, action_id: str, impact: Impact, evidence: str = "") -> None:
    """Record an action's impact; raises `ActionError` if evidence is missing where needed, or names someone."""
    if impact is Impact.EVIDENCED and not evidence.strip():
        raise ActionError("impact without evidence")
    _checked(evidence)
    change = update(ActionRow).where(ActionRow.action_id == action_id).values(impact=impact.value, evidence=evidence)
    if connection.execute(change).rowcount != 1:
        raise ActionError("no action of that id")
    audit.append(connection, who, "action.impact", action_id, impact.value)


def board_of(connection: Connection, action_id: str) -> str:
    """The board of an action; raises `ActionError` when there is none of that id."""
    board = connection.scalar(select(ActionRow.board).where(ActionRow.action_id == action_id))
    if board is None:
        raise ActionError("no action of that id")
    return board


def overdue(connection: Connection, on: date) -> int:
    """Open actions past their due date, of all boards: for monitoring, which knows no board."""
    wanted = (ActionRow.closed_on.is_(None), ActionRow.due_on < on)
    return connection.scalar(select(func.count()).select_from(ActionRow).where(*wanted)) or 0


def history(connection: Connection, action_ids: Iterable[str]) -> dict[str, list[ActionEntry]]:
    """Each action's rows in the audit log, oldest first."""
    row = audit.AuditRow
    wanted = list(action_ids)
    query = select(row.subject, row.at, row.who, row.action, row.detail).where(row.subject.in_(wanted))
    acts: dict[str, list[ActionEntry]] = {action_id: [] for action_id in wanted}
    for entry in connection.execute(query.order_by(row.number)):
        acts[entry.subject].append(ActionEntry(entry.at, entry.who, entry.action, entry.detail))
    return acts


def actions(
    connection: Connection, board: str, action_id: str | None = None, *, open_only: bool = False
) -> list[Listed]:
    """A board's actions in order of due date; with an id that one alone, or nothing if it is not the board's.

    `open_only` leaves out what is closed, however much that has become over the years.
    """
    columns = [getattr(ActionRow, name) for name in Listed._fields[:-1]]
    wanted = [ActionRow.board == board, *([ActionRow.action_id == action_id] if action_id is not None else [])]
    if open_only:
        wanted.append(ActionRow.closed_on.is_(None))
    query = select(*columns).where(*wanted).order_by(ActionRow.due_on, ActionRow.action_id)
    rows = connection.execute(query).all()
    told = ActionAgencyRow
    agencies: dict[str, set[str]] = {}
    ids = select(ActionRow.action_id).where(*wanted)
    for told_of, agency in connection.execute(select(told.action_id, told.agency).where(told.action_id.in_(ids))):
        agencies.setdefault(told_of, set()).add(agency)
    return [Listed._make([*row, frozenset(agencies.get(row.action_id, ()))]) for row in rows]


def _checked(text: str) -> None:
    try:
        check_text(text)
    except TextRefused as refusal:
        raise ActionError(str(refusal)) from None
