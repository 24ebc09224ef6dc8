"""Alembic's entry: runs migrations on the connection that `models.store.migrate` hands over."""

from __future__ import annotations

from alembic import context

from models.store import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite alters tables by copying them.
    render_as_batch=True,
)
context.run_migrations()
