"""The sink's own bookkeeping: where it is in each partition, who may write, and when it last looked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from models.store.base import Base, UtcDateTime


class SinkOffsetRow(Base):
    """The next offset to read of a partition, written in the same transaction as the rows before it."""

    __tablename__ = "sink_offsets"

    topic: Mapped[str] = mapped_column(String(249), primary_key=True)
    partition: Mapped[int] = mapped_column(primary_key=True)
    next_offset: Mapped[int] = mapped_column(BigInteger)
    topic_id: Mapped[str | None] = mapped_column(String(36))
    """The broker's own id of the topic: under another id the same name is another log."""
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LeaseRow(Base):
    """Who may write until when: one sink at a time, and a dead one gives way by itself."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ServiceStateRow(Base):
    """A fact about a service that pages show, such as when the sink last caught up."""

    __tablename__ = "service_state"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
