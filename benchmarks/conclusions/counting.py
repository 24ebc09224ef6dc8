"""From records to what is released of them: the measures' own counting, and the release's own draw.

Without linking, homes, places and releases as files: none of these is in the cells that needs rest on. That the
numbers are those of the road of a release is tested (tests/benchmarks/test_conclusions.py).
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import product

from analysis.disclosure.ladders import DETECTION
from analysis.disclosure.noise import STANDARD
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.occurred import Occurs
from analysis.measures.registry import OCCURS
from analysis.training.released import ReleasedBoard, ReleasedFigure
from benchmarks.conclusions.habits import YEARS
from benchmarks.conclusions.recording import Recorded
from demo.synthetic import borough as b
from demo.synthetic.sightings import KEEPS_INDICATORS, RAISES_CONCERNS
from models.catalogue import Catalogue, shipped
from models.contract.periods import financial_year_of
from models.register import Duties
from models.releases import CellState

ANY = "any"
COUNTED: tuple[str, ...] = (
    "m1_children",
    "m2_raised_by_several",
    "m2_raised_later",
    "m6_any",
    *(f"m6_{category}" for category in shipped().categories),
    "m7_children",
    "m7_screened",
    *DETECTION,
)
TODAY: tuple[str, ...] = ("m3_seen", "m3_missed")
"""Counted where the needs of before ADR 0031 are measured too."""
Counts = dict[tuple[str, str, str], int]
"""Year, measure, sector or `any` -> children."""


def duties_of(names: dict[str, str]) -> Duties:
    """Of the board's sectors, by the demo's agency -> sector: as the demo's register says."""
    return Duties(
        (
            ("observe", frozenset(names[one] for one in KEEPS_INDICATORS)),
            ("raise", frozenset(names[one] for one in RAISES_CONCERNS)),
            ("screenings", frozenset((names[b.SOCIAL_CARE],))),
        )
    )


def counts_of(recorded: Recorded, wanted: Collection[str] = COUNTED) -> Counts:
    """Exact numbers of children."""
    rules = Rules(sector_of=recorded.sector_of)
    sets: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    functions = tuple(dict.fromkeys(OCCURS[name] for name in wanted))
    for link, child in recorded.children.items():
        for name, year, sector in _counted(functions, frozenset(wanted), child, rules, recorded):
            sets[year, name, sector].add(link)
            sets[year, name, ANY].add(link)
    return {key: len(children) for key, children in sets.items()}


def _counted(
    functions: tuple[Occurs, ...], wanted: frozenset[str], child: LinkedChild, rules: Rules, recorded: Recorded
) -> Iterator[tuple[str, str, str]]:
    for occurs in functions:
        for name, occurrence in occurs(child, rules):
            if name in wanted:
                year = financial_year_of(occurrence.on)
                if year in YEARS:
                    for agency in occurrence.agencies:
                        yield name, year, recorded.sector_of[agency]


def released(
    counts: Counts, sectors: Collection[str], duties: Duties, seed: int, wanted: Collection[str] = COUNTED
) -> dict[str, ReleasedBoard]:
    """Both years as released; the draw is the release's, from the plan's seed and not from keys."""
    rng, catalogue = random.Random(f"{seed}/noise"), shipped()
    return {
        year: ReleasedBoard(
            year,
            tuple(
                _cell(counts, year, name, sector, duties, catalogue, rng)
                for name, sector in product(wanted, (ANY, *sectors))
            ),
        )
        for year in YEARS
    }


def _cell(
    counts: Counts, year: str, name: str, sector: str, duties: Duties, catalogue: Catalogue, rng: random.Random
) -> ReleasedFigure:
    uniform = rng.getrandbits(64)
    topic = name.rpartition("_")[2]
    if sector != ANY and topic in catalogue.categories and not catalogue.expected(sector, topic):
        return ReleasedFigure(name, sector, CellState.NOT_APPLICABLE)
    of_concerns = name.startswith(("m1_", "m2_", "m7_"))
    if sector != ANY and of_concerns and sector not in duties.who("raise"):
        return ReleasedFigure(name, sector, CellState.NOT_RECORDED)
    shown = STANDARD.shown(counts.get((year, name, sector), 0) + STANDARD.draw(uniform))
    return ReleasedFigure(name, sector, shown.state, shown.value)
