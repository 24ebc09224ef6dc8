"""From a sign to a plan, and from a return to an interview: how many children are counted at each step. Pure."""

from __future__ import annotations

from markupsafe import Markup

from analysis.measures.columns import Column
from analysis.shown.measure import PageEntry
from analysis.training.released import ReleasedBoard
from dashboards.measures.drawn import step
from dashboards.pictures.flow import flow

Steps = tuple[tuple[str, str], ...]
"""Count and words of each step."""
CONCERN: Steps = (
    ("m6_any", "A sign was recorded"),
    ("m1_children", "A concern was recorded"),
    ("m7_screened", "Screened within 10 working days"),
    ("m16_high", "A concern at significant or serious level"),
    ("m16_met", "A plan or lead practitioner within 10 working days"),
)
MISSING: Steps = (
    ("m8_returned", "Returned from being missing"),
    ("m8_offered", "Offered a return interview"),
    ("m8_completed", "Interview completed"),
    ("m8_within_72h", "Completed within 72 hours"),
)
ROADS = (("From a sign to a plan", CONCERN), ("From coming back to an interview", MISSING))


def roads(board: ReleasedBoard) -> tuple[tuple[str, Markup], ...]:
    """Title and picture of each road, of one window's figures for the whole board; those that can be drawn."""
    drawn = []
    for place, (title, steps) in enumerate(ROADS):
        known = [(count, words) for count, words in steps if board.has(count)]
        asked = [step(words, Column("children", words), PageEntry(cell=board.cell(count))) for count, words in known]
        if picture := flow(f"road-{place}", title, asked):
            drawn.append((title, picture))
    return tuple(drawn)
