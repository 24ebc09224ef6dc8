"""A browser, the pages, and a provider that can lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from starlette.testclient import TestClient

from dashboards.people.entrance import WithSessions
from dashboards.people.limits import Limits, Rates
from dashboards.registry import RegisterReader
from dashboards.sign_in.provider import Provider, Registration
from dashboards.sign_in.routes import SignIn
from dashboards.web import create_app
from models.store import AuditRow
from tests.dashboards.conftest import HOST
from tests.dashboards.sign_in.lying_provider import CLIENT, SECRET, LyingProvider, lying_provider

ROOT = f"https://{HOST}"
Browser = Callable[[], TestClient]


@pytest.fixture
def provider() -> Iterator[LyingProvider]:
    """The provider that the pages trust."""
    with lying_provider() as told:
        told.claims["roles"] = ["analyst:X08000001"]
        yield told


@pytest.fixture
def browser(sqlite: Engine, register_dir: Path, provider: LyingProvider) -> Browser:
    """Makes browsers on one and the same pages."""
    known = Registration(provider.issuer, CLIENT, SECRET, f"{ROOT}/sign-in/back", f"{ROOT}/signed-out")
    sign_in = SignIn(Provider(known), "roles")
    sessions, often = WithSessions(sqlite, frozenset({HOST})), Limits(Rates(*[10**6] * 3))
    app = create_app(sqlite, RegisterReader(register_dir), sessions, sign_in, often)
    return lambda: TestClient(app, ROOT, raise_server_exceptions=False, follow_redirects=False)


def log(engine: Engine) -> list[tuple[str, str, str, str]]:
    """The audit log: who, what, to what, detail."""
    columns = (AuditRow.who, AuditRow.action, AuditRow.subject, AuditRow.detail)
    with engine.connect() as connection:
        return [(a, b, c, d) for a, b, c, d in connection.execute(select(*columns).order_by(AuditRow.number))]


def back_from(client: TestClient, provider: LyingProvider, after: str = "/") -> str:
    """Begin to sign in; the address that the provider sends the browser back to."""
    begun = client.get("/sign-in/start", params={"next": after})
    assert begun.status_code == 303
    return provider.authorised(begun.headers["location"])
