"""M12 Out-of-area placements (paragraphs 169, 176): by placement, and the gap in return interviews."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import Figure, Window, ratio
from analysis.measures.history import Child, Occurrence, Rules
from analysis.measures.m8 import figure
from analysis.measures.picture import Picture
from analysis.measures.recognition import concerns
from analysis.measures.spells import first_answer, spells_of

IN = "in_area"
OUT = ("out_of_area_ours", "out_of_area_theirs")

DEFINITION = Definition(
    12,
    "Out-of-area placements",
    "Do children placed outside their home area get the same after going missing, in both directions?",
    "merged episodes that ended in the period with a completed return interview, by placement class; and CSE "
    "concerns by class",
    "merged episodes that ended in the period, by class: placed in area, ours placed elsewhere, others' placed here",
    "the period, by the day the episode ended, or the concern happened",
    "episodes and concerns; the gap in percentage points, in-area completion less that of the class. Released "
    "in children",
    "placement class; unknown and not looked after apart",
    "paragraphs 169, 176",
    "board and sector by financial year: children with an ended episode, and with a "
    "completed interview, placed out of area",
    "Only 14 local authorities could report out-of-area interviews in 2019 (The Children's Society): a wide gap is "
    "often a gap in records. Whether the placing authority was told is in no event: it is given as not "
    "recorded.",
    (
        UNLINKED,
        Unknown("not recorded", "Placement is blank in many police records: those episodes are in no class."),
        Unknown(
            "not recorded", "Notice to the placing authority is not recorded by any source: its share is never shown."
        ),
        LATE,
    ),
)


def figures(picture: Picture, window: Window) -> list[Figure]:
    """Each class with its completion, then the gap of each out-of-area class, then concerns by class."""
    spells = [
        s for child in picture.children.values() for s in spells_of(child) if s.ended_on and window.holds(s.ended_on)
    ]
    classes = {name: figure("placement", name, [s for s in spells if s.placement_area == name]) for name in (IN, *OUT)}
    rates = {name: ratio(f.counts["completed"], f.counts["ended"]) for name, f in classes.items()}
    found = [Figure(f.split, f.group, f.counts, rates[name]) for name, f in classes.items()]
    home = rates[IN]
    for name in OUT:
        away = rates[name]
        gap = None if home is None or away is None else 100 * (home - away)
        found.append(Figure("gap in points", name, {"ended": classes[name].counts["ended"]}, gap))
    known = sum(f.counts["ended"] for f in classes.values())
    elsewhere = Counter(s.placement_area for s in spells if s.placement_area not in classes)
    rest = {"not_looked_after": elsewhere["not_looked_after"], "unknown": elsewhere["unknown"], "of": len(spells)}
    found.append(Figure("no class", "all", rest, ratio(len(spells) - known, len(spells))))
    raised = Counter(
        first_answer([c.data.get("placement_area")])
        for child in picture.children.values()
        for c in concerns(child)
        if window.holds(c.occurred_on)
    )
    found += [
        Figure("concerns", name, {"concerns": raised[name]}) for name in (IN, *OUT, "not_looked_after", "unknown")
    ]
    return [*found, Figure("placing authority told", "all", {}, codes=("not_recorded",))]


def occurrences(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Children placed out of area, either way, with an ended episode, on the day it ended; who reported it or
    interviewed knows."""
    for spell in spells_of(child):
        if spell.ended_on is not None and spell.placement_area in OUT:
            yield spell.known(spell.ended_on, outcome=False)


def completed(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Of those, with a completed interview; who interviewed knows."""
    for spell in spells_of(child):
        done = spell.offered == spell.completed == "yes"
        if done and spell.ended_on is not None and spell.placement_area in OUT:
            yield spell.known(spell.ended_on, outcome=True)
