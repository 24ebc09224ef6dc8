"""What the group is asked to decide, as the overview asks it, with what speaks for each answer. Pure.

Questions and answers are those of `dashboards.findings`, so that page and pack ask the same. Nothing is recommended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboards.findings.finding import Decision as Asked
from dashboards.pack.blocks import Choice, Decision, Said

SPEAKS: Mapping[str, str] = {
    "Agree a new date with the owner": "If the owner has begun and can say what is left.",
    "Ask the owner to explain at the meeting": "If nobody knows what became of it.",
    "Close it, and say why": "If it is done, with its evidence; or if it is no longer wanted.",
    "One agency asks the others what they know of the place, and reports back": "Chance seldom makes such a rise. "
    "Staff may also simply be recording more.",
    "An action is opened now": "If the group knows already what to do.",
    "The group waits for the next look, and says why": "A signal closes by itself when the rise is over.",
    "Plan sessions, and open an action for them": "The figures say that the sector probably does less than it could.",
    "Ask the sector first what its figures leave out": "It may see these children less often, or write it down "
    "elsewhere.",
    "Not now": "One year may mislead.",
    "The chair writes to the agency": "If its member cannot say what holds the returns up.",
    "Its member answers at the meeting": "If one question is enough.",
    "Approve them": "Then the next pack is about a newer period.",
    "Refuse them, and say why": "If something is known to be wrong with them.",
}
"""An answer -> what speaks for it."""


def decisions(asked: Sequence[Asked]) -> tuple[Decision, ...]:
    """All of them, in the order of the overview."""
    return tuple(
        Decision(
            one.question,
            Said(_sentence(one.because)),
            tuple(Choice(option, SPEAKS.get(option, "")) for option in one.options),
        )
        for one in asked
    )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
