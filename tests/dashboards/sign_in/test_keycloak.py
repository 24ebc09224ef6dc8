"""Sign-in and sign-out at Keycloak itself, with the realm file of the compose file's profile."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from dashboards.people.entrance import WithSessions
from dashboards.registry import RegisterReader
from dashboards.sign_in.provider import Provider, Registration
from dashboards.sign_in.routes import SignIn
from dashboards.web import create_app
from demo.brokers.embedded import BrokerMissing
from tests.dashboards.conftest import HOST
from tests.dashboards.html import Page
from tests.dashboards.sign_in.conftest import ROOT, log
from tests.models.store.factories import BOARD
from tests.support.keycloak import PASSWORD, distribution, keycloak, set_password

pytestmark = [pytest.mark.batch, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Keycloak, running; somebody of the realm has a password."""
    try:
        distribution()
    except BrokerMissing as missing:
        pytest.skip(f"no Keycloak: {missing}")
    with keycloak(tmp_path_factory.mktemp("keycloak"), ROOT) as address:
        for person in ("ana", "kay"):
            set_password(address, person, PASSWORD)
        yield address


class Elsewhere:
    """A browser at the provider, which keeps its cookies as browsers do on a loopback address: `Secure` ones too."""

    def __init__(self) -> None:
        self._client = httpx2.Client(timeout=60)
        self._kept: dict[str, str] = {}

    def ask(self, method: str, address: str, data: dict[str, str] | None = None) -> httpx2.Response:
        """One request."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._kept.items())}
        answer = self._client.request(method, address, data=data, headers=headers)
        self._client.cookies.clear()
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self._kept[name.strip()] = value
        return answer

    def signed_in(self, address: str, username: str, password: str = PASSWORD) -> str | None:
        """Fill in the provider's own form; where it sends the browser back to, or None if it asks again."""
        page = self.ask("GET", address)
        while page.is_redirect:
            page = self.ask("GET", urljoin(str(page.url), page.headers["location"]))
        action = re.search(r'<form[^>]*id="kc-form-login"[^>]*action="([^"]+)"', page.text)
        assert action, page.text[:500]
        answer = self.ask("POST", html.unescape(action[1]), {"username": username, "password": password})
        return str(answer.headers["location"]) if answer.is_redirect else None


def test_somebody_signs_in_at_keycloak_and_out(server: str, sqlite: Engine, register_dir: Path) -> None:
    issuer = f"{server}/realms/ypsem"
    known = Registration(issuer, "ypsem", None, f"{ROOT}/sign-in/back", f"{ROOT}/signed-out")
    sessions = WithSessions(sqlite, frozenset({HOST}))
    app = create_app(sqlite, RegisterReader(register_dir), sessions, SignIn(Provider(known), "roles"))

    def pages() -> TestClient:
        return TestClient(app, ROOT, raise_server_exceptions=False, follow_redirects=False)

    client, browser = pages(), Elsewhere()
    begun = client.get("/sign-in/start", params={"next": f"/boards/{BOARD}"}).headers["location"]
    assert begun.startswith(f"{issuer}/protocol/openid-connect/auth?")
    assert browser.signed_in(begun, "ana", "wrong") is None
    back = browser.signed_in(begun, "ana")
    assert back is not None
    assert back.startswith(f"{ROOT}/sign-in/back?")
    came = client.get(back)
    assert (came.status_code, came.headers["location"]) == (303, f"/boards/{BOARD}"), Page(came.text).text
    assert "Signed in as Ana Analyst (analyst)" in client.get(f"/boards/{BOARD}").text
    (who, action, _, _), *_ = log(sqlite)
    assert action == "sign-in"
    assert re.fullmatch(r"sub:[0-9a-f-]{36}", who), "Keycloak's own subject"
    assert client.get(back).status_code == 400, "once"

    (goes_on,) = Page(client.get("/sign-out/there").text).having("meta", **{"http-equiv": "refresh"})
    asks = browser.ask("GET", goes_on["content"].partition("url=")[2])
    assert asks.status_code == 200, "it knows the client and the address that people come back to"
    assert "kc-logout" in asks.text, "and asks the person, as no hint says who it is"
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', asks.text))
    action_of = re.search(r'action="([^"]+)"', asks.text)
    assert action_of
    done = browser.ask("POST", urljoin(str(asks.url), html.unescape(action_of[1])), fields)
    assert done.headers.get("location") == f"{ROOT}/signed-out"

    keeper = pages()
    came = keeper.get(Elsewhere().signed_in(keeper.get("/sign-in/start").headers["location"], "kay") or "")
    assert came.status_code == 303
    assert keeper.get(f"/boards/{BOARD}").status_code == 403, "a key custodian sees no figures"
    wrong = httpx2.get(begun.replace("sign-in%2Fback", "elsewhere"))
    assert wrong.status_code == 400, "people are sent back to the pages alone"
