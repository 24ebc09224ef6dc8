"""The list of measures. To add one, write its file and its worked examples, list it here, and run `measures-doc`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from analysis.measures import (
    m1,
    m2,
    m3,
    m4,
    m5,
    m6,
    m7,
    m8,
    m9,
    m10,
    m11,
    m12,
    m13,
    m14,
    m15,
    m16,
    m17,
    m18,
    m19,
    m20,
    m21,
)
from analysis.measures.count import RECORD_OF, Count
from analysis.measures.definition import Definition
from analysis.measures.measure import Measure
from analysis.measures.occurred import Occurs

MEASURES: tuple[Measure, ...] = tuple(
    module.MEASURE
    for module in (m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21)
)
"""M1 to M21, in order."""

BY_ID: Mapping[str, Measure] = MappingProxyType({measure.id: measure for measure in MEASURES})
DEFINITIONS: tuple[Definition, ...] = tuple(measure.definition for measure in MEASURES)
COUNTS: Mapping[str, Count] = MappingProxyType({count.name: count for measure in MEASURES for count in measure.counts})
"""Every count of children that may be released, by its name on the ladder."""
OCCURS: Mapping[str, Occurs] = MappingProxyType(
    {name: measure.occurs for measure in MEASURES for name in measure.names}
)
"""The name of every count, released or not -> the function that yields its occurrences."""
MEASURE_WORDS: Mapping[str, str] = MappingProxyType({name: count.words for name, count in COUNTS.items()})
"""The words of every count, for pages and files."""
OWN_RECORDS: frozenset[str] = frozenset(name for name, count in COUNTS.items() if count.own_records)
"""Names of the counts that a sector's own records decide (`Count.own_records`)."""
MEASURE_OF: Mapping[str, Measure] = MappingProxyType({name: measure for measure in MEASURES for name in measure.names})
"""The measure of each count."""


def work_of(count: str) -> frozenset[str]:
    """The kind of record that reports the work a count asks for; empty if it asks for none."""
    duty = COUNTS[count].duty
    return frozenset() if duty is None else frozenset({RECORD_OF[duty]})


def records_of(count: str) -> frozenset[str]:
    """The kinds of record that tell an agency that a counted child is known to it (`Count.records`)."""
    return COUNTS[count].records


def topic_of(count: str) -> str:
    """The category of signs that a sector must be expected to see to be counted; empty if there is none."""
    return COUNTS[count].topic
