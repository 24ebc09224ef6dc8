"""Every answer of the HTTP intake carries the same safe headers; over its own TLS it asks for nothing but TLS."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from agencies.serve.front import Witness


@pytest.mark.parametrize(("scheme", "said"), [("https", "max-age=31536000; includeSubDomains"), ("http", None)])
def test_headers_of_an_answer(scheme: str, said: str | None) -> None:
    answer = TestClient(Witness(Starlette()), f"{scheme}://intake.example").get("/nowhere")
    assert answer.status_code == 404
    assert answer.headers.get("strict-transport-security") == said
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
