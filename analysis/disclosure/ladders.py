"""The ladders in use, as data. To change one, add a version. Never edit a version that releases were built on.

Measures are named here and counted in analysis/measures/registry.py. analysis/release.py refuses to start if a rung
names a measure that nothing counts.
"""

from __future__ import annotations

from typing import Any

from analysis.disclosure.ladder import Ladder
from models.contract.codes import IndicatorCategory

Names = tuple[str, ...]

_ALL: Names = ("m1_children", "m9_children", "m10_children")
_NESTED: tuple[tuple[str, str], ...] = (("m10_children", "m9_children"),)

_COVERAGE: Names = tuple(
    f"m6_{category}"
    for category in IndicatorCategory
    if category not in (IndicatorCategory.GENERAL, IndicatorCategory.UNKNOWN, IndicatorCategory.NOT_RECORDED)
)
_SCREENING: Names = ("m7_children", "m7_screened")
_INTERVIEWS: Names = ("m8_returned", "m8_offered", "m8_completed", "m8_within_72h")
"""Each is part of the one before it."""
_OTHERS: Names = (
    *("m2_children", "m2_over_30", "m2_over_90", "m2_raised_by_several", "m2_raised_later"),
    *("m3_children", "m3_seen", "m3_missed"),
    "m10_responded",
    *("m11_of_missing", "m11_of_concern"),
    *("m12_returned", "m12_completed"),
    *("m16_high", "m16_met"),
    *("m17_boys", "m17_ethnicity"),
)
_PARTS: tuple[tuple[str, str], ...] = (
    ("m2_over_30", "m2_children"),
    ("m2_over_90", "m2_over_30"),
    ("m2_raised_later", "m2_raised_by_several"),
    ("m3_seen", "m3_children"),
    ("m3_missed", "m3_seen"),
    ("m7_screened", "m7_children"),
    ("m8_offered", "m8_returned"),
    ("m8_completed", "m8_offered"),
    ("m8_within_72h", "m8_completed"),
    ("m10_responded", "m10_children"),
    ("m11_of_missing", "m9_children"),
    ("m11_of_concern", "m1_children"),
    ("m12_returned", "m8_returned"),
    ("m12_completed", "m12_returned"),
    ("m12_completed", "m8_completed"),
    ("m16_met", "m16_high"),
    ("m17_boys", "m1_children"),
    ("m17_ethnicity", "m1_children"),
    *((category, "m6_any") for category in _COVERAGE),
)


OWN_RECORDS: Names = (*_ALL, "m6_any", *_COVERAGE, "m17_boys", "m17_ethnicity")
"""Measures that a sector's own records decide: a sector's cells are counted from those records alone. The other
measures also depend on what somebody else recorded about the sector's children (screened, offered and so on)."""


def _rung(level: str, window: str, split: str, *measures: str, zero_apart: bool = False) -> dict[str, Any]:
    return {"level": level, "window": window, "split": split, "measures": measures, "zero_apart": zero_apart}


