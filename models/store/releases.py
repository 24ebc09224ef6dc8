"""Releases as stored: the exact bytes that came, and their cells for the pages to select from."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.store.base import Base, UtcDateTime


class ReleaseRow(Base):
    """One release, immutable: a second one under the same id is either the same bytes or refused."""

    __tablename__ = "releases"
    __table_args__ = (Index(None, "board", "window"),)

    release_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    board: Mapped[str] = mapped_column(String(16))
    window: Mapped[str] = mapped_column(String(16))
    starts_on: Mapped[date]
    ends_before: Mapped[date]
    ladder_version: Mapped[int]
    cut_off: Mapped[datetime] = mapped_column(UtcDateTime)
    register_version: Mapped[date]
    boundary_set: Mapped[str] = mapped_column(String(100))
    synthetic: Mapped[bool]
    linked_share: Mapped[str] = mapped_column(String(16))
    agencies_returned: Mapped[int]
    agencies_expected: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """The record as it lay in the topic, byte for byte: every export is made from this."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    src_offset: Mapped[int] = mapped_column(BigInteger)


class ReleaseCellRow(Base):
    """One cell of a release; the checks repeat the contract where a mistake would be kept for ever."""

    __tablename__ = "release_cells"
    __table_args__ = (
        CheckConstraint("(state = 'figure') = (value IS NOT NULL)", name="value_goes_with_state"),
        CheckConstraint("value IS NULL OR value >= 10", name="no_small_value"),
    )

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.release_id"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(48), primary_key=True)
    level: Mapped[str] = mapped_column(String(8), primary_key=True)
    area: Mapped[str] = mapped_column(String(32), primary_key=True)
    sector: Mapped[str] = mapped_column(String(40), primary_key=True)
    agency: Mapped[str] = mapped_column(String(40), primary_key=True)
    indicator: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    value: Mapped[int | None]
