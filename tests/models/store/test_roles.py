"""On PostgreSQL each login does its work and nothing else: the pages cannot rewrite a release or the log of acts."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from starlette.testclient import TestClient

from consumers.lease import Lease
from consumers.requests import add_release_request
from consumers.store import SinkStore, StoreOutcome
from dashboards.life.changes import ReadingKind, annotate, approve, correct, note_reading, refuse, request, withdraw
from dashboards.life.states import DecisionReason, Fault
from dashboards.operations.changes import ask
from dashboards.operations.changes import confirm as agree
from dashboards.people.entrance import WithoutSignIn
from dashboards.registry import RegisterReader
from dashboards.web import create_app
from models.operations.remedies import Hold, RemedyOutcome, RequestAnswer
from models.operations.retention import YEAR
from models.register import load_register
from models.releases import Release, SubmissionState
from models.service.clock import now
from models.signals import Signal
from models.store import Base, SchemaState, make_engine, remedy_requests, schema_state, upgrade, writing
from models.store import typed as waiting_forms
from models.store.access import Granted, confirm, give
from models.store.access import revoke as take_away
from models.store.actions import Impact, Source, acknowledge, close, move, open_action, record_impact, tell
from models.store.audit_retention import forget_names, remove_past
from models.store.people import remember
from models.store.roles import PAGES, RETENTION, REVIEWER, RIGHTS, SINK, passwords_in
from models.store.service_tokens import make as make_token
from models.store.service_tokens import presented, revoke
from models.store.sessions import end_session, end_sessions_of, open_session, visit
from models.store.typed import TypedForm
from tests.models.store.factories import BOARD, make_release, make_request, make_signal, make_submission, wire
from tests.operations.files import ROOT

pytestmark = pytest.mark.postgres

Login = Callable[[str], Engine]


def prepare(url: str, pgpass: Path) -> subprocess.CompletedProcess[str]:
    """The owner's command, to its end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "YPSEM_"))}
    return subprocess.run(
        [sys.executable, "-m", "models.store", "tables"], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env=environment | {"YPSEM_DATABASE_URL": url, "PGPASSFILE": str(pgpass)}, check=False,
    )  # fmt: skip


@pytest.fixture
def login(postgres_url: str, tmp_path: Path) -> Iterator[Login]:
    """The prepared database, as one of its logins sees it."""
    pgpass = tmp_path / "pgpass"
    pgpass.write_text("".join(f"*:*:*:{user}:synthetic-{user}\n" for user in RIGHTS))
    pgpass.chmod(0o600)
    done = prepare(postgres_url, pgpass)
    assert done.returncode == 0, done.stderr
    assert "synthetic" not in done.stdout + done.stderr
    engines: list[Engine] = []

    def make(user: str) -> Engine:
        url = make_url(postgres_url).set(username=user, password=None)
        engines.append(make_engine(url.render_as_string(hide_password=False)))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


def test_every_table_is_decided_for_and_every_right_is_on_one() -> None:
    tables = set(Base.metadata.tables) | {"alembic_version"}
    assert set(RIGHTS[PAGES]) == set(RIGHTS[REVIEWER]) == tables
    assert set(RIGHTS[SINK]) <= tables


def test_nobody_may_change_or_delete_what_was_released_or_done() -> None:
    for rights in RIGHTS.values():
        for table in (
            "releases", "release_cells", "release_approvals", "release_corrections", "release_annotations", "audit_log",
        ):  # fmt: skip
            by_rule = {"DELETE"} if rights is RIGHTS[RETENTION] and table == "audit_log" else set()
            assert set(rights.get(table, ())) <= {"SELECT", "INSERT"} | by_rule
    others = {table: rights for table, rights in RIGHTS[PAGES].items() if table not in ("sessions", "typed_forms")}
    assert not [table for table, rights in others.items() if "DELETE" in rights]
    assert [table for table, rights in others.items() if "UPDATE" in rights] == ["release_states"]
    assert "INSERT" not in RIGHTS[REVIEWER]["sessions"], "nobody at a terminal signs somebody in"


