"""What a board member reads on the page of each measure, and which of it on the list of all measures."""

from __future__ import annotations

import pytest

from analysis.measures.columns import Column, Unit
from analysis.measures.registry import BY_ID
from models.catalogue import shipped

LIST, PAGE = True, False
"""Shown on the list of all measures too, or on the measure's own page alone."""
Told = tuple[Unit, str, str, bool]

COLUMNS: dict[str, list[Told]] = {
    "m1": [("children", "m1_children", "", LIST), ("rate", "m1_children", "", LIST)],
    "m2": [
        ("children", "m2_children", "", LIST),
        ("children", "m2_over_30", "", PAGE),
        ("children", "m2_over_90", "", PAGE),
        ("share", "m2_over_30", "m2_children", LIST),
        ("children", "m2_raised_by_several", "", PAGE),
        ("children", "m2_raised_later", "", PAGE),
        ("share", "m2_raised_later", "m2_raised_by_several", PAGE),
    ],
    "m3": [
        ("children", "m3_children", "", LIST),
        ("children", "m3_seen", "", PAGE),
        ("children", "m3_missed", "", PAGE),
        ("share", "m3_missed", "m3_seen", LIST),
    ],
    "m4": [("children", "m1_children", "", PAGE)],
    "m6": [
        ("children", "m6_any", "", LIST),
        *[("children", f"m6_{category}", "", PAGE) for category in shipped().categories],
    ],
    "m7": [
        ("children", "m7_children", "", LIST),
        ("children", "m7_screened", "", PAGE),
        ("share", "m7_screened", "m7_children", LIST),
    ],
    "m8": [
        ("children", "m8_returned", "", LIST),
        ("children", "m8_offered", "", PAGE),
        ("children", "m8_completed", "", PAGE),
        ("children", "m8_within_72h", "", PAGE),
        ("share", "m8_offered", "m8_returned", LIST),
        ("share", "m8_completed", "m8_offered", LIST),
        ("share", "m8_within_72h", "m8_completed", PAGE),
    ],
    "m9": [("children", "m9_children", "", LIST), ("rate", "m9_children", "", LIST)],
    "m10": [
        ("children", "m10_children", "", LIST),
        ("share", "m10_children", "m9_children", LIST),
        ("children", "m10_responded", "", PAGE),
        ("share", "m10_responded", "m10_children", PAGE),
    ],
    "m11": [
        ("children", "m11_of_missing", "", LIST),
        ("share", "m11_of_missing", "m9_children", LIST),
        ("children", "m11_of_concern", "", PAGE),
        ("share", "m11_of_concern", "m1_children", PAGE),
    ],
    "m12": [
        ("children", "m12_returned", "", LIST),
        ("children", "m12_completed", "", PAGE),
        ("share", "m12_completed", "m12_returned", LIST),
        ("share", "m8_completed", "m8_returned", PAGE),
    ],
    "m16": [
        ("children", "m16_high", "", LIST),
        ("children", "m16_met", "", PAGE),
        ("share", "m16_met", "m16_high", LIST),
    ],
    "m17": [
        ("children", "m1_children", "", PAGE),
        ("children", "m17_boys", "", PAGE),
        ("share", "m17_boys", "m1_children", LIST),
        ("children", "m17_ethnicity", "", PAGE),
        ("share", "m17_ethnicity", "m1_children", LIST),
    ],
    "m18": [("children", "m18_recorded_any", "", LIST), ("children", "m18_missed_any", "", PAGE)],
    "m19": [
        ("children", "m1_children", "", PAGE),
        ("children", "m19_harmed", "", LIST),
        ("share", "m19_harmed", "m1_children", LIST),
    ],
    "m20": [
        ("children", "m9_children", "", PAGE),
        ("children", "m20_second", "", LIST),
        ("share", "m20_second", "m9_children", LIST),
        ("children", "m20_third", "", PAGE),
        ("children", "m20_fifth", "", PAGE),
    ],
    "m21": [
        ("children", "m1_children", "", PAGE),
        ("children", "m21_turned_away", "", LIST),
        ("share", "m21_turned_away", "m1_children", LIST),
        ("children", "m21_raised_again", "", PAGE),
        ("share", "m21_raised_again", "m21_turned_away", PAGE),
        ("children", "m21_screened", "", PAGE),
        ("children", "m21_answered", "", PAGE),
    ],
}
"""Measure -> unit, count, the count that it is a share of, and where it is shown. Those that are not here (returns,
actions, hotspots, training) have pages of their own kind."""


@pytest.mark.parametrize("measure", BY_ID)
def test_a_page_shows_its_counts_and_shares_and_the_list_shows_the_main_ones(measure: str) -> None:
    told = [(one.unit, one.part, one.whole, one.headline) for one in BY_ID[measure].columns]
    assert told == COLUMNS.get(measure, [])


def test_a_column_that_says_no_more_is_a_count_on_its_own_page() -> None:
    column = Column("number", "Sessions")
    assert (column.part, column.whole, column.headline) == ("", "", False)


def test_every_column_has_words_of_its_own() -> None:
    for measure in BY_ID.values():
        words = [column.words for column in measure.columns]
        assert all(words)
        assert len(set(words)) == len(words), measure.id
