"""What a reviewer asked for, and whether the sink has passed it on to the ledger."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.store.base import Base, UtcDateTime


class RequestRow(Base):
    """One request; `published_at` is set once the broker has acknowledged it."""

    __tablename__ = "requests"
    __table_args__ = (Index(None, "published_at", "requested_at"),)

    request_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    board: Mapped[str] = mapped_column(String(16))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    requested_by: Mapped[str] = mapped_column(String(64))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
