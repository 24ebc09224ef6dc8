"""Sign-in from the first page to the last, and every lie of a provider refused."""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey
from prometheus_client import REGISTRY
from sqlalchemy import Engine, func, select

from dashboards.people.cookies import ATTEMPT, SESSION, form_token
from dashboards.sign_in import attempt as attempts
from dashboards.sign_in.provider import SignInReason
from models.store import Base, SessionRow
from tests.dashboards.html import Page
from tests.dashboards.sign_in.conftest import Browser, back_from, log
from tests.dashboards.sign_in.lying_provider import LyingProvider, lying_provider
from tests.models.store.factories import BOARD

PATH = f"/boards/{BOARD}"


def test_from_the_first_page_to_signed_out(browser: Browser, provider: LyingProvider, sqlite: Engine) -> None:
    client = browser()
    first = client.get(PATH)
    assert first.status_code == 401
    (way_in,) = [a["href"] for a in Page(first.text).having("a") if a["href"].startswith("/sign-in/start")]
    begun = client.get(way_in)
    kept = begun.headers["set-cookie"]
    assert kept.startswith("__Host-ypsem-sign-in=")
    assert re.search(r"; HttpOnly; Max-Age=600; Path=/; SameSite=lax; Secure$", kept)
    came = client.get(provider.authorised(begun.headers["location"]))
    assert (came.status_code, came.headers["location"]) == (303, PATH)
    session, forgotten = came.headers.get_list("set-cookie")
    assert re.fullmatch(r"__Host-ypsem=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure", session)
    assert forgotten.startswith('__Host-ypsem-sign-in=""; HttpOnly; Max-Age=0')

    page = client.get(PATH)
    assert page.status_code == 200
    assert "Signed in as Rita (analyst)" in page.text
    token = Page(page.text).having("input", name="form_token")[0]["value"]
    out = client.post("/sign-out", data={"form_token": token})
    assert (out.status_code, out.headers["location"]) == (303, "/sign-out/there")
    assert client.get(PATH).status_code == 401
    there = Page(client.get("/sign-out/there").text)
    (elsewhere,) = [a["href"] for a in there.having("a") if a["href"].startswith(provider.issuer)]
    (goes_on,) = there.having("meta", **{"http-equiv": "refresh"})
    assert goes_on["content"] == f"0; url={elsewhere}"
    asked = parse_qs(urlsplit(elsewhere).query)
    assert asked == {"client_id": ["ypsem"], "post_logout_redirect_uri": ["https://pages.example/signed-out"]}
    assert "You are signed out" in client.get("/signed-out").text
    assert log(sqlite) == [
        ("sub:s-1", "sign-in", "pages", ""),
        ("sub:s-1", "view", BOARD, "overview"),
        ("sub:s-1", "sign-out", "pages", ""),
    ]


def test_what_is_asked_of_the_provider(browser: Browser, provider: LyingProvider) -> None:
    first, second = (browser().get("/sign-in/start").headers["location"] for _ in range(2))
    asked = parse_qs(urlsplit(first).query)
    assert asked["redirect_uri"] == ["https://pages.example/sign-in/back"]
    assert asked["scope"] == ["openid profile"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name][0]) == 43, "256 bits"
        assert asked[name] != parse_qs(urlsplit(second).query)[name]


