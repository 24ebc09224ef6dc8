"""The tour for a first visit: five steps, each a page of its own with a link to the real page. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple


class Stop(NamedTuple):
    """A page to look at."""

    words: str
    address: str
    """After the board's own address."""


class Step(NamedTuple):
    """One step of the tour."""

    title: str
    text: tuple[str, ...]
    look: str
    """What to look for on the real page."""
    stops: tuple[Stop, ...]


TOUR: Final = (
    Step(
        "Begin with the overview",
        (
            "The overview is the first page of your board. It answers four questions in a few sentences. What is new "
            "since the last meeting? What changed? What does the group have to decide? What should it doubt?",
            "Each sentence links to the page that it comes from. Nothing on this page is about one child.",
        ),
        "Find one sentence about a change, and follow its link.",
        (Stop("Overview", ""),),
    ),
    Step(
        "Read one figure",
        (
            "A figure is a number of children. Beside it stands its likely range: the true number is within it for 9 "
            "figures in 10. Each page begins with what it found, in a sentence. Then come the picture, the table, and "
            "what nobody can know from it.",
            'Some entries are words. "Fewer than 10" may be none or a few. "No return" means that the agency sent '
            'nothing. "Not recorded" means that its system does not hold it. These are never the same.',
        ),
        "Find a figure, its range, and one word that stands in place of a figure.",
        (Stop("Children with a new concern", "/measures/m1"),),
    ),
    Step(
        "Where, and what kind",
        (
            '"Where" has the map. "What kind" says how children are exploited, at which kinds of place, and when they '
            "go missing.",
            "A place with more children may be a place where staff look harder. A map shows what was written down.",
        ),
        "Find the area that you know best, and read it beside the number of agencies that sent a return.",
        (Stop("Where", "/where"), Stop("What kind", "/kinds")),
    ),
    Step(
        "Who sees, what was done, and training",
        (
            '"Who sees" shows which signs each sector records, and which it could see and does not. "What was done" '
            'follows concerns to screening, plans and help. "Training" shows where it is needed and whether it changed '
            "anything.",
            "Nobody is ranked. A gap is a reason to ask an agency how it works.",
        ),
        "Find one sector that records less than we would expect, and the training that it had.",
        (Stop("Who sees", "/recognition"), Stop("What was done", "/responses"), Stop("Training", "/training")),
    ),
    Step(
        "Take it to the meeting",
        (
            "The meeting pack is a document of about ten pages with the same figures. Actions show who promised what, "
            "by when, and whether anything changed.",
            "Files hold every figure for people who work with spreadsheets.",
        ),
        "Open the pack, and find the actions that are overdue.",
        (Stop("Meeting pack", "/pack"), Stop("Actions", "/actions"), Stop("Releases and files", "/files")),
    ),
)
