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


DETECTION: Names = tuple(
    f"m18_{part}_{topic}"
    for topic in ("any", *(name.removeprefix("m6_") for name in _COVERAGE))
    for part in ("recorded", "missed")
)
_HOW: Names = (
    "m19_harmed",
    *(f"m19_model_{name}" for name in ("inappropriate_relationship", "peer", "organised_network", "party")),
    *(f"m19_model_{name}" for name in ("gang_group", "lone_offender", "online", "familial_facilitated")),
    "m19_model_street_survival",
    *(f"m19_place_{name}" for name in ("home", "placement", "school", "rooms", "vehicle", "venue", "public", "online")),
    *(f"m19_level_{name}" for name in ("serious", "significant", "at_risk", "no_current_cse_risk")),
    *(f"m19_age_{name}" for name in ("under_12", "12_13", "14_15", "16_17")),
    *(f"m19_ethnic_{name}" for name in ("white", "mixed", "asian", "black", "other")),
    *(f"m19_disability_{name}" for name in ("yes", "no")),
)
_NEXT: Names = tuple(
    f"m21_next_{name}"
    for name in ("universal", "early_help", "cin_s17", "s47_strategy", "cse_operational_group", "nrm", "none")
)
_OUTCOMES: Names = tuple(f"m21_outcome_{name}" for name in ("serious", "significant", "at_risk", "no_current_cse_risk"))
_RESPONSES: Names = tuple(
    f"m21_response_{name}"
    for name in ("strategy_discussion", "plan", "lead_professional", "nrm", "referral", "disruption", "nfa")
)
_AFTER: Names = (
    *("m21_turned_away", "m21_raised_again", "m21_screened", "m21_answered"),
    *(*_NEXT, *_OUTCOMES, *_RESPONSES),
)
_EPISODES: Names = (
    *(f"m20_length_{name}" for name in ("lt_6h", "6_24h", "1_3d", "3_7d", "gt_7d")),
    *(f"m20_day_{name}" for name in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")),
    *(f"m20_hours_{name}" for name in ("00_06", "06_12", "12_18", "18_24")),
    *(f"m20_from_{name}" for name in ("care", "home", "other")),
    *(f"m20_placed_{name}" for name in ("in_area", "ours_elsewhere", "others_here")),
)
PICTURE: Names = (*_HOW, *("m20_second", "m20_third", "m20_fifth"), *_EPISODES, *_AFTER)
"""What the group wants to see of the whole board's year (docs/adr/0033)."""
_PICTURE_PARTS: tuple[tuple[str, str], ...] = (
    *((name, "m1_children") for name in (*_HOW, "m21_turned_away", *_NEXT)),
    ("m21_raised_again", "m21_turned_away"),
    *((name, "m9_children") for name in ("m20_second", *_EPISODES)),
    *(("m20_third", "m20_second"), ("m20_fifth", "m20_third")),
    *((name, "m21_screened") for name in _OUTCOMES),
    *((name, "m21_answered") for name in _RESPONSES),
)
_MISSED: Names = ("m3_children", "m3_seen", "m3_missed")
"""Released on ladders 3 and 4 only: it was near 100 % wherever it was a figure (docs/adr/0033)."""
_OTHERS_SINCE_5: Names = tuple(name for name in _OTHERS if name not in _MISSED)
_OF_SECTORS_SINCE_5: Names = tuple(name for name in _OTHERS_SINCE_5 if name[:3] not in ("m11", "m12", "m16"))


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

# Cells that are a figure on about half or more of the boards with 100 to 300 children a year (docs/adr/0021).
_SMALL_BOARDS = _of_small_boards(
    _rung("board", "year", "any", *_ALL, *_SCREENING, *_INTERVIEWS[:-1]),
    _rung("town", "year", "any", "m1_children", "m9_children"),
    _rung("board", "pair", "any", *_ALL, *_SCREENING, *_INTERVIEWS, "m6_any", *_COVERAGE),
    _rung("town", "pair", "any", *_ALL),
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
                *_SMALL_BOARDS,
            ),
            (*_NESTED, *_PARTS),
            most_indicators=6,
            own_records=OWN_RECORDS,
        ),
        # Adds the picture of the whole board's year (M19 to M21) and detection shares by sector (M18). To pay for them,
        # sectors have M7 and M8 by year alone, and no M11, M12 and M16; M3 is gone (docs/adr/0033).
        _ladder(
            5,
            (
                _rung("board", "quarter", "any", *_ALL, *_SCREENING, *_INTERVIEWS),
                _rung("board", "quarter", "sector", "m1_children", "m9_children"),
                _rung("town", "quarter", "any", "m1_children", "m9_children"),
                _rung(
                    *("board", "year", "any"),
                    *(*_ALL, *_SCREENING, *_INTERVIEWS, *_OTHERS_SINCE_5, "m6_any", *_COVERAGE, *PICTURE),
                ),
                _rung(
                    *("board", "year", "sector"),
                    *(*_ALL, *_SCREENING, *_INTERVIEWS, *_OF_SECTORS_SINCE_5, "m6_any", *_COVERAGE, *DETECTION),
                ),
                _rung("board", "year", "indicator", "m1_children"),
                _rung("town", "year", "any", *_ALL),
                _rung("town", "year", "sector", "m1_children", "m9_children"),
                _rung("ward", "year", "any", "m1_children", "m9_children"),
                *_SMALL_BOARDS,
            ),
            (*_NESTED, *(pair for pair in _PARTS if pair[0] not in _MISSED), *_PICTURE_PARTS),
            most_indicators=6,
            own_records=OWN_RECORDS,
        ),
    )
}
"""Version -> ladder. In each nested pair, every child of the part is also a child of the whole, on the same day and
known to the same agencies."""
