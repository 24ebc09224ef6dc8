"""What a board is asked to decide: questions with options, from actions, training needs, signals and releases. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from dashboards.actions.view import ActionView
from dashboards.findings.finding import Decision
from dashboards.signals.view import SignalView
from dashboards.training.needs import SHOULD_MOVE
from dashboards.training.view import NeedRow
from dashboards.words import quarter, uncapital

NEEDS_ASKED = 3
"""Training needs that are put to the group at one time."""
SILENT_FROM = 2
"""From so many quarters without a return on, the group is asked what to do."""


def decisions(
    board: str,
    overdue: Sequence[ActionView],
    needs: Sequence[NeedRow],
    signals: Sequence[SignalView],
    waiting: Sequence[str],
    *,
    silent: Sequence[tuple[str, int]] = (),
    in_hand: Sequence[str] = (),
    needs_in_hand: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[Decision, ...]:
    """The questions, in the order in which a meeting takes them. `waiting` has the windows that wait for approval.

    `silent` has agencies that owe returns, and how many quarters; `in_hand` the titles of open actions that came from a
    signal, each with its owner; `needs_in_hand` those from a training need, by the sector of their owner.
    """
    at = f"/boards/{board}"
    return (
        *_of_actions(at, overdue),
        *(_of_signal(at, signal, in_hand) for signal in signals),
        *(_of_need(at, need, needs_in_hand.get(need.sector_code, ())) for need in needs[:NEEDS_ASKED]),
        *(_of_silence(at, name, quarters) for name, quarters in silent if quarters >= SILENT_FROM),
        *(_of_release(at, window) for window in waiting),
    )


def _of_actions(at: str, overdue: Sequence[ActionView]) -> Iterator[Decision]:
    if not overdue:
        return
    many = len(overdue)
    longest = overdue[0]
    yield Decision(
        f"{many} actions are overdue: what happens to each?" if many > 1 else "One action is overdue: what happens?",
        ("Agree a new date with the owner", "Ask the owner to explain at the meeting", "Close it, and say why"),
        f"The longest is {longest.days_overdue} days late and owed by {longest.owner}: {longest.title}."
        + (" Its owner is not among those who were told of it." if longest.owner in longest.not_told else ""),
        f"{at}/actions#overdue",
        "Overdue actions",
    )


def _of_signal(at: str, signal: SignalView, in_hand: Sequence[str]) -> Decision:
    known = f" Open already, from a signal: {'; '.join(in_hand)}." if in_hand else ""
    return Decision(
        f"Who looks into the rise in {signal.where} ({uncapital(signal.name)})?",
        (
            "One agency asks the others what they know of the place, and reports back",
            "An action is opened now",
            "The group waits for the next look, and says why",
        ),
        f"{signal.words} A signal is about where something happened, not where children live.{known}",
        f"{at}/signals",
        "Signals",
    )


def _of_need(at: str, need: NeedRow, in_hand: Sequence[str]) -> Decision:
    about, sector = uncapital(need.about), uncapital(need.sector)
    plan, ask = "Plan sessions, and open an action for them", "Ask the sector first what its figures leave out"
    known = f" Open already, from a training need: {'; '.join(in_hand)}." if in_hand else ""
    likely = need.standing == "likely"
    return Decision(
        f"Do we train {sector} in {about}?" if likely else f"Do we ask {sector} about {about}?",
        (plan, ask, "Not now") if likely else (ask, plan, "Not now"),
        f"{need.rests_on}. Training should raise {SHOULD_MOVE[need.moves]}: it is {need.against} (likely "
        f"{need.interval}). How sure: {need.probability}, by tests with invented boards.{known}",
        f"{at}/training#needs",
        "Training needs",
    )


def _of_silence(at: str, name: str, quarters: int) -> Decision:
    return Decision(
        f"Who asks {name} for its returns?",
        ("The chair writes to the agency", "Its member answers at the meeting"),
        f"It sent none for the last {quarters} quarters that were due, so what it saw may be missing from the figures.",
        f"{at}/recognition#returns",
        "Returns from agencies",
    )


def _of_release(at: str, window: str) -> Decision:
    return Decision(
        f"Are the figures for {quarter(window)} approved?",
        ("Approve them", "Refuse them, and say why"),
        "They were built, and nobody sees them until people who did not ask for them agree.",
        f"{at}/releases",
        "Releases that wait",
    )
