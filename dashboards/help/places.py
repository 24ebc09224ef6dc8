"""Which question each page of a board answers, and whom to ask what. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple


class Answer(NamedTuple):
    """A question that a reader brings, and the page that answers it."""

    question: str
    words: str
    """What the page is called."""
    address: str
    """After the board's own address."""


ANSWERS: Final = (
    Answer("What is new, what changed, and what do we have to decide?", "Overview", ""),
    Answer("Where do children come to notice?", "Where", "/where"),
    Answer("Is there a sudden rise somewhere?", "Signals", "/signals"),
    Answer("What kind of exploitation is it, and who are the children?", "What kind", "/kinds"),
    Answer("Who sees it, and who does not?", "Who sees", "/recognition"),
    Answer("What was done for the children?", "What was done", "/responses"),
    Answer("Who needs training, and did it work?", "Training", "/training"),
    Answer("What do children and others say?", "What people say", "/voices"),
    Answer("Who promised what, and is it late?", "Actions", "/actions"),
    Answer("How do we compare with our own past, and with boards like us?", "Comparison", "/compared"),
    Answer("What can we show an inspector?", "Evidence for an inspection", "/inspection"),
    Answer("What do I take to the meeting?", "Meeting pack", "/pack"),
    Answer("Where are the numbers for my own work?", "Releases and files", "/files"),
)

ASK: Final = (
    ("About one child", "Use the referral route in the box at the top of every page. This service knows no child."),
    ("About what a figure means", "Ask the analyst of your board. The page Methods says how figures are made."),
    ("About what an agency sent", "Ask that agency. Its name stands beside its returns."),
    (
        "If a figure looks wrong",
        "Tell an analyst, a publisher or information governance. They can put a notice beside it.",
    ),
    ("If you cannot open a page", "Ask whoever gives roles on your board. The page Your roles says what you may do."),
    ("About records of you or your child", "Ask the agency that holds them. They can be corrected or erased there."),
)
