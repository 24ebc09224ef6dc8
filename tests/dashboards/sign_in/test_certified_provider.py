"""Sign-in at a certified provider that nobody here wrote: npm `oidc-provider`, with its own pages."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from dashboards.people.entrance import WithSessions
from dashboards.registry import RegisterReader
from dashboards.sign_in.provider import Provider, Registration
from dashboards.sign_in.routes import SignIn
from dashboards.web import create_app
from demo.processes import free_port
from tests.dashboards.conftest import HOST
from tests.dashboards.html import Page
from tests.dashboards.sign_in.conftest import ROOT, log
from tests.models.store.factories import BOARD
from tests.producers import toolchains
from tests.support.waiting import poll_until

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent / "oidc_provider"


Told = list[bytes]


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[str, Told]]:
    """Where the provider says that a session has ended, and what it said."""
    heard: Told = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/back-channel-logout", heard
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory, told: tuple[str, Told]) -> Iterator[str]:
    """The provider as a process of its own."""
    folder = toolchains.packages_of_npm("oidc-provider", HERE)
    (folder / "provider.mjs").write_text((HERE / "provider.mjs").read_text("utf-8"), "utf-8")
    port, said = free_port(), tmp_path_factory.mktemp("provider") / "said"
    command = [toolchains.needs("node"), str(folder / "provider.mjs"), str(port), ROOT, told[0]]
    with said.open("w") as file:
        process = subprocess.Popen(command, cwd=folder, stdout=file, stderr=subprocess.STDOUT)
    try:
        poll_until(lambda: "listening" in said.read_text(), 60, "the provider listens")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def signed_in_at(address: str, account: str, browser: httpx2.Client | None = None) -> str:
    """Go through the provider's own pages as a browser does; where it sends the browser back to."""
    with nullcontext(browser) if browser else httpx2.Client(timeout=30) as client:
        answer = client.get(address)
        for _ in range(12):
            if answer.is_redirect:
                address = urljoin(str(answer.url), answer.headers["location"])
                if address.startswith(ROOT):
                    return address
                answer = client.get(address)
                continue
            assert answer.status_code == 200, answer.text[:300]
            action = re.search(r'action="([^"]+)"', answer.text)
            assert action, answer.text[:300]
            prompt = "login" if 'name="login"' in answer.text else "consent"
            form = {"prompt": prompt, "login": account, "password": "synthetic"}
            answer = client.post(urljoin(str(answer.url), action[1]), data=form)
    raise AssertionError("the provider never sent the browser back")


def test_somebody_signs_in_at_a_certified_provider_and_out(issuer: str, sqlite: Engine, register_dir: Path) -> None:
    known = Registration(issuer, "ypsem", "synthetic-secret", f"{ROOT}/sign-in/back", f"{ROOT}/signed-out")
    sessions = WithSessions(sqlite, frozenset({HOST}))
    app = create_app(sqlite, RegisterReader(register_dir), sessions, SignIn(Provider(known), "roles"))
    client = TestClient(app, ROOT, raise_server_exceptions=False, follow_redirects=False)

    begun = client.get("/sign-in/start", params={"next": f"/boards/{BOARD}"}).headers["location"]
    back = signed_in_at(begun, "s-7")
    assert parse_qs(urlsplit(back).query)["iss"] == [issuer], "it says who it is, so we insist on it"
    came = client.get(back)
    assert (came.status_code, came.headers["location"]) == (303, f"/boards/{BOARD}"), Page(came.text).text
    assert "Signed in as Rita (chair)" in client.get(f"/boards/{BOARD}").text
    assert log(sqlite)[0] == ("sub:s-7", "sign-in", "pages", "")
    assert client.get(back).status_code == 400, "once"

    stranger = client.get("/sign-in/start").headers["location"]
    assert client.get(signed_in_at(stranger, "s-8")).status_code == 403, "no role"
    elsewhere = Page(client.get("/sign-out/there").text).having("a")
    (address,) = [a["href"] for a in elsewhere if a["href"].startswith(issuer)]
    assert httpx2.get(address).status_code == 200, "it knows the address that people come back to"


def test_what_it_says_of_a_session_that_ended_there_ends_ours(
    issuer: str, told: tuple[str, Told], sqlite: Engine, register_dir: Path
) -> None:
    known = Registration(issuer, "ypsem", "synthetic-secret", f"{ROOT}/sign-in/back", f"{ROOT}/signed-out")
    sessions = WithSessions(sqlite, frozenset({HOST}))
    app = create_app(sqlite, RegisterReader(register_dir), sessions, SignIn(Provider(known), "roles"))
    client, other = (TestClient(app, ROOT, follow_redirects=False) for _ in range(2))
    with httpx2.Client(timeout=30) as browser, httpx2.Client(timeout=30) as elsewhere:
        for ours, theirs in ((client, browser), (other, elsewhere)):
            begun = ours.get("/sign-in/start").headers["location"]
            assert ours.get(signed_in_at(begun, "s-7", theirs)).status_code == 303
        asked = browser.get(f"{issuer}/session/end", params={"client_id": "ypsem"})
        form = dict(re.findall(r'name="(xsrf)" value="([^"]+)"', asked.text)) | {"logout": "yes"}
        browser.post(f"{issuer}/session/end/confirm", data=form)
    poll_until(lambda: told[1], 30, "the provider says so")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert [one.get("/account").status_code for one in (client, other)] == [200, 200], "nobody has passed it on yet"
    assert TestClient(app, ROOT).post("/back-channel-logout", content=told[1][0], headers=kind).status_code == 200
    assert [one.get("/account").status_code for one in (client, other)] == [401, 200], "that browser's session alone"
    assert log(sqlite)[-1] == ("sub:s-7", "sign-out", "pages", "at the provider")
