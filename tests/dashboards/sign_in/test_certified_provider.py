"""Sign-in at a certified provider that nobody here wrote: npm `oidc-provider`, with its own pages."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
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


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The provider as a process of its own."""
    folder = toolchains.packages_of_npm("oidc-provider", HERE)
    (folder / "provider.mjs").write_text((HERE / "provider.mjs").read_text("utf-8"), "utf-8")
    port, said = free_port(), tmp_path_factory.mktemp("provider") / "said"
    command = [toolchains.needs("node"), str(folder / "provider.mjs"), str(port), ROOT]
    with said.open("w") as file:
        process = subprocess.Popen(command, cwd=folder, stdout=file, stderr=subprocess.STDOUT)
    try:
        poll_until(lambda: "listening" in said.read_text(), 60, "the provider listens")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def signed_in_at(address: str, account: str) -> str:
    """Go through the provider's own pages as a browser does; where it sends the browser back to."""
    with httpx2.Client(timeout=30) as client:
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
