"""What a reader of a board's figures has to doubt: what is missing, late, broken or cannot be counted. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from analysis.returns import ReturnStatus
from dashboards import breaks
from dashboards.findings.finding import Finding, FindingKind
from dashboards.queries.freshness import Freshness
from dashboards.queries.returns import AgencyRow
from dashboards.tied import RECORDS, SHORT
from dashboards.words import day, listed, moment, quarter, sector_words
from models.register import Board
from models.releases import Release
from models.store.remedies import Left

NAMED = 3
"""Up to so many agencies are named in a sentence; of more, their number is given."""


def doubts(
    board: Board, fresh: Freshness, left: Left, agencies: Sequence[AgencyRow], release: Release | None
) -> tuple[Finding, ...]:
    """The doubts, the gravest first. `agencies` has each agency's returns, newest quarter first."""
    at = f"/boards/{board.code}"
    found = (
        *_incomplete(at, left),
        *_silent(at, agencies),
        *_late(at, fresh),
        *_not_counted(at, release),
        *_broken(at, board, release),
    )
    return tuple(found)


def _doubt(sentence: str, path: str, link: str) -> Finding:
    return Finding(FindingKind.DOUBT, sentence, path, link)


def _incomplete(at: str, left: Left) -> Iterator[Finding]:
    for gap in left.unread:
        whose = f"What {gap.agency} sent" if gap.agency else "What agencies sent"
        yield _doubt(
            f"{whose} is incomplete since {moment(gap.since)}: some of it was lost before it was read.",
            f"{at}/recognition#returns",
            "Returns from agencies",
        )
    if left.records:
        were, are = ("record was", "is") if left.records == 1 else ("records were", "are")
        yield _doubt(
            f"{left.records} {were} skipped by operations and {are} not in the figures.",
            f"{at}/recognition#returns",
            "Returns from agencies",
        )
    for agency in left.held:
        yield _doubt(
            f"Newer records of {agency} are in no figure: most of what it sent last could not be used.",
            f"{at}/recognition#returns",
            "Returns from agencies",
        )


def silent(agencies: Iterable[AgencyRow]) -> tuple[tuple[str, int], ...]:
    """Agencies that owe their last returns, by name, and how many in a row they owe."""
    found = []
    for agency in agencies:
        due = [status for status in agency.returns if status.counts_as_due]
        missing = next((at for at, status in enumerate(due) if status is not ReturnStatus.NONE), len(due))
        if missing:
            found.append((agency.name, missing))
    return tuple(sorted(found, key=lambda one: one[0].casefold()))


def _silent(at: str, agencies: Iterable[AgencyRow]) -> Iterator[Finding]:
    """A sentence for each number of quarters that agencies owe, the most first."""
    owing: dict[int, list[str]] = {}
    for name, missing in silent(agencies):
        owing.setdefault(missing, []).append(name)
    for missing, names in sorted(owing.items(), reverse=True):
        quarters = "the last quarter" if missing == 1 else f"the last {missing} quarters that were due"
        who = listed(names) if len(names) <= NAMED else f"{len(names)} agencies"
        yield _doubt(
            f"{who} sent no return for {quarters}: what {'it' if len(names) == 1 else 'they'} saw may be missing from "
            "the figures.",
            f"{at}/recognition#returns",
            "Returns from agencies",
        )


def _late(at: str, fresh: Freshness) -> Iterator[Finding]:
    if fresh.overdue:
        yield _doubt(
            f"The figures end with {quarter(fresh.newest_window)}. "
            f"Those for {quarter(fresh.next_window)} have been due since {day(fresh.next_cut_off)}."
            if fresh.newest_window
            else f"No figures have come yet. They have been due since {day(fresh.next_cut_off)}.",
            f"{at}#fresh",
            "How new the figures are",
        )


def _not_counted(at: str, release: Release | None) -> Iterator[Finding]:
    short = sorted(
        {
            (sector_words(records.sector), RECORDS[records.record])
            for records in (release.tied if release else ())
            if records.own in SHORT and records.sector != "any"
        }
    )
    if short:
        named = listed([f"{sector} ({records})" for sector, records in short[:3]])
        more = f", and {len(short) - 3} more" if len(short) > 3 else ""
        yield _doubt(
            f"Many records cannot be tied to a child, so the children in them are in no figure: {named}{more}.",
            f"{at}/measures/m1#tied",
            "Records that cannot be counted",
        )


def _broken(at: str, board: Board, release: Release | None) -> Iterator[Finding]:
    if release is not None and (notes := breaks.of_window(board, release.window, places=True)):
        yield _doubt(notes[0], f"{at}/figures?window={release.window}", "All figures of the period")
