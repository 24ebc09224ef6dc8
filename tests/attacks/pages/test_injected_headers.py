"""Nothing of a request leads a browser elsewhere or writes a header: redirects, `Host`, line ends."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from dashboards.people.mapped import OPEN, ROUTES
from tests.attacks.pages.world import World, routes, token_of
from tests.dashboards.conftest import HOST

ELSEWHERE = (
    "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example", "@evil.example",
    "https:evil.example", "javascript:alert(1)", "data:text/html,x", "/\t/evil.example", "/%5cevil.example",
    f"https://{HOST}@evil.example", f"https://{HOST}.evil.example", "/..//evil.example", "/%09/evil.example",
    "/boards\r\nLocation: https://evil.example", "/sign-out/there", "/sign-in/start?next=//evil.example", "?next=//a",
)  # fmt: skip


def where(location: str) -> str:
    """The host that a browser goes to from these pages."""
    return urlsplit(location.replace("\\", "/")).netloc or HOST


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nobody_is_sent_elsewhere(address: str, pages: World) -> None:
    client = pages.browser()
    begun = client.get("/sign-in/start", params={"next": address})
    pages.provider.claims = {"sub": "s-1", "name": "x", "roles": ["key-custodian:*"]}
    came = client.get(pages.provider.authorised(begun.headers["location"]))
    assert came.status_code == 303
    assert where(came.headers["location"]) == HOST
    assert came.headers["location"].startswith("/")
    assert not came.headers["location"].startswith(("//", "/\\"))
    for parameter in ("next", "redirect", "url", "return", "post_logout_redirect_uri", "RelayState"):
        for path in routes("GET"):
            if ("GET", path) not in OPEN:
                continue
            answer = client.get(pages.address(path), params={parameter: address})
            assert "evil" not in where(answer.headers.get("location", "/")), (path, parameter)
            assert f'href="{address}' not in answer.text


HEADERS = ("X-Forwarded-Host", "X-Forwarded-Proto", "X-Host", "X-Forwarded-Server", "Forwarded", "X-Original-Host")


def test_no_header_says_where_these_pages_are(pages: World) -> None:
    client = pages.everyone()
    headers = dict.fromkeys(HEADERS, "evil.example") | {"Forwarded": "host=evil.example;proto=http"}
    for path in routes("GET"):
        answer = client.get(pages.address(path), headers=headers)
        assert "evil.example" not in answer.text + str(answer.headers), path
    for header in (
        "evil.example",
        f"{HOST}, evil.example",
        f"{HOST}\tevil.example",
        f"{HOST}/evil",
        "[::1",
        ":80",
        "*",
    ):
        for path in ("/", "/sign-in/start", "/sign-out/there", "/static/ypsem.css", "/back-channel-logout"):
            answer = client.get(path, headers={"Host": header})
            assert answer.status_code == 400, (path, header)
            assert "location" not in answer.headers


def test_line_ends_write_no_header(pages: World) -> None:
    client = pages.everyone(name="x\r\nSet-Cookie: zq=1", sub="s-1")
    ends = (
        "%0d%0aSet-Cookie:%20zq=1",
        "%0aSet-Cookie:%20zq=1",
        "%E5%98%8D%E5%98%8ASet-Cookie:%20zq=1",
        "%0d%0a%0d%0a<zq>",
    )
    for end in ends:
        addresses = [f"/releases/{pages.releases['X08000001']}{end}.csv", f"/sign-in/start?next=/{end}", f"/{end}",
                     f"/boards/X08000001/audit/csv?act={end}", f"/static/{end}", f"/boards/{end}"]  # fmt: skip
        for address in addresses:
            answer = client.get(address)
            assert "zq" not in str(answer.headers.get_list("set-cookie")), address
            assert not any("\n" in value or "\r" in value for value in answer.headers.values())
            assert answer.status_code < 500
    answer = client.post(
        f"/boards/X08000001/actions/act-{'0' * 16}/x%0d%0aLocation:%20//evil", data={"form_token": token_of(client)}
    )
    assert answer.headers.get("location", "") == ""


def test_every_redirect_of_a_form_leads_to_a_path_of_our_own(pages: World) -> None:
    client = pages.everyone()
    for method, path in sorted(ROUTES):
        if method == "POST":
            answer = client.post(f"{pages.address(path)}?to=//evil.example", data={"form_token": token_of(client)})
            assert "evil" not in answer.headers.get("location", ""), path
        if path == "/sign-out":
            client = pages.everyone()
