"""The demo's sign-in: on this machine alone, for synthetic people, and held to what a provider has to check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from click.testing import CliRunner
from joserfc import jwt
from joserfc.jwk import KeySet
from starlette.testclient import TestClient

from dashboards.people.person import Role
from dashboards.sign_in.attempt import Attempt
from dashboards.sign_in.claims import grant_of
from dashboards.sign_in.provider import NotSignedIn, Provider, Registration, SignInReason
from demo.boards import BOARDS, two_boards
from demo.processes import free_port, start
from demo.provider import protocol as rules
from demo.provider.__main__ import main
from demo.provider.people import OF_BOTH_BOARDS, OF_THE_LARGE_BOARD, OF_THE_SMALL_BOARD, PEOPLE
from demo.provider.protocol import CLIENT, Protocol
from demo.provider.web import provider_app
from demo.rundir import ROOT, module
from demo.visitor import DemoVisitor, NotLetIn
from models.store import make_engine, upgrade
from tests.dashboards.conftest import REGISTER
from tests.support.waiting import poll_until

ISSUER, PAGES = "http://127.0.0.1:8081", "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("host", "pages"),
    [
        ("0.0.0.0", PAGES),  # noqa: S104
        ("::", PAGES), ("10.0.0.1", PAGES), ("192.168.1.5", PAGES), ("example.org", PAGES),
        ("localhost", PAGES), ("", PAGES), ("127.0.0.1", "http://10.0.0.1:8080"),
        ("127.0.0.1", "https://pages.example"), ("127.0.0.1", "http://localhost.example:8080"), ("127.0.0.1", ""),
    ],
)  # fmt: skip
def test_it_starts_on_no_address_that_others_can_reach(host: str, pages: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demo.provider.__main__.uvicorn.run", lambda *_, **__: pytest.fail("it was started"))
    done = CliRunner().invoke(main, ["--host", host, "--port", str(free_port()), "--pages", pages])
    assert done.exit_code == 1
    assert "loopback addresses such as 127.0.0.1 only" in done.output


def test_there_is_one_person_for_each_role_and_for_each_board_and_one_for_both() -> None:
    register = two_boards()
    grants = {person.subject: [grant_of(role) for role in person.roles] for person in PEOPLE}
    every = [grant for of_one in grants.values() for grant in of_one]
    assert None not in every
    assert {grant.role for grant in every if grant} == set(Role)
    alone = {of_one[0].role for of_one in grants.values() if len(of_one) == 1 and of_one[0]}
    assert alone == set(Role), "each role has somebody who has no other"
    assert {grant.board for grant in every if grant} == {*BOARDS, "*"}
    for grant in every:
        if grant and grant.agency:
            assert grant.agency in {agency.id for agency in register.agencies_of(grant.board)}
    boards = [{grant.board for grant in grants[p.subject] if grant} for p in (OF_THE_LARGE_BOARD, OF_THE_SMALL_BOARD)]
    assert boards == [{board} for board in BOARDS]
    assert {grant.board for grant in grants[OF_BOTH_BOARDS.subject] if grant} == set(BOARDS)
    assert len(grants) == len(PEOPLE)


ASKED = {
    "client_id": CLIENT, "redirect_uri": f"{PAGES}/sign-in/back", "response_type": "code",
    "code_challenge_method": "S256", "state": "a" * 43, "nonce": "b" * 43,
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
}  # fmt: skip
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
"""Of the worked example in RFC 7636, appendix B."""


@pytest.fixture
def browser() -> TestClient:
    """A browser at the provider."""
    protocol = Protocol(ISSUER, CLIENT, ASKED["redirect_uri"], f"{PAGES}/signed-out")
    return TestClient(provider_app(protocol), ISSUER, follow_redirects=False)


def code(browser: TestClient, person: str = "ana") -> str:
    """Choose somebody; the code that the pages are told."""
    came = browser.post("/authorize", data={**ASKED, "person": person})
    assert came.status_code == 303
    place, _, query = came.headers["location"].partition("?")
    assert place == ASKED["redirect_uri"]
    answer = parse_qs(query)
    assert (answer["state"], answer["iss"]) == ([ASKED["state"]], [ISSUER])
    return answer["code"][0]


REDEEM = {"client_id": CLIENT, "redirect_uri": ASKED["redirect_uri"], "code_verifier": VERIFIER}


def test_the_page_says_that_all_is_synthetic_and_names_everybody(browser: TestClient) -> None:
    page = browser.get("/authorize", params=ASKED)
    assert page.status_code == 200
    assert "Synthetic. Choose who to be." in page.text
    for person in PEOPLE:
        assert re.search(rf'name="person" value="{person.subject}">{person.name}</button>', page.text)
        assert person.is_what in page.text
    assert "viewer of aldermere-police, Aldermere" in page.text
    assert "information governance, every board" in page.text
    assert page.headers["content-security-policy"].startswith(
        "default-src 'none'; style-src 'self'; form-action 'self'"
    )
    assert browser.get("/people.css").headers["content-type"].startswith("text/css")


def test_a_code_is_for_who_was_chosen_and_works_once(browser: TestClient) -> None:
    given = code(browser)
    answer = browser.post("/token", data={**REDEEM, "code": given})
    assert answer.status_code == 200
    keys = KeySet.import_key_set(browser.get("/keys").json())
    claims = jwt.decode(answer.json()["id_token"], keys, algorithms=["ES256"]).claims
    assert (claims["sub"], claims["name"], claims["roles"]) == ("ana", "Ana Analyst", ["analyst:X08000001"])
    assert (claims["nonce"], claims["aud"], claims["iss"]) == (ASKED["nonce"], CLIENT, ISSUER)
    again = browser.post("/token", data={**REDEEM, "code": given})
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})
    assert "d" not in browser.get("/keys").json()["keys"][0], "the private key stays here"


@pytest.mark.parametrize(
    "change",
    [
        {"code_verifier": "x" * 43}, {"code_verifier": ""}, {"client_id": "another"}, {"code": "guessed"},
        {"redirect_uri": "http://127.0.0.1:9/sign-in/back"},
    ],
)  # fmt: skip
def test_a_code_is_of_no_use_to_anybody_else(change: dict[str, str], browser: TestClient) -> None:
    given = {**REDEEM, "code": code(browser), **change}
    assert browser.post("/token", data=given).json() == {"error": "invalid_grant"}


def test_a_code_that_waited_too_long_is_refused_and_few_can_wait(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = code(browser)
    monkeypatch.setattr(rules, "MOST_CODES", 2)
    kept = [code(browser), code(browser)]
    assert browser.post("/token", data={**REDEEM, "code": first}).status_code == 400
    assert browser.post("/token", data={**REDEEM, "code": kept[0]}).status_code == 200
    monkeypatch.setattr(rules, "SECONDS", -1)
    late = code(browser)
    assert browser.post("/token", data={**REDEEM, "code": late}).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"redirect_uri": "http://evil.example/sign-in/back"}, {"redirect_uri": f"{PAGES}/sign-in/back/"},
        {"client_id": "another"}, {"response_type": "token"}, {"code_challenge_method": "plain"},
        {"code_challenge": ""}, {"state": ""}, {"nonce": "x" * 201}, {"person": "nobody"},
    ],
)  # fmt: skip
def test_anything_but_the_pages_own_request_leads_nowhere(change: dict[str, str], browser: TestClient) -> None:
    wrong = {**ASKED, "person": "ana", **change}
    answers = [browser.post("/authorize", data=wrong)]
    if "person" not in change:
        answers.append(browser.get("/authorize", params=wrong))
    for answer in answers:
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert "Start again from" in answer.text
        assert "evil" not in answer.text


def test_what_is_passed_on_cannot_write_into_the_page(browser: TestClient) -> None:
    page = browser.get("/authorize", params={**ASKED, "state": '"><script>alert(1)</script>', "other": "<b>"})
    assert "<script>" not in page.text
    assert 'name="other"' not in page.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:9", "localhost:8081", ""])
def test_another_name_in_the_address_is_refused(host: str, browser: TestClient) -> None:
    for path in ("/authorize", "/.well-known/openid-configuration", "/people.css"):
        assert browser.get(path, headers={"Host": host}).status_code == 400


def test_sign_out_leads_back_to_the_pages_and_nowhere_else(browser: TestClient) -> None:
    out = browser.get("/end", params={"post_logout_redirect_uri": f"{PAGES}/signed-out"})
    assert (out.status_code, out.headers["location"]) == (303, f"{PAGES}/signed-out")
    for place in ("http://evil.example/", f"{PAGES}/elsewhere", ""):
        other = browser.get("/end", params={"post_logout_redirect_uri": place})
        assert (other.status_code, "location" in other.headers) == (400, False)


class Running(NamedTuple):
    """Real processes on this machine."""

    pages: str
    issuer: str


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The provider and the pages as the demo starts them, over an empty database."""
    tmp_path, port, own = tmp_path_factory.mktemp("running"), free_port(), free_port()
    url, database = f"http://127.0.0.1:{port}/", f"sqlite:///{tmp_path / 'store.db'}"
    engine = make_engine(database)
    upgrade(engine)
    engine.dispose()
    settings = {
        "YPSEM_WEB_URL": url, "YPSEM_SIGN_IN_ISSUER": f"http://127.0.0.1:{own}", "YPSEM_SIGN_IN_CLIENT_ID": CLIENT,
        "YPSEM_DATABASE_URL": database, "YPSEM_REGISTER": str(REGISTER), "YPSEM_METRICS_PORT": "0",
        "YPSEM_SIGN_IN": None,
    }  # fmt: skip
    serve = module("dashboards", "serve", "--port", str(port))
    choose = module("demo.provider", "--port", str(own), "--pages", url)
    with (
        start("sign-in", choose, tmp_path / "sign-in.log", cwd=ROOT) as provider,
        start("pages", serve, tmp_path / "pages.log", env=settings, cwd=ROOT) as pages,
    ):
        provider.wait_for_port(own, 100)
        pages.wait_for_port(port, 100)
        yield Running(url, f"http://127.0.0.1:{own}")


