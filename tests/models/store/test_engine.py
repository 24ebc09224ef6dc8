"""Engines behave the same on both databases where the service leans on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from models.store import ReleaseCellRow, ReleaseRow, ServiceStateRow, make_engine, writing
from tests.models.store.factories import DATABASES, database, make_release, wire


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with database(request.param, request) as engine:
        yield engine


def cell_values(**fields: object) -> dict[str, object]:
    """A valid row of `release_cells`, each column changeable."""
    dims = {"measure": "m1_children", "level": "board", "area": "X08000001", "sector": "any", "agency": "any"}
    state = {"indicator": "any", "state": "figure", "value": 15, "release_id": "X08000001.2026Q1.l1"}
    return {**dims, **state, **fields}


def store_release(engine: Engine) -> None:
    """Put one release without cells into the database."""
    release = make_release()
    now = datetime(2026, 5, 1, tzinfo=UTC)
    added = {"body", "received_at", "src_offset"}
    fields = release.model_dump(include=set(ReleaseRow.__table__.columns.keys()) - added)
    with engine.begin() as connection:
        connection.execute(insert(ReleaseRow).values(**fields, body=wire(release), received_at=now, src_offset=0))


def test_sqlite_is_set_up_for_one_writer_and_many_readers(request: pytest.FixtureRequest) -> None:
    with database("sqlite", request) as engine, engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 15000}


def test_a_sqlite_reader_is_not_held_up_by_a_writer(request: pytest.FixtureRequest) -> None:
    with database("sqlite", request) as engine, writing(engine).begin() as writer:
        writer.execute(insert(ServiceStateRow).values(name="a", value="b", updated_at=datetime(2026, 5, 1, tzinfo=UTC)))
        with engine.connect() as reader:
            assert reader.execute(select(ServiceStateRow.name)).all() == []


def test_other_databases_are_refused() -> None:
    with pytest.raises(ValueError, match="SQLite or PostgreSQL"):
        make_engine("mysql://nobody@127.0.0.1/none")


def test_times_come_back_as_the_same_instant_in_utc(engine: Engine) -> None:
    given = datetime(2026, 5, 1, 13, 30, tzinfo=timezone(timedelta(hours=1)))
    with engine.begin() as connection:
        connection.execute(insert(ServiceStateRow).values(name="a", value="b", updated_at=given))
    with engine.connect() as connection:
        found = connection.execute(select(ServiceStateRow.updated_at)).scalar_one()
    assert found == given
    assert found.utcoffset() == timedelta(0)


def test_a_time_without_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="zone"), engine.begin() as connection:
        connection.execute(
            insert(ServiceStateRow).values(name="a", value="b", updated_at=datetime(2026, 5, 1))  # noqa: DTZ001
        )


@pytest.mark.parametrize("wrong", [{"value": 4}, {"value": 0}, {"value": None}, {"state": "low"}])
def test_the_database_itself_refuses_an_unrounded_or_stateless_value(engine: Engine, wrong: dict[str, object]) -> None:
    store_release(engine)
    with engine.begin() as connection:
        connection.execute(insert(ReleaseCellRow).values(**cell_values()))
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(ReleaseCellRow).values(**cell_values(measure="m9_children", **wrong)))


def test_a_cell_needs_its_release(engine: Engine) -> None:
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(ReleaseCellRow).values(**cell_values()))


def test_database_errors_hold_no_values(engine: Engine) -> None:
    canary = "canary-value"
    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        connection.execute(insert(ReleaseCellRow).values(**cell_values(area=canary)))
    assert canary not in str(caught.value)
