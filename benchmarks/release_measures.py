"""Synthetic facts of the ladder's other measures beside those of M1, M9 and M10: every part inside its whole.

Each part is decided once for each child and window, and reported by the agencies that reported the concern, the episode
or the repeat. So whoever knows the whole knows the part, and a part is late only where all of the whole is late.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.counting import Fact
from analysis.disclosure.ladder import Ladder
from analysis.measures.m6 import CATEGORIES
from analysis.measures.registry import records_of
from benchmarks import release_picture
from models.releases import CellState

ONLY_CONCERNS = frozenset({"cse_concern", "indicator_observed"})
"""What the sector that records no missing episodes sends."""
Told = Mapping[tuple[str, str], Mapping[str, list[Fact]]]
"""(child, window) -> agency -> its facts of one measure."""


def with_all_measures(seed: int, facts: Sequence[Fact], late: frozenset[Fact]) -> tuple[list[Fact], frozenset[Fact]]:
    """Facts of all measures, and those of them that came late."""
    draw = random.Random(f"measures {seed}")
    reported: dict[str, defaultdict[tuple[str, str], defaultdict[str, list[Fact]]]] = {
        name: defaultdict(lambda: defaultdict(list)) for name in ("m1_children", "m9_children", "m10_children")
    }
    for fact in facts:
        reported[fact.measure][fact.child, fact.window][fact.agency].append(fact)
    missing, concerned = ({child for child, _ in reported[name]} for name in ("m9_children", "m1_children"))
    gathered: dict[Fact, bool] = {fact: fact in late for fact in facts}
    for base, names in (
        ("m1_children", lambda child, several: _of_concern(draw, child in missing, several)),
        ("m9_children", lambda child, several: _of_missing(draw, child in concerned)),
        ("m10_children", lambda child, several: ("m10_responded",) * (draw.random() < 0.5)),
    ):
        for (child, _), by_agency in sorted(reported[base].items()):
            for name in tuple(names(child, len(by_agency) > 1)):
                for own in by_agency.values():
                    more = own[0]._replace(measure=name, indicator="")
                    gathered[more] = gathered.get(more, True) and all(fact in late for fact in own)
    return list(gathered), frozenset(fact for fact, came_late in gathered.items() if came_late)


def _of_concern(draw: random.Random, missing: bool, several: bool) -> Iterator[str]:
    if draw.random() < 0.5:
        yield "m2_children"
        for name in ("m2_over_30", "m2_over_90"):
            if draw.random() > 0.5:
                break
            yield name
    if several:
        yield "m2_raised_by_several"
        if draw.random() < 0.3:
            yield "m2_raised_later"
    if draw.random() < 0.8:
        yield from _chain(draw, "m7_children", "m7_screened")
    if draw.random() < 0.4:
        yield from _chain(draw, "m16_high", "m16_met")
    if missing:
        yield "m11_of_concern"
    yield from (name for name, share in (("m17_boys", 0.3), ("m17_ethnicity", 0.8)) if draw.random() < share)
    if draw.random() < 0.8:
        yield "m6_any"
        yield from (f"m6_{category}" for category in draw.sample(CATEGORIES, draw.randint(1, 3)))
    yield from release_picture.of_concern(draw)


def _of_missing(draw: random.Random, concerned: bool) -> Iterator[str]:
    yield "m8_returned"
    interview = tuple(_chain(draw, "m8_offered", "m8_completed", "m8_within_72h"))[: draw.randint(0, 3)]
    yield from interview
    if draw.random() < 0.15:
        yield "m12_returned"
        if "m8_completed" in interview:
            yield "m12_completed"
    if concerned:
        yield "m11_of_missing"
    yield from release_picture.of_missing(draw)


def _chain(draw: random.Random, *names: str) -> Iterator[str]:
    for name in names:
        yield name
        if draw.random() > 0.6:
            return


def without_missing(facts: Iterable[Fact], agencies: frozenset[str]) -> list[Fact]:
    """Facts as they are when some agencies send concerns and signs only."""
    return [fact for fact in facts if fact.agency not in agencies or records_of(fact.measure) & ONLY_CONCERNS]


def stated(ladder: Ladder, window: str, shape: Shape, *sectors: str) -> dict[CellKey, CellState]:
    """The cells of sectors that send concerns and signs only: not recorded where they rest on episodes."""
    silent = {f"sector:{sector}" for sector in sectors}
    return {
        key: CellState.NOT_RECORDED
        for key in ladder.grid(window, shape)
        if key.who in silent and records_of(key.measure).isdisjoint(ONLY_CONCERNS)
    }
