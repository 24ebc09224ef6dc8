"""The papers of a board: which parts each has, in which order."""

from __future__ import annotations

import hashlib
from datetime import date

from dashboards.exports.document import HANDLING
from dashboards.pack import changed, knowledge, picture, work
from dashboards.pack.blocks import Block, Grid, Paper, Part, Points, Row, Said, Stamp
from dashboards.pack.decisions import decisions
from dashboards.pack.source import Source
from dashboards.words import SAFETY, SYNTHETIC, day, moment, quarter, sector_words, uncapital
from models.contract.codes import Sector
from models.register import Agency

FINDINGS = 5


def stamp(source: Source, taken_by: str, made_on: date) -> Stamp:
    """What every page says."""
    return Stamp(
        source.board.name,
        quarter(source.release.window),
        source.release.release_id,
        hashlib.sha256(source.body).hexdigest(),
        taken_by,
        day(made_on),
        HANDLING,
        SYNTHETIC if source.release.synthetic else "",
        SAFETY,
        source.board.referral_route,
    )


def findings(source: Source) -> tuple[Said, ...]:
    """Three to five sentences: the headlines, what changed, the first need, and what to doubt."""
    told = [changed.sentence(source, name) for name in changed.HEADLINES]
    told += [changed.sentence(source, name) for name in changed.changed(source)[:1]]
    if source.needs:
        need = source.needs[0]
        told.append(
            Said(f"{need.sector}, {uncapital(need.about)}: a training need is {need.standing}. {need.rests_on}.")
        )
    if silent := [signal.where for signal in source.signals.operational]:
        told.append(
            Said(
                f"Doubt: nothing has come from {' and '.join(silent)} for some time, so figures may miss what it knows."
            )
        )
    return tuple(told[:FINDINGS])


def meeting(source: Source, made: Stamp) -> Paper:
    """The meeting pack."""
    asked = decisions(source)
    first = Part("Findings", (Points(findings(source)),), fresh=True)
    decide = Part("What to decide", asked or (Said("Nothing on the pages asks for a decision."),))
    return Paper(
        "meeting",
        f"Meeting pack: {made.board}",
        made,
        facts(source, made),
        (
            first, decide, changed.course(source), picture.where(source), picture.kinds(source), work.recognition(source),
            work.responses(source), work.signals(source), work.training(source), work.actions(source),
            work.quality(source), knowledge.unknowns(source), knowledge.glossary(),
        ),
        cover=True,
        notices=source.notices,
    )  # fmt: skip


def brief(source: Source, made: Stamp) -> Paper:
    """One page for a chief officer."""
    questions = tuple(Said(one.question) for one in decisions(source)[:5])
    late = source.actions.overdue[:3]
    owed: tuple[Block, ...] = (Said("No action is overdue."),)
    if late:
        rows = tuple(Row(one.title, (one.owner, f"{one.days_overdue} days")) for one in late)
        owed = (Grid("The longest overdue actions", ("Action", "Owner", "Overdue by"), rows, numeric=False),)
    doubts = (
        f"{source.release.agencies_returned} of {source.release.agencies_expected} agencies had returned the whole period.",
        "Figures show what agencies recorded, not what happened. A rise is often better recognition.",
        "Each number is moved by chance to protect children: 9 in 10 are within 7 of the true number.",
    )
    return Paper(
        "brief",
        f"Brief for chief officers: {made.board}",
        made,
        (),
        (
            Part("What the figures say", (Points(findings(source)),)),
            Part("What the group is asked to decide", (Points(questions),) if questions else (Said("Nothing."),)),
            Part("What is late", owed),
            Part("What to doubt", (Points(tuple(map(Said, doubts))),)),
        ),
        notices=source.notices[:1],
    )


