"""The forms about actions: what each asks, and what it says before anything is done. Pure."""

from __future__ import annotations

import re

from dashboards.actions.changes import EVERYONE
from dashboards.actions.view import SOURCES, ActionView
from dashboards.forms.fields import NAMES_NOBODY, Choice, Field, Form, Input, radios
from dashboards.words import capital
from models.register import Agency, Board
from models.service import clock
from models.store.actions import Impact, new_action_id

_ID = re.compile(r"act-[0-9a-f]{16}")


def to_add(board: Board, agencies: list[Agency], given: str = "") -> Form:
    """Add an action."""
    owners = tuple(Choice(agency.id, agency.name) for agency in agencies)
    told = (Choice(EVERYONE, "Every agency of the board"), *owners)
    return Form(
        title="Add an action",
        button="Add this action",
        back=(f"/boards/{board.code}/actions", "actions"),
        fields=(
            Field("title", "What is to be done?", Input.AREA, NAMES_NOBODY),
            Field("owner", "Which agency owes it?", Input.PICK, choices=owners),
            radios("source", "Where does it come from?", [(code, words) for code, words in SOURCES.items()]),
            Field("opened", "When was it agreed?", Input.DAY, "Leave it empty for today."),
            Field("due", "By when?", Input.DAY, "For example, 27 3 2027."),
            Field("tell", "Who was told of it?", Input.SOME, "You can add to this later.", told),
        ),
        warning="What is to be done, where it comes from and who owes it cannot be changed later.",
        hidden={"once": given if _ID.fullmatch(given) else new_action_id()},
        check=True,
    )


def to_change(view: ActionView, code: str, seen: int) -> Form:
    """Give an action another due date."""
    return Form(
        title="Change the due date",
        button="Change the due date",
        back=_back(view, code),
        fields=(Field("due", "By when?", Input.DAY, "The log keeps the date before.", start=str(view.due_on or "")),),
        facts=_facts(view),
        hidden={"seen": str(seen)},
    )


def to_tell(view: ActionView, code: str, seen: int) -> Form:
    """Say which agencies were told."""
    left = [(agency, name) for agency, name, told, _ in view.agencies if not told]
    choices = tuple(Choice(*pair) for pair in (*([(EVERYONE, "Every agency of the board")] if left else []), *left))
    return Form(
        title="Say who was told",
        button="Record who was told",
        back=_back(view, code),
        fields=(
            Field("tell", "Which agencies were told of it?", Input.SOME, "They count as told from today.", choices),
        )
        if choices
        else (),
        text=() if choices else ("Every agency was told already.",),
        facts=_facts(view),
        warning="Nobody can be taken off the list." if choices else "",
        hidden={"seen": str(seen)},
    )


def to_impact(view: ActionView, code: str, seen: int) -> Form:
    """Record what came of an action."""
    found = [
        (Impact.EVIDENCED.value, "There is evidence that something changed"),
        (Impact.NONE_FOUND.value, "Looked for, and none found"),
    ]
    start = view.impact_code if view.impact_code in dict(found) else ""
    return Form(
        title="Record its impact",
        button="Record the impact",
        back=_back(view, code),
        fields=(
            radios("impact", "What is known of its impact?", found, "Closing an action is no proof of impact.", start),
            Field("evidence", "What is the evidence?", Input.AREA, f"Needed if there is some. {NAMES_NOBODY}",
                  start=view.evidence),
        ),
        facts=_facts(view),
        hidden={"seen": str(seen)},
    )  # fmt: skip


def to_close(view: ActionView, code: str, seen: int) -> Form:
    """Close an action."""
    return Form(
        title="Close the action",
        button="Close this action",
        back=_back(view, code),
        fields=(Field("on", "When was it done?", Input.DAY, start=clock.today().isoformat()),),
        facts=_facts(view),
        warning="A closed action cannot be opened again.",
        hidden={"seen": str(seen)},
        check=True,
    )


def to_acknowledge(view: ActionView, code: str, agency: str) -> Form:
    """Acknowledge an action as an agency."""
    return Form(
        title="Acknowledge the action",
        button="Acknowledge it",
        back=_back(view, code),
        text=(f"You say for {agency} that it knows of this action and of what it owes.",),
        facts=_facts(view),
        warning="It is recorded under your name and cannot be taken back.",
    )


def _facts(view: ActionView) -> tuple[tuple[str, str], ...]:
    return (("Action", view.title), ("Owed by", view.owner), ("Due", view.due), ("State", capital(view.state)))


def _back(view: ActionView, code: str) -> tuple[str, str]:
    return f"/boards/{code}/actions/{view.action_id}", "the action"