HOURS = 36_000
"""Well after the end of any run: the times are those at which these tests were read."""
LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"changes": {"nonce": "x" * 43}},
    "no nonce": {"changes": {"nonce": None}},
    "another issuer": {"changes": {"iss": "https://other.example"}},
    "no issuer": {"changes": {"iss": None}},
    "another audience": {"changes": {"aud": "another"}},
    "no audience": {"changes": {"aud": None}},
    "another audience, and we are said to be the authorised party": {"changes": {"aud": "another", "azp": "ypsem"}},
    "several audiences without an authorised party": {"changes": {"aud": ["ypsem", "another"]}},
    "another authorised party": {"changes": {"aud": ["ypsem", "another"], "azp": "another"}},
    "no subject": {"changes": {"sub": None}},
    "an empty subject": {"changes": {"sub": ""}},
    "a subject that is no text": {"changes": {"sub": 7}},
    "a subject that is too long": {"changes": {"sub": "x" * 256}},
    "expired": {"changes": {"exp": int(time.time()) - 61}},
    "no expiry": {"changes": {"exp": None}},
    "expiry in words": {"changes": {"exp": "never"}},
    "not valid yet": {"changes": {"nbf": int(time.time()) + HOURS}},
    "made in the future": {"changes": {"iat": int(time.time()) + HOURS}},
    "another access token": {"changes": {"at_hash": "x" * 22}},
    "no signature": {"sign_with": "none"},
    "signed with the public key as a secret": {"sign_with": "public"},
    "signed with the client's secret": {"sign_with": "client"},
    "signed by a stranger": {"sign_with": "stranger"},
    "an algorithm that is not on the list": {"header": {"alg": "RS512"}, "changes": {"at_hash": None}},
    "a header that must be understood": {"header": {"crit": ["tier"], "tier": "x"}},
    "no token": {"token_answer": (200, {"access_token": "a", "token_type": "Bearer"})},
    "a token that is none": {"token_answer": (200, {"access_token": "a", "token_type": "Bearer", "id_token": "x.y.z"})},
    "a refusal": {"token_answer": (400, {"error": "invalid_grant"})},
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_about_the_token_is_refused(lie: str, browser: Browser, provider: LyingProvider, sqlite: Engine) -> None:
    client = browser()
    for name, value in LIES[lie].items():
        setattr(provider, name, value)
    refused = client.get(back_from(client, provider))
    assert_refused(refused, 400, "does not hold", sqlite)
    assert client.get(PATH).status_code == 401
    for name in LIES[lie]:
        setattr(provider, name, getattr(LyingProvider(), name))
    assert client.get(back_from(client, provider)).status_code == 303, "the truth is believed, straight afterwards"


def assert_refused(refused: Any, status: int, words: str, engine: Engine) -> None:
    assert refused.status_code == status
    assert words in " ".join(Page(refused.text).text.split())
    assert not any(kept.startswith(f"{SESSION}=") for kept in refused.headers.get_list("set-cookie"))
    with engine.connect() as connection:
        assert connection.execute(select(SessionRow)).all() == []
    assert log(engine) == [], "nobody is known, so nobody makes the log grow"