@pytest.mark.slow
def test_everybody_signs_in_to_the_real_pages_by_http_and_out_again(running: Running) -> None:
    for person in PEOPLE:
        with DemoVisitor(running.pages, person) as visitor:
            assert f"Signed in as {person.name} (" in visitor.landed
            assert visitor.status("account") == 200
            assert visitor.status("boards/X08000001") == (
                200 if "X08000001" in str(person.roles) or person.subject == "gwen" else 403
            )
    with pytest.raises(NotLetIn, match="could not sign in"):
        DemoVisitor(running.pages.replace("127.0.0.1", "localhost"), PEOPLE[0])


@pytest.mark.slow
def test_our_own_checks_believe_this_provider_and_not_for_another_nonce(running: Running) -> None:
    known = Registration(running.issuer, CLIENT, None, f"{running.pages}sign-in/back", f"{running.pages}signed-out")
    provider, attempt = Provider(known), Attempt.new()
    address = provider.address(attempt)
    fields = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    came = httpx2.post(f"{running.issuer}/authorize", data={**fields, "person": "kay"})
    answer = {name: values[0] for name, values in parse_qs(urlsplit(came.headers["location"]).query).items()}
    other = Attempt(attempt.state, "another", attempt.verifier)
    with pytest.raises(NotSignedIn) as refused:
        provider.claims(other, answer)
    assert refused.value.reason is SignInReason.TOKEN
    poll_until(lambda: httpx2.get(f"{running.issuer}/keys").status_code == 200, 5, "it goes on")
