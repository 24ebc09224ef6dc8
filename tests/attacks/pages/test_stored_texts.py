"""No text that is stored becomes a part of a page, for whoever reads it, nor a formula in a file."""

from __future__ import annotations

import html

import pytest

from dashboards.exports import formats
from dashboards.people.person import Role
from demo.boards import LARGE, SMALL
from models.store import Base
from tests.attacks.pages.parsed import broken_into, cells, formulas
from tests.attacks.pages.world import NOT_OURS, POISON, World, grant, routes

SHOWN = {
    "actions 1", "actions 2", "release_annotations 1", "release_annotations 2", "access_grants 1",
    f"sub:{POISON}", f"Signed in as {POISON}", "Aldermere Police (synthetic) ", "by sub:",
}  # fmt: skip
"""Attacks that have to be read as text on some page: else they did not get that far, and nothing was tried."""


def test_every_table_is_attacked_or_said_not_to_be() -> None:
    assert set(Base.metadata.tables) >= NOT_OURS, "a table that is gone"


@pytest.mark.slow
def test_nothing_stored_becomes_a_part_of_a_page_for_anybody(pages: World) -> None:
    seen: set[str] = set()
    unread = {html.escape(text, quote=True).replace("&quot;", "&#34;").replace("&#x27;", "&#39;") for text in SHOWN}
    for role in [None, *Role]:
        grants = (grant(role, LARGE), f"{role}:*") if role not in (None, Role.VIEWER) else ()
        told = (grant(Role.VIEWER, LARGE),) if role is Role.VIEWER else grants
        who = {"sub": POISON, "name": POISON}
        client = pages.signed_in(*told, sub=POISON, name=POISON) if role else pages.everyone(**who)
        for board in (LARGE, SMALL) if role is None else (LARGE,):
            for path in routes("GET"):
                answer = client.get(pages.address(path, board))
                assert answer.status_code < 500, (role, path)
                if "html" not in answer.headers.get("content-type", "") or answer.text in seen:
                    continue
                seen.add(answer.text)
                assert broken_into(answer.text) == [], (role, path)
                unread -= {text for text in unread if text in answer.text}
    assert len(seen) > 100
    assert unread == set()


@pytest.mark.parametrize("suffix", [suffix for suffix in formats.FORMATS if suffix != "pdf"])
def test_no_name_is_a_formula_in_a_file_of_a_release(suffix: str, pages: World) -> None:
    client = pages.everyone()
    for board in (LARGE, SMALL):
        answer = client.get(f"/releases/{pages.releases[board]}.{suffix}")
        assert answer.status_code == 200
        assert formulas(suffix, answer.content) == []
        assert any("zq-el" in cell for cell in cells(suffix, answer.content)), "the attack is in it, as text"
        assert answer.headers["content-disposition"].startswith("attachment; ")


def test_what_people_said_and_the_log_hold_no_formula(pages: World) -> None:
    client = pages.everyone(sub="=cmd|x", name="=1+1")
    client.get("/account")
    for path in (f"/releases/{pages.releases[SMALL]}.voices.csv", "/audit/csv", f"/boards/{LARGE}/audit/csv"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert formulas("csv", answer.content) == [], path
    log = client.get("/audit/csv").text
    assert "'=cmd|' /C calc'!A0" in log
    assert "sub:=cmd|x" in log, "a subject stands behind its prefix"


def test_the_release_as_json_is_no_page(pages: World) -> None:
    answer = pages.everyone().get(f"/releases/{pages.releases[LARGE]}.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("attachment; ")
