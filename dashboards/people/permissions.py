"""Who may do what, on which board: the one table. Pure.

`python -m dashboards roles` prints it, docs/roles.md repeats it. The routes and commands that do each act are in
`dashboards/people/mapped.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dashboards.people.person import EVERY, Grant, Person, Role, in_order


class Act(StrEnum):
    """Something that a person does at the pages or at the terminal."""

    SIGN_OUT = "sign out"
    SEE_OWN_ACCOUNT = "see one's own roles, the list of one's boards, the methods and the help"
    SEE_FIGURES = "see a board's released figures, signals, needs and returns"
    TAKE_FILES = "take an approved release as a file"
    TAKE_PACK = "take the papers of a board's meeting pack"
    TAKE_SHEET = "take the sheet of one agency"
    SEE_ACTIONS = "see a board's actions and their texts"
    SEE_WAITING = "see which releases wait, and what became of each"
    REQUEST_RELEASE = "ask for a release"
    REQUEST_SCAN = "ask for the full scan for signals"
    APPROVE_RELEASE = "approve a release, or refuse it"
    WITHDRAW_RELEASE = "withdraw a release"
    CORRECT_RELEASE = "put a correction notice beside a release"
    ANNOTATE_RELEASE = "annotate a release"
    CHANGE_ACTIONS = "add, change and close an action, say who was told, record its impact"
    ACKNOWLEDGE_ACTION = "acknowledge an action for one's agency"
    ERASE_AGENCY = "ask for the erasure of all that an agency sent"
    FOLLOW_ERASURE = "follow the erasure of a child's records, by its stage alone"
    READ_AUDIT = "read what was done and seen on a board"
    ANSWER_FOR_ALL = "read what was done on every board, verify the log and keep its head"
    MEND = "skip, redrive, resume and close gaps"
    RUN_SERVICE = "start and stop the service, and make its backups"
    MANAGE_ACCESS = "give and take roles where claims do not decide them"
    MANAGE_TOKENS = "make and revoke the tokens of service accounts"
    SEE_NAMES = "see people's names beside their codes"
    END_SESSIONS = "end somebody's sessions"
    KEEP_KEYS = "make, rotate and destroy keys"


class Extent(StrEnum):
    """How far a role for an act goes."""

    ANY = "any board"
    """A role on some board is enough: the act shows nothing of a board."""
    BOARD = "the board"
    """The role has to be on that board."""
    AGENCY = "the board, own agency"
    """The role has to be on that board and for that agency."""
    VIEWERS_OWN = "the board, a viewer for the own agency"
    """The role has to be on that board, and a viewer's for that agency."""
    ALL = "every board"
    """The role has to be for every board: the act is not about one."""


@dataclass(frozen=True)
class Rule:
    """One row of the table."""

    reach: Extent
    roles: frozenset[Role]


@dataclass(frozen=True)
class Permission:
    """Whether somebody may, and if not why not and what to do."""

    allowed: bool
    why: str = ""


_R = Role
_READERS = (_R.VIEWER, _R.ANALYST, _R.CHAIR, _R.PUBLISHER, _R.GOVERNANCE)
_EVERYBODY = tuple(Role)


def _rule(reach: Extent, *roles: Role) -> Rule:
    return Rule(reach, frozenset(roles))


TABLE: Mapping[Act, Rule] = {
    Act.SIGN_OUT: _rule(Extent.ANY, *_EVERYBODY),
    Act.SEE_OWN_ACCOUNT: _rule(Extent.ANY, *_EVERYBODY),
    Act.SEE_FIGURES: _rule(Extent.BOARD, *_READERS),
    Act.TAKE_FILES: _rule(Extent.BOARD, *_READERS),
    # No token of a service account is for these: they hold the texts of actions, and name whoever took them.
    Act.TAKE_PACK: _rule(Extent.BOARD, *_READERS),
    Act.TAKE_SHEET: _rule(Extent.VIEWERS_OWN, *_READERS),
    Act.SEE_ACTIONS: _rule(Extent.BOARD, *_READERS),
    Act.SEE_WAITING: _rule(Extent.BOARD, _R.ANALYST, _R.CHAIR, _R.PUBLISHER, _R.GOVERNANCE),
    Act.REQUEST_RELEASE: _rule(Extent.BOARD, _R.ANALYST, _R.CHAIR),
    Act.REQUEST_SCAN: _rule(Extent.BOARD, _R.ANALYST),
    Act.APPROVE_RELEASE: _rule(Extent.BOARD, _R.PUBLISHER),
    # A warning must not wait for a publisher.
    Act.WITHDRAW_RELEASE: _rule(Extent.BOARD, _R.PUBLISHER, _R.GOVERNANCE),
    Act.CORRECT_RELEASE: _rule(Extent.BOARD, _R.ANALYST, _R.PUBLISHER, _R.GOVERNANCE),
    Act.ANNOTATE_RELEASE: _rule(Extent.BOARD, _R.ANALYST, _R.CHAIR, _R.PUBLISHER),
    Act.CHANGE_ACTIONS: _rule(Extent.BOARD, _R.ANALYST, _R.CHAIR),
    Act.ACKNOWLEDGE_ACTION: _rule(Extent.AGENCY, _R.VIEWER),
    Act.ERASE_AGENCY: _rule(Extent.BOARD, _R.GOVERNANCE),
    Act.FOLLOW_ERASURE: _rule(Extent.BOARD, _R.GOVERNANCE),
    Act.READ_AUDIT: _rule(Extent.BOARD, _R.GOVERNANCE),
    Act.ANSWER_FOR_ALL: _rule(Extent.ALL, _R.GOVERNANCE),
    Act.MEND: _rule(Extent.ALL, _R.OPERATIONS),
    Act.RUN_SERVICE: _rule(Extent.ALL, _R.OPERATIONS),
    # Whoever gives roles sees no figures by that alone, and what they give has their name in the log.
    Act.MANAGE_ACCESS: _rule(Extent.BOARD, _R.ADMINISTRATOR),
    Act.MANAGE_TOKENS: _rule(Extent.ALL, _R.ADMINISTRATOR),
    Act.SEE_NAMES: _rule(Extent.BOARD, _R.CHAIR, _R.GOVERNANCE, _R.ADMINISTRATOR),
    Act.END_SESSIONS: _rule(Extent.ALL, _R.ADMINISTRATOR, _R.OPERATIONS),
    Act.KEEP_KEYS: _rule(Extent.ALL, _R.KEYS),
}


