"""No two records have one place: however often logs are cut and backups restored, in whatever order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.ledger.coordinates import Origin, header, named, newest, origin, place_in, restored
from models.contract.topics import RAW_PARTITIONS


@given(st.integers(0, RAW_PARTITIONS - 1), st.integers(0, 999), st.integers(0, 10_000))
def test_a_number_says_what_it_was_made_of(partition: int, restores: int, generation: int) -> None:
    assert origin(Origin(partition, restores, generation).written) == (partition, restores, generation)


@given(st.lists(st.sampled_from(["cut", "restore"]), max_size=30))
def test_in_every_history_each_log_has_a_number_of_its_own(history: list[str]) -> None:
    """Of one raw partition: a restore moves what there is and begins at generation 0 again."""
    present, former = Origin(3, 0, 0).written, list[int]()
    for event in history:
        former.append(present)
        if event == "cut":
            present = origin(present)._replace(generation=origin(present).generation + 1).written
        else:
            former = [restored(number) for number in former]
            present = Origin(3, 0, 0).written
        assert present not in former
        assert len(set(former)) == len(former)
        assert {origin(number).partition for number in [present, *former]} == {3}


def test_a_place_survives_its_header_and_has_the_raw_partition_for_people() -> None:
    assert place_in(header((2_001_003, 57))) == (2_001_003, 57)
    assert named((3, 57)) == "3:57"
    assert named((2_000_003, 57)) == "3:57 after cut 2"
    assert named((2_001_003, 57)) == "3:57 after cut 2, 1 restores ago"
    with pytest.raises(ValueError, match="invalid literal"):
        place_in(b"3")


def test_the_newest_of_a_partition_is_that_of_its_present_log_however_far_earlier_ones_went() -> None:
    assert newest([(0, 90), (1, 7), (1_000_000, 12), (1_000_000, 30), (1_001, 99), (5_001_002, 4)]) == [(0, 30), (1, 7)]
    assert newest([]) == []
