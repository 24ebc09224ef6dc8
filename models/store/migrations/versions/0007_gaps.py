"""Gaps: the last offset of a stretch of records that no worker read, beside the remedies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column."""
    op.add_column("remedies", sa.Column("last_offset", sa.BigInteger(), nullable=True))
