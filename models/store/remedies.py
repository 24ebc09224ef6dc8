"""What operations did about single records and held topics, what a page says of it, and what the ledger removed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, String, and_, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.contract import topics
from models.store.base import Base, UtcDateTime

LEDGER = "ledger"
"""Who removes, in the audit log; who asked for it is in the log by their request."""
REMOVALS = {"retention": "remove", "erasure-agency": "erase.agency", "erasure-child": "erase"}
"""Cause of a removal -> its action in the audit log."""


class RemedyRow(Base):
    """The newest word on one record, one raw topic or one request to remove; `remedy_id` is its key on the topic."""

    __tablename__ = "remedies"

    remedy_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    """`skip`, `hold` or `removal`; a removal is here so that it is in the audit log once."""
    topic: Mapped[str] = mapped_column(String(80))
    partition: Mapped[int | None]
    offset: Mapped[int | None] = mapped_column(BigInteger)
    rule: Mapped[str] = mapped_column(String(16))
    """`skipped`, `quarantined` or `held`; of a removal, its cause."""
    active: Mapped[bool]
    """Whether it is still in force: a lifted skip and a resumed topic are not, and a removal is done."""
    reason: Mapped[str] = mapped_column(String(280))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Left(NamedTuple):
    """What a board's figures lack by what operations did."""

    records: int
    """Records skipped or quarantined, of its agencies or on its own way into the ledger: messages, not children."""
    held: tuple[str, ...]
    """Agencies whose raw topic is not read."""


def left_out(connection: Connection, agencies: Iterable[str], partition: int) -> Left:
    """What is missing from the figures of the board with these agencies and this partition.

    An agency's raw record may have been for another of its boards: nobody has read it, so every board counts it.
    """
    raw = {topics.raw(agency): agency for agency in agencies}
    ours = or_(RemedyRow.topic.in_(raw), and_(RemedyRow.topic == topics.ACCEPTED, RemedyRow.partition == partition))
    skips = select(func.count()).select_from(RemedyRow).where(RemedyRow.kind == "skip", RemedyRow.active, ours)
    holds = select(RemedyRow.topic).where(RemedyRow.kind == "hold", RemedyRow.active, RemedyRow.topic.in_(raw))
    held = sorted(raw[topic] for topic in connection.execute(holds).scalars())
    return Left(connection.execute(skips).scalar_one(), tuple(held))
