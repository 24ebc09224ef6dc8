"""Floods: of sign-ins, of guesses and of readers. Nobody else notices, and nothing grows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import func, select

from dashboards.people.cookies import ATTEMPT
from dashboards.people.limits import Limits, Rates
from dashboards.people.person import Role
from demo.boards import LARGE
from models.store import Base
from tests.attacks.pages.world import World, grant, token_of
from tests.dashboards.html import Page

PATH = f"/boards/{LARGE}"
Later = Callable[[float], None]


@pytest.fixture
def limited(pages: World) -> tuple[World, Later]:
    """The same pages with low limits, behind one proxy, and a clock that a test moves."""
    now = [1000.0]

    def later(seconds: float) -> None:
        now[0] += seconds

    rates = Rates(pages=6, files=2, strangers=10, proxies=1)
    return World(pages.engine, pages.register_dir, pages.provider, Limits(rates, lambda: now[0]), pages.releases), later


def counted(limit: str) -> float:
    return REGISTRY.get_sample_value("ypsem_web_limited_total", {"outcome": limit}) or 0


def at(address: str) -> dict[str, str]:
    """As the proxy passes on what came from an address."""
    return {"X-Forwarded-For": f"198.51.100.99, {address}"}


@pytest.mark.slow
def test_a_flood_of_sign_ins_is_stopped_and_keeps_nobody_else_out(limited: tuple[World, Later]) -> None:
    world, later = limited
    inside = world.signed_in(grant(Role.CHAIR, LARGE), sub="inside")
    with world.engine.connect() as connection:
        before = {table.name: connection.scalar(select(func.count()).select_from(table))
                  for table in Base.metadata.sorted_tables}  # fmt: skip
    asked, refused = len(world.provider.asked), counted("strangers")
    flood, statuses = at("203.0.113.5"), []
    for number in range(25):
        client = world.browser(f"guess-{number}")
        statuses.append(client.get("/sign-in/start", headers=flood).status_code)
        statuses.append(client.get(f"/sign-in/back?code={number}&state={number}", headers=flood).status_code)
        statuses.append(client.get(PATH, headers=flood).status_code)
        statuses.append(client.post("/typed", data={"form_token": "x"}, headers=flood).status_code)
        statuses.append(
            client.get(PATH, headers=flood | {"Authorization": f"Bearer ypsem-st-{number:043}"}).status_code
        )
    assert statuses.count(429) == len(statuses) - 20, "twenty were served"
    assert counted("strangers") - refused == len(statuses) - 20
    assert len(world.provider.asked) == asked, "the provider does not notice"
    with world.engine.connect() as connection:
        after = {table.name: connection.scalar(select(func.count()).select_from(table))
                 for table in Base.metadata.sorted_tables}  # fmt: skip
    assert after == before, "nothing was written anywhere"

    assert inside.get(PATH, headers=flood).status_code == 200, "somebody who is signed in at the same address goes on"
    assert world.browser().get("/sign-in/start", headers=at("203.0.113.6")).status_code == 303
    told = world.browser().get("/sign-in/start", headers=flood)
    assert told.status_code == 429
    assert int(told.headers["retry-after"]) == 6
    assert "Too many requests came from your network" in Page(told.text).text
    assert "Try again in 6 seconds" in Page(told.text).text
    later(6)
    assert world.browser().get("/sign-in/start", headers=flood).status_code == 303
    assert world.browser().get("/static/ypsem.css", headers=flood).status_code == 200


def test_a_sign_in_cannot_be_tried_again_and_again_at_the_providers_cost(limited: tuple[World, Later]) -> None:
    """Whoever writes their own cookie has each answer checked with the provider: as often as the limit lets them."""
    world, _ = limited
    flood, before = at("203.0.113.7"), len(world.provider.asked)
    client = world.browser()
    begun = client.get("/sign-in/start", headers=flood)
    answer, kept = world.provider.authorised(begun.headers["location"]), str(client.cookies[ATTEMPT])
    address = answer.replace("code=", "code=x")
    for _ in range(40):
        client.get(address, headers=flood | {"Cookie": f"{ATTEMPT}={kept}"})
    assert len(world.provider.asked) - before <= 22


def test_somebody_who_reads_too_fast_is_told_to_wait_and_nobody_else(limited: tuple[World, Later]) -> None:
    world, later = limited
    fast, other = world.signed_in(grant(Role.CHAIR, LARGE), sub="fast"), world.signed_in("key-custodian:*", sub="other")
    refused = counted("pages")
    statuses = [fast.get("/methods").status_code for _ in range(15)]
    assert statuses == [200] * 12 + [429] * 3
    assert counted("pages") - refused == 3
    told = fast.get("/methods")
    assert "You are still signed in" in told.text
    assert told.headers["retry-after"] == "10"
    for path in ("/nowhere", "/boards/X08009999", "/account"):
        assert fast.get(path).status_code == 429, "what is refused and what is not there count as well"
    assert fast.post("/typed", data={"form_token": token_of(fast)}).status_code == 429
    again = world.signed_in(grant(Role.CHAIR, LARGE), sub="fast")
    assert again.get("/methods").status_code == 429, "another session of the same person does not help"
    assert other.get("/methods").status_code == 200
    assert fast.post("/sign-out", data={"form_token": token_of(fast)}).status_code == 303, "signing out always works"
    later(10)
    assert again.get("/methods").status_code == 200


def test_files_are_dearer_than_pages(limited: tuple[World, Later]) -> None:
    world, later = limited
    client = world.signed_in(grant(Role.GOVERNANCE, LARGE), sub="files")
    name = f"/releases/{world.releases[LARGE]}.csv"
    statuses = [client.get(name).status_code for _ in range(5)]
    assert statuses == [200] * 4 + [429]
    assert client.get(f"{PATH}/audit/csv").status_code == 429, "all files together"
    told = client.get(name)
    assert "You took more files" in told.text
    assert client.get("/account").status_code == 200, "pages go on"
    later(30)
    assert client.get(name).status_code == 200


def test_a_flood_from_everywhere_takes_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboards.people.limits.MOST_KEPT", 100)
    limits = Limits(Rates(pages=1))
    for number in range(1000):
        limits.person(f"sub:{number}", costly=True)
    assert all(len(bucket) <= 100 for bucket in limits._buckets.values())
