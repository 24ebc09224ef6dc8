"""The words of the pages in plain English, each with an address of its own on the page. Pure.

States and returns are not written here: they come from `dashboards.states`, as every page's key has them.
docs/glossary.md is for whoever changes the service; this is for whoever reads it.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from dashboards import states
from models.register import RepeatRule


class Term(NamedTuple):
    """A word and what it means here."""

    word: str
    meaning: str

    @property
    def anchor(self) -> str:
        """Its address on the page, such as `return-interview`."""
        return re.sub(r"[^a-z0-9]+", "-", self.word.lower()).strip("-")


class Group(NamedTuple):
    """Words that belong together, in alphabetical order or, for states, in the order of every key."""

    title: str
    anchor: str
    terms: tuple[Term, ...]


_RULE = RepeatRule()
CHILDREN: Final = (
    Term("child", "Somebody under 18. A child counts once in a figure, however many records there are."),
    Term(
        "child sexual exploitation (CSE)",
        "A child is pushed, tricked or made to do something sexual, by people who have power over the child. The child "
        "may get something in return, or may not know that it is abuse.",
    ),
    Term("concern", "An agency wrote down that a child is being sexually exploited, or may be."),
    Term(
        "episode",
        "One time that a child was missing, from leaving to coming back. Reports by several agencies of the "
        "same time count as one.",
    ),
    Term("lead practitioner", "The person who leads the work with a child and the family."),
    Term("missing", "Nobody knew where the child was, and the child was reported missing or away without leave."),
    Term(
        "repeat missing",
        f"A child who went missing several times in a short time. Most boards use {_RULE.episodes} times in "
        f"{_RULE.days} days. Each board sets its own rule.",
    ),
    Term(
        "return interview",
        "A talk with a child who has come back after going missing. Each child should be offered one within 72 hours.",
    ),
    Term("screening", "An agency filled in a list of questions to judge how high the risk to a child is."),
    Term(
        "sign",
        "Something that staff notice in daily work and that can point to exploitation. One sign alone proves nothing.",
    ),
)
WHO: Final = (
    Term("action", "Something that an agency has promised the board to do by a given day."),
    Term("agency", "An organisation that sends records to this service, such as a police force or a group of schools."),
    Term("board", "The partnership that keeps children safe in one area. It covers one council or several."),
    Term("return", "An agency's word that it has sent all records of a quarter. It can say that there were none."),
    Term("sector", "Agencies of one kind, such as health. One agency may be the whole of its sector."),
    Term("voice", "Whose words are passed on: children, parents, lay members, faith groups and others."),
    Term("YPSEM", "Young People at risk of Sexual Exploitation and Missing: the group that reads these pages."),
)
FIGURES: Final = (
    Term(
        "break in series",
        "A day from which figures cannot be compared with those before, because something changed in how they"
        " are made.",
    ),
    Term("cut-off", "The last moment for records to arrive. Later ones count only in periods that close later."),
    Term(
        "figure",
        "A number of children. It is moved a little by chance, so that nobody can learn anything about one child.",
    ),
    Term("financial year", "April to March. A child counts once in it, so its quarters do not add up to it."),
    Term("likely range", "The true number is within this range for 9 figures in 10."),
    Term(
        "no change",
        "The two figures differ by so little that chance alone could do it. Then the page says that nothing changed.",
    ),
    Term("quarter", "Three months: January to March, April to June, July to September, October to December."),
    Term(
        "rate",
        "Children for every 10,000 who live in the area and are aged 10 to 17. It lets large and small areas "
        "be compared.",
    ),
    Term(
        "records that can be tied to a child",
        "Records with a made-up number that stands for one child. Others cannot be counted as children.",
    ),
    Term("release", "The figures of one period, approved and then never changed."),
    Term(
        "signal",
        "A notice that more children than usual came to notice somewhere, or that an agency has gone silent. "
        "It has no count.",
    ),
    Term(
        "training need",
        "A sector that records less of something than we would expect. It is a reason to ask, and blames nobody.",
    ),
    Term(
        "what we expect",
        "What the other sectors, or the same sector in the past, would lead us to think. It is no target.",
    ),
)


def glossary() -> tuple[Group, ...]:
    """Every word of the pages, in groups."""
    return (
        Group("Children, and what happens to them", "children", CHILDREN),
        Group("Who sends and who reads", "who", WHO),
        Group("Figures and periods", "figures", FIGURES),
        Group("Words that stand in place of a figure", "instead", tuple(Term(*line) for line in states.key())[1:]),
        Group("Words about returns", "returns", tuple(Term(s.value, words) for s, words in states.RETURN_KEY)),
    )