ANSWERS: dict[str, tuple[dict[str, str | None], int, str]] = {
    "of another provider": ({"iss": "https://other.example"}, 400, "another sign-in service"),
    "that hides whose it is": ({"iss": None}, 400, "another sign-in service"),
    "with another state": ({"state": "x" * 43}, 400, "began no sign-in that fits"),
    "without a state": ({"state": None}, 400, "began no sign-in that fits"),
    "without a code": ({"code": None}, 400, "began no sign-in that fits"),
    "with a code of its own": ({"code": "stolen"}, 400, "does not hold"),
    "that says no": ({"code": None, "error": "access_denied"}, 403, "did not let you in"),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_an_answer_that_was_not_asked_for_is_refused(
    kind: str, browser: Browser, provider: LyingProvider, sqlite: Engine
) -> None:
    client = browser()
    provider.answer, status, words = ANSWERS[kind]
    assert_refused(client.get(back_from(client, provider)), status, words, sqlite)


def test_a_provider_that_never_says_who_it_is_may_leave_it_out_and_not_lie(
    browser: Browser, provider: LyingProvider, sqlite: Engine
) -> None:
    provider.announces_iss = False
    client = browser()
    assert client.get(back_from(client, provider)).status_code == 303
    provider.answer = {"iss": "https://other.example"}
    assert client.get(back_from(client, provider)).status_code == 400


def test_an_answer_for_one_browser_is_of_no_use_in_another(
    browser: Browser, provider: LyingProvider, sqlite: Engine
) -> None:
    """Fixation and injection: neither an answer nor a code can be put into somebody else's browser."""
    victim, attacker = browser(), browser()
    answer = back_from(attacker, provider)
    assert_refused(victim.get(answer), 400, "began no sign-in", sqlite)
    own = back_from(victim, provider)
    state = parse_qs(urlsplit(own).query)["state"][0]
    stolen = re.sub(r"state=[^&]*", f"state={state}", answer)
    assert_refused(victim.get(stolen), 400, "does not hold", sqlite)


def test_an_answer_is_used_once(browser: Browser, provider: LyingProvider, sqlite: Engine) -> None:
    client = browser()
    answer = back_from(client, provider)
    kept = client.cookies[ATTEMPT]
    codes = dict(provider.codes)
    assert client.get(answer).status_code == 303
    assert client.get(answer).status_code == 400, "the browser has forgotten it"
    client.cookies.set(ATTEMPT, kept, domain="pages.example")
    assert client.get(answer).status_code == 400, "the provider has forgotten it"
    provider.codes |= codes
    client.cookies.set(ATTEMPT, kept, domain="pages.example")
    again = client.get(answer)
    assert again.status_code == 400, "and we have not, even where the provider takes a code twice"
    assert "was used before" in again.text


def test_a_parameter_given_twice_is_refused(browser: Browser, provider: LyingProvider, sqlite: Engine) -> None:
    client = browser()
    assert_refused(client.get(back_from(client, provider) + "&code=another"), 400, "began no sign-in", sqlite)


def test_every_sign_in_makes_a_new_session_and_ends_the_one_before(browser: Browser, provider: LyingProvider) -> None:
    client = browser()
    client.get(back_from(client, provider))
    before = client.cookies[SESSION]
    client.get(back_from(client, provider))
    assert client.cookies[SESSION] != before
    other = browser()
    other.cookies.set(SESSION, before, domain="pages.example")
    assert other.get(PATH).status_code == 401
    chosen = browser()
    chosen.cookies.set(SESSION, "chosen-by-somebody", domain="pages.example")
    chosen.get(back_from(chosen, provider))
    assert "chosen-by-somebody" not in [cookie.value for cookie in chosen.cookies.jar if cookie.secure]


def test_somebody_without_a_role_is_told_so_and_has_no_session(
    browser: Browser, provider: LyingProvider, sqlite: Engine
) -> None:
    client = browser()
    provider.claims["roles"] = ["offline_access", "chair", "chair:everywhere", 7]
    refused = client.get(back_from(client, provider))
    assert refused.status_code == 403
    assert "no board has given you a role" in refused.text
    assert 'Your code is <code class="breaks">sub:s-1</code>' in refused.text
    assert client.get(PATH).status_code == 401
    assert log(sqlite) == [("sub:s-1", "sign-in.refused", "pages", "no-role")]


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "",
        "/a\r\nSet-Cookie: x=y", "/sign-in/start", "/signed-out", "/" + "a" * 600, "evil", "/\tevil", "/é",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere_after_sign_in(address: str, browser: Browser, provider: LyingProvider) -> None:
    client = browser()
    assert client.get(back_from(client, provider, address)).headers["location"] == "/"


def test_a_cookie_of_ones_own_sends_nobody_elsewhere(browser: Browser, provider: LyingProvider) -> None:
    client = browser()
    answer = back_from(client, provider)
    attempt, _ = attempts.read(client.cookies[ATTEMPT]) or pytest.fail("no attempt")
    written = attempts.written(attempt, "https://evil.example")
    client.cookies.set(ATTEMPT, written, domain="pages.example")
    assert client.get(answer).headers["location"] == "/"


@pytest.mark.parametrize("cookie", ["", "x", "W10", "bnVsbA", "WzEsMiwzLDRd", "5" * 5000, "W1siIl0sIiIsIiIsIiJd"])
def test_a_cookie_that_is_not_ours_is_no_attempt(cookie: str) -> None:
    assert attempts.read(cookie) is None


def test_a_name_cannot_write_into_the_page(browser: Browser, provider: LyingProvider) -> None:
    provider.claims["name"] = "<script>alert(1)</script>\r\n\u202e\x00" + "x" * 200
    client = browser()
    client.get(back_from(client, provider))
    page = client.get(PATH).text
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;x" in page
    assert "x" * 80 not in page


def test_a_new_key_of_the_provider_is_found_and_a_flood_of_unknown_ones_is_not_asked_for(
    browser: Browser, provider: LyingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    assert client.get(back_from(client, provider)).status_code == 303
    provider.key = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    assert client.get(back_from(client, provider)).status_code == 400, "asked a moment ago"
    assert provider.asked.count("/keys") == 1
    now = time.monotonic()
    monkeypatch.setattr("dashboards.sign_in.provider.time.monotonic", lambda: now + 61)
    assert client.get(back_from(client, provider)).status_code == 303
    assert provider.asked.count("/keys") == 2


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://other.example"}, {"token_endpoint": "http://other.example/token"}, {"jwks_uri": None},
        {"token_endpoint": "file:///etc/passwd"},
    ],
)  # fmt: skip
def test_a_provider_that_publishes_what_it_should_not_is_not_used(
    metadata: dict[str, Any], browser: Browser, provider: LyingProvider
) -> None:
    provider.metadata = metadata
    client = browser()
    begun = client.get("/sign-in/start")
    if begun.status_code == 303:
        begun = client.get(provider.authorised(begun.headers["location"]))
    assert begun.status_code == 503
    assert "does not answer as it should" in begun.text


