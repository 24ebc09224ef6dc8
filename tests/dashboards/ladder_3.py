"""Releases on ladder 3 for pages: the board and four sectors, every measure, sessions and links beside them."""

from __future__ import annotations

from datetime import date

from analysis.disclosure.ladders import LADDERS
from models.catalogue import shipped
from models.contract.codes import FeedbackStage, IndicatorCategory, Sector, TokenKind
from models.contract.periods import bounds, kind_of
from models.releases import Answers, Cell, CellState, Linkable, Release, SessionHeld
from tests.models.store.factories import make_cell, make_release

SECTORS = ("childrens_social_care", "education", "health", "police")
GAP = ("health", "vulnerability")
LADDER = LADDERS[3]


def ladder_3(window: str, *, detection: bool = False, **states: CellState) -> Release:
    """Figures everywhere but at the gap, and but for the board's cells whose states are given by measure.

    With `detection` a year has detection shares too, which no ladder has yet: six in ten, but for the gap.
    """
    cells: list[Cell] = []
    for rung in LADDER.rungs:
        if (rung.level, rung.window) != ("board", kind_of(window)) or rung.split not in ("any", "sector"):
            continue
        for at, measure in enumerate(rung.measures):
            for place, sector in enumerate(SECTORS if rung.split == "sector" else ("any",)):
                value = 400 - 20 * place - 5 * at if rung.split == "any" else 100 - 5 * (at % 3)
                cell = make_cell(measure, value, sector=sector)
                if (sector, measure) == (GAP[0], f"m6_{GAP[1]}"):
                    cell = make_cell(measure, sector=sector)
                if sector == "any" and measure in states:
                    cell = make_cell(measure, state=states[measure])
                cells.append(cell)
    if detection and kind_of(window) == "year":
        cells += _detection()
    return make_release(window, tuple(cells), ladder_version=3, training=sessions_of(window), links=LINKS)


def _detection() -> list[Cell]:
    found = []
    for sector in SECTORS:
        for topic in ("any", *shipped().categories):
            if topic != "any" and not shipped().expected(sector, topic):
                continue
            low = (sector, topic) == GAP
            recorded = make_cell(f"m18_recorded_{topic}", None if low else 60, sector=sector)
            found += [recorded, make_cell(f"m18_missed_{topic}", 100 if low else 40, sector=sector)]
    return found


def sessions_of(window: str) -> tuple[SessionHeld, ...]:
    """Two sessions of a year, one for a sector and one for nobody in particular; none of a quarter."""
    start = bounds(window)[0]
    if kind_of(window) != "year":
        return ()
    return _session(start), _session(date(start.year, start.month, 9), Sector.UNKNOWN)


def _session(day: date, audience: Sector = Sector.HEALTH) -> SessionHeld:
    said = ((FeedbackStage.BEFORE, 31), (FeedbackStage.AFTER, 74))
    answers = tuple(Answers(stage=stage, answered=12, mean_tenths=tenths) for stage, tenths in said)
    topics = (IndicatorCategory.VULNERABILITY,)
    return SessionHeld(held_on=day, audience=audience, topics=topics, attended=14, in_scope=70, feedback=answers)


LINKS = (
    Linkable(one=Sector.EDUCATION, other=Sector.POLICE, kinds=(TokenKind.NHS,), share="80-89%"),
    Linkable(one=Sector.HEALTH, other=Sector.POLICE, kinds=(), share="no kind in common"),
)
