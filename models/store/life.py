"""Where each release stands in its life, and who approved it. Written by `dashboards.life` alone, with an audit row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.store.base import Base, UtcDateTime


class ReleaseStateRow(Base):
    """The state of a release after its last change; a release without a row is built and waits for approval."""

    __tablename__ = "release_states"

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.release_id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    """A state of docs/release-life.md."""
    reason: Mapped[str | None] = mapped_column(String(32))
    """A closed code, with a withdrawal only."""
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class ReleaseApprovalRow(Base):
    """One person's approval of one release."""

    __tablename__ = "release_approvals"

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.release_id"), primary_key=True)
    principal: Mapped[str] = mapped_column(String(64), primary_key=True)
    approved_at: Mapped[datetime] = mapped_column(UtcDateTime)
