"""What holds on every page, errors included: the safety message, the headers, sound HTML, nothing echoed."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise, takewhile
from pathlib import Path
from unittest.mock import patch

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from dashboards import web
from dashboards.overview import routes
from dashboards.people.entrance import WithoutSignIn
from dashboards.registry import RegisterReader
from models.releases import CellState
from models.store import writing
from models.store.access import Granted, give
from models.store.actions import Source, open_action
from models.store.remedy_requests import ask
from tests.dashboards.conftest import TODAY, Visit, store
from tests.dashboards.html import Page
from tests.dashboards.ladder_3 import ladder_3
from tests.dashboards.voices.releases import with_voices
from tests.models.store.factories import BOARD, make_cell, make_release, make_request

SAFETY = (
    "This service never tells you about one child. If a child is in danger call 999; "
    "otherwise use your local referral route"
)
ROUTE = "Synthetic example: a real board's referral route"
RELEASE = f"{BOARD}.2026Q1.l1"
ACTION = "act-0123456789abcdef"
_DAY = date(2026, 5, 11)
GRANT = Granted("g" * 24, "sub:x", "chair", BOARD, "", _DAY, _DAY, "sub:a", TODAY, None, None, None, None)
PAGES = [
    f"/boards/{BOARD}",
    f"/boards/{BOARD}/figures",
    f"/boards/{BOARD}/kinds",
    f"/boards/{BOARD}/recognition",
    f"/boards/{BOARD}/responses",
    f"/boards/{BOARD}/measures",
    f"/boards/{BOARD}/measures/m6",
    f"/boards/{BOARD}/measures/m11",
    f"/boards/{BOARD}/measures/m16",
    f"/boards/{BOARD}/measures/m18",
    f"/boards/{BOARD}/measures/m19",
    f"/boards/{BOARD}/measures/m20",
    f"/boards/{BOARD}/measures/m21",
    f"/boards/{BOARD}/signals",
    f"/boards/{BOARD}/where",
    f"/boards/{BOARD}/places/X05000018",
    f"/boards/{BOARD}/places/{BOARD}-T5",
    f"/boards/{BOARD}/training",
    f"/boards/{BOARD}/voices",
    f"/boards/{BOARD}/inspection",
    f"/boards/{BOARD}/pack",
    f"/boards/{BOARD}/compared",
    f"/boards/{BOARD}/files",
    f"/boards/{BOARD}/actions",
    f"/boards/{BOARD}/actions/add",
    f"/boards/{BOARD}/actions/{ACTION}",
    *(f"/boards/{BOARD}/actions/{ACTION}/{act}" for act in ("change", "tell", "impact", "close")),
    f"/boards/{BOARD}/actions/{ACTION}/acknowledge/aldermere-police",
    f"/boards/{BOARD}/releases",
    f"/boards/{BOARD}/erasures",
    f"/boards/{BOARD}/erasures/ask",
    f"/boards/{BOARD}/signals/scan",
    f"/boards/{BOARD}/access",
    f"/boards/{BOARD}/access/give",
    *(f"/boards/{BOARD}/access/{GRANT.grant_id}/{act}" for act in ("confirm", "revoke")),
    f"/boards/{BOARD}/audit",
    f"/boards/{BOARD}/audit/chain",
    "/audit",
    "/audit/chain",
    "/operations",
    *(f"/operations/{form}" for form in ("skip", "resume", "redrive", "close", f"requests/{'r' * 24}/confirm")),
    f"/boards/{BOARD}/releases/ask",
    f"/boards/{BOARD}/releases/{RELEASE}",
    *(f"/boards/{BOARD}/releases/{RELEASE}/{act}" for act in ("approve", "refuse", "withdraw", "correct", "annotate")),
    "/methods",
    "/help",
    "/help/tour/1",
    "/help/tour/5",
    "/glossary",
    "/account",
    "/typed",
    "/sessions",
    "/sign-in",
    "/signed-out",
    "/nowhere",
    "/boards/X99999999",
    "/static/none.css",
    "/fails",
]


@pytest.fixture
def answers(sqlite: Engine, visit: Visit) -> dict[str, tuple[int, dict[str, str], str]]:
    """Every page: status, headers, HTML. `/fails` is the board's page with a fault in it."""
    states = [make_cell(f"m{n}_children", state=state) for n, state in ((1, CellState.LOW), (9, CellState.WITHHELD))]
    store(sqlite, make_release(cells=tuple(states)), make_release("2025Q4"), with_voices("2025FY"), ladder_3("2024FY"))
    with writing(sqlite).begin() as connection:
        give(connection, "sub:a", GRANT)
        ask(connection, make_request(TODAY))
        for due in (date(2026, 3, 1), date(2026, 6, 1)):
            open_action(
                connection, "chair", board=BOARD, source=Source.AUDIT, owner="aldermere-police", title="x",
                opened_on=date(2026, 2, 1), due_on=due, action_id=ACTION if due.month == 6 else None,
            )  # fmt: skip
    client = visit(sqlite)
    found = {path: client.get(path) for path in PAGES[:-1]}
    with patch.object(routes, "board_page", side_effect=RuntimeError("secret-of-the-fault")):
        found["/fails"] = client.get(PAGES[0])
    return {path: (answer.status_code, dict(answer.headers), answer.text) for path, answer in found.items()}


