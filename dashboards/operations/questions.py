"""The questions that the forms of operations ask."""

from __future__ import annotations

from collections.abc import Iterable

from dashboards.forms.fields import NAMES_NOBODY, Choice, Field, Form, Input, radios
from dashboards.forms.once import once
from dashboards.operations.view import OpenGap, RequestLine
from models.contract import topics
from models.operations.remedy_requests import REASONS
from models.register import Register

BACK = ("/operations", "operations")
_OURS = (
    (topics.ACCEPTED, "Accepted events, on their way into the ledger"),
    (topics.REQUESTS, "Requests to the ledger"),
)
_OWN_RULES = (
    "The name of a rule, as the list of rules has it. Write skipped or quarantined for records that were passed over."
)


def _why(kind: str) -> tuple[Field, Field]:
    reasons = [(reason.value, reason.words) for reason in REASONS[kind]]
    return radios("reason", "Why?", reasons), Field("text", "Anything else? (if you like)", Input.AREA, NAMES_NOBODY)


def to_skip(register: Register, given: str) -> Form:
    """Have every worker pass one record over."""
    raws = [Choice(topics.raw(one.id), f"What {one.name} sends") for one in register.agencies]
    place = "A whole number, as the log of the worker has it."
    return Form(
        title="Skip a record",
        button="Ask for it",
        back=BACK,
        text=(
            "The last resort for a record that stops a worker. No page shows a record: copy where it lies from the "
            "line crashed-on: in the worker's log.",
            "A record that was handled already is not skipped. The board's page says that it is missing, until "
            "somebody has it decided again.",
        ),
        warning="It will be missing from the figures. Somebody else with your role has to agree.",
        fields=(
            Field("topic", "On which topic?", Input.PICK, choices=(*raws, *(Choice(*one) for one in _OURS))),
            Field("partition", "In which partition?", Input.LINE, place),
            Field("offset", "At which offset?", Input.LINE, place),
            *_why("skip"),
        ),
        hidden={"once": once(given)},
        check=True,
    )


def to_confirm(one: RequestLine) -> Form:
    """Agree that a record is skipped."""
    return Form(
        title="Agree to skip a record",
        button="Agree",
        back=BACK,
        facts=(("What", one.what), ("Asked for by", one.by), ("When", one.at), ("Why", one.why)),
        warning="The record will be missing from the figures until somebody lets it through.",
    )


def to_resume(held: Iterable[tuple[str, str]], given: str, start: str = "") -> Form:
    """Read an agency's topic again."""
    return Form(
        title="Read an agency's topic again",
        button="Ask for it",
        back=BACK,
        text=("Reading goes on where it stopped. If what comes next is still refused, it stops again.",),
        fields=(
            Field("agency", "Which agency?", Input.PICK, choices=tuple(Choice(*one) for one in held), start=start),
            *_why("resume"),
        ),
        hidden={"once": once(given)},
    )


def to_redrive(register: Register, given: str, rule: str = "", since: str = "") -> Form:
    """Decide refused records again."""
    agencies = tuple(Choice(one.id, one.name) for one in register.agencies)
    return Form(
        title="Decide refused records again",
        button="Ask for it",
        back=BACK,
        text=(
            "Each record that the rule refused is decided again, and what passes now goes through. It may be repeated: "
            "nothing counts twice.",
        ),
        fields=(
            Field("rule", "Which rule refused them?", Input.LINE, _OWN_RULES, start=rule),
            Field("since", "Since which day?", Input.DAY, "Dead letters are kept for 14 days.", start=since),
            Field("agency", "Of one agency alone? (if you like)", Input.PICK, choices=agencies),
            *_why("redrive"),
        ),
        hidden={"once": once(given)},
    )


def to_close(gaps: Iterable[OpenGap], given: str, start: str = "") -> Form:
    """Say that a loss is made good."""
    return Form(
        title="Close a loss",
        button="Ask for it",
        back=BACK,
        text=("Until then the board's pages say that an agency's data are incomplete.",),
        fields=(
            Field("gap", "Which loss?", Input.PICK, choices=tuple(Choice(g.key, g.words) for g in gaps), start=start),
            *_why("close"),
        ),
        hidden={"once": once(given)},
    )
