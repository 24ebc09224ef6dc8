"""Gives, confirms and takes roles, each in one transaction with its audit row.

Nobody gives themselves a role alone: another administrator has to confirm it. One is enough to take a role away.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection, Engine

from dashboards.errors import DecisionRefused, DoneAlready
from dashboards.life.states import check_principal, is_person
from dashboards.people.person import Role
from models.register import Register
from models.service import clock
from models.store import access, audit, writing
from models.store.access import Granted

LONGEST = timedelta(days=366)
"""For so long a role is given at most; then somebody has to look at it again."""
ROLES = (Role.VIEWER, Role.ANALYST, Role.CHAIR, Role.PUBLISHER, Role.GOVERNANCE, Role.ADMINISTRATOR)
"""The roles that are about one board: others come from the provider alone."""


def give(
    engine: Engine,
    register: Register,
    who: str,
    board: str,
    person: str,
    role: Role,
    agency: str,
    starts_on: date,
    ends_on: date,
    grant_id: str,
) -> Granted:
    """Give a person a role on a board; to oneself it does not count before somebody else confirmed it.

    Raises `DoneAlready` for a form that was sent twice, and `DecisionRefused` for what may not be given.
    """
    check_principal(who)
    if not is_person(person):
        raise DecisionRefused("that is no person: write it as the page of their roles and the audit log do, sub:...")
    if role not in ROLES:
        raise DecisionRefused("that role is for every board, and the sign-in provider gives it")
    agencies = {one.id for one in register.agencies_of(board)}
    if agency not in (agencies if role is Role.VIEWER else {""}):
        raise DecisionRefused("a viewer is one of an agency of this board, and no other role is")
    today = clock.today()
    if not today <= starts_on <= ends_on <= today + LONGEST:
        raise DecisionRefused("a role is given from today or later, and for a year at most")
    new = Granted(
        grant_id, person, role.value, board, agency, starts_on, ends_on, who, clock.now(), None, None, None, None
    )
    with writing(engine).begin() as connection:
        audit.hold(connection)
        if any(_same(new, one) and one.revoked_at is None for one in access.of_board(connection, board)):
            raise DoneAlready("they have it")
        if not access.give(connection, who, new):
            raise DoneAlready("you gave this already")
    return new


def confirm(engine: Engine, who: str, board: str, grant_id: str) -> None:
    """Agree to a role that somebody gave themselves; raises `DecisionRefused` if it is one's own, or does not wait."""
    check_principal(who)
    with writing(engine).begin() as connection:
        granted = _find(connection, board, grant_id)
        if granted.confirmed_by == who:
            raise DoneAlready("you confirmed it already")
        if granted.revoked_at is not None or not granted.waits:
            raise DecisionRefused("nothing waits to be confirmed here: it was confirmed or taken away meanwhile")
        if who == granted.person:
            raise DecisionRefused("nobody confirms a role of their own: another administrator must")
        access.confirm(connection, who, granted, clock.now())


def revoke(engine: Engine, who: str, board: str, grant_id: str) -> None:
    """Take a role away at once; raises `DoneAlready` if it is gone."""
    check_principal(who)
    with writing(engine).begin() as connection:
        granted = _find(connection, board, grant_id)
        if granted.revoked_at is not None:
            raise DoneAlready("it was taken away already")
        access.revoke(connection, who, granted, clock.now())


def _find(connection: Connection, board: str, grant_id: str) -> Granted:
    audit.hold(connection)
    granted = access.find(connection, grant_id)
    if granted is None or granted.board != board:
        raise DecisionRefused("the board has no such role given")
    return granted


def _same(new: Granted, other: Granted) -> bool:
    names = ("person", "role", "board", "agency", "starts_on", "ends_on", "given_by")
    return all(getattr(new, name) == getattr(other, name) for name in names)
