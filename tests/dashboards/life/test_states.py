"""The rules of approval, without a database: who may, and what follows from it."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from dashboards.errors import DecisionRefused
from dashboards.life import diagram, states
from dashboards.life.states import Condition, DecisionReason, LifeAction, LifeState, Placed, ReleaseLife
from dashboards.people.person import Person
from models.contract.periods import bounds

NOBODY: frozenset[str] = frozenset()


def life(state: LifeState, asked: str = "", approved: str = "") -> ReleaseLife:
    """A release with at most one requester and one approver."""
    return ReleaseLife(state, frozenset(asked.split()), frozenset(approved.split()))


def test_a_requested_release_needs_somebody_else() -> None:
    asked = life(LifeState.BUILT, "rita")
    assert states.approve(asked, "amir").after is LifeState.APPROVED
    with pytest.raises(DecisionRefused, match="somebody else"):
        states.approve(asked, "rita")


def test_none_of_several_requesters_may_approve() -> None:
    asked = life(LifeState.BUILT, "rita rolf")
    for who in ("rita", "rolf"):
        with pytest.raises(DecisionRefused):
            states.approve(asked, who)


def test_a_scheduled_release_needs_two_different_people() -> None:
    assert states.approve(life(LifeState.BUILT), "amir").after is LifeState.APPROVED_ONCE
    once = life(LifeState.APPROVED_ONCE, approved="amir")
    with pytest.raises(DecisionRefused, match="twice"):
        states.approve(once, "amir")
    assert states.approve(once, "beth").after is LifeState.APPROVED


@pytest.mark.parametrize("state", [LifeState.APPROVED, LifeState.SUPERSEDED, *sorted(states.GONE)])
def test_nothing_is_approved_twice_or_after_its_withdrawal(state: LifeState) -> None:
    with pytest.raises(DecisionRefused):
        states.approve(life(state, "rita", "amir"), "beth")


def test_everything_but_what_is_gone_can_be_withdrawn() -> None:
    for state in set(LifeState) - states.GONE:
        assert states.withdraw(life(state)).after is LifeState.WITHDRAWN
    for state in states.GONE:
        with pytest.raises(DecisionRefused, match=f"was {state} already"):
            states.withdraw(life(state))


def test_only_what_waits_can_be_refused() -> None:
    for state in states.WAITING:
        assert states.refuse(life(state)).after is LifeState.REFUSED
    for state in set(LifeState) - states.WAITING:
        with pytest.raises(DecisionRefused, match="only one that waits"):
            states.refuse(life(state))


PIA, PAT = "sub:pia", "sub:pat"


def test_a_typed_name_is_not_a_second_person() -> None:
    built, once = LifeState.BUILT, LifeState.APPROVED_ONCE
    assert states.approve(life(built, "typed"), PIA).after is once, "a typed request is nobody's"
    assert states.approve(life(once, "typed", PIA), PAT).after is LifeState.APPROVED
    assert states.approve(life(once, approved="typed"), PIA).after is once
    assert states.approve(life(once, approved=f"typed {PIA}"), PAT).after is LifeState.APPROVED
    assert states.approve(life(built, f"typed {PAT}"), PIA).after is LifeState.APPROVED
    for asked in (life(built, PAT), life(once, approved=PAT), ReleaseLife(built, NOBODY, NOBODY, synthetic=False)):
        with pytest.raises(DecisionRefused, match="a typed name approves nothing here"):
            states.approve(asked, "amir")


def test_every_state_is_reached_and_only_two_are_final() -> None:
    reached = {t.after for t in states.TRANSITIONS} | {LifeState.BUILT}
    assert reached == set(LifeState)
    assert set(LifeState) - {t.before for t in states.TRANSITIONS} == states.GONE
    assert {t.action for t in states.TRANSITIONS} == set(LifeAction)
    assert {t.condition for t in states.TRANSITIONS} == set(Condition)


def test_no_figure_is_shown_before_somebody_who_may_has_approved() -> None:
    ways_in = {(t.before, t.action) for t in states.TRANSITIONS if t.after in states.SHOWN}
    assert {before for before, action in ways_in if action is LifeAction.APPROVE} == {
        LifeState.BUILT,
        LifeState.APPROVED_ONCE,
    }
    assert all(before in states.SHOWN for before, action in ways_in if action is not LifeAction.APPROVE)
    for state, asked, who in product((LifeState.BUILT, LifeState.APPROVED_ONCE), ("", "rita"), ("rita", "amir")):
        approved = "amir" if state is LifeState.APPROVED_ONCE else ""
        try:
            after = states.approve(life(state, asked, approved), who).after
        except DecisionRefused:
            continue
        people = set(asked.split()) | set(approved.split()) | {who}
        assert after not in states.SHOWN or len(people) >= 2


@pytest.mark.parametrize("who", ["", "a", "Amir", "a b", "1ab", "amir@x", "a" * 42, "amir\n", "ämir"])
def test_a_principal_has_one_form(who: str) -> None:
    with pytest.raises(DecisionRefused):
        states.check_principal(who)


@pytest.mark.parametrize("who", ["sub:s-1", "sub:" + "x" * 60, "sub-sha256:" + "0a" * 20])
def test_a_person_who_signed_in_may_decide_and_nobody_types_one(who: str) -> None:
    states.check_principal(who)
    with pytest.raises(DecisionRefused):
        states.check_typed(who)


@pytest.mark.parametrize("who", ["sub:", "sub:a b", "sub:" + "x" * 61, "sub-sha256:" + "0A" * 20, "sub:x\n"])
def test_a_subject_has_one_form(who: str) -> None:
    with pytest.raises(DecisionRefused):
        states.check_principal(who)


def test_the_same_person_under_two_names_is_one_person() -> None:
    """A subject asks as one name, and approves after the provider has changed the name."""
    first, renamed = (Person("https://provider.example", "s-1", name, frozenset()) for name in ("Rita", "Rita Two"))
    asked = life(LifeState.BUILT, first.who)
    with pytest.raises(DecisionRefused, match="somebody else"):
        states.approve(asked, renamed.who)
    once = life(LifeState.APPROVED_ONCE, approved=first.who)
    with pytest.raises(DecisionRefused, match="twice"):
        states.approve(once, renamed.who)


def placed(window: str, state: LifeState, ladder: int = 1) -> Placed:
    starts_on, ends_before = (date(2025, 4, 1), date(2026, 4, 1)) if window == "2025FY" else bounds(window)
    return Placed(f"{window}.l{ladder}", starts_on, ends_before, ladder, state)


def followed(*releases: Placed) -> dict[str, LifeState]:
    return {release_id: change.after for release_id, change in states.follow_ups(releases)}


def test_a_later_window_supersedes_and_its_withdrawal_restores() -> None:
    approved, superseded = LifeState.APPROVED, LifeState.SUPERSEDED
    old, new = placed("2025Q4", approved), placed("2026Q1", approved)
    assert followed(old, new) == {"2025Q4.l1": superseded}
    gone = placed("2026Q1", LifeState.WITHDRAWN)
    assert followed(placed("2025Q4", superseded), gone) == {"2025Q4.l1": approved}
    assert followed(placed("2025Q4", superseded), new) == {}


def test_what_waits_supersedes_nothing() -> None:
    for state in (LifeState.BUILT, LifeState.APPROVED_ONCE, LifeState.WITHDRAWN):
        assert followed(placed("2025Q4", LifeState.APPROVED), placed("2026Q1", state)) == {}


def test_windows_of_another_length_do_not_supersede_each_other_and_a_newer_ladder_does() -> None:
    approved = LifeState.APPROVED
    assert followed(placed("2025FY", approved), placed("2026Q1", approved), placed("2026-02", approved)) == {}
    assert followed(placed("2026Q1", approved), placed("2026Q1", approved, 2)) == {"2026Q1.l1": LifeState.SUPERSEDED}


def test_the_document_is_drawn_from_the_tables() -> None:
    document = diagram.DOCUMENT.read_text("utf-8")
    assert diagram.in_step(document) == document, "run python -m dashboards life --write"
    for transition in states.TRANSITIONS:
        assert f"{transition.before} --> {transition.after}: {transition.action}" in document
    for reason in DecisionReason:
        assert reason.value in document
