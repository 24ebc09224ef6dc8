"""What a board is asked to decide: questions with options, from actions, training needs, signals and releases. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboards.actions.view import ActionView
from dashboards.findings.finding import Decision
from dashboards.signals.view import SignalView
from dashboards.training.view import NeedRow
from dashboards.words import quarter, uncapital

NEEDS_ASKED = 3
"""Training needs that are put to the group at one time."""


def decisions(
    board: str,
    overdue: Sequence[ActionView],
    needs: Sequence[NeedRow],
    signals: Sequence[SignalView],
    waiting: Sequence[str],
) -> tuple[Decision, ...]:
    """The questions, in the order in which a meeting takes them. `waiting` has the windows that wait for approval."""
    at = f"/boards/{board}"
    return (
        *_of_actions(at, overdue),
        *(_of_signal(at, signal) for signal in signals),
        *(_of_need(at, need) for need in needs[:NEEDS_ASKED] if need.standing == "likely"),
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
        f"The longest is {longest.days_overdue} days late and owed by {longest.owner}: {longest.title}",
        f"{at}/actions#overdue",
        "Overdue actions",
    )


def _of_signal(at: str, signal: SignalView) -> Decision:
    return Decision(
        f"Who looks into the rise in {signal.where} ({uncapital(signal.name)})?",
        (
            "One agency asks the others what they know of the place, and reports back",
            "An action is opened now",
            "The group waits for the next look, and says why",
        ),
        signal.words,
        f"{at}/signals",
        "Signals",
    )


def _of_need(at: str, need: NeedRow) -> Decision:
    return Decision(
        f"Is {uncapital(need.sector)} trained in this: {uncapital(need.about)}?",
        ("Plan sessions, and open an action for them", "Ask the sector first why its figures are low", "Not now"),
        f"{need.rests_on}. A gap is {need.standing}: {need.probability} in simulated boards.",
        f"{at}/training#needs",
        "Training needs",
    )


def _of_release(at: str, window: str) -> Decision:
    return Decision(
        f"Are the figures for {quarter(window)} approved?",
        ("Approve them", "Refuse them, and say why"),
        "They were built, and nobody sees them until people who did not ask for them agree.",
        f"{at}/releases",
        "Releases that wait",
    )
