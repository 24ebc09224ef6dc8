"""The door: nobody gets past it without a session and a role; and it says why and what to do."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote

import anyio
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, select
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from dashboards import web
from dashboards.people.cookies import SESSION, form_token
from dashboards.people.entrance import Entrance, RefusalPage, WithoutSignIn, WithSessions
from dashboards.people.mapped import OPEN, ROUTES
from dashboards.people.permissions import TABLE, Extent
from dashboards.people.person import Role
from dashboards.registry import RegisterReader
from dashboards.web import create_app
from models.service.clock import now
from models.store import AuditRow, SessionRow, make_engine, writing
from models.store.access import Granted, give
from models.store.actions import Source, open_action
from models.store.remedy_requests import ask
from models.store.sessions import end_sessions_of, visit
from tests.dashboards.conftest import HOST, browser, signed_in, store
from tests.dashboards.html import Page
from tests.models.store.factories import BOARD, make_release, make_request

OTHER = "X08000002"
ACTION = "act-0123456789abcdef"
SECOND = (
    f"boards:\n  - {{code: {OTHER}, name: Aardwick (synthetic), partition: 4, boundary_set: none, "
    "live_from: 2026-05-12T00:00:00Z, referral_route: Ask at Aardwick, towns: [], wards: []}\n"
)


@pytest.fixture
def two_boards(register_dir: Path) -> Path:
    """The register with a second board."""
    path = next(register_dir.glob("register-*.yaml"))
    path.write_text(path.read_text("utf-8").replace("boards:\n", SECOND, 1), "utf-8")
    return register_dir


def grant(role: Role, board: str) -> str:
    return f"{role}:{board}:aldermere-police" if role is Role.VIEWER else f"{role}:{board}"


def an_action(engine: Engine) -> None:
    """An action of the board, and a role that was given on it."""
    day = date(2026, 5, 11)
    granted = Granted("g" * 24, "sub:x", "chair", BOARD, "", day, day, "sub:a", now(), None, None, None, None)
    with writing(engine).begin() as connection:
        give(connection, "sub:a", granted)
        ask(connection, make_request(now()))
        open_action(
            connection, "chair", board=BOARD, source=Source.AUDIT, owner="aldermere-police", title="x",
            opened_on=date(2026, 2, 1), due_on=date(2026, 3, 1), action_id=ACTION,
        )  # fmt: skip


def addresses(release_id: str, board: str = BOARD) -> dict[tuple[str, str], str]:
    """An address of every route that shows something of the board."""
    filled = {"{code}": board, "{measure}": "m6", "{name}": f"{release_id}.csv", "{release}": release_id}
    filled |= {
        "{action}": ACTION,
        "{agency}": "aldermere-police",
        "{grant}": "g" * 24,
        "{request}": "r" * 24,
        "{paper}": "brief.pdf",
        "{number}": "2",
        "{place}": f"{board}-T1",
    }
    found = {}
    for method, path in ROUTES:
        address = path
        for name, value in filled.items():
            address = address.replace(name, value)
        found[(method, path)] = address
    return found


def test_every_route_for_every_role_on_the_own_and_another_board(sqlite: Engine, two_boards: Path) -> None:
    release = make_release()
    store(sqlite, release)
    an_action(sqlite)
    asked = addresses(release.release_id)
    for role, board in product(Role, (BOARD, OTHER, "*")):
        client = browser(sqlite, two_boards, signed_in(sqlite, grant(role, board)))
        for key, address in asked.items():
            rule = TABLE[ROUTES[key]]
            allowed = role in rule.roles and (
                rule.reach is Extent.ANY or board == "*" or (board == BOARD and rule.reach is not Extent.ALL)
            )
            if key[0] == "POST":
                continue  # below
            status = client.get(address).status_code
            assert status in ({200, 303} if allowed else {403}), (role, board, key, status)


DONE = {200, 303, 404, 409, 422}
"""What a form that somebody may send can be answered with: here nothing is typed, and some things are not there."""


def test_every_form_for_every_role_on_the_own_and_another_board(sqlite: Engine, two_boards: Path) -> None:
    release = make_release()
    store(sqlite, release)
    an_action(sqlite)
    asked = {key: address for key, address in addresses(release.release_id).items() if key[0] == "POST"}
    assert len(asked) > 5
    client = browser(sqlite, two_boards)
    for role, board in product(Role, (BOARD, OTHER, "*")):
        for key, address in asked.items():
            number = signed_in(sqlite, grant(role, board))
            client.cookies.clear()  # or an answer that ended the session before would count against this one
            client.cookies.set(SESSION, number)
            rule = TABLE[ROUTES[key]]
            reached = rule.reach is Extent.ANY or board == "*" or (board == BOARD and rule.reach is not Extent.ALL)
            allowed = role in rule.roles and reached
            status = client.post(address, data={"form_token": form_token(number)}).status_code
            assert status in (DONE if allowed else {403}), (role, board, key, status)
            if allowed:
                assert client.post(address, data={"form_token": "x"}).status_code in (401, 403), "never without a token"


@pytest.mark.parametrize("key", sorted(ROUTES))
def test_without_a_session_there_is_nothing_to_see(key: tuple[str, str], sqlite: Engine, register_dir: Path) -> None:
    release = make_release()
    store(sqlite, release)
    client = browser(sqlite, register_dir)
    address = addresses(release.release_id)[key]
    answer = client.request(key[0], address)
    assert answer.status_code == 401
    assert "www-authenticate" in answer.headers
    assert BOARD not in Page(answer.text).text
    page = Page(answer.text)
    assert page.having("a")
    ways = [a["href"] for a in page.having("a") if a["href"].startswith("/sign-in/start")]
    assert len(ways) == 1
    assert not page.having("nav"), "it leads nowhere else"
    assert rows(sqlite) == [], "somebody unknown adds nothing to the log"


def rows(engine: Engine) -> list[tuple[str, str, str, str]]:
    columns = (AuditRow.who, AuditRow.action, AuditRow.subject, AuditRow.detail)
    with engine.connect() as connection:
        return [(a, b, c, d) for a, b, c, d in connection.execute(select(*columns).order_by(AuditRow.number))]


def test_what_needs_no_session_shows_nothing_of_a_board(sqlite: Engine, register_dir: Path) -> None:
    store(sqlite, make_release())
    client = browser(sqlite, register_dir)
    shown = {path for method, path in OPEN if method == "GET"}
    for path in sorted(shown - {"/sign-in/start", "/sign-in/back", "/sign-out/there"}):
        answer = client.get(path)
        assert answer.status_code == 200
        assert BOARD not in answer.text
    assert client.get("/static/ypsem.css").status_code == 200
    for path in ("/static", "/static/../boards", "/static/%2e%2e/web.py", "/nowhere", "/docs", "/openapi.json"):
        assert client.get(path).status_code in (401, 404), path
    assert "WebFinger" not in client.get("/static/%2e%2e/%2e%2e/web.py").text


def test_a_route_that_is_in_no_table_is_refused_whoever_asks(sqlite: Engine, register_dir: Path) -> None:
    app = FastAPI()
    app.get("/forgotten")(lambda: {"figures": 45})
    app.get("/boards/{code}")(lambda code: {"figures": 45})
    told: list[str] = []

    def shown(refusal: RefusalPage, _visitor: object) -> Response:
        told.append(refusal.text)
        return Response(status_code=refusal.status)

    door = Entrance(app, app.routes, sqlite, WithoutSignIn(frozenset({HOST})), shown, str)
    client = TestClient(door, f"https://{HOST}")
    assert client.get(f"/boards/{BOARD}").status_code == 200
    assert client.get("/forgotten").status_code == 403
    assert "in no table of permissions" in told[-1]
    assert client.post("/forgotten").status_code == 405


def test_a_refusal_says_why_and_is_in_the_log_without_the_address(sqlite: Engine, register_dir: Path) -> None:
    client = browser(sqlite, register_dir, signed_in(sqlite, f"chair:{OTHER}"))
    own, strange = client.get(f"/boards/{BOARD}"), client.get("/boards/zz-canary-zz")
    for answer in (own, strange):
        assert answer.status_code == 403
        text = " ".join(Page(answer.text).text.split())
        assert "You have no role there. If you should be able to, ask whoever administers access" in text
        assert Page(answer.text).having("a", href="/account")
    assert Page(own.text).text == Page(strange.text).text, "it does not tell whether there is such a board"
    assert rows(sqlite) == [("sub:reader", "refused", "pages", "see_figures")], "once in a quarter of an hour"


def test_a_session_that_somebody_ended_is_over_at_once(sqlite: Engine, register_dir: Path) -> None:
    client = browser(sqlite, register_dir, signed_in(sqlite, f"chair:{BOARD}"))
    assert client.get(f"/boards/{BOARD}").status_code == 200
    with writing(sqlite).begin() as connection:
        end_sessions_of(connection, "sub:reader")
    answer = client.get(f"/boards/{BOARD}/figures?view=town")
    assert answer.status_code == 401
    assert "Your session has ended" in answer.text
    (way,) = [a["href"] for a in Page(answer.text).having("a") if a["href"].startswith("/sign-in/start")]
    assert way == f"/sign-in/start?next=/boards/{BOARD}/figures%3Fview%3Dtown"


@pytest.mark.parametrize(
    "host", ["evil.example", "", f"{HOST}.evil.example", f"evil.example:{HOST}", "127.0.0.1", f"{HOST}@evil.example"]
)
def test_another_host_is_refused_before_anything_else(host: str, sqlite: Engine, register_dir: Path) -> None:
    client = browser(sqlite, register_dir, signed_in(sqlite, f"chair:{BOARD}"))
    for path in (f"/boards/{BOARD}", "/sign-in", "/static/ypsem.css"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 400
        assert "evil" not in answer.text
        assert "location" not in answer.headers


def test_a_host_with_the_wrong_port_is_another_host(sqlite: Engine, register_dir: Path) -> None:
    sessions = WithSessions(sqlite, frozenset({"a.example:8443", "b.example"}))
    app = create_app(sqlite, RegisterReader(register_dir), sessions)
    client = TestClient(app)
    statuses = {
        host: client.get("/signed-out", headers={"Host": host}).status_code
        for host in ("a.example:8443", "a.example", "a.example:1", "b.example", "b.example:9", "A.EXAMPLE:8443")
    }
    assert [host for host, status in statuses.items() if status == 200] == [
        "a.example:8443", "b.example", "b.example:9", "A.EXAMPLE:8443",
    ]  # fmt: skip


def is_in(engine: Engine, number: str) -> bool:
    with writing(engine).begin() as connection:
        return visit(connection, number) is not None


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        (None, {}, 403), ("", {}, 403), ("x" * 64, {}, 403), ("of another session", {}, 403), ("twice", {}, 403),
        ("own", {"Sec-Fetch-Site": "cross-site"}, 403), ("own", {"Sec-Fetch-Site": "same-site"}, 403),
        ("own", {"Sec-Fetch-Site": "none"}, 403), ("own", {"Content-Type": "text/plain"}, 415),
        ("own", {"Content-Type": "application/json"}, 415), ("too long", {}, 413),
        ("own", {}, 303), ("own", {"Sec-Fetch-Site": "same-origin"}, 303),
    ],
)  # fmt: skip
def test_a_form_needs_the_token_of_its_session(
    token: str | None, headers: dict[str, str], status: int, sqlite: Engine, register_dir: Path
) -> None:
    number, other = signed_in(sqlite, f"chair:{BOARD}"), signed_in(sqlite, f"chair:{BOARD}", subject="other")
    own = f"form_token={form_token(number)}"
    bodies = {"own": own, "of another session": f"form_token={form_token(other)}", "twice": f"{own}&{own}"}
    bodies["too long"] = f"{own}&text={'x' * 70_000}"
    body = "" if token is None else bodies.get(token, f"form_token={token}")
    client = browser(sqlite, register_dir, number)
    answer = client.post("/sign-out", content=body, headers={"Content-Type": FORM} | headers)
    assert answer.status_code == status
    assert is_in(sqlite, number) == (status != 303), "nothing is done by a form that is refused"
    if status != 303:
        assert "Nothing was done" in answer.text


def test_pages_of_other_sites_cannot_act_where_nobody_signs_in(sqlite: Engine, register_dir: Path) -> None:
    sessions = WithoutSignIn(frozenset({HOST}))
    client = TestClient(create_app(sqlite, RegisterReader(register_dir), sessions), f"https://{HOST}")
    assert client.post("/sign-out", data={"x": "y"}).status_code == 403
    assert "form_token" not in client.get("/methods").text
    assert "everybody on this machine has every role" in client.get("/methods").text


def test_a_form_of_an_ended_session_says_that_nothing_was_done(sqlite: Engine, register_dir: Path) -> None:
    client = browser(sqlite, register_dir, "no-session")
    answer = client.post("/sign-out", data={"form_token": "x"})
    assert answer.status_code == 401
    assert "Sign in, and fill in the form again" in answer.text


@pytest.mark.parametrize("number", ["", "no-session", "own"])
@pytest.mark.parametrize(("site", "shown"), [("same-origin", True), ("same-site", False), (None, False)])
def test_what_was_typed_is_shown_if_the_browser_says_that_it_is_from_these_pages(
    number: str, site: str | None, shown: bool, sqlite: Engine, register_dir: Path
) -> None:
    """Otherwise any other site could write into ours."""
    path = f"/boards/{BOARD}/actions/add"
    number = signed_in(sqlite, f"chair:{BOARD}") if number == "own" else number
    body = f"form_token=old&once=act-1&title={quote('<b>ring me</b>')}"
    headers = {"Content-Type": FORM} | ({"Sec-Fetch-Site": site} if site else {})
    answer = browser(sqlite, register_dir, number).post(path, content=body, headers=headers)
    assert answer.status_code in (401, 403)
    assert ("<dt>Title</dt><dd>&lt;b&gt;ring me&lt;/b&gt;</dd>" in answer.text) == shown
    assert "act-1" not in answer.text, "nobody typed that"
    assert (path in answer.text) == shown, "and the way back to the form"


def test_head_is_get_without_a_body_and_allow_says_so(sqlite: Engine, register_dir: Path) -> None:
    client = browser(sqlite, register_dir, signed_in(sqlite, f"chair:{BOARD}"))
    got, head = client.get(f"/boards/{BOARD}"), client.head(f"/boards/{BOARD}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert client.head(f"/boards/{OTHER}").status_code == 403
    assert browser(sqlite, register_dir).head(f"/boards/{BOARD}").status_code == 401
    refused = client.delete(f"/boards/{BOARD}")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
    assert client.get("/sign-out").headers["allow"] == "POST"


def test_a_head_sends_no_body(sqlite: Engine, register_dir: Path) -> None:
    """As the server is told it; the client of other tests would not show a body that was sent."""
    sent: list[Message] = []
    path = "/sign-in"
    scope: Scope = {
        "type": "http", "method": "HEAD", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"host", HOST.encode())], "scheme": "https", "server": (HOST, 443), "http_version": "1.1",
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    anyio.run(browser(sqlite, register_dir).app, scope, receive, send)
    assert sent[0]["status"] == 200
    assert b"".join(message.get("body", b"") for message in sent[1:]) == b""


def test_without_tables_or_database_the_page_says_so(tmp_path: Path, register_dir: Path) -> None:
    empty = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    answer = browser(empty, register_dir, "a-number").get("/")
    assert answer.status_code == 503
    assert "The database is empty. Start the sink" in answer.text
    assert browser(empty, register_dir).get("/").status_code == 401
    empty.dispose()


def test_the_list_of_boards_is_ones_own(sqlite: Engine, two_boards: Path) -> None:
    one = browser(sqlite, two_boards, signed_in(sqlite, f"chair:{OTHER}")).get("/")
    assert (one.status_code, one.headers["location"]) == (303, f"/boards/{OTHER}")
    both = browser(sqlite, two_boards, signed_in(sqlite, f"chair:{OTHER}", f"analyst:{BOARD}")).get("/")
    assert len([a for a in Page(both.text).having("a") if a["href"].startswith("/boards/")]) == 2
    none = browser(sqlite, two_boards, signed_in(sqlite, "operations:*")).get("/")
    assert "None of your roles shows the figures of a board" in none.text


def test_the_account_says_what_one_may_and_why_not(sqlite: Engine, two_boards: Path) -> None:
    number = signed_in(sqlite, f"analyst:{BOARD}", f"viewer:{OTHER}:aldermere-police", name="<b>Rita</b>")
    page = Page(browser(sqlite, two_boards, number).get("/account").text)
    assert "<b>Rita</b>" in page.text
    assert len(page.tables) == 3
    rows_of = {row[0]: row[1:] for row in page.tables[1]}
    assert rows_of["Ask for a release"][0] == "yes"
    assert rows_of["Approve a release, or refuse it"][0] == "no"
    assert "a person needs the role publisher on this board" in rows_of["Approve a release, or refuse it"][1]


def test_the_session_number_is_on_no_page(sqlite: Engine, register_dir: Path) -> None:
    number = signed_in(sqlite, f"chair:{BOARD}")
    client = browser(sqlite, register_dir, number)
    for path in ("/account", f"/boards/{BOARD}", "/nowhere", f"/boards/{OTHER}"):
        answer = client.get(path)
        assert number not in answer.text + str(answer.headers)
    with sqlite.connect() as connection:
        assert len(connection.execute(select(SessionRow)).all()) == 1


def test_a_handler_without_a_door_shows_nothing(sqlite: Engine, register_dir: Path) -> None:
    with patch.object(web, "Entrance", lambda app, *_: app):
        app = web.create_app(sqlite, RegisterReader(register_dir), WithoutSignIn())
    answer = TestClient(app, raise_server_exceptions=False).get(f"/boards/{BOARD}")
    assert answer.status_code == 500
