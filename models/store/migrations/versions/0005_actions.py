"""The board's actions and which agencies were told of each (M14): no child data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the two tables."""
    op.create_table(
        "actions",
        sa.Column("action_id", sa.String(length=40), nullable=False),
        sa.Column("board", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=280), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("impact", sa.String(length=16), nullable=False),
        sa.Column("evidence", sa.String(length=280), nullable=False),
        sa.PrimaryKeyConstraint("action_id", name=op.f("pk_actions")),
    )
    op.create_index(op.f("ix_actions_board_due_on"), "actions", ["board", "due_on"])
    op.create_table(
        "action_agencies",
        sa.Column("action_id", sa.String(length=40), nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.action_id"], name=op.f("fk_action_agencies_action_id_actions")
        ),
        sa.PrimaryKeyConstraint("action_id", "agency", name=op.f("pk_action_agencies")),
    )
