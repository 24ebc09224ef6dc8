"""Migrations reach the newest schema from nothing, on both databases, and make what the tables say."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from models.store import Base, SchemaState, make_engine, schema_state, upgrade
from models.store import migrate as migrate_module
from tests.models.store.factories import DATABASES, database


@pytest.fixture(params=DATABASES)
def empty(request: pytest.FixtureRequest) -> Any:
    with database(request.param, request, migrated=False) as engine:
        yield engine


def describe(engine: Engine) -> dict[str, Any]:
    """Every table with its columns, keys, indexes and checks, as the database tells it."""
    found = inspect(engine)
    return {
        table: {
            "columns": [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)],
            "key": found.get_pk_constraint(table),
            "foreign": found.get_foreign_keys(table),
            "indexes": sorted(found.get_indexes(table), key=lambda i: str(i["name"])),
            "checks": sorted(found.get_check_constraints(table), key=lambda c: str(c["name"])),
        }
        for table in sorted(found.get_table_names())
        if table != "alembic_version"
    }


def test_from_nothing_to_head_and_again(empty: Engine) -> None:
    assert schema_state(empty) is SchemaState.EMPTY
    upgrade(empty)
    assert schema_state(empty) is SchemaState.CURRENT
    before = describe(empty)
    upgrade(empty)
    assert describe(empty) == before


def test_migrated_schema_is_the_tables_schema(empty: Engine) -> None:
    upgrade(empty)
    with empty.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    migrated = describe(empty)
    with empty.begin() as connection:
        for table in [*migrated, "alembic_version"]:
            connection.execute(
                text(f"DROP TABLE {table}" + (" CASCADE" if connection.dialect.name != "sqlite" else ""))
            )
        Base.metadata.create_all(connection)
    assert describe(empty) == migrated
    assert len(migrated) >= 7


def test_two_at_once_wait_for_each_other(empty: Engine) -> None:
    failures: list[Exception] = []

    def migrate() -> None:
        engine = make_engine(empty.url.render_as_string(hide_password=False))
        try:
            upgrade(engine)
        except Exception as error:
            failures.append(error)
        finally:
            engine.dispose()

    threads = [Thread(target=migrate) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert schema_state(empty) is SchemaState.CURRENT


def test_a_newer_database_is_known_as_such(empty: Engine) -> None:
    upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert schema_state(empty) is SchemaState.UNKNOWN


def test_migrations_are_numbered_without_gaps() -> None:
    folder = Path(migrate_module.__file__).parent / "migrations" / "versions"
    numbers = sorted(int(path.name[:4]) for path in folder.glob("[0-9]*.py"))
    assert numbers == list(range(1, len(numbers) + 1))
