"""What each released count rests on: which records tell an agency of it, whose work it charges, what it is part of.

The accounts of what a reader knows beforehand, the cells of sectors and the table of who owes what are made of this.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from analysis.measures.registry import BY_ID
from models.catalogue import shipped
from models.register import Role


class Rests(NamedTuple):
    """Kinds of record (initials: Concern, Sign, Missing episode, scrEening, Response), and what the count says."""

    records: str
    part_of: tuple[str, ...] = ()
    own_records: bool = False
    duty: Role | None = None
    others_take_away: bool = False
    topic: str = ""


KINDS = {
    "C": "cse_concern",
    "S": "indicator_observed",
    "M": "missing_episode",
    "E": "screening",
    "R": "response",
}
CATEGORIES = shipped().categories
RESTS = {
    "m1_children": Rests("C", own_records=True),
    "m2_children": Rests("CE", others_take_away=True),
    "m2_over_30": Rests("CE", ("m2_children",), others_take_away=True),
    "m2_over_90": Rests("CE", ("m2_over_30",), others_take_away=True),
    "m2_raised_by_several": Rests("C", others_take_away=True),
    "m2_raised_later": Rests("C", ("m2_raised_by_several",), others_take_away=True),
    "m3_children": Rests("CSME", others_take_away=True),
    "m3_seen": Rests("SM", ("m3_children",), others_take_away=True),
    "m3_missed": Rests("SM", ("m3_seen",), others_take_away=True),
    "m6_any": Rests("CS", own_records=True),
    **{f"m6_{of}": Rests("CS", ("m6_any",), own_records=True, topic=of) for of in CATEGORIES},
    "m7_children": Rests("C", duty="screenings", others_take_away=True),
    "m7_screened": Rests("C", ("m7_children",), duty="screenings"),
    "m8_returned": Rests("M", duty="interviews"),
    "m8_offered": Rests("M", ("m8_returned",), duty="interviews"),
    "m8_completed": Rests("M", ("m8_offered",), duty="interviews"),
    "m8_within_72h": Rests("M", ("m8_completed",), duty="interviews"),
    "m9_children": Rests("M", own_records=True),
    "m10_children": Rests("M", ("m9_children",), own_records=True),
    "m10_responded": Rests("M", ("m10_children",), duty="responses"),
    "m11_of_missing": Rests("M", ("m9_children",)),
    "m11_of_concern": Rests("C", ("m1_children",)),
    "m12_returned": Rests("M", ("m8_returned",)),
    "m12_completed": Rests("M", ("m12_returned", "m8_completed"), duty="interviews"),
    "m16_high": Rests("C"),
    "m16_met": Rests("C", ("m16_high",), duty="lead"),
    "m17_boys": Rests("C", ("m1_children",), own_records=True),
    "m17_ethnicity": Rests("C", ("m1_children",), own_records=True),
    "m18_recorded_any": Rests("CS"),
    "m18_missed_any": Rests("CS", others_take_away=True),
    **{f"m18_recorded_{of}": Rests("CS", topic=of) for of in CATEGORIES},
    **{f"m18_missed_{of}": Rests("CS", others_take_away=True, topic=of) for of in CATEGORIES},
    "m19_harmed": Rests("C", ("m1_children",)),
    "m20_second": Rests("M", ("m9_children",), others_take_away=True),
    "m20_third": Rests("M", ("m20_second",), others_take_away=True),
    "m20_fifth": Rests("M", ("m20_third",), others_take_away=True),
    "m21_turned_away": Rests("C", ("m1_children",)),
    "m21_raised_again": Rests("C", ("m21_turned_away",)),
    "m21_screened": Rests("E"),
    "m21_answered": Rests("R"),
}
ANSWERS = {
    **dict.fromkeys(
        ("m19_model", "m19_place", "m19_level", "m19_age", "m19_ethnic", "m19_disability", "m21_next"),
        Rests("C", ("m1_children",)),
    ),
    **dict.fromkeys(
        ("m20_length", "m20_day", "m20_hours", "m20_from", "m20_placed"),
        Rests("M", ("m9_children",), others_take_away=True),
    ),
    "m21_outcome": Rests("E", ("m21_screened",)),
    "m21_response": Rests("R", ("m21_answered",)),
}
"""The counts of a breakdown, which all rest on the same."""
COUNTS = {count.name: count for measure in BY_ID.values() for count in measure.counts}


def expected(name: str) -> Rests | None:
    return RESTS.get(name) or next((rests for key, rests in ANSWERS.items() if name.startswith(f"{key}_")), None)


def test_no_count_is_missing() -> None:
    assert set(RESTS) <= set(COUNTS)
    assert {breakdown.key for measure in BY_ID.values() for breakdown in measure.breakdowns} == set(ANSWERS)


@pytest.mark.parametrize("name", COUNTS)
def test_a_count_rests_on(name: str) -> None:
    count, rests = COUNTS[name], expected(name)
    assert rests is not None, "a count that this table does not know"
    assert count.records == {KINDS[initial] for initial in rests.records}
    assert (count.part_of, count.own_records, count.duty, count.others_take_away, count.topic) == rests[1:]
