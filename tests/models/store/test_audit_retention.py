"""The oldest rows of the audit log go by rule, and the log still holds. Whoever takes more than that is found out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, delete, insert, text, update
from sqlalchemy.exc import DBAPIError

from models.operations.retention import YEAR, days
from models.service.settings import AuditSettings
from models.store import AuditRow, writing
from models.store.__main__ import main
from models.store.audit import START, AuditEntry, Breach, Head, append, entries
from models.store.audit_retention import LogBroken, remove_past
from models.store.chain import REMOVE, RETENTION, ChainVerdict, Checkpoint, check
from tests.models.store.factories import DATABASES, database

DAYS = 6 * YEAR
TODAY = datetime(2026, 5, 11, 10, tzinfo=UTC)
At = Callable[[datetime], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Sets the clock."""

    def put(moment: datetime) -> None:
        monkeypatch.setenv("YPSEM_CLOCK_OFFSET_SECONDS", str(int((moment - datetime.now(UTC)).total_seconds())))

    put(TODAY)
    return put


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, at: At) -> Iterator[Engine]:
    with database(request.param, request) as engine:
        grown(engine, at)
        yield engine


@pytest.fixture
def sqlite(request: pytest.FixtureRequest, at: At) -> Iterator[Engine]:
    with database("sqlite", request) as engine:
        grown(engine, at)
        yield engine


def grown(engine: Engine, at: At) -> None:
    """Ten rows, one for each of the ten years that ended today: the first four are past six years."""
    for years in range(10, 0, -1):
        at(TODAY - timedelta(days=years * YEAR - 1 if years == 6 else years * YEAR + 1))
        with writing(engine).begin() as connection:
            append(connection, f"sub:{years}", "approve", f"release-{years}")
    at(TODAY)


def log_of(engine: Engine) -> list[AuditEntry]:
    with engine.connect() as connection:
        return entries(connection)


def chain(engine: Engine, kept: Head | None = None) -> ChainVerdict:
    return check(log_of(engine), kept, DAYS)


def unguarded(engine: Engine) -> None:
    """What the owner of the database can do."""
    with engine.begin() as connection:
        for act in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER audit_log_no_{act}"))


def test_what_is_past_its_time_goes_and_the_log_holds_before_and_after(engine: Engine, at: At) -> None:
    before = log_of(engine)
    heads = {entry.number: Head(entry.number, entry.hash) for entry in before}
    assert chain(engine) == (None, None, heads[10])
    assert remove_past(engine, DAYS) == 3
    after = log_of(engine)
    assert [entry.number for entry in after] == [4, 5, 6, 7, 8, 9, 10, 11], "the newest of the old rows proves the rest"
    assert after[:-1] == before[3:]
    assert (after[-1].who, after[-1].action, after[-1].subject) == (RETENTION, REMOVE, before[2].hash)
    found = chain(engine)
    assert found.breach is None
    assert found.removed == Checkpoint(11, TODAY, 3, before[2].hash, DAYS)
    for number, head in heads.items():
        assert chain(engine, head).breach is None, f"a head kept elsewhere of row {number}"
    assert chain(engine, Head(3, "0" * 64)).breach == (Breach.HEAD, 3), "the hash of the last row that went is known"
    assert chain(engine, Head(5, "0" * 64)).breach == (Breach.HEAD, 5)
    assert remove_past(engine, DAYS) == 0, "it may be repeated"
    at(TODAY + timedelta(days=3 * YEAR))
    assert remove_past(engine, DAYS) == 4
    assert [entry.number for entry in log_of(engine)] == [8, 9, 10, 11, 12]
    again = chain(engine)
    assert (again.breach, again.removed and again.removed.last) == (None, 7)


def test_nothing_goes_before_a_month_has_passed_so_that_few_rows_are_added(
    request: pytest.FixtureRequest, at: At
) -> None:
    with database("sqlite", request) as engine:
        for past in (20, 10, -DAYS):
            at(TODAY - timedelta(days=DAYS + past))
            with writing(engine).begin() as connection:
                append(connection, "sub:a", "view", "X08000001")
        assert remove_past(engine, DAYS) == 0
        at(TODAY + timedelta(days=11))
        assert remove_past(engine, DAYS) == 1


def test_the_database_lets_go_of_no_other_row(engine: Engine) -> None:
    """Not before there is a checkpoint, and then of none after it, nor of one that was not past its time."""

    def refuses(number: int) -> None:
        with pytest.raises(DBAPIError), engine.begin() as connection:
            connection.execute(delete(AuditRow).where(AuditRow.number == number))

    refuses(1)
    remove_past(engine, DAYS)
    refuses(4)
    with writing(engine).begin() as connection:
        append(connection, RETENTION, REMOVE, "x" * 64, Checkpoint.detail(9, DAYS))
    for number in (5, 9, 11):
        refuses(number)


def test_a_log_that_does_not_hold_is_evidence_and_stays(sqlite: Engine) -> None:
    unguarded(sqlite)
    with sqlite.begin() as connection:
        connection.execute(update(AuditRow).where(AuditRow.number == 2).values(who="somebody"))
    with pytest.raises(LogBroken, match="row 2"):
        remove_past(sqlite, DAYS)
    assert len(log_of(sqlite)) == 10


# -- tampering ---------------------------------------------------------------------------------------------------------