def may(person: Person, act: Act, board: str = "", agency: str = "") -> Permission:
    """Whether a person may do an act on a board, for an agency where the act is an agency's.

    The reason of a refusal is the same whether the board exists or not.
    """
    rule = TABLE[act]
    if any(
        grant.role in rule.roles
        and _reaches(_reach(rule, grant), grant.board, grant.agency, board, agency, bool(person.issuer))
        for grant in person.grants
    ):
        return Permission(True)
    return Permission(False, _why(person, act, rule, board))


FOR_SERVICES: Mapping[str, Act] = {
    "see-figures": Act.SEE_FIGURES, "see-actions": Act.SEE_ACTIONS, "take-files": Act.TAKE_FILES,
}  # fmt: skip
"""What a service account's token may be for: reading, and nothing that is about people or waits for a decision."""


@dataclass(frozen=True)
class Scope:
    """What one token of a service account is for."""

    acts: frozenset[Act]
    boards: frozenset[str]


def within(scope: Scope, act: Act, board: str) -> Permission:
    """Whether a token is for an act on a board. The reason of a refusal is the same whether the board exists or not."""
    if act in scope.acts and board in scope.boards:
        return Permission(True)
    return Permission(
        False,
        "The token of this service account is not for this. It reads what it was made for, on the boards that it was "
        "made for: python -m dashboards service-tokens list shows both.",
    )


def _reach(rule: Rule, grant: Grant) -> Extent:
    """How far one grant has to go for a rule."""
    if rule.reach is not Extent.VIEWERS_OWN:
        return rule.reach
    return Extent.AGENCY if grant.role is Role.VIEWER else Extent.BOARD


def _reaches(reach: Extent, on: str, of: str, board: str, agency: str, known: bool) -> bool:
    """Whether a grant on board `on` and of agency `of` goes as far as the act needs."""
    if reach is Extent.ANY:
        return True
    if reach is Extent.ALL:
        return on == EVERY
    if on != EVERY and (not board or on != board):
        return False
    # Pages without sign-in know nobody's agency.
    return reach is not Extent.AGENCY or not known or (bool(agency) and of == agency)


def _why(person: Person, act: Act, rule: Rule, board: str) -> str:
    needed = _listed(rule.roles)
    if rule.reach is Extent.ALL:
        return f"To {act.value}, a person needs the role {needed} for every board. {_has(person, EVERY)} {_ASK}"
    where = "this board" if board else "a board"
    own = {
        Extent.AGENCY: ", for the agency that it is about",
        Extent.VIEWERS_OWN: ", a viewer for the agency that it is about",
    }.get(rule.reach, "")
    return f"To {act.value}, a person needs the role {needed} on {where}{own}. {_has(person, board)} {_ASK}"


_ASK = "If you should be able to, ask whoever administers access for your board."


def _has(person: Person, board: str) -> str:
    if board == EVERY:
        roles = frozenset(grant.role for grant in person.grants if grant.board == EVERY)
        return f"For every board you are {_listed(roles)}." if roles else "You have no role for every board."
    roles = person.roles_on(board) if board else person.roles
    return f"There you are {_listed(roles)}." if roles else "You have no role there."


def _listed(roles: frozenset[Role]) -> str:
    words = [role.words for role in in_order(roles)]
    return " or ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} or {words[-1]}"