def _of_small_boards(*rungs: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    return tuple({**rung, "schedule": "years_and_pairs_of_years"} for rung in rungs)


def _ladder(
    version: int,
    rungs: tuple[dict[str, Any], ...],
    nested: tuple[tuple[str, str], ...],
    most_indicators: int | None = None,
    own_records: Names = (),
) -> Ladder:
    pairs = tuple({"part": part, "whole": whole} for part, whole in nested)
    more = {"most_indicators": most_indicators, "own_records": own_records}
    return Ladder.model_validate({"version": version, "rungs": rungs, "nested": pairs, **more})


# Cells are by sector, not by organisation. There are no months, and wards only by financial year. Indicators belong to
# concerns, so only M1 is split by them. Sectors of a whole board showed `0` and `1-9` apart: ADR 0007, ADR 0014.
_SECOND = (
    _rung("board", "quarter", "any", *_ALL),
    _rung("board", "quarter", "indicator", "m1_children"),
    _rung("board", "quarter", "sector", "m1_children", zero_apart=True),
    _rung("board", "quarter", "sector x indicator", "m1_children"),
    _rung("town", "quarter", "any", *_ALL),
    _rung("town", "quarter", "indicator", "m1_children"),
    _rung("town", "quarter", "sector", "m1_children"),
    _rung("board", "year", "any", *_ALL),
    _rung("board", "year", "indicator", "m1_children"),
    _rung("board", "year", "sector", *_ALL, zero_apart=True),
    _rung("board", "year", "sector x indicator", "m1_children"),
    _rung("town", "year", "any", *_ALL),
    _rung("town", "year", "indicator", "m1_children"),
    _rung("town", "year", "sector", *_ALL),
    _rung("ward", "year", "any", *_ALL),
)

LADDERS: dict[int, Ladder] = {
    ladder.version: ladder
    for ladder in (
        # The first releases: three figures a quarter for the whole board.
        _ladder(1, (_rung("board", "quarter", "any", *_ALL),), _NESTED),
        _ladder(2, _SECOND, _NESTED),
        # Adds M2-M17: the board by quarter and year, sectors by year, M7 and M8 also by sector and quarter; coverage
        # by category (M6) by sector for the year. Low cells are `<10`; docs/adr/0014 says why not `0`.
        _ladder(
            3,
            (
                *_SECOND,
                _rung("board", "quarter", "any", *_SCREENING, *_INTERVIEWS, *_OTHERS, "m6_any", *_COVERAGE),
                _rung("board", "quarter", "sector", *_SCREENING, *_INTERVIEWS),
                _rung("board", "year", "any", *_SCREENING, *_INTERVIEWS, *_OTHERS, "m6_any", *_COVERAGE),
                _rung("board", "year", "sector", *_SCREENING, *_INTERVIEWS, *_OTHERS, "m6_any", *_COVERAGE),
            ),
            (*_NESTED, *_PARTS),
        ),
        # Fewer cells, because each cell that a record changes adds to what can be learnt about it (docs/adr/0020).
        # Indicators only for the whole board and year; wards, and towns by sector, only for concerns and missing.
        _ladder(
            4,
            (
                _rung("board", "quarter", "any", *_ALL, *_SCREENING, *_INTERVIEWS),
                _rung("board", "quarter", "sector", "m1_children", "m9_children", *_SCREENING, *_INTERVIEWS),
                _rung("town", "quarter", "any", "m1_children", "m9_children"),
                _rung("board", "year", "any", *_ALL, *_SCREENING, *_INTERVIEWS, *_OTHERS, "m6_any", *_COVERAGE),
                _rung("board", "year", "sector", *_ALL, *_SCREENING, *_INTERVIEWS, *_OTHERS, "m6_any", *_COVERAGE),
                _rung("board", "year", "indicator", "m1_children"),
                _rung("town", "year", "any", *_ALL),
                _rung("town", "year", "sector", "m1_children", "m9_children"),
                _rung("ward", "year", "any", "m1_children", "m9_children"),
                # Cells that are a figure on about half or more of the boards with 100 to 300 children a year
                # (docs/adr/0021).
                *_of_small_boards(
                    _rung("board", "year", "any", *_ALL, *_SCREENING, *_INTERVIEWS[:-1]),
                    _rung("town", "year", "any", "m1_children", "m9_children"),
                    _rung("board", "pair", "any", *_ALL, *_SCREENING, *_INTERVIEWS, "m6_any", *_COVERAGE),
                    _rung("town", "pair", "any", *_ALL),
                ),
            ),
            (*_NESTED, *_PARTS),
            most_indicators=6,
            own_records=OWN_RECORDS,
        ),
    )
}
"""Version -> ladder. In each nested pair, every child of the part is also a child of the whole, on the same day and
known to the same agencies."""

DETECTION: Names = tuple(
    f"m18_{part}_{topic}"
    for topic in ("any", *(name.removeprefix("m6_") for name in _COVERAGE))
    for part in ("recorded", "missed")
)
DRAFT: Ladder = Ladder.model_validate(
    {
        **LADDERS[4].model_dump(),
        "version": 5,
        "rungs": (*LADDERS[4].model_dump()["rungs"], _rung("board", "year", "sector", *DETECTION)),
    }
)
"""The draft of ladder 5: ladder 4 and detection shares (M18). No release is built on it (docs/adr/0031)."""
