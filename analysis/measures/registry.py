"""Every measure that counts children, by the name it has on the ladder (docs/adr/0008 says how one joins)."""

from __future__ import annotations

from analysis.measures import m1, m9, m10
from analysis.measures.history import Measure

MEASURES: dict[str, Measure] = {
    "m1_children": m1.occurrences,
    "m9_children": m9.occurrences,
    "m10_children": m10.occurrences,
}
