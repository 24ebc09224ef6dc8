"""What a synthetic board's sectors count of their own children, and what agencies know beyond what they reported.

A sector links by its own tokens alone, so some of its children count as two. An agency that screens or interviews a
child knows all that was recorded of the concern or the episode, whoever reported it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analysis.disclosure.cells import Shape
from analysis.disclosure.counting import Fact
from analysis.measures.registry import OWN_RECORDS

SPLIT = 0.03
"""Share of a sector's children that its own tokens show as two."""


@dataclass(frozen=True, slots=True)
class Role:
    """An agency that works with a share of the children whom others reported, and so knows about them."""

    agency: str
    share: float
    decides: str
    """The prefix of the measures that its own records decide: it knows them whole where its share is 1."""
    begins: str
    """The measure whose children it is asked about."""
    learns: tuple[str, ...]
    """Prefixes of the measures that it knows of these children, in the same window."""


def roles(seed: int, agencies: Iterable[str]) -> tuple[Role, Role]:
    """One agency that screens and one that interviews, drawn by the seed; one in three does so for all children."""
    draw = random.Random(f"roles {seed}")
    _, screener, _, interviewer, *_ = sorted(agencies)
    return (
        Role(screener, draw.choice((0.6, 0.8, 1.0)), "m7_screened", "m7_children", ("m1_", "m7_", "m16_")),
        Role(interviewer, draw.choice((0.6, 0.8, 1.0)), "m8_", "m8_offered", ("m8_", "m9_", "m12_")),
    )


def known_by_role(facts: Mapping[Fact, bool], role: Role, seed: int) -> dict[Fact, bool]:
    """Facts that a role knows of (and whether each came late), beside those that its agency reported."""
    draw = random.Random(f"role {seed} {role.agency}")
    asked = {(fact.child, fact.window) for fact in sorted(facts) if fact.measure == role.begins}
    done = {pair for pair in sorted(asked) if draw.random() < role.share}
    learned: dict[Fact, bool] = {}
    for fact, late in facts.items():
        if (fact.child, fact.window) in done and fact.measure.startswith(role.learns):
            known = fact._replace(agency=role.agency)
            if known not in facts:
                learned[known] = learned.get(known, True) and late
    return learned


def of_sectors(facts: Mapping[Fact, bool], shape: Shape, seed: int) -> dict[Fact, bool]:
    """The facts again, for the sector of each fact's agency, by that sector's own links."""
    counted: dict[Fact, bool] = {}
    for fact, late in facts.items():
        sector = shape.sector_of[fact.agency]
        own = f"{seed}|{sector}|{fact.child}"
        halves: tuple[str, ...] = (fact.child,)
        if random.Random(own).random() < SPLIT:
            both = (f"{fact.child}/a", f"{fact.child}/b")
            # Its own records are about one half or the other; what others recorded is about the whole child.
            halves = (both[random.Random(f"{own}|{fact.window}").random() < 0.5],)
            halves = halves if fact.measure in OWN_RECORDS else both
        for child in halves:
            theirs = fact._replace(child=child, sector=sector)
            counted[theirs] = counted.get(theirs, True) and late
    return counted
