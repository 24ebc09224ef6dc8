"""The page of inspection on paper: each paragraph of the review beside what the board can show for it."""

from __future__ import annotations

from collections.abc import Iterable

from dashboards.inspection.view import NO_EVIDENCE, InspectionRow
from dashboards.pack.blocks import Grid, Paper, Part, Row, Said, Stamp
from dashboards.pack.papers import facts
from dashboards.pack.source import Source

READ = (
    "Nothing here says that a paragraph is met: that is for inspectors to judge. The evidence is what the pages show "
    "on the day on which this was made. Each line names the page that has it."
)
HEADS = ("Paragraph", "What it says", "State", "What the board can show")


def paper(source: Source, made: Stamp) -> Paper:
    """The paper."""
    asked = [row for row in source.inspected if row.asks]
    found = [row for row in source.inspected if not row.asks]
    return Paper(
        "inspect",
        f"Evidence for inspectors: {made.board}",
        made,
        facts(source, made)[1:],
        (
            Part("How to read this", (Said(READ),)),
            Part("What a board has to do", (_table("Paragraphs that ask something of a board", asked),)),
            Part("What inspectors found elsewhere", (_table("Paragraphs with findings", found),)),
        ),
        notices=source.notices,
    )


def _table(caption: str, listed: Iterable[InspectionRow]) -> Grid:
    rows = tuple(Row(str(row.number), (row.says, row.state, _evidence(row))) for row in listed)
    return Grid(caption, HEADS, rows, numeric=False)


def _evidence(row: InspectionRow) -> str:
    """A line for each piece: what was found, what was looked for in vain, and what this service cannot show."""
    found = [f"{one.words} ({', '.join(filter(None, (one.date, f'page “{one.link}”')))})" for one in row.evidence]
    missing = [f"{NO_EVIDENCE}: {one.words}" for one in row.missing]
    outside = [f"Outside this service: {row.outside}"] if row.outside else []
    return "\n".join((*found, *missing, *outside))
