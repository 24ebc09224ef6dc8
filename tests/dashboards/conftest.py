"""A page over a real database: the demo's register, a fixed day, and a hand to store releases."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert
from starlette.testclient import TestClient

from dashboards.life.states import LifeState
from dashboards.people.cookies import SESSION
from dashboards.people.entrance import WithSessions
from dashboards.people.limits import Limits, Rates
from dashboards.people.person import Person, Role, stored
from dashboards.registry import RegisterReader
from dashboards.sign_in.provider import Provider, Registration
from dashboards.sign_in.routes import SignIn
from dashboards.web import create_app
from models.releases import Release, SubmissionState
from models.service import clock
from models.store import Base, ReleaseCellRow, ReleaseRow, ReleaseStateRow, ServiceStateRow, SubmissionRow, writing
from models.store.sessions import open_session
from tests.models.store.factories import DATABASES, database, wire

REGISTER = Path(__file__).parents[2] / "demo" / "register"
TODAY = datetime(2026, 5, 11, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_11_may_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's day."""
    offset = int((TODAY - datetime.now(UTC)).total_seconds())
    monkeypatch.setenv("YPSEM_CLOCK_OFFSET_SECONDS", str(offset))


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A migrated empty database, of each kind in turn."""
    with database(request.param, request) as engine:
        yield engine


@pytest.fixture
def sqlite(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A migrated empty SQLite database."""
    with database("sqlite", request) as engine:
        yield engine


@pytest.fixture
def register_dir(tmp_path: Path) -> Path:
    """A copy of the demo's register that a test may change."""
    copy = tmp_path / "register"
    copy.mkdir()
    for path in REGISTER.glob("*.yaml"):
        (copy / path.name).write_text(path.read_text("utf-8"), "utf-8")
    return copy


Visit = Callable[[Engine], TestClient]


@pytest.fixture
def visit(register_dir: Path) -> Visit:
    """The browser of somebody who signed in, with every role, on the pages over a database."""

    def make(engine: Engine) -> TestClient:
        every = (f"{role}:*" for role in Role)
        return browser(engine, register_dir, signed_in(engine, *every, "viewer:*:aldermere-police"))

    return make


People = Callable[..., TestClient]


@pytest.fixture
def people(engine: Engine, register_dir: Path) -> People:
    """Makes somebody's browser: a subject, and their grants."""
    return lambda subject, *grants: browser(engine, register_dir, signed_in(engine, *grants, subject=subject))


HOST = "pages.example"
MANY = 10**6
"""Requests a minute: no test reaches that, and the limits have tests of their own."""
READER = "sub:reader"


def signed_in(engine: Engine, *grants: str, subject: str = "reader", name: str = "Rita Reader") -> str:
    """A session of somebody with these roles; the number that their browser keeps."""
    person = Person("https://provider.example", subject, name, stored(grants))
    with writing(engine).begin() as connection:
        return open_session(
            connection, secrets.token_hex(8), issuer=person.issuer, subject=subject, who=person.who, name=name,
            grants=map(str, person.grants),
        )  # fmt: skip


def browser(engine: Engine, register_dir: Path, number: str | None = None) -> TestClient:
    """A browser on the pages, with a session or without."""
    nobody_there = Registration("http://127.0.0.1:9", "ypsem", None, f"https://{HOST}/sign-in/back", f"https://{HOST}/")
    sessions, sign_in = WithSessions(engine, frozenset({HOST})), SignIn(Provider(nobody_there), "roles")
    app = create_app(engine, RegisterReader(register_dir), sessions, sign_in, Limits(Rates(MANY, MANY, MANY)))
    kept = {SESSION: number} if number else None
    return TestClient(app, f"https://{HOST}", raise_server_exceptions=False, follow_redirects=False, cookies=kept)


def store(
    engine: Engine, *messages: Release | SubmissionState, checked: bool = True, state: LifeState = LifeState.APPROVED
) -> None:
    """Put releases and submissions where the sink would have put them, and releases at once into a state."""
    with engine.begin() as connection:
        for at, message in enumerate(messages):
            if isinstance(message, SubmissionState):
                connection.execute(insert(SubmissionRow).values(**_fields(message, SubmissionRow), src_offset=at))
                continue
            row = _fields(message, ReleaseRow)
            row |= {"body": wire(message), "received_at": TODAY, "src_offset": at}
            connection.execute(insert(ReleaseRow).values(**row))
            cells = [{"release_id": message.release_id, **cell.model_dump()} for cell in message.cells]
            connection.execute(insert(ReleaseCellRow), cells)
            if state is not LifeState.BUILT:
                reached = {"release_id": message.release_id, "state": state.value, "since": TODAY}
                connection.execute(insert(ReleaseStateRow).values(**reached))
        if checked:
            connection.execute(insert(ServiceStateRow).values(name="sink", value="caught_up", updated_at=clock.now()))


def _fields(message: Release | SubmissionState, table: type[Base]) -> dict[str, Any]:
    """What has a column of its own."""
    return message.model_dump(include=set(table.__table__.columns.keys()))
