"""The list of measures. To add one, write its file and its worked examples, list it here, and run `measures-doc`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from analysis.measures import m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17
from analysis.measures import m18 as detection
from analysis.measures.definition import Definition
from analysis.measures.measure import RECORD_OF, Count, Measure
from analysis.measures.occurred import Occurs

MEASURES: tuple[Measure, ...] = tuple(
    module.MEASURE for module in (m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17)
)
"""M1 to M17, in order."""
DRAFTS: tuple[Measure, ...] = (detection.MEASURE,)
"""Measures that are counted but on no ladder in use: no page and no file has them (docs/adr/0031)."""

BY_ID: Mapping[str, Measure] = MappingProxyType({measure.id: measure for measure in MEASURES})
DEFINITIONS: tuple[Definition, ...] = tuple(measure.definition for measure in MEASURES)
COUNTS: Mapping[str, Count] = MappingProxyType({count.name: count for measure in MEASURES for count in measure.counts})
"""Every count of children that may be released, by its name on the ladder."""
DRAFT_COUNTS: Mapping[str, Count] = MappingProxyType(
    {count.name: count for measure in DRAFTS for count in measure.counts}
)
"""The counts of drafts, by their names on the draft ladder."""
OCCURS: Mapping[str, Occurs] = MappingProxyType(
    {name: measure.occurs for measure in (*MEASURES, *DRAFTS) for name in measure.names}
)
"""The name of every count, released or not -> the function that yields its occurrences; drafts too."""
MEASURE_WORDS: Mapping[str, str] = MappingProxyType({name: count.words for name, count in COUNTS.items()})
"""The words of every count, for pages and files."""
OWN_RECORDS: frozenset[str] = frozenset(name for name, count in COUNTS.items() if count.own_records)
"""Names of the counts that a sector's own records decide (`Count.own_records`)."""


MEASURE_OF: Mapping[str, Measure] = MappingProxyType(
    {name: measure for measure in (*MEASURES, *DRAFTS) for name in measure.names}
)
"""The measure of each count; drafts too."""


def work_of(count: str) -> frozenset[str]:
    """The kind of record that reports the work a count asks for; empty if it asks for none."""
    duty = _count(count).duty
    return frozenset() if duty is None else frozenset({RECORD_OF[duty]})


def records_of(count: str) -> frozenset[str]:
    """The kinds of record that tell an agency that a counted child is known to it (`Count.records`)."""
    return _count(count).records


def topic_of(count: str) -> str:
    """The category of signs that a sector must be expected to see to be counted; empty if there is none."""
    return _count(count).topic


def measure_of(name: str) -> Measure:
    """A measure by its id, drafts included. Raises `KeyError` for any other name."""
    return next((draft for draft in DRAFTS if draft.id == name), None) or BY_ID[name]


def _count(name: str) -> Count:
    return COUNTS.get(name) or DRAFT_COUNTS[name]
