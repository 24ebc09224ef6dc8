"""Horizontal access: whoever has every role on one board reaches nothing of another, whatever the address says."""

from __future__ import annotations

import pytest

from dashboards.people.mapped import ROUTES
from dashboards.people.person import Role
from demo.boards import LARGE, SMALL
from tests.attacks.pages.world import World, dump, grant, token_of

THINGS = ("action", "grant", "release")


def own(pages: World) -> tuple[str, ...]:
    """Every role on the large board."""
    return tuple(grant(role, LARGE) for role in Role)


def test_things_of_another_board_are_not_under_the_own_boards_address(pages: World) -> None:
    client = pages.signed_in(*own(pages))
    theirs = {name: pages.filled(SMALL)[name] for name in THINGS}
    before, tried = dump(pages.engine), 0
    for method, path in sorted(ROUTES):
        for thing in (name for name in THINGS if f"{{{name}}}" in path):
            sent = {"form_token": token_of(client), "confirmed": "yes", "reason": "wrong_return", "text": "x"}
            address = pages.address(path, LARGE, **{thing: theirs[thing]})
            answer = client.request(method, address, data=sent if method == "POST" else None)
            assert answer.status_code == 404, (method, path, thing)
            tried += 1
    assert tried > 20
    assert dump(pages.engine) == before


def test_every_route_of_another_board_is_refused_in_the_same_words_as_of_none(pages: World) -> None:
    client = pages.signed_in(*own(pages))
    for method, path in sorted(ROUTES):
        if "{code}" not in path and "{name}" not in path:
            continue
        sent = {"form_token": token_of(client)} if method == "POST" else None
        theirs = client.request(method, pages.address(path, SMALL), data=sent)
        none = {"code": "X08009999", "name": "X08009999.2026Q1.l1.csv"}
        nowhere = client.request(method, pages.address(path, SMALL, **none), data=sent)
        assert theirs.status_code == nowhere.status_code == 403, (method, path)
        assert theirs.text == nowhere.text, "it does not tell whether there is such a board"


@pytest.mark.parametrize(
    "address",
    [
        f"/boards/{SMALL.lower()}", f"/boards/{SMALL}/", f"//boards/{SMALL}", f"/boards//{SMALL}", f"/./boards/{SMALL}",
        f"/boards/{LARGE}/../{SMALL}", f"/boards/{LARGE}%2f..%2f{SMALL}", f"/boards/{SMALL};{LARGE}",
        f"/boards/%58{SMALL[1:]}", f"/boards/{SMALL}%00", f"/boards/{LARGE},{SMALL}", "/boards/*", "/boards/%2a",
        f"/boards/{LARGE}?code={SMALL}", f"/boards/{LARGE}/figures?board={SMALL}", f"/boards/{SMALL}%20",
        f"/boards/{LARGE}/audit?board={SMALL}", f"/releases/{LARGE}.2026Q1.l1.csv?name={SMALL}",
        f"/releases/{LARGE}/../{SMALL}.2025FY.l5.csv", f"/audit?board={SMALL}", "/audit/csv",
    ],
)  # fmt: skip
def test_no_way_of_writing_an_address_leads_there(address: str, pages: World) -> None:
    client = pages.signed_in(*own(pages))
    for headers in ({}, {"X-Original-URL": f"/boards/{SMALL}", "X-Rewrite-URL": f"/boards/{SMALL}"}):
        answer = client.get(address, headers=headers)
        assert answer.status_code in (200, 307, 401, 403, 404), answer.status_code
        assert SMALL not in answer.text.replace(f"board={SMALL}", ""), "but for the filter that was given"


def test_a_viewer_speaks_for_the_own_agency_alone(pages: World) -> None:
    client = pages.signed_in(grant(Role.VIEWER, LARGE))
    before = dump(pages.engine)
    path = "/boards/{code}/actions/{action}/acknowledge/{agency}"
    for agency in ("aldermere-social-care", "", "*", "aldermere-police%2f..%2faldermere-social-care"):
        address = pages.address(path, LARGE, agency=agency)
        assert client.post(address, data={"form_token": token_of(client)}).status_code in (403, 404, 405)
    assert dump(pages.engine) == before
