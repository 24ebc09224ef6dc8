"""M6 Indicator coverage: which of the indicators that a sector can see did it record at all?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from analysis.measures.columns import Column
from analysis.measures.count import Count
from analysis.measures.definition import LATE, NOT_RETURNED, Definition, Unknown
from analysis.measures.figures import DateSpan, Figure, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.measure import Measure
from analysis.measures.occurred import Named, Occurred
from analysis.measures.occurrence import Occurrence
from analysis.measures.recognition import coded, indicators_of
from analysis.measures.workdays import months_after
from models.catalogue import shipped
from models.contract.codes import IndicatorCategory

CATEGORIES = tuple(
    str(category)
    for category in IndicatorCategory
    if category not in (IndicatorCategory.GENERAL, IndicatorCategory.UNKNOWN, IndicatorCategory.NOT_RECORDED)
)
_CODED = frozenset({"cse_concern", "indicator_observed"})

DEFINITION = Definition(
    number=6,
    title="Which signs each sector records",
    question="Which signs that a sector is in a position to see does it never record? Each is a prompt for training.",
    numerator=(
        "indicator codes of the sector's expected set that it recorded at least once, in a concern or an "
        "observation, by the day it was seen"
    ),
    denominator=(
        "size of the expected set: the catalogue's indicators that name the sector as an observer (a board may edit it)"
    ),
    window="the 12 months that end with the period; released for the financial year",
    unit="indicator codes; never children",
    splits="sector, and sector by category",
    source="paragraphs 157, 161",
    released=(
        "board and sector by financial year: children about whom any indicator was recorded, and one of each "
        "category. A category whose released cell is low is listed as a prompt. One that the catalogue does not "
        "expect of the sector is not applicable. Single codes only for M1"
    ),
    reading=(
        "'Not recorded' does not mean 'not seen', and 'not seen' is no fault: the sector may have no contact with such "
        "children."
    ),
    unknowns=(
        NOT_RETURNED,
        Unknown(
            "unlinked", "A sign that stands only in records that cannot be tied to a child is not counted as recorded."
        ),
        Unknown("not recorded", "A sign that is kept as free text, not as a code, is not counted."),
        LATE,
    ),
)

ANY = Count("m6_any", "Children about whom any sign was recorded", _CODED, own_records=True)
BY_CATEGORY = {
    category: Count(
        f"m6_{category}",
        f"Children about whom a sign was recorded: {category}",
        _CODED,
        part_of=("m6_any",),
        own_records=True,
        topic=category,
    )
    for category in CATEGORIES
}


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Each record with an indicator, on its day: once for any indicator and once for each category it has.

    Only the agency that made the record knows.
    """
    known = rules.catalogue.by_code
    for record in coded(child):
        codes = indicators_of(record)
        if codes:
            occurrence = Occurrence(record.occurred_on, frozenset({record.agency}), record.home)
            yield ANY.name, occurrence._replace(groups=tuple(("code", code) for code in sorted(codes)))
            for category in {known[code].category for code in codes}:
                if category in BY_CATEGORY:
                    yield BY_CATEGORY[category].name, occurrence


def year_to(end: date) -> DateSpan:
    """The twelve months before a day."""
    return DateSpan(months_after(end, -12), end)


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """Each sector with an expected set, as a whole and by category. `codes` are the codes that it never recorded."""
    counts, catalogue = occurred.during(year_to(window.end), ANY.name), occurred.setting.catalogue
    recorded = {sector: set(counts.of_sector(sector).groups(ANY.name, "code")) for sector in occurred.setting.sectors}
    lines = []
    for sector in occurred.setting.sectors:
        if not catalogue.expected(sector):
            continue
        lines.append(_line("sector", sector, catalogue.expected(sector), recorded))
        for category in catalogue.categories:
            if expected := catalogue.expected(sector, category):
                lines.append(_line("sector x category", f"{sector} {category}", expected, recorded))
    lines += _unlinked_only(occurred, recorded)
    return lines


def _line(split: str, group: str, expected: tuple[str, ...], recorded: Mapping[str, set[str]]) -> Figure:
    recorded_codes = recorded.get(group.split()[0], set())
    never = tuple(code for code in expected if code not in recorded_codes)
    counts = {"expected": len(expected), "recorded": len(expected) - len(never)}
    return Figure(split, group, counts, ratio(counts["recorded"], len(expected)), codes=never)


def _unlinked_only(occurred: Occurred, recorded: Mapping[str, set[str]]) -> Iterator[Figure]:
    """The codes that a sector recorded only on events without a token, at any time."""
    by_sector: dict[str, set[str]] = {}
    for agency, codes in occurred.unlinked_codes.items():
        by_sector.setdefault(occurred.setting.sector(agency), set()).update(codes)
    for sector, given in sorted(by_sector.items()):
        alone = sorted(given.intersection(occurred.setting.catalogue.expected(sector)) - recorded.get(sector, set()))
        if alone:
            yield Figure("only without a token", sector, {"codes": len(alone)}, codes=tuple(alone))


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(ANY, *BY_CATEGORY.values()),
    figures=figures,
    columns=(
        Column("children", "any sign", ANY.name, headline=True),
        *(Column("children", category, BY_CATEGORY[category].name) for category in shipped().categories),
    ),
)
