"""The terminal's login cannot act as somebody who signed in, and cannot bring figures of real children to be shown."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError

from consumers.lease import Lease
from consumers.store import SinkStore, StoreOutcome
from dashboards.life.changes import approve, request, withdraw
from dashboards.life.states import DecisionReason
from models.register import load_register
from models.releases import Release
from models.store import audit, writing
from models.store.roles import PAGES, REVIEWER, SINK
from tests.models.store.factories import BOARD, make_release, wire
from tests.models.store.test_roles import Login, login, refusal
from tests.operations.files import ROOT

__all__ = ["login"]

pytestmark = pytest.mark.postgres


def stored(sink: Engine, *releases: Release) -> None:
    with writing(sink).begin() as connection:
        Lease(sink, 30).take(connection)
        for offset, release in enumerate(releases):
            assert SinkStore(sink).apply(connection, release, wire(release), offset) is StoreOutcome.APPLIED


def refused(engine: Engine, statement: str) -> bool:
    """Whether the database says that it is not for this login."""
    with engine.begin() as connection:
        said = refusal(connection, statement)
        assert said in (None, "InsufficientPrivilege")
        if said:
            connection.rollback()
    return said is not None


def test_nobody_at_the_terminal_writes_as_a_person(login: Login) -> None:
    sink, reviewer, pages = login(SINK), login(REVIEWER), login(PAGES)
    invented, real = make_release(), make_release("2025Q4", synthetic=False)
    stored(sink, invented, real)
    approval = "INSERT INTO release_approvals VALUES ('{}', '{}', now())"
    assert refused(reviewer, approval.format(invented.release_id, "sub:s-1"))
    assert refused(reviewer, approval.format(invented.release_id, "service:program"))
    assert refused(reviewer, approval.format(real.release_id, "adam")), "a typed name approves invented children alone"
    assert not refused(reviewer, approval.format(invented.release_id, "adam"))
    with pytest.raises(ProgrammingError), writing(reviewer).begin() as connection:
        audit.append(connection, "sub:s-1", "approve", invented.release_id)
    asked = "INSERT INTO requests VALUES ('{}', 'build_releases', 'X08000001', '', '{}', now(), null)"
    assert refused(reviewer, asked.format("r1", "sub:s-1"))
    assert not refused(reviewer, asked.format("r2", "adam"))
    register = load_register(ROOT / "demo" / "register", date(2026, 5, 11))
    request(pages, "sub:a", register.board_by_code[BOARD], ["2025Q3"], "r" * 24)
    approve(pages, real.release_id, "sub:a")


SHOWN = ("approved_once", "approved", "superseded")


def test_nobody_at_the_terminal_has_figures_of_real_children_shown(login: Login) -> None:
    sink, reviewer, pages = login(SINK), login(REVIEWER), login(PAGES)
    real = make_release("2025Q4", synthetic=False)
    stored(sink, real)
    made = f"INSERT INTO release_states (release_id, state, since) VALUES ('{real.release_id}', '{{}}', now())"  # noqa: S608
    changed = f"UPDATE release_states SET state = '{{}}' WHERE release_id = '{real.release_id}'"  # noqa: S608
    assert all(refused(reviewer, made.format(state)) for state in SHOWN)
    assert not refused(reviewer, made.format("built"))
    assert all(refused(reviewer, changed.format(state)) for state in SHOWN)
    approve(pages, real.release_id, "sub:a")
    approve(pages, real.release_id, "sub:b")
    assert not refused(reviewer, changed.format("superseded")), "that one follows from another release's change"
    assert not refused(reviewer, changed.format("approved"))
    withdraw(reviewer, real.release_id, "adam", next(iter(DecisionReason)))
    assert all(refused(reviewer, changed.format(state)) for state in SHOWN), "what was withdrawn stays so"
