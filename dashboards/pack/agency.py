"""The sheet of one agency: its returns, its actions and what is released of its sector. Nothing of another agency."""

from __future__ import annotations

from collections.abc import Iterable

from dashboards.pack import picture, work
from dashboards.pack.blocks import Block, Grid, Paper, Part, Row, Said, Stamp
from dashboards.pack.source import Source
from dashboards.words import quarter, sector_words, uncapital
from models.contract.codes import Sector
from models.register import Agency

OF_SECTOR = (
    ("m1_children", "Children about whom it recorded a new concern"),
    ("m6_any", "Children about whom it recorded any sign"),
    ("m2_raised_by_several", "Children whom it raised, and another agency too"),
    ("m2_raised_later", "Of those, raised over 30 days after another"),
    ("m7_children", "Children with a concern of its own to be screened"),
    ("m7_screened", "Of those, screened within 10 working days"),
    ("m9_children", "Children of whom it recorded a missing episode"),
)
"""Counts that are released by sector, with words in which “it” is the sector."""


def sheet(source: Source, made: Stamp, one: Agency) -> Paper:
    """The sheet of one agency."""
    sector = Sector(one.sector)
    return Paper(
        "agency",
        f"Sheet for {one.name}",
        made,
        (),
        (
            Part("Your returns", (_returns(source, one),)),
            Part(
                f"What is released of your sector: {uncapital(sector_words(sector))}", tuple(of_sector(source, sector))
            ),
            Part("Training needs of your sector", (_needs(source, sector),)),
            Part("Your overdue actions", (_owed(source, one),)),
        ),
    )


def of_sector(source: Source, sector: Sector) -> Iterable[Block]:
    """The released figures of one sector; a sentence where there is none."""
    rows = tuple(
        picture.row(source, words, count, sector=sector)
        for count, words in OF_SECTOR
        if source.figures.of(count, sector=sector).cell is not None
    )
    if not rows:
        yield Said("No figure by sector is released for this board.")
        return
    heads = ("What is counted", *picture.columns(source))
    yield Grid(f"Children, {quarter(source.window)}", heads, rows, "", picture.scale(rows))
    yield Said("The figures are of all agencies of the sector together.")


def _needs(source: Source, sector: Sector) -> Block:
    needs = tuple(work.need_row(need) for need in source.needs if need.sector_code == sector)
    if not needs:
        return Said("The figures tell of none. That does not mean that there is none.")
    return Grid("A question to the sector, not a verdict on it", work.NEED_COLUMNS, needs, numeric=False)


def _returns(source: Source, one: Agency) -> Block:
    row = next((row for row in source.returns if row.name == one.name), None)
    if row is None:
        return Said("No returns are due from this agency.")
    rows = tuple(Row(quarter(name), (str(status),)) for name, status in zip(source.quarters, row.returns, strict=False))
    return Grid("The last quarters, as of today", ("Quarter", "Return"), rows, numeric=False)


def _owed(source: Source, one: Agency) -> Block:
    mine = [action for action in source.actions.overdue if action.owner == one.name]
    if not mine:
        return Said("No action of this agency is overdue.")
    rows = tuple(Row(action.title, (action.due, f"{action.days_overdue} days")) for action in mine)
    return Grid("The longest overdue first", ("Action", "Due", "Overdue by"), rows, numeric=False)
