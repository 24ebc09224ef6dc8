"""The order of the pages: the navigation, and which question each section asks with which measures. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """One entry of the navigation that measures belong to."""

    key: str
    """The last part of its address."""
    title: str
    """In the navigation and as the page's title."""
    question: str
    lead: str
    """What the page can say and what it cannot, in a sentence or two."""
    measures: tuple[str, ...]
    """The measures that answer it, in the order of the page."""
    featured: tuple[tuple[str, str], ...] = ()
    """Tables that stand on the page itself: a measure, and the table's key on its page."""


KINDS = Section(
    "kinds",
    "What kind",
    "What kind of exploitation and of missing do agencies record, and about whom?",
    "More children recorded can mean more harm, or that agencies recognise more of it. Read this with who sees, and "
    "who does not.",
    ("m1", "m19", "m9", "m20", "m10", "m11"),
    (("m19", "m19_model"), ("m19", "m19_place"), ("m20", "m20_from")),
)
RECOGNITION = Section(
    "recognition",
    "Who sees",
    "Who sees what others see, and who does not?",
    "To write down a sign, to raise a concern, and to raise it in time are three different things: a sector can be "
    "strong in one and weak in another. Training needs weigh the other sectors too, so their numbers are not those of "
    "a sector beside its own past. A gap is a question to a sector. It is not a verdict: staff may have seen a sign "
    "and not written it down.",
    ("m18", "m6", "m4", "m2", "m17", "m5"),
    (("m18", "m18_recorded"), ("m6", "coverage"), ("m4", "split")),
)
RESPONSES = Section(
    "responses",
    "What was done",
    "What was done after a concern, or after a child came back from being missing?",
    "What was done and not recorded looks like nothing done. Each share is of the children who should have had the "
    "step.",
    ("m7", "m8", "m12", "m16", "m21"),
    (("m21", "m21_next"),),
)
SECTIONS: Mapping[str, Section] = {one.key: one for one in (KINDS, RECOGNITION, RESPONSES)}
ELSEWHERE: Mapping[str, tuple[str, str]] = {
    "m3": ("recognition", "Who sees"),
    "m13": ("signals", "Signals"),
    "m14": ("actions", "Actions"),
    "m15": ("training", "Training"),
}
"""Measures whose page belongs to another page: its address and title."""


MAIN_PAGES = (
    ("overview", "", "Overview"),
    ("where", "/where", "Where"),
    ("kinds", "/kinds", "What kind"),
    ("recognition", "/recognition", "Who sees"),
    ("responses", "/responses", "What was done"),
    ("training", "/training", "Training"),
    ("actions", "/actions", "Actions"),
    ("files", "/files", "Releases and files"),
)
"""The navigation of a board: key, end of the address, words. At most eight."""
MORE_PAGES = (
    ("pack", "/pack", "Meeting pack"),
    ("signals", "/signals", "Signals"),
    ("voices", "/voices", "What children and others say"),
    ("compared", "/compared", "Comparison"),
    ("inspection", "/inspection", "Evidence for an inspection"),
    ("figures", "/figures", "All figures of a period"),
    ("measures", "/measures", "All questions"),
)
"""What hangs below every page of a board."""
HELP_PAGES = (
    ("help", "/help", "How to read these pages"),
    ("tour", "/help/tour/1", "Tour of five steps"),
    ("glossary", "/glossary", "What the words mean"),
    ("methods", "/methods", "Methods"),
)
"""What hangs below every page: key, address, words."""


def belongs_to(measure: str) -> tuple[str, str]:
    """The last part of the address, and the title, of the page that a measure belongs to."""
    return next(
        ((one.key, one.title) for one in SECTIONS.values() if measure in one.measures), ELSEWHERE.get(measure, ("", ""))
    )