def test_a_provider_that_is_away_keeps_nobody_out_who_is_in(browser: Browser, provider: LyingProvider) -> None:
    client = browser()
    client.get(back_from(client, provider))
    provider.token_answer = (500, {})
    other = browser()
    assert other.get(back_from(other, provider)).status_code == 503
    assert client.get(PATH).status_code == 200
    provider.token_answer = (200, b"not JSON")
    assert other.get(back_from(other, provider)).status_code == 503


def test_two_providers_cannot_be_mixed_up(browser: Browser, provider: LyingProvider, sqlite: Engine) -> None:
    """An answer of an honest provider that somebody passes on as ours."""
    with lying_provider() as other:
        client = browser()
        begun = client.get("/sign-in/start").headers["location"]
        answer = other.authorised(begun.replace(provider.issuer, other.issuer))
        assert_refused(client.get(answer), 400, "another sign-in service", sqlite)
    assert "/token" not in provider.asked, "no code of another provider was passed on"


def test_where_the_provider_ends_no_session_one_is_signed_out_here(browser: Browser, provider: LyingProvider) -> None:
    for metadata in ({"end_session_endpoint": None}, {"end_session_endpoint": "http://evil.example/end"}):
        provider.metadata = metadata
        client = browser()
        answer = client.get("/sign-out/there")
        assert (answer.status_code, answer.headers["location"]) == (303, "/signed-out")


def count(name: str, outcome: str) -> float:
    """The counter's value."""
    return REGISTRY.get_sample_value(name, {"outcome": outcome}) or 0


def test_sign_ins_are_counted_by_closed_codes(browser: Browser, provider: LyingProvider) -> None:
    name = "ypsem_web_sign_ins_total"
    counted = {
        sample.labels["outcome"] for family in REGISTRY.collect() for sample in family.samples if sample.name == name
    }
    assert counted == {"begun", "signed-in", *SignInReason}
    before = {outcome: count(name, outcome) for outcome in counted}
    client = browser()
    client.get(back_from(client, provider))
    client.get("/sign-in/back?code=x&state=zz-canary")
    provider.claims["roles"] = []
    client.get(back_from(client, provider))
    grown = {outcome: count(name, outcome) - before[outcome] for outcome in counted}
    assert {outcome: by for outcome, by in grown.items() if by} == {
        "begun": 2, "signed-in": 1, "not-asked": 1, "no-role": 1,
    }  # fmt: skip


def test_a_flood_of_sign_ins_and_of_guesses_leaves_nothing_behind(
    browser: Browser, provider: LyingProvider, sqlite: Engine
) -> None:
    """Whoever is not known adds no row anywhere, and makes us ask the provider for its addresses once."""
    for number in range(50):
        client = browser()
        client.get("/sign-in/start", params={"next": f"/boards/{number}"})
        client.get(f"/sign-in/back?code={number}&state={number}")
        client.cookies.set(SESSION, f"guess-{number}", domain="pages.example")
        assert client.get(PATH).status_code == 401
        assert client.post("/typed", data={"form_token": form_token(f"guess-{number}"), "text": "x"}).status_code == 401
        assert client.get(PATH, headers={"Authorization": f"Bearer ypsem-st-{number:043}"}).status_code == 401
    with sqlite.connect() as connection:
        rows = {
            table.name: connection.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }
    assert not any(rows.values()), rows
    assert provider.asked == ["/.well-known/openid-configuration"]
