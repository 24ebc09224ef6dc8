"""The state of each release, who approved it, and what is said beside it. Only `dashboards.life` writes it, with an
audit row.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from models.store.base import Base, UtcDateTime
from models.store.texts import LONGEST


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


class ReleaseCorrectionRow(Base):
    """A dated notice that a figure of a release is wrong. It is shown beside the release, which stays as it is."""

    __tablename__ = "release_corrections"

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.release_id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """From 1."""
    measure: Mapped[str] = mapped_column(String(48))
    """Whose figures are wrong; empty for all of the release."""
    reason: Mapped[str] = mapped_column(String(32))
    """A closed code: a notice never says what a figure should have been."""
    corrected_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReleaseAnnotationRow(Base):
    """What somebody wrote about a release, for those who may see the board's releases. It names nobody."""

    __tablename__ = "release_annotations"

    annotation_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    release_id: Mapped[str] = mapped_column(ForeignKey("releases.release_id"), index=True)
    text: Mapped[str] = mapped_column(String(LONGEST))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
