"""The PostgreSQL that tests use is real, and empty for every test."""

from __future__ import annotations

from sqlalchemy import create_engine, text

_seen: list[str] = []


def _leave_a_table(url: str) -> list[str]:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            before = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            tables = [row[0] for row in before]
            connection.execute(text("CREATE TABLE left_behind (id int)"))
            version = connection.execute(text("SHOW server_version_num")).scalar_one()
            assert int(version) >= 130_000
        return tables
    finally:
        engine.dispose()


def test_a_database_is_empty(postgres_url: str) -> None:
    assert _leave_a_table(postgres_url) == []
    _seen.append(postgres_url)


def test_the_next_database_is_empty_and_another(postgres_url: str) -> None:
    assert _leave_a_table(postgres_url) == []
    assert postgres_url not in _seen
