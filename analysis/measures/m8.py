"""M8 Return interview timeliness (paragraphs 169, 176): offered, completed, within 72 hours, and what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from analysis.measures.definition import UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, Figure, Window, ratio
from analysis.measures.history import Child, Occurrence, Rules
from analysis.measures.picture import Picture
from analysis.measures.spells import Spell, interviews_alone, spells_of
from analysis.measures.spells import completed as completed_by
from analysis.measures.spells import offered as offered_by

DEFINITION = Definition(
    8,
    "Return interview timeliness",
    "After each return, was an interview offered, held, and held within 72 hours?",
    "(a) episodes with an interview offered; (b) completed; (c) completed within 72 hours of return, as the "
    "agency classed it",
    "(a) merged episodes that ended in the period; (b) offered; (c) completed, and also (c2) ended. All four "
    "counts are always given",
    "the period, by the day the episode ended (merged across agencies: the latest end)",
    "episodes. Released in children with at least one such episode",
    "missing from care, home, other; placement in or out of area; provider",
    "paragraphs 169, 176; DfE 2014 statutory guidance",
    "board, and sector that reported the episode, by quarter and financial year: children returned, "
    "offered, completed, in 72 hours",
    "Unknown is its own class: an episode with no interview record is unknown, not 'no'. Every return calls "
    "for an offer, whatever its length; a child may decline.",
    (
        UNLINKED,
        Unknown(
            "not recorded",
            "Many extracts have no time: within 72 hours is then unknown, and the share of (c) is a lower bound.",
        ),
        Unknown("unlinked", "An interview that names neither the episode nor its day of return is attached to none."),
        Unknown("late", "Interview dates arrive weeks later: (b) and (c) rise after the cut-off."),
    ),
)


def figures(picture: Picture, window: Window) -> list[Figure]:
    """All episodes that ended in the window, then by where from, placement and provider; `value` is (c2)."""
    ended = [
        s for child in picture.children.values() for s in spells_of(child) if s.ended_on and window.holds(s.ended_on)
    ]
    found = [figure(ALL, ALL, ended)]
    splits: tuple[tuple[str, Callable[[Spell], str]], ...] = (
        ("missing_from", lambda s: s.from_where),
        ("placement_area", lambda s: s.placement_area),
        ("provider", lambda s: s.provider),
    )
    for split, key in splits:
        for group in sorted({key(s) for s in ended}):
            found.append(figure(split, group, [s for s in ended if key(s) == group]))
    return found


def figure(split: str, group: str, ended: Iterable[Spell]) -> Figure:
    """The counts of (a) to (c2) for some episodes, unknowns apart."""
    spells = list(ended)
    offered = [s for s in spells if s.offered == "yes"]
    completed = [s for s in offered if s.completed == "yes"]
    told, held, quick = (
        Counter(s.offered for s in spells),
        Counter(s.completed for s in offered),
        Counter(s.within_72h for s in completed),
    )
    counts = {
        "ended": len(spells),
        "offered": len(offered),
        "offered_unknown": told["unknown"],
        "completed": len(completed),
        "completed_unknown": held["unknown"],
        "within_72h": quick["yes"],
        "within_72h_unknown": quick["unknown"],
    }
    return Figure(split, group, counts, ratio(quick["yes"], len(spells)))


def occurrences(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Children with an episode that ended, on the day it did; who reported the episode or interviewed knows."""
    yield from _those(child, lambda s: True, outcome=False)


def offered(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Of those, with an interview offered; who interviewed knows."""
    yield from _those(child, lambda s: s.offered == "yes")


def completed(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Of those, with it completed."""
    yield from _those(child, lambda s: s.offered == s.completed == "yes")


def within_72h(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Of those, within 72 hours."""
    yield from _those(child, lambda s: s.offered == s.completed == s.within_72h == "yes")


def _those(child: Child, wanted: Callable[[Spell], bool], *, outcome: bool = True) -> Iterator[Occurrence]:
    for spell in spells_of(child):
        if spell.ended_on is not None and wanted(spell):
            yield spell.known(spell.ended_on, outcome=outcome)


def from_interviews_alone(child: Child) -> Iterator[tuple[str, Occurrence]]:
    """(measure, occurrence) as an interviewer knows it who does not hold the episode: on the day of return it was told.

    Not for figures: without a reported episode nothing is counted.
    """
    for event in interviews_alone(child):
        if not (told := event.data.get("returned_on")):
            continue
        one = Occurrence(date.fromisoformat(told), frozenset({event.agency}), event.home)
        answers = (offered_by(event), completed_by(event), str(event.data.get("within_72h")))
        yield "m8_returned", one
        for name, upto in (("m8_offered", 1), ("m8_completed", 2), ("m8_within_72h", 3)):
            if set(answers[:upto]) == {"yes"}:
                yield name, one
