"""The annex for a police problem profile: what released figures say, and what nobody can read from them."""

from __future__ import annotations

from dashboards.pack import agency, changed, picture, work
from dashboards.pack.blocks import Paper, Part, Points, Said, Stamp
from dashboards.pack.papers import facts
from dashboards.pack.source import Source
from models.contract.codes import Sector

KINDS = ("m19_model", "m19_place", "m20_length", "m20_hours", "m20_from")
"""Breakdowns of the annex."""
GAPS = (
    "Who exploits children. These figures are of children, and hold nothing about suspects.",
    "Which address, firm or vehicle. Only kinds of place are recorded.",
    "Whether a rise is more harm or better recording. Ask the agencies before drawing a conclusion.",
    "What agencies that returned nothing know.",
    "Whether one network is behind several concerns. Children are counted, and never told apart.",
    "Exploitation of which no agency made a record.",
)
"""What a problem profile needs and these figures do not have."""


def annex(source: Source, made: Stamp) -> Paper:
    """The annex."""
    counts = (*changed.HEADLINES, "m10_children", "m11_of_concern", "m19_harmed")
    said = tuple(changed.sentence(source, count) for count in counts)
    return Paper(
        "police",
        f"Annex for the problem profile: {made.board}",
        made,
        facts(source, made)[1:],
        (
            Part("What the group's figures say", (Points(said),)),
            Part("What police recorded", tuple(agency.of_sector(source, Sector.POLICE))),
            Part("Where children live", tuple(picture.places(source))),
            Part(
                "Models, kinds of place, and missing episodes", (Said(picture.NO_SUM), *picture.answers(source, KINDS))
            ),
            work.signals(source),
            Part("What these figures cannot tell", (Points(tuple(map(Said, GAPS))),)),
        ),
        notices=source.notices,
    )