NO_PAGE = {
    "/",
    "/releases/{name}",
    "/boards/{code}/pack/agency-{agency}.pdf",
    "/boards/{code}/pack/{paper}",
    "/audit/csv",
    "/boards/{code}/audit/csv",
    "/boards/{code}/inspection/csv",
    "/sign-in/start",
    "/sign-in/back",
    "/sign-out",
    "/sign-out/there",
    "/back-channel-logout",
}
"""The list of boards, which has tests of its own below, the downloads, and the way in and out (../sign_in)."""


def test_every_route_is_among_the_pages(sqlite: Engine, register_dir: Path) -> None:
    with patch.object(web, "Headers", lambda app, *_: app), patch.object(web, "Entrance", lambda app, *_: app):
        app = web.create_app(sqlite, RegisterReader(register_dir), WithoutSignIn())
    assert isinstance(app, FastAPI)
    routes = {route.path: route.path_regex for route in app.routes if isinstance(route, APIRoute)}
    assert len(routes) > 8
    tried = {path for path, regex in routes.items() if any(regex.match(page) for page in PAGES)}
    assert routes.keys() - NO_PAGE - tried == set()


def test_every_page_says_where_to_turn(answers: dict[str, tuple[int, dict[str, str], str]]) -> None:
    assert [status for status, _, _ in answers.values()] == [200] * (len(PAGES) - 4) + [404, 404, 404, 500]
    for _, _, markup in answers.values():
        text = " ".join(Page(markup).text.split())
        assert SAFETY in text
        assert ROUTE in text
        assert "Synthetic data" in text


def test_every_answer_carries_the_headers(answers: dict[str, tuple[int, dict[str, str], str]]) -> None:
    for _, headers, _ in answers.values():
        assert headers["content-security-policy"] == (
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
            "base-uri 'none'"
        )
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in headers
        assert "server" not in headers


def test_every_page_is_sound_and_usable_html(answers: dict[str, tuple[int, dict[str, str], str]]) -> None:
    for _, _, markup in answers.values():
        page = Page(markup)
        assert page.having("html")[0]["lang"] == "en-GB"
        in_head = [tag for tag, _ in takewhile(lambda element: element[0] != "body", page.elements)]
        assert len(page.having("main")) == len(page.having("h1")) == in_head.count("title") == 1
        assert page.having("a", href="#main", **{"class": "skip"})
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        named = {name for _, attributes in page.elements for name in attributes.get("aria-labelledby", "").split()}
        assert named <= set(ids)
        assert len(page.having("caption")) == len(page.tables)
        assert all(th.get("scope") in ("col", "row") for th in page.having("th"))
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
        assert all(b <= a + 1 for a, b in pairwise(levels)), levels


