"""M18 Detection share: of the children that a sector knew and of whom another recorded a sign, did it record one too?

Training needs rest on it (docs/adr/0031).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from analysis.measures.count import Count
from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.m6 import CATEGORIES
from analysis.measures.measure import Measure, shown
from analysis.measures.occurred import Counts, Named, Occurred
from analysis.measures.occurrence import Occurrence
from analysis.measures.recognition import coded, indicators_of
from models.catalogue import Catalogue
from models.contract.periods import bounds, financial_year_of

NEAR = timedelta(days=90)
"""The most days between another's sign and a sector's own record that count as contact; and how long before and after
the year its own sign of the topic counts."""
ANY_TOPIC = "any"
_CODED = frozenset({"cse_concern", "indicator_observed"})

DEFINITION = Definition(
    number=18,
    title="Signs that others saw too",
    question="Of the children that a sector knew and of whom others recorded a sign, how many did it record too?",
    numerator=(
        "of the denominator, those of whom the sector recorded any sign of the topic from 90 days before the year to "
        "90 days after it"
    ),
    denominator=(
        "children of whom another sector recorded, in the year, a sign of the topic that the catalogue expects this "
        "sector to see. This sector was in contact with them: it recorded a sign of another topic within 90 days of "
        "that day"
    ),
    window="the financial year, by the day of the other sector's first such sign",
    unit="children; for any topic a child counts once, as recorded when any of those topics was",
    splits="sector, and sector by category of signs",
    source="paragraphs 157, 161",
    released=(
        "board by sector by financial year: children recorded too, and children not recorded, any topic and each. "
        "Never of all agencies together: whom one recorded and another did not would be in both"
    ),
    reading=(
        "Contact is a coded sign of another topic: an interview or a missing report is no occasion to write one. "
        "Compare with what other sectors show, never with all: nobody records everything. It finds large gaps alone."
    ),
    unknowns=(
        UNLINKED,
        Unknown("unlinked", "A child that two sectors hold under different identifiers is in neither part."),
        Unknown(
            "not recorded",
            "A sign that both copied from one meeting looks like two who saw it: second-hand signs hide gaps.",
        ),
        Unknown("not recorded", "What no other sector recorded either is not here: a gap that all share is not seen."),
        LATE,
    ),
)


def _pair(topic: str) -> tuple[Count, Count]:
    words, of = ("any sign", "") if topic == ANY_TOPIC else (f"a sign ({topic})", topic)
    known = "Children known to the sector, of whom another recorded"
    return (
        Count(f"m18_recorded_{topic}", f"{known} {words}: the sector recorded one too", _CODED, topic=of),
        Count(
            f"m18_missed_{topic}", f"{known} {words}: the sector recorded none", _CODED, others_take_away=True, topic=of
        ),
    )


RECORDED_AND_MISSED: Mapping[str, tuple[Count, Count]] = {topic: _pair(topic) for topic in (ANY_TOPIC, *CATEGORIES)}
"""Topic -> the counts of children that the sector recorded too, and of those that it did not."""


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A child of whom one sector could have recorded a topic in a year, because another did while it was in contact."""

    sector: str
    topic: str
    on: date
    """The day of the other sector's first such sign in the year."""
    agencies: frozenset[str]
    """The sector's own agencies that were in contact."""
    recorded: bool


@dataclass(frozen=True, slots=True)
class _Told:
    on: date
    agency: str
    codes: frozenset[str]
    topics: frozenset[str]


def opportunities(child: LinkedChild, rules: Rules) -> Iterator[Opportunity]:
    """Every opportunity of every sector, by sector, year and topic."""
    by_sector = _told(child, rules)
    if len(by_sector) < 2:
        return
    for sector, own in sorted(by_sector.items()):
        expected = _expected(rules.catalogue, sector)
        first: dict[tuple[str, str], date] = {}
        met: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for other in sorted((o for s, of in by_sector.items() if s != sector for o in of), key=lambda o: o.on):
            for topic in {expected[code] for code in other.codes if code in expected}:
                near = {o.agency for o in own if abs(o.on - other.on) <= NEAR and o.topics - {topic}}
                if near:
                    of_year = financial_year_of(other.on), topic
                    first.setdefault(of_year, other.on)
                    met[of_year] |= near
        for (year, topic), on in sorted(first.items()):
            start, end = bounds(year)
            recorded = any(topic in o.topics and start - NEAR <= o.on < end + NEAR for o in own)
            yield Opportunity(sector, topic, on, frozenset(met[year, topic]), recorded)


def _told(child: LinkedChild, rules: Rules) -> dict[str, list[_Told]]:
    """Sector -> its records with signs. Records of agencies that the register does not list are left out."""
    found: defaultdict[str, list[_Told]] = defaultdict(list)
    by_code = rules.catalogue.by_code
    for record in coded(child):
        sector, codes = rules.sector_of.get(record.agency), indicators_of(record)
        if sector and codes:
            topics = frozenset(str(by_code[code].category) for code in codes)
            found[sector].append(_Told(record.occurred_on, record.agency, codes, topics))
    return found


def _expected(catalogue: Catalogue, sector: str) -> dict[str, str]:
    """Code -> category, for every sign that the catalogue expects a sector to see."""
    return {code: str(catalogue.by_code[code].category) for code in catalogue.expected(sector)}


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Each opportunity as recorded or missed, known to the sector's agencies in contact; and the same over all topics,
    once a year."""
    whole: dict[tuple[str, str], list[Opportunity]] = {}
    for one in opportunities(child, rules):
        if one.topic in RECORDED_AND_MISSED:
            whole.setdefault((one.sector, financial_year_of(one.on)), []).append(one)
            yield _occurrence(one.topic, one)
    for found in whole.values():
        agencies = frozenset[str]().union(*(one.agencies for one in found))
        first = min(found, key=lambda one: one.on)
        recorded = any(one.recorded for one in found)
        yield _occurrence(ANY_TOPIC, Opportunity(first.sector, ANY_TOPIC, first.on, agencies, recorded))


def _occurrence(topic: str, one: Opportunity) -> Named:
    recorded, missed = RECORDED_AND_MISSED[topic]
    return (recorded if one.recorded else missed).name, Occurrence(one.on, one.agencies)


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """Each sector, over all topics and by topic; `value` is the share that it recorded too."""
    counts = occurred.during(window, *(count.name for pair in RECORDED_AND_MISSED.values() for count in pair))
    lines = [_line(ALL, ALL, ANY_TOPIC, counts)]
    for sector in occurred.setting.sectors:
        own = counts.of_sector(sector)
        lines.append(_line("sector", sector, ANY_TOPIC, own))
        for topic in occurred.setting.catalogue.categories:
            if occurred.setting.catalogue.expected(sector, topic):
                lines.append(_line("sector x category", f"{sector} {topic}", topic, own))
    return lines


def _line(split: str, group: str, topic: str, counts: Counts) -> Figure:
    """Over the whole board, a child that one sector recorded and another missed is in both numbers."""
    recorded, missed = (counts.children(count.name) for count in RECORDED_AND_MISSED[topic])
    return Figure(split, group, {"recorded": recorded, "missed": missed}, ratio(recorded, recorded + missed))


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=tuple(count for pair in RECORDED_AND_MISSED.values() for count in pair),
    figures=figures,
    columns=(
        shown(RECORDED_AND_MISSED[ANY_TOPIC][0], headline=True),
        shown(RECORDED_AND_MISSED[ANY_TOPIC][1]),
    ),
)
