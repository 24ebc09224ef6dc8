"""Which agency has returned which period: no child data."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from models.store.base import Base, UtcDateTime


class SubmissionRow(Base):
    """The newest state of one agency's return for one period, by its offset in the topic."""

    __tablename__ = "submissions"

    board: Mapped[str] = mapped_column(String(16), primary_key=True)
    agency: Mapped[str] = mapped_column(String(40), primary_key=True)
    period: Mapped[str] = mapped_column(String(16), primary_key=True)
    submitted_on: Mapped[date]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    on_time: Mapped[bool]
    src_offset: Mapped[int] = mapped_column(BigInteger)
