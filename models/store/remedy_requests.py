"""What operations asked for on the pages, who agreed, and what became of it: a row first, then a record of its topic.

The row says who and why; the record (`models/operations/remedy_requests.py`) says what, and a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, Index, String, Update, and_, insert, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models.contract import topics
from models.operations.remedies import RemedyOutcome, RequestAnswer
from models.operations.remedy_requests import (
    ASKED,
    LASTS,
    NEEDS_TWO,
    AnyAsked,
    RemedyReason,
    number_in,
)
from models.service import clock
from models.store import audit
from models.store.base import Base, UtcDateTime
from models.store.texts import LONGEST

ASK, CONFIRM, ANSWER = "remedy.ask", "remedy.confirm", "remedy.answer"
"""Acts of the audit log."""
SERVICE = "operations"
"""Who answers, in the audit log: the process that carries requests out."""


class RemedyRequestRow(Base):
    """One request. Columns that are not about its kind are empty."""

    __tablename__ = "remedy_requests"
    __table_args__ = (Index(None, "published_at"),)

    request_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    """`skip`, `resume`, `redrive` or `close`."""
    topic: Mapped[str] = mapped_column(String(80))
    partition: Mapped[int | None]
    offset: Mapped[int | None] = mapped_column(BigInteger)
    agency: Mapped[str] = mapped_column(String(40))
    rule: Mapped[str] = mapped_column(String(64))
    since: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(32))
    """A closed code."""
    text: Mapped[str] = mapped_column(String(LONGEST))
    requested_by: Mapped[str] = mapped_column(String(64))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(16))
    """A closed code, once it was answered."""
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RemedyRequest(NamedTuple):
    """A request as it is stored; field names are column names."""

    request_id: str
    kind: str
    topic: str
    partition: int | None
    offset: int | None
    agency: str
    rule: str
    since: date | None
    reason: str
    text: str
    requested_by: str
    requested_at: datetime
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    published_at: datetime | None = None
    outcome: str | None = None
    answered_at: datetime | None = None

    @property
    def what(self) -> tuple[object, ...]:
        """What it asks for: two requests with the same are one wish."""
        return self[1:8]

    @property
    def subject(self) -> str:
        """What it is about, as the audit log names it."""
        if self.kind == "resume":
            return self.agency
        if self.kind == "redrive":
            return f"{self.rule}:{self.agency}".rstrip(":")[:64]
        return place_of(self.topic, self.partition, self.offset)

    @property
    def waits_for_second(self) -> bool:
        """Whether somebody else still has to agree."""
        return self.kind in NEEDS_TWO and self.confirmed_by is None

    def open(self, at: datetime) -> bool:
        """Whether something may still come of it."""
        return self.outcome is None and not (self.waits_for_second and self.lapsed(at))

    def lapsed(self, at: datetime) -> bool:
        """Whether its time is over."""
        return at - (self.confirmed_at or self.requested_at) > LASTS

    def message(self) -> AnyAsked:
        """What the sink sends; raises `pydantic.ValidationError` if a row holds what no message may."""
        fields: dict[str, object] = {"kind": self.kind, "request_id": self.request_id}
        fields["decided_at"] = self.confirmed_at or self.requested_at
        if self.kind in ("skip", "close"):
            fields |= {"topic": self.topic, "partition": self.partition, "offset": self.offset}
        if self.kind == "skip":
            words = RemedyReason(self.reason).words
            fields["reason"] = f"{words}: {self.text}"[:LONGEST] if self.text else words
        if self.kind == "resume":
            fields["agency"] = self.agency
        if self.kind == "redrive":
            fields |= {"rule": self.rule, "since": self.since, "agency": self.agency or None}
        return ASKED.validate_python(fields)


def place_of(topic: str, partition: int | None, offset: int | str | None) -> str:
    """A record's coordinates as the audit log has them: a raw topic without what all of them have in common."""
    return f"{topic.removeprefix(topics.RAW_PREFIX)}:{partition}:{offset}"[:64]


def ask(connection: Connection, request: RemedyRequest) -> None:
    """Store a request with its audit row; raises what the database raises for an id that is taken."""
    connection.execute(insert(RemedyRequestRow).values(**request._asdict()))
    audit.append(connection, request.requested_by, ASK, request.subject, request.kind)


