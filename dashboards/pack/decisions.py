"""What the group is asked to decide: each a question, why it is asked, the answers it may give and what speaks for each.

Questions come from what the pages show: training needs, open signals, silent agencies, releases that wait, actions that
are overdue. Nothing is recommended.
"""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.actions.view import ActionView
from dashboards.pack.blocks import Choice, Decision, Said
from dashboards.pack.picture import within
from dashboards.pack.source import Source
from dashboards.signals.view import SignalView
from dashboards.training.view import NeedRow
from dashboards.words import quarter, uncapital

NEEDS, SIGNALS, LATE = 3, 2, 3
"""How many of each are asked about one by one."""


def decisions(source: Source) -> tuple[Decision, ...]:
    """All of them, in the order of the pack."""
    return (
        *_needs(source),
        *(_signal(signal) for signal in source.signals.open[:SIGNALS]),
        *_silent(source),
        *_waiting(source),
        *_overdue(source),
    )


def _needs(source: Source) -> Iterator[Decision]:
    """One question for all needs: they compete for the same trainers and hours."""
    listed = source.needs[:NEEDS]
    if not listed:
        return
    more = len(source.needs) - len(listed)
    rest = f" {more} more {'is' if more == 1 else 'are'} in the chapter on training." if more else ""
    yield Decision(
        "Which training comes first, for whom, and by when?",
        Said(
            f"{_number(len(listed))} can be told from the figures.{rest} Each is a question to the sector, not a verdict on it."
        ),
        (
            *(Choice(f"{need.sector}: {uncapital(need.about)}", need_words(need)) for need in listed),
            Choice(
                "Ask the sector before training it", "It may see these children less often, or write it down elsewhere."
            ),
        ),
    )


def need_words(need: NeedRow) -> str:
    """What a need rests on, in two sentences."""
    low, _, high = need.interval.partition(" to ")
    percent = [f"{100 * float(ratio):.0f}" for ratio in (need.ratio, low, high)]
    return (
        f"{need.standing.capitalize()} (sure to {need.probability}): the sector does {percent[0]}% of what we expect "
        f"(likely {percent[1]} to {percent[2]}%). {need.rests_on}."
    )


def _number(needs: int) -> str:
    return "One need" if needs == 1 else f"{needs} needs"


def _signal(signal: SignalView) -> Decision:
    return Decision(
        f"{signal.where}: who looks into the rise in {within(signal.name)}?",
        Said(signal.words),
        (
            Choice("Agencies look at it together, with one of them in the lead", "Chance seldom makes such a rise."),
            Choice("Ask first whether staff record more", "A new team, training or a campaign can raise a signal."),
            Choice("Only watch it", "The signal closes by itself when the rise is over."),
        ),
    )


def _silent(source: Source) -> Iterator[Decision]:
    for signal in source.signals.operational:
        yield Decision(
            f"{signal.where}: who asks for what is missing, and by when?",
            Said(signal.words),
            (
                Choice("The chair writes to its head", "Silence goes on until somebody asks."),
                Choice("Offer help with the export", "The cause may be technical."),
                Choice("Accept the gap for now", "Then say in every discussion that its part is missing."),
            ),
        )


def _waiting(source: Source) -> Iterator[Decision]:
    if not source.fresh.awaiting:
        return
    periods = "; ".join(map(quarter, source.fresh.awaiting))
    yield Decision(
        "Who approves the figures that wait?",
        Said(f"A release was built and waits for approval: {periods}. Nobody sees its figures before that."),
        (
            Choice("Approve it before the next meeting", "Then the next pack is about a newer period."),
            Choice("Refuse it, with a reason", "If something is known to be wrong with it."),
        ),
    )


def _overdue(source: Source) -> Iterator[Decision]:
    late = source.actions.overdue
    if not late:
        return
    first = "; ".join(f"“{_title(one)}” ({one.owner}, {one.days_overdue} days)" for one in late[:LATE])
    more = len(late) - LATE
    rest = f"; and {more} more" if more > 0 else ""
    number = "One action is" if len(late) == 1 else f"{len(late)} actions are"
    untold = [one.owner for one in late if one.owner in one.not_told]
    told = f" Not listed as told of its own action: {', '.join(dict.fromkeys(untold))}." if untold else ""
    yield Decision(
        "What becomes of each overdue action?",
        Said(f"{number} overdue: {first}{rest}.{told}"),
        (
            Choice("A new date, with a reason", "If the owner has begun and can say what is left."),
            Choice("Another owner", "If the owner cannot do it."),
            Choice("Close it", "If it is done, with the evidence; or if it is no longer wanted, and say so."),
        ),
    )


def _title(action: ActionView) -> str:
    return action.title.removeprefix("Synthetic: ")
