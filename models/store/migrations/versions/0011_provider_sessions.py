"""Which session at the sign-in provider each session goes with, so that both end together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column."""
    op.add_column("sessions", sa.Column("provider_session", sa.String(length=64), nullable=True))