def confirm(connection: Connection, request: RemedyRequest, who: str) -> None:
    """Record that a second person agreed."""
    values = {"confirmed_by": who, "confirmed_at": clock.now()}
    connection.execute(_of(request.request_id).values(**values))
    audit.append(connection, who, CONFIRM, request.subject, request.kind)


def answered(connection: Connection, answer: RequestAnswer) -> bool:
    """Store what became of a request, with an audit row; False if it was stored before, or is not from here."""
    row = RemedyRequestRow
    wanted = _of(answer.request_id).where(row.outcome.is_(None))
    if not connection.execute(wanted.values(outcome=answer.outcome.value, answered_at=answer.at)).rowcount:
        return False
    request = find(connection, answer.request_id)
    assert request is not None, "it was just changed"  # noqa: S101
    audit.append(connection, SERVICE, ANSWER, request.subject, f"{request.kind} {answer.outcome}"[:32])
    return True


def find(connection: Connection, request_id: str) -> RemedyRequest | None:
    """One request; None if there is none of that id."""
    found = connection.execute(_SELECT.where(RemedyRequestRow.request_id == request_id)).one_or_none()
    return None if found is None else RemedyRequest(*found)


def newest(connection: Connection, most: int) -> list[RemedyRequest]:
    """The newest requests first."""
    row = RemedyRequestRow
    query = _SELECT.order_by(row.requested_at.desc(), row.request_id).limit(most)
    return [RemedyRequest(*found) for found in connection.execute(query)]


def to_publish(connection: Connection, most: int) -> list[RemedyRequest]:
    """What everybody has agreed to whom it needs and the sink has not passed on, oldest first."""
    row = RemedyRequestRow
    agreed = or_(row.kind.not_in(NEEDS_TWO), and_(row.confirmed_by.is_not(None), row.confirmed_by != row.requested_by))
    query = _SELECT.where(row.published_at.is_(None), row.outcome.is_(None), agreed)
    oldest = query.order_by(row.requested_at, row.request_id).limit(most)
    return [RemedyRequest(*found) for found in connection.execute(oldest)]


def cannot_be_sent(connection: Connection, request: RemedyRequest) -> None:
    """Note that a row holds what no message may, so nobody can carry it out: only something else than the pages
    writes such a row."""
    connection.execute(_of(request.request_id).values(outcome=RemedyOutcome.FAILED.value, answered_at=clock.now()))
    audit.append(connection, "sink", ANSWER, request.subject, f"{request.kind} {RemedyOutcome.FAILED}"[:32])


def published(connection: Connection, request_ids: list[str]) -> None:
    """Note that the broker has acknowledged them."""
    row = RemedyRequestRow
    connection.execute(update(row).where(row.request_id.in_(request_ids)).values(published_at=clock.now()))


def person_of(connection: Connection, by: str) -> str:
    """Who is behind `by` of a remedy: whoever asked on the pages, or `by` itself."""
    number = number_in(by)
    if not number:
        return by
    row = RemedyRequestRow
    return connection.scalar(select(row.requested_by).where(row.request_id == number)) or by


OUTCOMES: Mapping[RemedyOutcome, str] = {
    RemedyOutcome.DONE: "done",
    RemedyOutcome.ALREADY: "nothing was left to do: it is so already",
    RemedyOutcome.PARTLY: "done in part: some records are still refused, or gone from their topic",
    RemedyOutcome.NOTHING: "nothing was found under that rule since that day",
    RemedyOutcome.NO_RECORD: "not done: there is no such record",
    RemedyOutcome.HANDLED: "not done: that record was handled already, so it is in the figures",
    RemedyOutcome.TOO_LATE: "not done: that record was handled at the same moment",
    RemedyOutcome.NO_GAP: "not done: no such loss is open",
    RemedyOutcome.UNKNOWN: "not done: the register in force has no such agency or topic",
    RemedyOutcome.EXPIRED: "not done: it came after more than a day. Look again, and ask again if it is still right",
    RemedyOutcome.FAILED: "not done: the program failed. The log of the service operations says where",
}
"""What became of a request, in words."""
_SELECT = select(*(getattr(RemedyRequestRow, name) for name in RemedyRequest._fields))


def _of(request_id: str) -> Update:
    return update(RemedyRequestRow).where(RemedyRequestRow.request_id == request_id)
