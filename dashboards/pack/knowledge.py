"""What the papers say of themselves: what cannot be known from the figures, and what the words mean."""

from __future__ import annotations

from analysis.disclosure.release_file import rule_of
from dashboards import breaks, states
from dashboards.begun import every_begun
from dashboards.pack.blocks import Grid, Part, Points, Row, Said
from dashboards.pack.source import Source
from dashboards.words import day, moment

GLOSSARY = (
    ("Child", "A person under 18, counted once however many records there are."),
    ("CSE", "Child sexual exploitation: somebody uses power over a child to bring the child into sexual activity."),
    ("Concern", "An agency's record that a child is, or may be, sexually exploited."),
    ("Sign", "Something seen in ordinary contact that may point to exploitation. One sign proves nothing."),
    ("Missing episode", "A time in which a child was missing, put together from the reports of all agencies."),
    ("Repeat missing", "Several missing episodes within some days. The board decides how many, and how many days."),
    ("Return interview", "The talk that is offered to a child after coming back. It is held by somebody independent."),
    ("Screening", "A form that helps to judge how great the risk to a child is. It does not replace judgement."),
    ("Sector", "A kind of agency, such as police or health."),
    ("Return", "An agency's word that all its records of a quarter are in. A return with nothing to report counts."),
    ("Release", "One set of protected figures, approved by two people and never changed afterwards."),
    ("Likely range", "The true number lies in this range 9 times in 10."),
    ("Fewer than 10", "A small number that is not shown, to protect children. It may be none."),
    ("Cannot be counted", "Too few records can be tied to a child, or the records do not go back far enough."),
    ("Not recorded", "The agency's system does not hold this."),
    ("No return", "The agency sent nothing. It does not mean that nothing happened."),
    ("Not applicable", "The question does not arise for this sector."),
    ("No clear change", "The error of the figures and chance are enough to explain the difference."),
    ("Signal", "A notice that more children than usual came to notice somewhere. It has no count."),
    ("Training need", "A sector that probably does less in one subject than could be expected of it."),
)


def unknowns(source: Source) -> Part:
    """What no figure here can say, each with the fact of this release."""
    release = source.release
    listed = [
        "Harm that nobody noticed or wrote down. Few records are not the same as little harm.",
        f"Records without an identifier. {release.linked_share.capitalize()} of all records can be tied to a child; "
        "the others are in no figure.",
        f"What came after {moment(release.cut_off)}. It counts in later releases, and this one is never changed.",
        "Why a figure changed. A rise after training is often better recognition.",
        "Anything about one child. Agencies compare notes on single children elsewhere, and never here.",
        "Clusters of fewer than ten children. The service shows them to nobody.",
    ]
    if source.board.case_route:
        listed[4] = f"Anything about one child. For that: {source.board.case_route}"
    if source.fresh.overdue:
        listed.append(
            f"What happened since. The next figures were due after {day(source.fresh.next_cut_off)} and are not shown."
        )
    notes = (*breaks.of_window(source.board, release.window, places=True), *_begun(source))
    points = tuple(map(Said, (*listed, *notes)))
    return Part(
        "What cannot be known from these figures",
        (Points(points), *map(Said, states.errors((rule_of(release.parameters),)))),
    )


def _begun(source: Source) -> tuple[str, ...]:
    """Why some figures do not count from the first day of the period, without the numbers of measures."""
    return tuple(dict.fromkeys(words.partition(": ")[2] for words in every_begun(source.release)))


def glossary() -> Part:
    """The words of the papers."""
    rows = tuple(Row(word, (meaning,)) for word, meaning in GLOSSARY)
    return Part("Words", (Grid("What the words mean", ("Word", "Meaning"), rows, numeric=False),))
