"""Signals as stored: the newest state of each, by its offset in the topic."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.store.base import Base

_OPERATIONAL = "kind IN ('agency_silent', 'refused_format')"


class SignalRow(Base):
    """One signal. As the checks repeat, a signal about children names places, an operational one an agency."""

    __tablename__ = "signals"
    __table_args__ = (
        CheckConstraint(f"({_OPERATIONAL}) = (agency IS NOT NULL)", name="agency_only_operational"),
        CheckConstraint(f"({_OPERATIONAL}) = (areas = '')", name="places_only_of_children"),
        Index(None, "board", "closed_on"),
    )

    signal_id: Mapped[str] = mapped_column(String(96), primary_key=True)
    board: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(24))
    areas: Mapped[str] = mapped_column(String(512))
    """Codes with a space between; empty for an operational signal."""
    agency: Mapped[str | None] = mapped_column(String(40))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    opened_on: Mapped[date]
    updated_on: Mapped[date]
    closed_on: Mapped[date | None]
    recurrence: Mapped[str | None] = mapped_column(String(24))
    src_offset: Mapped[int] = mapped_column(BigInteger)