def test_sink_reviewer_and_pages_do_their_work(login: Login) -> None:
    sink, reviewer, pages = login(SINK), login(REVIEWER), login(PAGES)
    upgrade(sink)  # what it does at every start: there is nothing to do, and nothing of it needs a right to alter
    assert schema_state(pages) is SchemaState.CURRENT
    add_release_request(reviewer, BOARD, ("2026Q1",), "asker")
    with sink.begin() as connection:
        connection.execute(text("UPDATE requests SET published_at = requested_at"))
    store, release = SinkStore(sink), make_release()
    lease = Lease(sink, 30)
    hold = Hold(agency="aldermere-police", held=True, by="worker", at=now())
    with writing(sink).begin() as connection:
        lease.take(connection)
        store.note(connection, "sink", "caught_up")
        messages: tuple[Release | SubmissionState | Signal, ...] = (release, make_submission(), make_signal())
        for offset, message in enumerate(messages):
            assert store.apply(connection, message, wire(message), offset) is StoreOutcome.APPLIED
        assert store.apply(connection, hold, b"{}", 4) is StoreOutcome.APPLIED
        gone = make_submission().model_copy(update={"withdrawn": True})
        assert store.apply(connection, gone, b"{}", 5) is StoreOutcome.APPLIED
        store.advance(connection, {("ypsem.releases.v1", 0): 1}, {})
        store.forget_offsets(connection)
    lease.give_back()

    approve(reviewer, release.release_id, "first.approver")
    correct(reviewer, release.release_id, "first.approver", next(iter(Fault)))
    withdraw(reviewer, release.release_id, "first.approver", next(iter(DecisionReason)))
    with writing(reviewer).begin() as connection:
        day = date(2026, 5, 1)
        action = open_action(
            connection, "chair", board=BOARD, source=next(iter(Source)), owner="aldermere-police", title="Light",
            opened_on=day, due_on=day,
        )  # fmt: skip
        tell(connection, "chair", action, ["aldermere-police"], day)
        move(connection, "chair", action, date(2026, 6, 1))
        close(connection, "chair", action, date(2026, 6, 1))
        record_impact(connection, "chair", action, Impact.NOT_RECORDED)
    note_reading(pages, ReadingKind.VIEW, release.release_id, who="dora")
    acts_on_the_pages(pages, sink)
    with writing(pages).begin() as connection:
        signed_in = {"issuer": "https://provider.example", "subject": "s-1", "who": "sub:s-1", "name": "Rita"}
        number = open_session(connection, "an answer", **signed_in, grants=["analyst:X08000001"])
        assert visit(connection, number) is not None
        waiting_forms.keep(connection, number, TypedForm("sub:s-1", "/typed", b"sealed"))
        assert waiting_forms.waiting(connection, number) is not None
        waiting_forms.forget(connection, number)
        assert end_session(connection, number) == "sub:s-1"
    with writing(reviewer).begin() as connection:
        end_sessions_of(connection, "sub:s-1")
        token = make_token(connection, "program", acts=["see_figures"], boards=[BOARD], days=1, who="adam")
    with pages.connect() as connection:
        assert presented(connection, token) is not None
    with writing(reviewer).begin() as connection:
        revoke(connection, "program", "adam")
    browser = TestClient(
        create_app(pages, RegisterReader(ROOT / "demo" / "register"), WithoutSignIn(frozenset({"testserver"})))
    )
    assert browser.get(f"/boards/{BOARD}").status_code == 200


