"""The life of a release as data: its states, and what changes them under which condition. Pure.

docs/release-life.md is drawn from these tables (`python -m dashboards life`), and a test holds it in step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from dashboards.errors import DecisionRefused


class LifeState(StrEnum):
    """The state of a release."""

    BUILT = "built"
    """Built by the ledger, and waiting for approval. Nobody sees its figures."""
    APPROVED_ONCE = "approved_once"
    """A release that nobody had asked for, approved by the first of two people."""
    APPROVED = "approved"
    """Frozen: shown, written to files, never changed."""
    SUPERSEDED = "superseded"
    """Still shown and still frozen, but a later window, or a newer ladder of the same one, is approved too."""
    WITHDRAWN = "withdrawn"
    """No longer shown, and not replaced: readers have seen its figures."""
    REFUSED = "refused"
    """Never shown: somebody whom it waited for refused it. Not replaced either: a window is released once."""


SHOWN = frozenset({LifeState.APPROVED, LifeState.SUPERSEDED})
"""The states in which figures may be shown on pages, in files and in counts."""


class LifeAction(StrEnum):
    """What happens to a release; a correction leaves its state as it is.

    The last two follow from another release's change; nobody asks for them.
    """

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    CORRECT = "correct"
    SUPERSEDE = "supersede"
    RESTORE = "restore"


class Condition(StrEnum):
    """When a transition applies, in words for the diagram."""

    REQUESTED = "somebody asked for it, and the approver is somebody else"
    SCHEDULED_FIRST = "it was built on schedule: the first of two approvers"
    SCHEDULED_SECOND = "the second approver is somebody else than the first"
    TYPED_BEFORE = "whoever approved before only typed a name: the first of two approvers who signed in"
    REFUSAL = "one of those who may approve it, with a reason from the list"
    ALWAYS = "anyone, with a reason from the list"
    WRONG = "anyone, with a reason from the list: a dated notice is shown beside the figures, which stay as they are"
    LATER = "a later window, or a newer ladder of this one, is approved"
    NOT_LATER = "every such release was withdrawn"


class Transition(NamedTuple):
    """One arrow of the diagram."""

    before: LifeState
    action: LifeAction
    condition: Condition
    after: LifeState


TRANSITIONS: tuple[Transition, ...] = (
    Transition(LifeState.BUILT, LifeAction.APPROVE, Condition.REQUESTED, LifeState.APPROVED),
    Transition(LifeState.BUILT, LifeAction.APPROVE, Condition.SCHEDULED_FIRST, LifeState.APPROVED_ONCE),
    Transition(LifeState.APPROVED_ONCE, LifeAction.APPROVE, Condition.SCHEDULED_SECOND, LifeState.APPROVED),
    Transition(LifeState.APPROVED_ONCE, LifeAction.APPROVE, Condition.TYPED_BEFORE, LifeState.APPROVED_ONCE),
    *(
        Transition(state, LifeAction.REFUSE, Condition.REFUSAL, LifeState.REFUSED)
        for state in (LifeState.BUILT, LifeState.APPROVED_ONCE)
    ),
    Transition(LifeState.APPROVED, LifeAction.SUPERSEDE, Condition.LATER, LifeState.SUPERSEDED),
    Transition(LifeState.SUPERSEDED, LifeAction.RESTORE, Condition.NOT_LATER, LifeState.APPROVED),
    *(
        Transition(state, LifeAction.CORRECT, Condition.WRONG, state)
        for state in (LifeState.APPROVED, LifeState.SUPERSEDED)
    ),
    *(
        Transition(state, LifeAction.WITHDRAW, Condition.ALWAYS, LifeState.WITHDRAWN)
        for state in (LifeState.BUILT, LifeState.APPROVED_ONCE, LifeState.APPROVED, LifeState.SUPERSEDED)
    ),
)


WAITING = frozenset({LifeState.BUILT, LifeState.APPROVED_ONCE})
"""The states in which somebody has to decide."""
GONE = frozenset({LifeState.WITHDRAWN, LifeState.REFUSED})
"""The states that nothing leads out of."""


class DecisionReason(StrEnum):
    """Why a release was withdrawn or refused: a closed list, so that no text about a child can be written here."""

    WRONG_RETURN = "wrong_return"
    WRONG_METHOD = "wrong_method"
    PROTECTION = "protection"
    AGREEMENT = "agreement"
    BUILT_IN_ERROR = "built_in_error"

    @property
    def words(self) -> str:
        """As the page says it."""
        return _REASONS[self]


class Fault(StrEnum):
    """Why a figure that is out is wrong: a closed list, for a correction notice."""

    RETURN = "return"
    METHOD = "method"
    REGISTER = "register"

    @property
    def words(self) -> str:
        """As the notice says it."""
        return _FAULTS[self]


_FAULTS = {
    Fault.RETURN: "an agency's return was wrong",
    Fault.METHOD: "they were worked out wrongly",
    Fault.REGISTER: "an area or an agency was put in the wrong place",
}

_REASONS = {
    DecisionReason.WRONG_RETURN: "an agency's return was wrong",
    DecisionReason.WRONG_METHOD: "a figure was worked out wrongly",
    DecisionReason.PROTECTION: "its protection of children is in doubt",
    DecisionReason.AGREEMENT: "an information-sharing agreement does not cover it",
    DecisionReason.BUILT_IN_ERROR: "it was built in error",
}


_DETAIL = 32
"""Most characters of a detail in the audit log."""


def told(fault: str, measure: str) -> str:
    """The detail of a correction in the audit log."""
    return f"{fault} {measure}".strip()[:_DETAIL]


TYPED = re.compile(r"[a-z][a-z0-9.-]{1,40}")
"""The name of an account, as it is typed at the terminal. It never looks like a subject."""
SUBJECT = re.compile(r"sub:[\x21-\x7e]{1,60}|sub-sha256:[0-9a-f]{40}")
"""A person who signed in, by the subject of the provider."""


def check_principal(who: str) -> None:
    """Raise `DecisionRefused` unless this names a person who signed in, or can be the name of an account."""
    if not SUBJECT.fullmatch(who):
        check_typed(who)


def check_typed(who: str) -> None:
    """Raise `DecisionRefused` unless this can be the name of an account. Nobody types the subject of a person."""
    if not TYPED.fullmatch(who):
        raise DecisionRefused("a principal is 2 to 41 lower-case letters, digits, dots and dashes, a letter first")


def is_person(who: str) -> bool:
    """Whether this names somebody who signed in. A typed name names an account: nobody knows who typed it."""
    return SUBJECT.fullmatch(who) is not None


class ReleaseLife(NamedTuple):
    """What decides about the next state of one release."""

    state: LifeState
    requesters: frozenset[str]
    """Who asked for it before it was received; empty if it was built on schedule."""
    approvers: frozenset[str]
    synthetic: bool = True
    """Whether its figures are about invented children: only then a typed name is enough."""


def approve(life: ReleaseLife, who: str) -> Transition:
    """The transition that `who` causes by approving; raises `DecisionRefused` if there is none.

    Two people have to agree, and two typed names are not two people. So for somebody who signed in, only others who
    signed in count as having asked or approved. A typed name approves a release of invented children that nobody who
    signed in had to do with, for a demonstration, and no other.
    """
    if life.state in GONE:
        raise DecisionRefused(f"the release was {life.state}: it cannot be approved any more")
    if life.state in SHOWN:
        raise DecisionRefused("the release is approved already")
    others = life.requesters | life.approvers
    if not is_person(who) and (not life.synthetic or any(map(is_person, others))):
        raise DecisionRefused("a typed name approves nothing here: sign in to the pages, which know who you are")
    if who in life.requesters:
        raise DecisionRefused("whoever asked for a release cannot approve it: somebody else must")
    if who in life.approvers:
        raise DecisionRefused("the same person cannot approve twice: a second person must")
    counted = frozenset(filter(is_person, others)) if is_person(who) else others
    if life.state is LifeState.BUILT:
        asked = bool(life.requesters & counted)
        return _transition(life.state, Condition.REQUESTED if asked else Condition.SCHEDULED_FIRST)
    agreed = bool(life.approvers & counted)
    return _transition(life.state, Condition.SCHEDULED_SECOND if agreed else Condition.TYPED_BEFORE)


def refuse(life: ReleaseLife) -> Transition:
    """The transition that a refusal causes; raises `DecisionRefused` unless the release waits for an approval."""
    if life.state not in WAITING:
        raise DecisionRefused(f"the release is {life.state}: only one that waits for approval can be refused")
    return next(t for t in TRANSITIONS if t.before is life.state and t.action is LifeAction.REFUSE)


def withdraw(life: ReleaseLife) -> Transition:
    """The transition that a withdrawal causes; raises `DecisionRefused` if it is gone already."""
    if life.state in GONE:
        raise DecisionRefused(f"the release was {life.state} already")
    return _transition(life.state, Condition.ALWAYS)


def correct(life: ReleaseLife) -> Transition:
    """The transition of a correction, which ends where it began; raises `DecisionRefused` if no figures are out."""
    if life.state not in SHOWN:
        raise DecisionRefused("only a release whose figures are shown gets a correction notice")
    return next(t for t in TRANSITIONS if t.before is life.state and t.action is LifeAction.CORRECT)


def _transition(before: LifeState, condition: Condition) -> Transition:
    return next(t for t in TRANSITIONS if t.before is before and t.condition is condition)


class Placed(NamedTuple):
    """A release among the others of its board."""

    release_id: str
    starts_on: date
    ends_before: date
    ladder_version: int
    state: LifeState


def follow_ups(releases: Iterable[Placed]) -> list[tuple[str, Transition]]:
    """What must change in a board's releases because other releases changed, in order of id."""
    placed = sorted(releases)
    shown = [release for release in placed if release.state in SHOWN]
    changes = []
    for release in shown:
        later = any(_supersedes(other, release) for other in shown)
        if later and release.state is LifeState.APPROVED:
            changes.append((release.release_id, _transition(release.state, Condition.LATER)))
        if not later and release.state is LifeState.SUPERSEDED:
            changes.append((release.release_id, _transition(release.state, Condition.NOT_LATER)))
    return changes


def _supersedes(new: Placed, old: Placed) -> bool:
    """A later window of about the same length, or the same window on a newer ladder."""
    if new.starts_on == old.starts_on and new.ends_before == old.ends_before:
        return new.ladder_version > old.ladder_version
    return new.starts_on > old.starts_on and _months(new) == _months(old)


def _months(release: Placed) -> int:
    start, end = release.starts_on, release.ends_before
    return (end.year - start.year) * 12 + end.month - start.month
