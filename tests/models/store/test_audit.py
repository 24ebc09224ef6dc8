"""The audit log: it grows only, and whoever takes that guard away is found out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, delete, insert, text, update
from sqlalchemy.exc import DBAPIError

from models.store import AuditRow, writing
from models.store.audit import START, AuditEntry, Breach, Head, append, entries
from models.store.chain import first_breach
from tests.models.store.factories import DATABASES, database


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with database(request.param, request) as engine:
        yield engine


@pytest.fixture
def sqlite(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A log of five rows whose guard was taken away."""
    with database("sqlite", request) as engine:
        fill(engine, 5)
        with engine.begin() as connection:
            for act in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER audit_log_no_{act}"))
        yield engine


def fill(engine: Engine, rows: int) -> Head:
    head = Head(0, START)
    for number in range(rows):
        with writing(engine).begin() as connection:
            head = append(connection, "person", "approve", f"release-{number}")
    return head


def breach(engine: Engine, kept: Head | None = None) -> tuple[Breach, int] | None:
    with engine.connect() as connection:
        return first_breach(entries(connection), kept)


def test_rows_are_numbered_and_chained(engine: Engine) -> None:
    head = fill(engine, 3)
    with engine.connect() as connection:
        log = entries(connection)
    assert [entry.number for entry in log] == [1, 2, 3]
    assert [entry.previous for entry in log] == [START, log[0].hash, log[1].hash]
    assert head == (3, log[2].hash)
    assert breach(engine) is None
    assert breach(engine, Head(2, log[1].hash)) is None


@pytest.mark.parametrize("statement", [update(AuditRow).values(who="other"), delete(AuditRow)])
def test_the_database_refuses_to_change_or_delete_a_row(engine: Engine, statement: object) -> None:
    fill(engine, 2)
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(statement)  # type: ignore[call-overload]
    assert breach(engine) is None


def test_an_act_that_fails_leaves_no_row(engine: Engine) -> None:
    def act() -> None:
        with writing(engine).begin() as connection:
            append(connection, "person", "approve", "release")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    with engine.connect() as connection:
        assert entries(connection) == []


CHANGES = {
    "at": timedelta(seconds=1),
    "who": "somebody",
    "action": "withdraw",
    "subject": "release-9",
    "detail": "x",
}


@pytest.mark.parametrize("field", list(CHANGES))
@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_changed_row_is_found(sqlite: Engine, field: str, number: int) -> None:
    with sqlite.begin() as connection:
        value = entries(connection)[number - 1].at + CHANGES[field] if field == "at" else CHANGES[field]  # type: ignore[operator]
        connection.execute(update(AuditRow).where(AuditRow.number == number).values({field: value}))
    assert breach(sqlite) == (Breach.CHANGED, number)


def test_a_changed_row_with_its_hash_made_anew_is_found_by_the_next(sqlite: Engine) -> None:
    with sqlite.begin() as connection:
        forge(connection, 3, who="somebody")
    assert breach(sqlite) == (Breach.BROKEN, 4)


def test_a_log_made_anew_from_some_row_on_is_found_by_a_head_kept_elsewhere(sqlite: Engine) -> None:
    with sqlite.begin() as connection:
        last = entries(connection)[-1]
        for number in (3, 4, 5):
            before = entries(connection)[number - 2].hash
            forge(connection, number, who="somebody", previous=before)
    assert breach(sqlite) is None, "nothing inside the database can tell"
    assert breach(sqlite, Head(5, last.hash)) == (Breach.HEAD, 5)


def forge(connection: Connection, number: int, **fields: object) -> None:
    """Change a row and make its hash fit."""
    entry = entries(connection)[number - 1]._replace(**fields)  # type: ignore[arg-type]
    fitting = entry._replace(hash=entry.expected_hash())._asdict()
    connection.execute(update(AuditRow).where(AuditRow.number == number).values(fitting))


@pytest.mark.parametrize("number", [1, 3])
def test_a_removed_row_is_found(sqlite: Engine, number: int) -> None:
    with sqlite.begin() as connection:
        connection.execute(delete(AuditRow).where(AuditRow.number == number))
    assert breach(sqlite) == (Breach.GAP, number)


def test_a_removed_row_is_found_when_the_later_ones_are_numbered_anew(sqlite: Engine) -> None:
    with sqlite.begin() as connection:
        connection.execute(delete(AuditRow).where(AuditRow.number == 3))
        for number in (4, 5):
            connection.execute(update(AuditRow).where(AuditRow.number == number).values(number=number - 1))
    assert breach(sqlite) == (Breach.BROKEN, 3)


def test_rows_cut_off_at_the_end_are_found_by_a_head_kept_elsewhere(sqlite: Engine) -> None:
    with sqlite.begin() as connection:
        last = entries(connection)[-1]
        connection.execute(delete(AuditRow).where(AuditRow.number == 5))
    assert breach(sqlite, Head(5, last.hash)) == (Breach.HEAD, 5)


def test_an_inserted_row_is_found(sqlite: Engine) -> None:
    with sqlite.begin() as connection:
        log = entries(connection)
        for number in (5, 4, 3):
            connection.execute(update(AuditRow).where(AuditRow.number == number).values(number=number + 1))
        new = AuditEntry(3, log[2].at, "somebody", "approve", "release-9", "", log[1].hash, "")
        connection.execute(insert(AuditRow).values(new._replace(hash=new.expected_hash())._asdict()))
    assert breach(sqlite) == (Breach.BROKEN, 4)


def test_a_head_is_written_and_read() -> None:
    head = Head(7, "ab" * 32)
    assert Head.parse(str(head)) == head
    for wrong in ("7", "7:xyz", f"x:{'ab' * 32}", ""):
        with pytest.raises(ValueError, match=r"number:hash|invalid literal"):
            Head.parse(wrong)
