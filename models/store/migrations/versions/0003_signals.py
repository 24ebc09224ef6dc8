"""The signals table: one row per signal, its newest state; no count of children is in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_OPERATIONAL = "kind IN ('agency_silent', 'refused_format')"


def upgrade() -> None:
    """Create the table; the checks hold apart what may name an agency and what may name places."""
    op.create_table(
        "signals",
        sa.Column("signal_id", sa.String(length=96), nullable=False),
        sa.Column("board", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("areas", sa.String(length=512), nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("updated_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("recurrence", sa.String(length=24), nullable=True),
        sa.Column("src_offset", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"({_OPERATIONAL}) = (agency IS NOT NULL)", name=op.f("ck_signals_agency_only_operational")),
        sa.CheckConstraint(f"({_OPERATIONAL}) = (areas = '')", name=op.f("ck_signals_places_only_of_children")),
        sa.PrimaryKeyConstraint("signal_id", name=op.f("pk_signals")),
    )
    op.create_index(op.f("ix_signals_board_closed_on"), "signals", ["board", "closed_on"], unique=False)
