"""Names stand beside codes for those who may see them, on pages alone; whoever is refused is told their own code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete
from starlette.testclient import TestClient

from dashboards.people import changes
from dashboards.people.person import Person, stored
from models.store import SessionRow, audit, writing
from models.store.audit_retention import forget_names
from models.store.people import every_name, remember
from tests.dashboards.conftest import browser, signed_in
from tests.dashboards.filling import fill, words
from tests.dashboards.html import Page
from tests.models.store.factories import BOARD

ELSEWHERE = "X08000002"


def sign_in(engine: Engine, subject: str, name: str) -> None:
    """As the provider's answer does."""
    person = Person("https://provider.example", subject, name, stored([f"analyst:{BOARD}"]))
    assert changes.signed_in(engine, f"answer of {subject} {name}", person, None)


Pages = Callable[[str], TestClient]


@pytest.fixture
def pages(sqlite: Engine, register_dir: Path) -> Pages:
    """Ana signed in and asked for a release; makes the browser of somebody with one role."""
    sign_in(sqlite, "ana", "Ana Analyst")
    ana = browser(sqlite, register_dir, signed_in(sqlite, f"analyst:{BOARD}", subject="ana"))
    form = f"/boards/{BOARD}/releases/ask"
    window = Page(ana.get(form).text).having("input", type="checkbox")[0]["value"]
    assert fill(ana, form, windows=window).status_code == 303
    return lambda grant: browser(sqlite, register_dir, signed_in(sqlite, grant, subject="x", name=""))


@pytest.mark.parametrize(
    ("grant", "path", "sees"),
    [
        (f"information-governance:{BOARD}", "audit", True),
        ("information-governance:*", "audit", True),
        (f"chair:{BOARD}", "releases", True),
        (f"analyst:{BOARD}", "releases", False),
        (f"publisher:{BOARD}", "releases", False),
    ],
)
def test_who_sees_a_name(grant: str, path: str, sees: bool, pages: Pages) -> None:
    text = words(pages(grant).get(f"/boards/{BOARD}/{path}"))
    assert "sub:ana" in text
    assert ("sub:ana (Ana Analyst)" in text) is sees
    assert ("Ana Analyst" in text) is sees


def test_an_administrator_sees_to_whom_a_role_is_given_and_by_whom(pages: Pages) -> None:
    ada = pages(f"administrator:{BOARD}")
    days = {f"{name}-{part}": value for name, part, value in (
        ("starts", "day", "11"), ("starts", "month", "5"), ("starts", "year", "2026"),
        ("ends", "day", "1"), ("ends", "month", "6"), ("ends", "year", "2026"),
    )}  # fmt: skip
    given = fill(ada, f"/boards/{BOARD}/access/give", person="sub:ana", role="chair", agency="", **days)
    assert given.status_code == 303, words(given)
    assert "sub:ana (Ana Analyst)" in words(ada.get(f"/boards/{BOARD}/access"))


def test_a_name_is_in_no_file(pages: Pages) -> None:
    table = pages("information-governance:*").get("/audit/csv").text
    assert "sub:ana" in table
    assert "Analyst" not in table


def test_the_latest_name_counts_and_is_text(sqlite: Engine, pages: Pages) -> None:
    sign_in(sqlite, "ana", "<b>Ana</b>")
    page = pages("information-governance:*").get("/audit").text
    assert "sub:ana (&lt;b&gt;Ana&lt;/b&gt;)" in page
    assert "Ana Analyst" not in page
    assert "<b>Ana" not in page


def test_a_name_goes_when_neither_the_log_nor_a_session_has_the_code(sqlite: Engine) -> None:
    sign_in(sqlite, "ana", "Ana Analyst")
    with writing(sqlite).begin() as connection:
        remember(connection, "sub:gone", "Greta Gone")
        remember(connection, "sub:nameless", "")
        audit.append(connection, "sub:admin", "access.give", "sub:told", "chair")
        remember(connection, "sub:told", "Tom Told")
    assert forget_names(sqlite) == 1
    with sqlite.begin() as connection:
        connection.execute(delete(SessionRow))
    assert forget_names(sqlite) == 0, "the log still has the codes"
    with sqlite.connect() as connection:
        assert every_name(connection) == {"sub:ana": "Ana Analyst", "sub:told": "Tom Told"}


def test_whoever_is_refused_is_told_their_own_code(sqlite: Engine, register_dir: Path) -> None:
    ana = browser(sqlite, register_dir, signed_in(sqlite, f"analyst:{BOARD}", subject="ana"))
    refused = ana.get(f"/boards/{ELSEWHERE}")
    assert refused.status_code == 403
    assert "Your code is sub:ana. Tell it to whoever administers access" in words(refused)
    assert "Your code" not in browser(sqlite, register_dir).get("/").text
