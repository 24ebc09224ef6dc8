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
ROWS: dict[str, dict[str, tuple[str, ...]]] = {
    "m19_model": {
        name: (name,)
        for name in (
            *("inappropriate_relationship", "peer", "organised_network", "party", "gang_group", "lone_offender"),
            *("online", "familial_facilitated", "street_survival"),
        )
    },
    "m19_place": {
        "home": ("own_home", "friends_home"),
        "placement": ("childrens_home", "other_placement"),
        "school": ("school_college",),
        "rooms": ("hotel_bnb", "private_flat_party_house"),
        "vehicle": ("vehicle", "taxi_private_hire"),
        "venue": ("takeaway_fast_food", "licensed_premises", "shisha_or_late_venue"),
        "public": ("street", "park_open_space", "shopping_centre", "supermarket", "transport_hub"),
        "online": ("online",),
    },
    "m19_level": {name: (name,) for name in ("serious", "significant", "at_risk", "no_current_cse_risk")},
    "m19_age": {"under_12": ("0-9", "10-11"), "12_13": ("12-13",), "14_15": ("14-15",), "16_17": ("16-17",)},
    "m19_ethnic": {name: (name,) for name in ("white", "mixed", "asian", "black", "other")},
    "m19_disability": {"yes": ("yes",), "no": ("no",)},
    "m20_length": {name: (name,) for name in ("lt_6h", "6_24h", "1_3d", "3_7d", "gt_7d")},
    "m20_day": {
        name: (name,) for name in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    },
    "m20_hours": {"00_06": ("00-06",), "06_12": ("06-12",), "12_18": ("12-18",), "18_24": ("18-24",)},
    "m20_from": {name: (name,) for name in ("care", "home", "other")},
    "m20_placed": {
        "in_area": ("in_area",),
        "ours_elsewhere": ("out_of_area_ours",),
        "others_here": ("out_of_area_theirs",),
    },
    "m21_next": {
        name: (name,)
        for name in ("universal", "early_help", "cin_s17", "s47_strategy", "cse_operational_group", "nrm", "none")
    },
    "m21_outcome": {name: (name,) for name in ("serious", "significant", "at_risk", "no_current_cse_risk")},
    "m21_response": {
        name: (name,)
        for name in ("strategy_discussion", "plan", "lead_professional", "nrm", "referral", "disruption", "nfa")
    },
}
"""The rows of each breakdown: the end of the count's name -> the contract's codes that it counts."""
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


@pytest.mark.parametrize("key", ROWS)
def test_a_breakdown_has_a_row_for_each_answer_and_words_a_reader_knows(key: str) -> None:
    [breakdown] = [one for one in BY_ID[key.partition("_")[0]].breakdowns if one.key == key]
    assert {answer.key: answer.codes for answer in breakdown.answers} == ROWS[key]
    words = [answer.words for answer in breakdown.answers]
    assert len(set(words)) == len(words)
    codes = {"lt", "gt", "s17", "s47", "cin", "cse", "nrm", "nfa", "vcs"}
    assert not [told for told in words if "_" in told or codes & set(told.split())]
    assert [count.name for count in breakdown.counts] == [f"{key}_{row}" for row in ROWS[key]]
