"""Brings a database to the newest schema; migrations are numbered files beside this one, forwards only."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from models.store.engine import writing
from models.store.silence import waiting_for_ever

_MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 0x595053454D  # "YPSEM"


class SchemaState(StrEnum):
    """How a database's schema compares with this version of the code."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    UNKNOWN = "unknown"
    """A revision this version does not know: the database belongs to newer code."""


def upgrade(engine: Engine) -> None:
    """Migrate to the newest schema, in one transaction; safe to repeat, and two at once wait for each other."""
    with writing(engine).begin() as connection, waiting_for_ever(connection):
        if engine.dialect.name == "postgresql":
            # A migration may take any time, and so may the wait for another process's.
            connection.execute(text("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def schema_state(engine: Engine) -> SchemaState:
    """What `upgrade` would find; reads only."""
    head, known = _revisions()
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current is None:
        return SchemaState.EMPTY
    if current == head:
        return SchemaState.CURRENT
    return SchemaState.OLDER if current in known else SchemaState.UNKNOWN


@cache
def _revisions() -> tuple[str | None, frozenset[str]]:
    scripts = ScriptDirectory.from_config(_config())
    return scripts.get_current_head(), frozenset(script.revision for script in scripts.walk_revisions())


def _config() -> Config:
    config = Config()
    # Alembic reads its options through configparser, to which a lone % is an error.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
