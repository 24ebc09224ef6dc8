"""Which columns a page shows of each measure that counts children: data, by the names on the ladder.

The words say what the child experienced or what was recorded, never what the child did (docs/domain.md#words).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from models.catalogue import shipped

MEASURE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "m1_children": "Children with a new concern about child sexual exploitation (CSE) recorded",
        "m2_children": "Children first raised as a CSE concern who had an earlier sign",
        "m2_over_30": "Children recognised more than 30 days after their first sign",
        "m2_over_90": "Children recognised more than 90 days after their first sign",
        "m2_raised_by_several": "Children raised by two agencies or more",
        "m2_raised_later": "Children raised more than 30 days after another agency had",
        "m3_children": "Children recognised at a high level of risk, or as harmed",
        "m3_seen": "Children recognised at a high level who had been seen before with serious signs",
        "m3_missed": "Children seen before with serious signs, with no onward action recorded by who saw them",
        "m6_any": "Children about whom any sign was recorded",
        "m7_children": "Children with a concern to be screened",
        "m7_screened": "Children with a concern who were screened within 10 working days",
        "m8_returned": "Children who returned from a missing episode",
        "m8_offered": "Children offered a return interview",
        "m8_completed": "Children with a return interview completed",
        "m8_within_72h": "Children with a return interview completed within 72 hours of return",
        "m9_children": "Children with a missing episode that started in the period",
        "m10_children": "Children with repeat missing episodes, by the board's rule",
        "m10_responded": "Children with repeat missing episodes and a response recorded within 5 working days",
        "m11_of_missing": "Children missing in the period who were also of CSE concern within 90 days",
        "m11_of_concern": "Children of CSE concern in the period who were also missing within 90 days",
        "m12_returned": "Children placed out of area who returned from a missing episode",
        "m12_completed": "Children placed out of area with a return interview completed",
        "m16_high": "Children with a concern at significant or serious level",
        "m16_met": "Children at that level with a plan or lead professional within 10 working days",
        "m17_boys": "Boys with a concern recorded",
        "m17_ethnicity": "Children with a concern whose ethnic group is recorded",
    }
    | {f"m6_{name}": f"Children about whom a sign was recorded: {name}" for name in shipped().categories}
)
"""Every measure on the ladder in words: for pages and files."""

Unit = Literal["children", "share", "rate", "ratio", "number", "points"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a released count, or what follows from one or two of them."""

    unit: Unit
    words: str
    part: str = ""
    whole: str = ""


def _children(*names: str) -> tuple[Column, ...]:
    return tuple(Column("children", MEASURE_WORDS[name], name) for name in names)


def _share(words: str, part: str, whole: str) -> Column:
    return Column("share", words, part, whole)


COLUMNS: Mapping[str, tuple[Column, ...]] = MappingProxyType(
    {
        "m1": (*_children("m1_children"), Column("rate", "Per 10,000 residents aged 10 to 17", "m1_children")),
        "m2": (
            *_children("m2_children", "m2_over_30", "m2_over_90"),
            _share("Share over 30 days", "m2_over_30", "m2_children"),
            *_children("m2_raised_by_several", "m2_raised_later"),
            _share("Share raised later than another", "m2_raised_later", "m2_raised_by_several"),
        ),
        "m3": (
            *_children("m3_children", "m3_seen", "m3_missed"),
            _share("Of those seen before, with no onward action", "m3_missed", "m3_seen"),
        ),
        "m7": (
            *_children("m7_children", "m7_screened"),
            _share("Share screened in time", "m7_screened", "m7_children"),
        ),
        "m8": (
            *_children("m8_returned", "m8_offered", "m8_completed", "m8_within_72h"),
            _share("Offered, of returned", "m8_offered", "m8_returned"),
            _share("Completed, of offered", "m8_completed", "m8_offered"),
            _share("Within 72 hours, of completed", "m8_within_72h", "m8_completed"),
        ),
        "m9": (*_children("m9_children"), Column("rate", "Per 10,000 residents aged 10 to 17", "m9_children")),
        "m10": (
            *_children("m10_children"),
            _share("Of children who were missing", "m10_children", "m9_children"),
            *_children("m10_responded"),
            _share("Of those, with a response", "m10_responded", "m10_children"),
        ),
        "m11": (
            *_children("m11_of_missing"),
            _share("Of children who were missing", "m11_of_missing", "m9_children"),
            *_children("m11_of_concern"),
            _share("Of children of concern", "m11_of_concern", "m1_children"),
        ),
        "m12": (
            *_children("m12_returned", "m12_completed"),
            _share("Completed, out of area", "m12_completed", "m12_returned"),
            _share("Completed, all children", "m8_completed", "m8_returned"),
        ),
        "m16": (*_children("m16_high", "m16_met"), _share("Share with a plan in time", "m16_met", "m16_high")),
        "m17": (
            *_children("m1_children", "m17_boys"),
            _share("Share who are boys", "m17_boys", "m1_children"),
            *_children("m17_ethnicity"),
            _share("Share with ethnic group recorded", "m17_ethnicity", "m1_children"),
        ),
    }
)
"""Measure id -> columns, for the board by window and for sectors in the year. M4, M5, M6 and M13-M15 have their own."""

HEADLINES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"m1": (0, 1), "m2": (0, 3), "m3": (0, 3), "m6": (0,), "m7": (0, 2), "m8": (0, 4, 5), "m9": (0, 1)}
    | {"m10": (0, 1), "m11": (0, 1), "m12": (0, 2), "m16": (0, 2), "m17": (2, 4)}
)
"""Measure id -> the columns that the list of all measures shows of the year."""

LINKED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "m2": ("m2_over_30", "m2_children"),
        "m3": ("m3_missed", "m3_seen"),
        "m11": ("m11_of_missing", "m9_children"),
    }
)
"""Measures that rest on links, and the share whose bounds under missed links are shown."""
