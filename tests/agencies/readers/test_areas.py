"""Wards by code, name or postcode; other boards' wards and thinly peopled ones are generalised."""

from __future__ import annotations

from pathlib import Path

import pytest

from agencies.readers.areas import UnknownArea, gazetteer
from agencies.readers.reading import UnreadableFile
from tests.agencies.readers.support import write
from tests.factories import BOARD, OTHER_BOARD, register


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("X05000001", "X05000001"),
        ("x05000001", "X05000001"),
        (" ward 02 ", "X05000002"),
        (f"{BOARD}-T1", f"{BOARD}-T1"),
        ("E05009999", "out_of_area"),
        ("Out of area", "out_of_area"),
        ("Unknown", "unknown"),
        ("", None),
        ("N/A", None),
    ],
)
def test_areas(text: str, area: str | None) -> None:
    assert gazetteer(register(), None).area(text) == area


def test_names_outside_the_register_are_refused_without_being_shown() -> None:
    with pytest.raises(UnknownArea) as error:
        gazetteer(register(), None).area("12 Canary Street")
    assert error.value.rule == "unknown-ward"
    assert "Canary" not in str(error.value)


def test_a_name_in_two_boards_needs_the_board() -> None:
    # Both synthetic boards have a town called Town.
    with pytest.raises(UnknownArea) as error:
        gazetteer(register(), None).area("Town")
    assert error.value.rule == "ambiguous-ward"
    assert gazetteer(register(), BOARD).area("Town") == f"{BOARD}-T1"


def test_wards_of_another_board_are_out_of_area() -> None:
    assert gazetteer(register(), BOARD).area("X05100001") == "out_of_area"
    areas = {"home": "X05000001", "occurred": "X05100001", "found": f"{OTHER_BOARD}-T1"}
    assert gazetteer(register(), None).settle(areas, None, "12-13") == "X05000001"
    assert areas == {"home": "X05000001", "occurred": "out_of_area", "found": "out_of_area"}


def test_the_preferred_role_decides_the_board() -> None:
    areas = {"home": "X05000001", "missing_from": "X05100001"}
    assert gazetteer(register(), None).settle(areas, "missing_from", "12-13") == "X05100001"
    assert areas == {"home": "out_of_area", "missing_from": "X05100001"}


def test_a_thinly_peopled_ward_becomes_its_town_and_still_finds_the_board() -> None:
    document = register().model_dump(mode="json")
    document["boards"][0]["wards"][0]["population_10_17"] = 200
    places = gazetteer(register(**{"boards": document["boards"]}), None)
    areas = {"home": "X05000001"}
    assert places.settle(areas, None, "14-15") == "X05000001"
    assert areas == {"home": f"{BOARD}-T1"}


def test_postcodes(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeffWard,Postcode\nX05000001,ZZ1 1AA\n", "postcodes.csv")
    places = gazetteer(register(), None, path)
    assert places.area_of_postcode("zz11aa") == "X05000001"
    assert places.area_of_postcode("ZZ1 1AB") == "unknown"
    assert places.area_of_postcode(" ") is None
    assert "ZZ1" not in repr(places)


def test_a_postcode_file_of_other_columns_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="postcode and ward"):
        gazetteer(register(), None, write(tmp_path, "pcd,ward\n", "postcodes.csv"))