def test_every_link_to_a_part_of_a_page_finds_it(answers: dict[str, tuple[int, dict[str, str], str]]) -> None:
    ids = {
        path: {attributes["id"] for _, attributes in Page(markup).elements if "id" in attributes}
        for path, (_, _, markup) in answers.items()
    }
    lost = [
        (path, link["href"])
        for path, (_, _, markup) in answers.items()
        for link in Page(markup).having("a")
        for page, _, part in [link.get("href", "").partition("#")]
        if part and (page or path) in ids and part not in ids[page or path]
    ]
    assert lost == []


def test_no_page_has_script_style_or_anything_from_elsewhere(
    answers: dict[str, tuple[int, dict[str, str], str]],
) -> None:
    for _, _, markup in answers.values():
        page = Page(markup)
        assert not page.having("script")
        assert not page.having("style")
        for _, attributes in page.elements:
            assert "style" not in attributes
            assert not any(name.startswith("on") for name in attributes)
            for name in ("href", "src", "action"):
                assert re.match(r"/(?!/)|#", attributes.get(name, "/")), attributes


def test_errors_show_no_trace_and_nothing_of_the_request(
    answers: dict[str, tuple[int, dict[str, str], str]], sqlite: Engine, visit: Visit
) -> None:
    assert "secret-of-the-fault" not in answers["/fails"][2]
    assert "Traceback" not in answers["/fails"][2]
    canary = "zz-canary-zz"
    client = visit(sqlite)
    for path in (f"/{canary}", f"/boards/{canary}", f"/boards/{BOARD}?{canary}={canary}", f"/static/{canary}"):
        assert canary not in client.get(path).text
    assert client.post(f"/boards/{BOARD}", content=canary).status_code == 405
    assert canary not in client.post(f"/boards/{BOARD}", content=canary).text


def test_a_database_that_is_down_is_a_plain_page(sqlite: Engine, visit: Visit) -> None:
    with patch.object(routes, "board_page", side_effect=OperationalError("SELECT secret", {}, Exception("secret"))):
        answer = visit(sqlite).get(f"/boards/{BOARD}")
    assert answer.status_code == 503
    assert SAFETY in answer.text
    assert "secret" not in answer.text


def test_the_only_board_is_the_front_page(sqlite: Engine, visit: Visit) -> None:
    answer = visit(sqlite).get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/boards/{BOARD}")


def test_several_boards_are_listed_and_each_referral_route_is_given(
    sqlite: Engine, visit: Visit, register_dir: Path
) -> None:
    path = next(register_dir.glob("register-*.yaml"))
    board = (
        "boards:\n  - {code: X08000002, name: Aardwick (synthetic), partition: 4, boundary_set: none, "
        "live_from: 2026-05-12T00:00:00Z, referral_route: Ask at Aardwick, towns: [], wards: []}\n"
    )
    path.write_text(path.read_text("utf-8").replace("boards:\n", board, 1), "utf-8")
    answer = visit(sqlite).get("/")
    page = Page(answer.text)
    assert answer.status_code == 200
    assert [a["href"] for a in page.having("a") if a["href"].startswith("/boards/")] == [
        "/boards/X08000002",
        f"/boards/{BOARD}",
    ]
    assert "Aardwick (synthetic): Ask at Aardwick" in page.text
    assert ROUTE in page.text


def test_a_register_that_is_not_synthetic_has_no_banner(sqlite: Engine, visit: Visit, register_dir: Path) -> None:
    path = next(register_dir.glob("register-*.yaml"))
    path.write_text(path.read_text("utf-8").replace("synthetic: true", "synthetic: false"), "utf-8")
    assert "Synthetic data" not in visit(sqlite).get("/methods").text


def test_a_register_broken_later_leaves_the_pages_up(sqlite: Engine, visit: Visit, register_dir: Path) -> None:
    client = visit(sqlite)
    next(register_dir.glob("register-*.yaml")).write_text("version: nonsense", "utf-8")
    assert client.get("/methods").status_code == 200


def test_the_style_is_our_own() -> None:
    css = (Path(web.__file__).parent / "static" / "ypsem.css").read_text("utf-8")
    assert "GDS" not in css
    assert "@font-face" not in css
    assert "@import" not in css
    assert "url(" not in css
