"""The forms about roles: what each asks, and what it says before anything is done."""

from __future__ import annotations

from dashboards.access import changes
from dashboards.forms.fields import Choice, Field, Form, Input, radios
from dashboards.forms.once import once
from dashboards.people.person import Role
from dashboards.words import capital, day, moment
from models.register import Board, Register
from models.service import clock
from models.store.access import Granted


def to_give(board: Board, register: Register, given: str = "") -> Form:
    """Give somebody a role."""
    agencies = tuple(Choice(agency.id, agency.name) for agency in register.agencies_of(board.code))
    today = clock.today()
    return Form(
        title="Give somebody a role",
        button="Give the role",
        back=(f"/boards/{board.code}/access", "access"),
        fields=(
            Field("person", "Who?", Input.LINE, "The code on their page “Your roles”, which begins with sub. "
                  "The audit log has it for somebody whose sign-in was refused."),
            radios("role", "Which role?", [(role.value, capital(role.words)) for role in changes.ROLES],
                   "Two people still have to agree to a release, whatever roles one person has."),
            Field("agency", "For which agency?", Input.PICK, "For a viewer only.", agencies),
            Field("starts", "From", Input.DAY, start=today.isoformat()),
            Field("ends", "Up to and including", Input.DAY,
                  "A year from today at most. It then has to be given again."),
        ),
        text=("Your organisation's sign-in gives most roles. Give one here where it does not.",),
        hidden={"once": once(given)},
        check=True,
    )  # fmt: skip


def to_confirm(granted: Granted, code: str) -> Form:
    """Agree to a role that somebody gave themselves."""
    return Form(
        title="Confirm a role",
        button="Confirm it",
        back=(f"/boards/{code}/access", "access"),
        text=("Somebody asked for this role for themselves. It counts once you confirm it.",),
        facts=facts(granted),
    )


def to_revoke(granted: Granted, code: str) -> Form:
    """Take a role away."""
    return Form(
        title="Take a role away",
        button="Take it away",
        back=(f"/boards/{code}/access", "access"),
        facts=facts(granted),
        warning="It stops counting at once, also for somebody who is signed in. It can be given again.",
    )


def facts(granted: Granted) -> tuple[tuple[str, str], ...]:
    """What there is to know of a role that was given."""
    return (
        ("Who", granted.person),
        ("Role", _role(granted)),
        ("From", day(granted.starts_on)),
        ("Up to and including", day(granted.ends_on)),
        ("Given", f"by {granted.given_by}, {moment(granted.given_at)}"),
    )


def _role(granted: Granted) -> str:
    of = f" for {granted.agency}" if granted.agency else ""
    return capital(Role(granted.role).words) + of