def acts_on_the_pages(pages: Engine, sink: Engine) -> None:
    """What people do by forms."""
    register = load_register(ROOT / "demo" / "register", date(2026, 5, 11))
    waiting = make_release("2025Q4")
    with writing(sink).begin() as connection:
        assert SinkStore(sink).apply(connection, waiting, wire(waiting), 9) is StoreOutcome.APPLIED
    request(pages, "sub:a", register.board_by_code[BOARD], ["2025Q3"], "r" * 24)
    approve(pages, waiting.release_id, "sub:a")
    refuse(pages, waiting.release_id, "sub:b", next(iter(DecisionReason)))
    annotate(pages, waiting.release_id, "sub:b", "the return came late", "a" * 24)
    with writing(pages).begin() as connection:
        action = open_action(
            connection, "sub:a", board=BOARD, source=next(iter(Source)), owner="aldermere-police", title="Light",
            opened_on=date(2026, 5, 1), due_on=date(2026, 5, 1),
        )  # fmt: skip
        tell(connection, "sub:a", action, ["aldermere-police"], date(2026, 5, 1))
        acknowledge(connection, "sub:v", action, "aldermere-police", now())
        move(connection, "sub:a", action, date(2026, 6, 1))
        record_impact(connection, "sub:a", action, Impact.NONE_FOUND)
        close(connection, "sub:a", action, date(2026, 6, 1))
        day = date(2026, 5, 1)
        granted = Granted("g" * 24, "sub:a", "chair", BOARD, "", day, day, "sub:a", now(), None, None, None, None)
        give(connection, "sub:a", granted)
        confirm(connection, "sub:b", granted, now())
        take_away(connection, "sub:b", granted, now())


FORBIDDEN = [
    *[(user, f"UPDATE {table} SET {column} = {column}")  # noqa: S608
      for user in RIGHTS for table, column in (("releases", "body"), ("release_cells", "value"), ("audit_log", "who"))],
    *[(user, f"DELETE FROM {table}")  # noqa: S608
      for user in RIGHTS for table in ("releases", "release_cells", *(["audit_log"] if user != RETENTION else []))],
    (RETENTION, "SELECT body FROM releases"),
    (RETENTION, "UPDATE people SET name = name"),
    (RETENTION, "DELETE FROM sessions"),
    (PAGES, "DELETE FROM people"),
    (SINK, "SELECT name FROM people"),
    (PAGES, "UPDATE remedy_requests SET outcome = outcome"),
    (PAGES, "UPDATE remedy_requests SET requested_by = requested_by"),
    (SINK, "UPDATE remedy_requests SET confirmed_by = confirmed_by"),
    (REVIEWER, "INSERT INTO remedy_requests SELECT * FROM remedy_requests"),
    *[(user, statement) for user in RIGHTS for statement in (
        "TRUNCATE audit_log", "DROP TABLE audit_log", "ALTER TABLE releases ADD COLUMN x int", "CREATE TABLE x (y int)",
        "CREATE ROLE somebody", "SET ROLE ypsem", "CREATE TEMP TABLE x (y int)", "SELECT pg_read_file('PG_VERSION')",
    )],
    (PAGES, "DELETE FROM release_states"),
    (PAGES, "DELETE FROM release_approvals"),
    (PAGES, "UPDATE release_approvals SET principal = principal"),
    (PAGES, "UPDATE requests SET published_at = requested_at"),
    (PAGES, "UPDATE release_annotations SET text = text"),
    (PAGES, "UPDATE access_grants SET role = role"),
    (PAGES, "DELETE FROM access_grants"),
    (PAGES, "DELETE FROM action_acknowledgements"),
    (PAGES, "DELETE FROM signals"),
    (REVIEWER, "INSERT INTO access_grants SELECT * FROM access_grants"),
    (REVIEWER, "INSERT INTO release_annotations SELECT * FROM release_annotations"),
    (PAGES, "UPDATE actions SET title = title"),
    (PAGES, "INSERT INTO service_tokens SELECT * FROM service_tokens"),
    (PAGES, "UPDATE service_tokens SET expires_at = now()"),
    (REVIEWER, "UPDATE service_tokens SET boards = boards"),
    (REVIEWER, "DELETE FROM typed_forms"),
    (SINK, "SELECT sealed FROM typed_forms"),
    (SINK, "SELECT name FROM service_tokens"),
    (REVIEWER, "INSERT INTO releases SELECT * FROM releases"),
    (REVIEWER, "UPDATE requests SET requested_by = requested_by"),
    (REVIEWER, "DELETE FROM release_approvals"),
    (REVIEWER, "INSERT INTO sessions SELECT * FROM sessions"),
    (REVIEWER, "UPDATE sessions SET grants = grants"),
    (SINK, "SELECT subject FROM sessions"),
    (SINK, "UPDATE requests SET body = body"),
    (SINK, "INSERT INTO release_approvals SELECT * FROM release_approvals"),
    (SINK, "UPDATE release_states SET state = 'approved'"),
]  # fmt: skip


