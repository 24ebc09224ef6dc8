"""The forms about releases: what each asks, and what it says before anything is done. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dashboards.forms.fields import NAMES_NOBODY, Choice, Field, Form, Input, radios
from dashboards.forms.once import once
from dashboards.labels import words_of
from dashboards.life.states import DecisionReason, Fault
from dashboards.people.permissions import Act
from dashboards.releases.view import ReleaseView
from dashboards.words import capital, kind_words, quarter
from models.register import Board

ALL = "all"
"""Stands for all figures of a release in the form of a correction."""
_WHY = radios(
    "reason",
    "Why?",
    [(reason.value, capital(reason.words)) for reason in DecisionReason],
    "From a list, so that nothing about a child can be written here.",
)

ACTS: tuple[tuple[str, str, Act, Callable[[ReleaseView], bool]], ...] = (
    ("approve", "Approve it", Act.APPROVE_RELEASE, lambda view: view.waits),
    ("refuse", "Refuse it", Act.APPROVE_RELEASE, lambda view: view.waits),
    ("correct", "Put a correction notice beside it", Act.CORRECT_RELEASE, lambda view: view.shown),
    ("withdraw", "Withdraw it", Act.WITHDRAW_RELEASE, lambda view: not view.gone),
    ("annotate", "Annotate it", Act.ANNOTATE_RELEASE, lambda view: True),
)
"""End of the address, words, the act, and when it can be done."""


def to_ask(board: Board, offered: Iterable[str], given: str = "") -> Form:
    """Ask for releases."""
    choices = tuple(Choice(window, quarter(window), kind_words(window)) for window in offered)
    text = (
        "The ledger builds a release by itself once its cut-off has passed. Ask for one that it did not build: for a "
        "period before the board went live, for instance.",
        "Whoever asks for a release cannot approve it.",
    )
    none = ("Every closed period has a release, so there is nothing to ask for.",)
    return Form(
        title="Ask for a release",
        button="Ask for it",
        back=(f"/boards/{board.code}/releases", "releases"),
        fields=(
            Field("windows", "Which periods?", Input.SOME, "Periods that have ended and have no release.", choices),
        )
        if choices
        else (),
        text=text if choices else none,
        hidden={"once": once(given)},
    )


def to_approve(view: ReleaseView, code: str, seen: int) -> Form:
    """Approve a release: the page before the button is where it is checked."""
    return Form(
        title=f"Approve the release of {view.period}",
        button="Approve this release",
        back=_back(view, code),
        text=(f"It needs {view.who_next}.",) if view.who_next else (),
        facts=(*view.facts, ("Asked for by", ", ".join(view.asked_by) or "nobody: built on schedule"),
               ("Approved by", ", ".join(view.approved_by) or "nobody yet")),
        warning="Once it is approved, everybody with a role on this board sees its figures. They can be withdrawn and "
        "never replaced.",
        hidden={"seen": str(seen)},
    )  # fmt: skip


def to_refuse(view: ReleaseView, code: str, seen: int) -> Form:
    """Refuse a release."""
    return Form(
        title=f"Refuse the release of {view.period}",
        button="Refuse this release",
        back=_back(view, code),
        fields=(_WHY,),
        facts=view.facts,
        warning="This cannot be undone. A period is released once, so it will have no figures of its own. What is "
        "right counts in periods that close later.",
        hidden={"seen": str(seen)},
        check=True,
    )


def to_withdraw(view: ReleaseView, code: str, seen: int) -> Form:
    """Withdraw a release."""
    return Form(
        title=f"Withdraw the release of {view.period}",
        button="Withdraw this release",
        back=_back(view, code),
        fields=(_WHY,),
        text=("To warn readers of a wrong figure and leave the rest, put a correction notice beside it instead.",)
        if view.shown
        else (),
        facts=view.facts,
        warning="This cannot be undone. Its figures are no longer shown and are not replaced. Files that people have "
        "taken stay with them.",
        hidden={"seen": str(seen)},
        check=True,
    )


def to_correct(view: ReleaseView, code: str, seen: int, measures: Iterable[str]) -> Form:
    """Put a correction notice beside a release."""
    choices = ((ALL, "All figures of this release"), *((name, _measure(name)) for name in measures))
    return Form(
        title=f"Correction notice for {view.period}",
        button="Put the notice beside the figures",
        back=_back(view, code),
        fields=(
            Field("measure", "Which figures are wrong?", Input.PICK, choices=tuple(Choice(*pair) for pair in choices)),
            radios("reason", "Why are they wrong?", [(fault.value, capital(fault.words)) for fault in Fault]),
        ),
        text=(
            "The notice says that the figures are wrong and why, and never what they should have been: another figure "
            "for the same children would reveal more about them.",
        ),
        facts=view.facts,
        warning="This cannot be undone, and each figure is corrected once.",
        hidden={"seen": str(seen)},
        check=True,
    )


def to_annotate(view: ReleaseView, code: str, given: str = "") -> Form:
    """Write something beside a release."""
    return Form(
        title=f"Annotate the release of {view.period}",
        button="Add the annotation",
        back=_back(view, code),
        fields=(Field("text", "Annotation", Input.AREA, NAMES_NOBODY),),
        text=("People who signed in and may see this board's releases read it beside the release. No file has it.",),
        warning="It cannot be changed or taken away, and your name in the log stands beside it.",
        hidden={"once": once(given)},
        check=True,
    )


def _back(view: ReleaseView, code: str) -> tuple[str, str]:
    return f"/boards/{code}/releases/{view.release_id}", "the release"


def _measure(name: str) -> str:
    return words_of(name)
