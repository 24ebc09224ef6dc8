"""What operations did about single records and held topics, what a page says of it, and what the ledger removed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, String, and_, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.contract import topics
from models.store.base import Base, UtcDateTime

LEDGER = "ledger"
"""Who removes, in the audit log. Whoever asked for it is in the log with the request."""
REMOVALS = {"retention": "remove", "erasure-agency": "erase.agency", "erasure-child": "erase"}
"""Cause of a removal -> its action in the audit log."""


class RemedyRow(Base):
    """The newest remedy for one record, raw topic, gap or request to remove; `remedy_id` is its key on the topic."""

    __tablename__ = "remedies"

    remedy_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    """`skip`, `hold`, `gap` or `removal`; a removal is here so that it is in the audit log once."""
    topic: Mapped[str] = mapped_column(String(80))
    partition: Mapped[int | None]
    offset: Mapped[int | None] = mapped_column(BigInteger)
    """Of a gap, the first offset that was not read."""
    rule: Mapped[str] = mapped_column(String(16))
    """`skipped`, `quarantined` or `held`; of a removal or a gap, its cause."""
    active: Mapped[bool]
    """Whether it is still in force: a lifted skip, a resumed topic and a closed gap are not, and a removal is done."""
    reason: Mapped[str] = mapped_column(String(280))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_offset: Mapped[int | None] = mapped_column(BigInteger)
    """Of a gap alone: the last offset that was not read."""


class RefusedRuleRow(Base):
    """How many records a rule refused in the last days, of all agencies together. The sink writes all rows anew."""

    __tablename__ = "refused_rules"

    rule: Mapped[str] = mapped_column(String(64), primary_key=True)
    records: Mapped[int]
    first: Mapped[date]
    last: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When operations' service counted."""


class Unread(NamedTuple):
    """Missing data: records that the broker had acknowledged, and that were lost before a worker read them."""

    agency: str | None
    """Whose records; None if they were lost later, on their way into the board's figures."""
    since: datetime
    """When the first loss was found that is still open."""


class Left(NamedTuple):
    """What a board's figures lack."""

    records: int
    """Records skipped or quarantined, of its agencies or on its own way into the ledger: messages, not children."""
    held: tuple[str, ...]
    """Agencies whose raw topic is not read."""
    unread: tuple[Unread, ...] = ()
    """One for each agency with open gaps, and the board's own last."""


def left_out(connection: Connection, agencies: Iterable[str], partition: int) -> Left:
    """What is missing from the figures of the board with these agencies and this partition.

    An agency's raw record may have been for another of its boards: nobody has read it, so every board counts it.
    """
    raw = {topics.raw(agency): agency for agency in agencies}
    of_board = or_(RemedyRow.topic.in_(raw), and_(RemedyRow.topic == topics.ACCEPTED, RemedyRow.partition == partition))
    skips = select(func.count()).select_from(RemedyRow).where(RemedyRow.kind == "skip", RemedyRow.active, of_board)
    holds = select(RemedyRow.topic).where(RemedyRow.kind == "hold", RemedyRow.active, RemedyRow.topic.in_(raw))
    held = sorted(raw[topic] for topic in connection.execute(holds).scalars())
    gaps = (
        select(RemedyRow.topic, func.min(RemedyRow.at).label("since"))
        .where(RemedyRow.kind == "gap", RemedyRow.active, of_board)
        .group_by(RemedyRow.topic)
    )
    unread = [Unread(raw.get(gap.topic), gap.since) for gap in connection.execute(gaps)]
    return Left(
        connection.execute(skips).scalar_one(),
        tuple(held),
        tuple(sorted(unread, key=lambda loss: (loss.agency is None, loss.agency or ""))),
    )