def after_retention() -> list[AuditEntry]:
    """A log as retention leaves it, without a database: one row for each year, and a checkpoint."""
    made: list[AuditEntry] = []
    for years in range(10, 0, -1):
        when = TODAY - timedelta(days=years * YEAR - 1 if years == 6 else years * YEAR + 1)
        made.append(row(made, at=when, who=f"sub:{years}", action="approve", subject=f"release-{years}", detail=""))
    made.append(
        row(made, at=TODAY, who=RETENTION, action=REMOVE, subject=made[2].hash, detail=Checkpoint.detail(3, DAYS))
    )
    return made[3:]


def row(log: list[AuditEntry], **fields: object) -> AuditEntry:
    """The next row of a log."""
    number, previous = (log[-1].number + 1, log[-1].hash) if log else (1, START)
    entry = AuditEntry(number=number, previous=previous, hash="", **fields)  # type: ignore[arg-type]
    return entry._replace(hash=entry.expected_hash())


def forged(entry: AuditEntry, **changes: object) -> AuditEntry:
    """A row that was changed, with a hash that fits."""
    changed = entry._replace(**changes)  # type: ignore[arg-type]
    return changed._replace(hash=changed.expected_hash())


@pytest.mark.parametrize("at_", [0, 3, 7])
def test_a_changed_row_is_found(at_: int) -> None:
    log = after_retention()
    assert check(log, None, DAYS).breach is None
    log[at_] = log[at_]._replace(who="somebody")
    assert check(log, None, DAYS).breach == (Breach.CHANGED, log[at_].number)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"subject": "0" * 64}, Breach.REMOVAL),
        ({"detail": f"4 rows, {DAYS} days"}, Breach.REMOVAL),
        ({"detail": "3 rows, 30 days"}, Breach.EARLY),
        ({"detail": "all"}, Breach.REMOVAL),
        ({"action": "approve"}, Breach.GAP),
        ({"who": "sink"}, Breach.GAP),
        ({"at": TODAY - timedelta(days=2 * YEAR)}, Breach.EARLY),
    ],
)
def test_a_forged_checkpoint_is_found(changes: dict[str, object], what: Breach) -> None:
    log = after_retention()
    found = check([*log[:-1], forged(log[-1], **changes)], None, DAYS).breach
    assert found is not None
    assert found[0] is what


def test_more_than_the_rule_is_found_though_the_checkpoint_fits() -> None:
    """The row that is left first is five years old: so it proves nothing of the rows before it."""
    log = after_retention()
    claim = {"subject": log[1].hash, "detail": Checkpoint.detail(5, DAYS)}
    taken = [*log[2:-1], forged(log[-1], **claim)]
    assert check(taken, None, DAYS).breach == (Breach.EARLY, 11)
    # With a time to come it would fit, until the next row is written.
    later = [*log[2:-1], forged(log[-1], **claim, at=TODAY + timedelta(days=2 * YEAR))]
    later.append(row(later, at=TODAY, who="sub:next", action="view", subject="X08000001", detail=""))
    assert check(later, None, DAYS).breach == (Breach.EARLY, 11)


def test_a_row_taken_without_a_checkpoint_is_found(sqlite: Engine) -> None:
    assert check(log_of(sqlite)[2:], None, DAYS).breach == (Breach.GAP, 1)


def test_a_checkpoint_without_a_removal_is_found_and_stops_retention(sqlite: Engine) -> None:
    """Whoever has the pages' login can add such a row, and take nothing away."""
    with writing(sqlite).begin() as connection:
        append(connection, RETENTION, REMOVE, log_of(sqlite)[1].hash, Checkpoint.detail(2, DAYS))
    assert chain(sqlite).breach == (Breach.REMOVAL, 11)
    with pytest.raises(LogBroken):
        remove_past(sqlite, DAYS)


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_command_removes_by_its_setting(sqlite: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert AuditSettings().audit_years * YEAR == days("table:audit_log"), "the table has the default"
    url = sqlite.url.render_as_string(hide_password=False)
    run = CliRunner().invoke(main, ["retention", "--database-url", url], env={"YPSEM_AUDIT_YEARS": "8"})
    assert (run.exit_code, run.stdout) == (0, "2 rows of the audit log older than 8 years and 0 names were removed\n")
    run = CliRunner().invoke(main, ["retention", "--database-url", url])
    assert run.stdout.startswith("1 rows of the audit log older than 6 years")
    assert chain(sqlite).breach is None
    unguarded(sqlite)
    with sqlite.begin() as connection:
        connection.execute(insert(AuditRow).values(log_of(sqlite)[0]._replace(number=99)._asdict()))
    assert CliRunner().invoke(main, ["retention", "--database-url", url]).exit_code == 1
    away = CliRunner().invoke(main, ["retention", "--database-url", "sqlite:////nowhere/at/all.db"])
    assert away.exit_code == 2


def test_a_look_for_the_same_row_reads_no_more_than_a_quarter_of_an_hour(sqlite: Engine) -> None:
    with sqlite.connect() as connection:
        plan = connection.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT number FROM audit_log WHERE who = :a AND action = :b AND subject = :c "
                "AND detail = :d AND at > :e LIMIT 1"
            ),
            dict.fromkeys("abcde", "x"),
        ).all()
    assert [row.detail for row in plan] == ["SEARCH audit_log USING INDEX ix_audit_log_who_at (who=? AND at>?)"]