def agency(source: Source, made: Stamp, one: Agency) -> Paper:
    """The sheet of one agency: its own returns, actions, and its sector's figures and needs. No other agency's."""
    sector = Sector(one.sector)
    figures = tuple(
        picture.row(source, words, count, sector=sector)
        for count, words in OF_SECTOR
        if source.figures.of(count, sector=sector).cell is not None
    )
    blocks: list[Block] = []
    if figures:
        blocks.append(
            Grid("Children", ("What is counted", *picture.columns(source)), figures, "", picture.scale(figures))
        )
    else:
        blocks.append(Said("No figure by sector is released for this board."))
    needs = tuple(work.need_row(need) for need in source.needs if need.sector_code == sector)
    asked: Block = Said("Nothing can be told from the figures. It never says that there is no need.")
    if needs:
        asked = Grid(
            "Needs of the sector",
            ("Sector", "Subject", "How sure", "Of what we expect", "It rests on"),
            needs,
            numeric=False,
        )
    return Paper(
        "agency",
        f"Sheet for {one.name}",
        made,
        (),
        (
            Part("Your returns", (_returns(source, one),)),
            Part(f"What is released of your sector: {uncapital(sector_words(sector))}", tuple(blocks)),
            Part("Training needs", (asked,)),
            Part("Your overdue actions", (_owed(source, one),)),
        ),
    )


OF_SECTOR = (
    ("m1_children", "Children about whom the sector recorded a new concern"),
    ("m6_any", "Children about whom it recorded any sign"),
    ("m2_raised_by_several", "Children whom it and another agency raised"),
    ("m2_raised_later", "Of those, raised more than 30 days after another"),
    ("m7_children", "Children with a concern of this sector to be screened"),
    ("m7_screened", "Of those, screened within 10 working days"),
    ("m9_children", "Children of whom it recorded a missing episode"),
)
"""Counts of an agency's sheet, with words for it."""


def _returns(source: Source, one: Agency) -> Block:
    row = next((row for row in source.returns if row.name == one.name), None)
    if row is None:
        return Said("No returns are due from this agency.")
    rows = tuple(Row(quarter(name), (str(status),)) for name, status in zip(source.quarters, row.returns, strict=True))
    return Grid("Returns of the last quarters, as of today", ("Quarter", "Return"), rows, numeric=False)


def _owed(source: Source, one: Agency) -> Block:
    mine = [action for action in source.actions.overdue if action.owner == one.name]
    if not mine:
        return Said("No action of this agency is overdue.")
    rows = tuple(Row(action.title, (action.due, f"{action.days_overdue} days")) for action in mine)
    return Grid("Overdue, the longest first", ("Action", "Due", "Overdue by"), rows, numeric=False)


def police(source: Source, made: Stamp) -> Paper:
    """The annex for a problem profile: concern, missing, places, signals, and what nobody knows."""
    sector = Sector.POLICE
    own = tuple(
        picture.row(source, words, count, sector=sector)
        for count, words in OF_SECTOR
        if source.figures.of(count, sector=sector).cell is not None
    )
    gaps = (
        "Who exploits children: these figures are of children, and hold nothing about suspects.",
        "Where children are exploited: kinds of place are recorded, and no address.",
        "Whether a rise is more harm or better recording. Ask the agencies before drawing a conclusion.",
        "What agencies that returned nothing know.",
    )
    figures: tuple[Block, ...] = (
        (Grid("Children", ("What is counted", *picture.columns(source)), own, "", picture.scale(own)),) if own else ()
    )
    kinds = picture.kinds(source)
    return Paper(
        "police",
        f"Annex for the problem profile: {made.board}",
        made,
        facts(source, made),
        (
            Part(
                "What the group's figures say", (Points(tuple(changed.sentence(source, n) for n in changed.HEADLINES)),)
            ),
            Part("What police recorded", figures or (Said("No figure by sector is released for this board."),)),
            Part("Where children live", picture.where(source).blocks[:3]),
            Part(kinds.title, kinds.blocks),
            work.signals(source),
            Part("What these figures cannot tell", (Points(tuple(map(Said, gaps))),)),
        ),
        notices=source.notices,
    )


def facts(source: Source, made: Stamp) -> tuple[tuple[str, str], ...]:
    """What a first page says of the release."""
    release = source.release
    return (
        ("Period", made.period),
        ("Counts what had arrived by", moment(release.cut_off)),
        ("Agencies that returned all of it", f"{release.agencies_returned} of {release.agencies_expected}"),
        ("Release", made.release_id),
        ("Checksum of the release (SHA-256)", made.checksum),
        ("Made for", made.taken_by),
        ("Made on", made.made_on),
        ("Handling", made.handling.partition(": ")[2]),
    )