def test_what_is_forbidden_is_refused(login: Login) -> None:
    engines = {user: login(user) for user in RIGHTS}
    for user, statement in FORBIDDEN:
        with engines[user].connect() as connection:
            # With what it did: "DID NOT RAISE" alone would not say which.
            assert refusal(connection, statement) == "InsufficientPrivilege", (user, statement)


def test_what_operations_ask_for_is_written_by_pages_and_sink_and_retention_removes_by_rule_alone(
    login: Login,
) -> None:
    pages, sink, retention = login(PAGES), login(SINK), login(RETENTION)
    one = make_request(now())
    ask(pages, one)
    agree(pages, "sub:b", one.request_id)
    with writing(sink).begin() as connection:
        assert [found.request_id for found in remedy_requests.to_publish(connection, 9)] == [one.request_id]
        remedy_requests.published(connection, [one.request_id])
        answer = RequestAnswer(request_id=one.request_id, outcome=RemedyOutcome.DONE, at=now())
        assert SinkStore(sink).apply(connection, answer, b"{}", 1) is StoreOutcome.APPLIED
    with writing(pages).begin() as connection:
        remember(connection, "sub:gone", "Greta Gone")
        remember(connection, "sub:gone", "Greta Long Gone")
    assert (remove_past(retention, 6 * YEAR), forget_names(retention)) == (0, 1)
    with pytest.raises(DBAPIError, match="past their time"), retention.begin() as connection:
        connection.execute(text("DELETE FROM audit_log"))


def refusal(connection: Connection, statement: str) -> str | None:
    """The name of the error with which the database refuses a statement; None if it does not."""
    try:
        connection.execute(text(statement))
    except ProgrammingError as error:
        return type(error.orig).__name__
    return None


def test_a_right_given_by_hand_is_taken_away_by_the_next_run(login: Login, postgres_url: str, tmp_path: Path) -> None:
    owner = make_engine(postgres_url)
    with owner.begin() as connection:
        connection.execute(text(f"GRANT DELETE ON audit_log TO {PAGES}"))
        connection.execute(text(f"ALTER ROLE {PAGES} CREATEDB"))
    owner.dispose()
    (tmp_path / "pgpass").write_text(f"*:*:*:{PAGES}:another\n")
    done = prepare(postgres_url, tmp_path / "pgpass")
    assert done.returncode == 1, "three logins have no line, and the command says so"
    assert f"for: {RETENTION}, {REVIEWER}, {SINK}" in done.stderr
    with login(PAGES).connect() as connection, pytest.raises(ProgrammingError):
        connection.execute(text("DELETE FROM audit_log"))


def test_a_database_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "models.store", "tables", "--wait", "0", "--database-url", "postgresql://x@127.0.0.1:1/x"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Error: the database does not answer, or refuses (OperationalError)\n"


def test_lines_of_a_password_file_are_read_as_libpq_reads_them(tmp_path: Path) -> None:
    pgpass = tmp_path / "pgpass"
    pgpass.write_text(
        "# a comment\npostgres:5432:ypsem:ypsem:owners\nelsewhere:5432:ypsem:ypsem_sink:no\n"
        "postgres:5432:ypsem:ypsem_sink:a\\:b\\\\c\npostgres:5432:ypsem:ypsem_sink:second\n*:*:*:ypsem_pages:d\n"
    )
    assert stat.S_ISREG(pgpass.stat().st_mode)
    url = make_url("postgresql://ypsem@postgres/ypsem")
    assert passwords_in(pgpass, url) == {SINK: "a:b\\c", PAGES: "d"}
