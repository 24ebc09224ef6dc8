"""The list of measures: a new one is its file, its worked examples and a line here (and docs/measures.md made anew)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from analysis.measures import m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17
from analysis.measures import m18 as detection
from analysis.measures.definition import Definition
from analysis.measures.measure import Count, Measure
from analysis.measures.occurred import Occurs

MEASURES: tuple[Measure, ...] = tuple(
    module.MEASURE for module in (m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17)
)
"""M1 to M17, in order."""
DRAFTS: tuple[Measure, ...] = (detection.MEASURE,)
"""Measures that are counted and on no ladder that is in use: no page and no file has them (docs/adr/0031)."""

BY_ID: Mapping[str, Measure] = MappingProxyType({measure.id: measure for measure in MEASURES})
DEFINITIONS: tuple[Definition, ...] = tuple(measure.definition for measure in MEASURES)
COUNTS: Mapping[str, Count] = MappingProxyType({count.name: count for of in MEASURES for count in of.counts})
"""Every count of children that may be released, by the name that it has on a ladder."""
DRAFT_COUNTS: Mapping[str, Count] = MappingProxyType({count.name: count for of in DRAFTS for count in of.counts})
"""The same of drafts."""
OCCURS: Mapping[str, Occurs] = MappingProxyType({name: of.occurs for of in (*MEASURES, *DRAFTS) for name in of.names})
"""For each count, and each that stays inside, the function that says what occurs; drafts too."""
MEASURE_WORDS: Mapping[str, str] = MappingProxyType({name: count.words for name, count in COUNTS.items()})
"""Every count in words: for pages and files."""
OWN_RECORDS: frozenset[str] = frozenset(name for name, count in COUNTS.items() if count.own_records)
"""Counts that a sector's own records decide."""


def records_of(count: str) -> frozenset[str]:
    """The kinds of record by which an agency comes to know a child that is counted."""
    return (COUNTS.get(count) or DRAFT_COUNTS[count]).records


def topic_of(count: str) -> str:
    """The category of signs that a sector must be expected to see to be counted; empty where there is none."""
    return (COUNTS.get(count) or DRAFT_COUNTS[count]).topic


def measure_of(name: str) -> Measure:
    """A measure by its id, drafts included; raises `KeyError` for what is none."""
    return next((draft for draft in DRAFTS if draft.id == name), None) or BY_ID[name]
