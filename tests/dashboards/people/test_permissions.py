"""The table of permissions, whole: every act, role and board; what is not in it is refused, with the reason."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from unittest.mock import patch

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from starlette.routing import Mount

import consumers.__main__
import dashboards.__main__
from dashboards import web
from dashboards.people import printed
from dashboards.people.entrance import WithoutSignIn
from dashboards.people.mapped import COMMANDS, OPEN, OPEN_FOLDERS, ROUTES, board_of
from dashboards.people.permissions import TABLE, Act, Extent, may
from dashboards.people.person import EVERY, NOBODY, Grant, Person, Role
from dashboards.registry import RegisterReader
from tests.operations.test_exit_codes import commands

OWN, OTHER = "X08000001", "X08000002"


def person(*grants: Grant) -> Person:
    return Person("https://provider.example", "s-1", "Rita", frozenset(grants))


def with_role(role: Role, board: str = OWN) -> Person:
    return person(Grant(role, board, "aldermere-police" if role is Role.VIEWER else ""))


def test_every_act_has_a_rule_and_every_role_an_act_of_its_own_board() -> None:
    assert set(TABLE) == set(Act)
    assert all(rule.roles for rule in TABLE.values())
    beyond = {role for rule in TABLE.values() if rule.reach is not Extent.ANY for role in rule.roles}
    assert beyond == set(Role)


FILES = (Act.TAKE_FILES, Act.TAKE_PACK, Act.TAKE_SHEET)
EXPECTED = {
    Role.VIEWER: {Act.SEE_FIGURES, *FILES, Act.SEE_ACTIONS, Act.ACKNOWLEDGE_ACTION},
    Role.ANALYST: {
        Act.SEE_FIGURES, *FILES, Act.SEE_ACTIONS, Act.SEE_WAITING, Act.REQUEST_RELEASE, Act.REQUEST_SCAN,
        Act.CORRECT_RELEASE, Act.ANNOTATE_RELEASE, Act.CHANGE_ACTIONS,
    },
    Role.CHAIR: {
        Act.SEE_FIGURES, *FILES, Act.SEE_ACTIONS, Act.SEE_WAITING, Act.REQUEST_RELEASE, Act.ANNOTATE_RELEASE,
        Act.CHANGE_ACTIONS, Act.SEE_NAMES,
    },
    Role.PUBLISHER: {
        Act.SEE_FIGURES, *FILES, Act.SEE_ACTIONS, Act.SEE_WAITING, Act.APPROVE_RELEASE, Act.WITHDRAW_RELEASE,
        Act.CORRECT_RELEASE, Act.ANNOTATE_RELEASE,
    },
    Role.GOVERNANCE: {
        Act.SEE_FIGURES, *FILES, Act.SEE_ACTIONS, Act.SEE_WAITING, Act.WITHDRAW_RELEASE, Act.CORRECT_RELEASE,
        Act.ERASE_AGENCY, Act.FOLLOW_ERASURE, Act.READ_AUDIT, Act.SEE_NAMES,
    },
    Role.ADMINISTRATOR: {Act.MANAGE_ACCESS, Act.SEE_NAMES},
    Role.OPERATIONS: set(),
    Role.KEYS: set(),
}  # fmt: skip
"""What each role may on its own board, beyond what everybody may: written out again, so that a change is seen."""
FOR_ALL = {
    Role.GOVERNANCE: {Act.ANSWER_FOR_ALL},
    Role.ADMINISTRATOR: {Act.END_SESSIONS, Act.MANAGE_TOKENS},
    Role.OPERATIONS: {Act.MEND, Act.RUN_SERVICE, Act.END_SESSIONS},
    Role.KEYS: {Act.KEEP_KEYS},
}
"""What a role may besides, where it is for every board."""
EVERYBODY = {Act.SIGN_OUT, Act.SEE_OWN_ACCOUNT}


@pytest.mark.parametrize(("role", "act"), list(product(Role, Act)))
def test_a_role_may_what_the_table_says_on_its_board_and_nothing_on_another(role: Role, act: Act) -> None:
    someone = with_role(role)
    assert may(someone, act, OWN, "aldermere-police").allowed == (act in EXPECTED[role] | EVERYBODY)
    assert may(someone, act, OTHER, "aldermere-police").allowed == (act in EVERYBODY)
    assert may(someone, act).allowed == (act in EVERYBODY)
    everywhere = with_role(role, EVERY)
    wanted = EXPECTED[role] | FOR_ALL.get(role, set()) | EVERYBODY
    assert may(everywhere, act, OTHER, "aldermere-police").allowed == (act in wanted)


@pytest.mark.parametrize("act", Act)
def test_somebody_without_a_role_may_nothing(act: Act) -> None:
    assert not may(person(), act, OWN).allowed


def test_a_viewer_acts_for_the_own_agency_alone() -> None:
    viewer = with_role(Role.VIEWER)
    assert may(viewer, Act.ACKNOWLEDGE_ACTION, OWN, "aldermere-police").allowed
    assert not may(viewer, Act.ACKNOWLEDGE_ACTION, OWN, "aldermere-health").allowed
    assert not may(viewer, Act.ACKNOWLEDGE_ACTION, OWN).allowed


def test_a_role_of_one_board_does_not_help_a_role_of_another() -> None:
    both = person(Grant(Role.PUBLISHER, OTHER), Grant(Role.ANALYST, OWN))
    assert not may(both, Act.APPROVE_RELEASE, OWN).allowed
    assert not may(both, Act.REQUEST_RELEASE, OTHER).allowed


def test_a_refusal_says_what_is_needed_what_one_has_and_whom_to_ask() -> None:
    analyst = with_role(Role.ANALYST)
    assert may(analyst, Act.APPROVE_RELEASE, OWN).why == (
        "To approve a release, or refuse it, a person needs the role publisher on this board. There you are analyst. "
        "If you should be able to, ask whoever administers access for your board."
    )
    assert "You have no role there." in may(analyst, Act.SEE_FIGURES, OTHER).why
    assert "viewer, analyst, chair, publisher or information governance" in may(analyst, Act.SEE_FIGURES, OTHER).why
    assert "for every board. You have no role for every board." in may(analyst, Act.MEND).why
    assert may(analyst, Act.SEE_FIGURES, OTHER) == may(analyst, Act.SEE_FIGURES, "no-such-board")
    assert "for the agency that it is about" in may(with_role(Role.VIEWER), Act.ACKNOWLEDGE_ACTION, OWN, "x").why


def test_without_sign_in_everything_may_be_done() -> None:
    assert all(may(NOBODY, act, OWN, "aldermere-police").allowed for act in Act)


def test_every_route_is_mapped_to_an_act(sqlite: Engine, register_dir: Path) -> None:
    app = application(sqlite, register_dir)
    routes = {(method, r.path) for r in app.routes if isinstance(r, APIRoute) for method in r.methods or ()}
    assert routes == set(ROUTES) | OPEN
    assert not set(ROUTES) & OPEN
    assert {route.path for route in app.routes if isinstance(route, Mount)} == OPEN_FOLDERS


def application(sqlite: Engine, register_dir: Path) -> FastAPI:
    """The application behind its door."""
    with patch.object(web, "Headers", lambda app, *_: app), patch.object(web, "Entrance", lambda app, *_: app):
        app = web.create_app(sqlite, RegisterReader(register_dir), WithoutSignIn())
    assert isinstance(app, FastAPI)
    return app


def test_every_command_is_mapped_to_an_act() -> None:
    programs = {"dashboards": dashboards.__main__.main, "consumers": consumers.__main__.main}
    every = dict(pair for name, program in programs.items() for pair in commands(program, name))
    assert set(COMMANDS) == {path for path, command in every.items() if not hasattr(command, "commands")}


def test_the_board_of_an_address() -> None:
    assert board_of({"code": OWN, "measure": "m1"}) == OWN
    assert board_of({"name": f"{OWN}.2026Q1.l5.csv"}) == OWN
    assert board_of({}) == ""


def test_the_document_is_printed_from_the_table() -> None:
    document = printed.DOCUMENT.read_text("utf-8")
    assert printed.in_step(document) == document, "run python -m dashboards roles --write"
    assert all(f"| {act.value} |" in document for act in Act)


def test_a_person_is_the_subject_and_never_the_name() -> None:
    rita = person()
    assert rita.who == "sub:s-1"
    assert Person(rita.issuer, "s-1", "Another name", frozenset()).who == rita.who
    assert Person(rita.issuer, "S-1", "Rita", frozenset()).who != rita.who
    long = {Person(rita.issuer, "x" * 250 + end, "", frozenset()).who for end in "ab"}
    assert len(long) == 2
    assert all(len(who) <= 64 for who in long)
    odd = Person(rita.issuer, "a\nb é", "", frozenset()).who
    assert odd.isascii()
    assert odd.isprintable()
    assert NOBODY.who == "nobody signed in"
