"""M6 Indicator coverage (paragraphs 157, 161): of the signs a sector can see, which did it record at all?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from analysis.measures.definition import LATE, NOT_RETURNED, Definition, Unknown
from analysis.measures.figures import Figure, Window, ratio
from analysis.measures.history import Child, Measure, Occurrence, Rules
from analysis.measures.picture import Picture
from analysis.measures.recognition import indicators_of
from analysis.measures.workdays import months_after

KINDS = ("cse_concern", "indicator_observed")

DEFINITION = Definition(
    6,
    "Indicator coverage",
    "Which signs that a sector is in a position to see does it never record? Each is a prompt for training.",
    "indicator codes of the sector's expected set that it recorded at least once, in a concern or an "
    "observation, by the day it was seen",
    "size of the expected set: the catalogue's indicators that name the sector as an observer (a board may edit it)",
    "the 12 months that end with the period; released for the financial year",
    "indicator codes; never children",
    "sector, and sector by category",
    "paragraphs 157, 161",
    "board and sector by financial year: children about whom any indicator was recorded, and one of each category. A "
    "category whose released cell is low is listed as a prompt; one that the catalogue does not expect "
    "of the sector is not applicable; single codes only for M1",
    "Not recorded is not not seen, and not seen is not fault: the sector may have no contact with such children.",
    (
        NOT_RETURNED,
        Unknown(
            "unlinked", "A code recorded only on events without a token is not counted as recorded; it is listed apart."
        ),
        Unknown("not recorded", "A sign kept in free text, and not as a code, is not here."),
        LATE,
    ),
)


def recorded_codes(picture: Picture, window: Window) -> dict[str, set[str]]:
    """Sector -> codes it recorded in a window, on events that are linked to a child."""
    found: dict[str, set[str]] = {sector: set() for sector in picture.setting.sectors}
    for child in picture.children.values():
        for kind in KINDS:
            for event in child.events.get(kind, ()):
                if window.holds(event.occurred_on):
                    found.setdefault(picture.setting.sector(event.agency), set()).update(indicators_of(event))
    return found


def year_to(end: date) -> Window:
    """The twelve months before a day."""
    return Window(months_after(end, -12), end)


def figures(picture: Picture, window: Window) -> list[Figure]:
    """Each sector with an expected set, whole and by category; `codes` are those never recorded."""
    recorded = recorded_codes(picture, year_to(window.end))
    catalogue, setting = picture.setting.catalogue, picture.setting
    found = []
    for sector in setting.sectors:
        if not catalogue.expected(sector):
            continue
        found.append(_figure("sector", sector, catalogue.expected(sector), recorded))
        for category in catalogue.categories:
            if expected := catalogue.expected(sector, category):
                found.append(_figure("sector x category", f"{sector} {category}", expected, recorded))
    found += _unlinked_only(picture, recorded)
    return found


def _figure(split: str, group: str, expected: tuple[str, ...], recorded: Mapping[str, set[str]]) -> Figure:
    seen = recorded.get(group.split()[0], set())
    never = tuple(code for code in expected if code not in seen)
    counts = {"expected": len(expected), "recorded": len(expected) - len(never)}
    return Figure(split, group, counts, ratio(counts["recorded"], len(expected)), codes=never)


def _unlinked_only(picture: Picture, recorded: Mapping[str, set[str]]) -> Iterator[Figure]:
    """Codes a sector recorded on events without a token and on no other, at any time."""
    by_sector: dict[str, set[str]] = {}
    for agency, codes in picture.unlinked_codes.items():
        by_sector.setdefault(picture.setting.sector(agency), set()).update(codes)
    for sector, found in sorted(by_sector.items()):
        alone = sorted(found.intersection(picture.setting.catalogue.expected(sector)) - recorded.get(sector, set()))
        if alone:
            yield Figure("only without a token", sector, {"codes": len(alone)}, codes=tuple(alone))


def occurrences(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Children about whom any indicator was recorded, on the day of each record; its agency knows."""
    for kind in KINDS:
        for event in child.events.get(kind, ()):
            if indicators_of(event):
                yield Occurrence(event.occurred_on, frozenset({event.agency}), event.home)


def of_category(category: str) -> Measure:
    """The measure that counts children about whom an indicator of one category was recorded."""

    def counted(child: Child, rules: Rules) -> Iterator[Occurrence]:
        known = rules.catalogue.by_code
        for kind in KINDS:
            for event in child.events.get(kind, ()):
                if any(known[code].category == category for code in indicators_of(event)):
                    yield Occurrence(event.occurred_on, frozenset({event.agency}), event.home)

    return counted
