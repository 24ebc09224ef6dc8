"""What a measure cannot know in this release: the facts for each reason, bounds for missed links, and links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.measures.definition import Definition
from analysis.measures.registry import BY_ID
from analysis.shown import measure as shown
from analysis.shown.quotients import missed_links, share
from dashboards.measures.known import Known
from dashboards.tied import not_in_totals
from dashboards.words import moment, sector_words
from models.releases import Release

_LEAST = {"no events": 0.0, "under 10%": 0.0, "90% or more": 0.9}


@dataclass(frozen=True)
class Limit:
    """One thing that the measure cannot know: why, the fact in this release, and the effect on the figure."""

    why: str
    fact: str
    effect: str


def limits_of(known: Known, definition: Definition) -> Iterable[Limit]:
    """What the measure cannot know. The first line of each reason holds the fact from the headline release."""
    release, counted = known.release, BY_ID[definition.id].about_children
    facts = dict.fromkeys(("unlinked", "late", "not returned", "not recorded"), "")
    if release is not None and counted:
        silent = shown.silent(known.boards[known.headline])
        short = not_in_totals(release, definition.id)
        facts["unlinked"] = (
            short or f"Records that can be tied to a child, of all kinds and agencies: {release.linked_share}."
        )
        facts["late"] = f"Counts what had arrived by {moment(release.cut_off)}."
        facts["not returned"] = (
            f"{release.agencies_returned} of {release.agencies_expected} agencies returned all of it."
        )
        if silent:
            facts["not returned"] += f" No return at all: {', '.join(map(sector_words, silent))}."
    already_given = set()
    for unknown in shown.unknowns(definition):
        fact = "" if unknown.why in already_given else facts[unknown.why]
        already_given.add(unknown.why)
        yield Limit(unknown.why, fact, unknown.effect)


def bounds_of(known: Known, measure: str) -> str:
    """How far missed links could move a measure's share, in words; empty where that does not apply."""
    release, board = known.release, known.boards.get(known.headline)
    if release is None or board is None:
        return ""
    links = BY_ID[measure].links
    if links is None:
        return ""
    bounds = missed_links(share(board.cell(links.part), board.cell(links.whole)), 1 - _least(release.linked_share))
    if bounds is None:
        return "No bounds can be given: the share is not a figure."
    low, high = (f"{100 * bound:.0f}%" for bound in bounds)
    return (
        f"If events without an identifier ({release.linked_share} have one) were about as many children as the "
        f"others, the true share could lie between {low} and {high}, rounding included."
    )


def _least(linked_share: str) -> float:
    """The lower end of a ten-point class, from 0 to 1."""
    return _LEAST[linked_share] if linked_share in _LEAST else int(linked_share[:2]) / 100


def links_of(release: Release) -> tuple[tuple[str, str, str, str], ...]:
    """Two sectors by name, the kinds of identifier both send, and the share of events that carry one."""
    return tuple(
        (sector_words(pair.one), sector_words(pair.other), ", ".join(map(str, pair.kinds)) or "none", pair.share)
        for pair in release.links
    )
