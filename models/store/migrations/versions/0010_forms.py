"""What people do by forms: annotations, acknowledgements, roles given by an administrator; indexes of the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the three tables and the two indexes."""
    op.create_table(
        "release_annotations",
        sa.Column("annotation_id", sa.String(length=40), nullable=False),
        sa.Column("release_id", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=280), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.release_id"], name=op.f("fk_release_annotations_release_id_releases")
        ),
        sa.PrimaryKeyConstraint("annotation_id", name=op.f("pk_release_annotations")),
    )
    op.create_index(op.f("ix_release_annotations_release_id"), "release_annotations", ["release_id"])
    op.create_table(
        "action_acknowledgements",
        sa.Column("action_id", sa.String(length=40), nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.action_id"], name=op.f("fk_action_acknowledgements_action_id_actions")
        ),
        sa.PrimaryKeyConstraint("action_id", "agency", name=op.f("pk_action_acknowledgements")),
    )
    op.create_table(
        "access_grants",
        sa.Column("grant_id", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("board", sa.String(length=16), nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("given_by", sa.String(length=64), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(length=64), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_access_grants")),
    )
    op.create_index(op.f("ix_access_grants_person"), "access_grants", ["person"])
    for column in ("subject", "who"):
        op.create_index(op.f(f"ix_audit_log_{column}_number"), "audit_log", [column, "number"])
