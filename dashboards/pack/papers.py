"""The papers of a board: which parts each has, in which order."""

from __future__ import annotations

import hashlib

from analysis.disclosure.release_file import rule_of
from dashboards import states
from dashboards.exports.document import HANDLING
from dashboards.pack import changed, knowledge, picture, work
from dashboards.pack.blocks import Block, Grid, Paper, Part, Points, Row, Said, Stamp
from dashboards.pack.decisions import decisions
from dashboards.pack.findings import told
from dashboards.pack.source import Source
from dashboards.words import SAFETY, SYNTHETIC, day, moment, quarter

FINDINGS = 5


def stamp(source: Source, taken_by: str) -> Stamp:
    """What every page says."""
    return Stamp(
        source.board.name,
        quarter(source.release.window),
        source.release.release_id,
        hashlib.sha256(source.body).hexdigest(),
        taken_by,
        day(source.today),
        HANDLING,
        SYNTHETIC if source.release.synthetic else "",
        SAFETY,
        source.board.referral_route,
    )


def meeting(source: Source, made: Stamp) -> Paper:
    """The meeting pack."""
    asked = decisions(source.findings.decisions)
    first = Part("Findings", (Points(told(source, source.findings.first(FINDINGS))), *_changed(source)), fresh=True)
    decide = Part("What to decide", asked or (Said("Nothing on the pages asks for a decision."),))
    return Paper(
        "meeting",
        f"Meeting pack: {made.board}",
        made,
        facts(source, made),
        (
            first, decide, changed.course(source), picture.where(source), picture.kinds(source),
            work.recognition(source), work.responses(source), work.signals(source), work.training(source),
            work.actions(source), work.quality(source), knowledge.unknowns(source), knowledge.glossary(),
        ),
        cover=True,
        notices=source.notices,
    )  # fmt: skip


def slides(source: Source, made: Stamp) -> Paper:
    """What is shown at the meeting: the meeting pack without its long tables."""
    course = tuple(block for block in changed.course(source).blocks if not isinstance(block, Said))
    first, *later = (
        Part(part.title, _tables(part))
        for part in (work.recognition(source), work.responses(source), work.training(source), work.actions(source))
    )
    return Paper(
        "slides",
        f"Slides for the meeting: {made.board}",
        made,
        facts(source, made),
        (
            Part("Findings", (Points(told(source, source.findings.first(FINDINGS))),)),
            Part("What to decide", decisions(source.findings.decisions)),
            Part("What changed", course),
            Part("Where children live", tuple(block for block in picture.places(source) if isinstance(block, Grid))),
            Part("What kind", picture.answers(source, ("m19_model", "m19_place"))),
            first,
            later[0],
            Part("Signals", (Points((*work.signal_points(source), Said(work.HOW_TO_READ))),)),
            *later[1:],
            knowledge.unknowns(source),
        ),
        notices=source.notices,
    )


def _tables(part: Part) -> tuple[Block, ...]:
    """The first table of a part; without any, what it says."""
    tables = tuple(block for block in part.blocks if isinstance(block, Grid))[:1]
    return tables or tuple(block for block in part.blocks if isinstance(block, Said))


def _changed(source: Source) -> tuple[Said, ...]:
    """How the search for changes was made, or why nothing is compared."""
    found = source.findings
    if found.why_none:
        return (Said(found.why_none),)
    return (
        Said(
            f"{found.compared} pairs of figures were compared: {found.when}. A change is told only if neither "
            "chance nor the error of the figures explains it."
        ),
    )


def brief(source: Source, made: Stamp) -> Paper:
    """One page for a chief officer."""
    questions = tuple(Said(one.question) for one in source.findings.decisions[:FINDINGS])
    late = source.actions.overdue[:3]
    owed: tuple[Block, ...] = (Said("No action is overdue."),)
    if late:
        rows = tuple(Row(one.title, (one.owner, f"{one.days_overdue} days")) for one in late)
        owed = (Grid("The longest overdue actions", ("Action", "Owner", "Overdue by"), rows, numeric=False),)
    doubts = (
        f"{source.release.agencies_returned} of {source.release.agencies_expected} agencies returned the whole period.",
        "Figures show what agencies recorded, not what happened. A rise after training is often better recognition.",
        *states.errors((rule_of(source.release.parameters),)),
    )
    return Paper(
        "brief",
        f"Brief for chief officers: {made.board}",
        made,
        (),
        (
            Part("What the figures say", (Points(told(source, source.findings.first(FINDINGS))),)),
            Part("What the group is asked to decide", (Points(questions),) if questions else (Said("Nothing."),)),
            Part("What is late", owed),
            Part("What to doubt", (Points(tuple(map(Said, doubts))),)),
        ),
        notices=source.notices[:1],
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
