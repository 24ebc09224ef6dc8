"""The counting model by hand: the cells in which one fact counts, and who knows it."""

from __future__ import annotations

import pytest

from analysis.disclosure.cells import ANY, CellKey, Shape
from analysis.disclosure.counting import Fact, attribute, tally

TOWNS = Shape("B", {"T1": ("W1", "W2"), "T2": ("W3",)}, ("W1", "W2", "W3"), {"a": "police", "b": "health"}, ("X", "Y"))
FLAT = Shape("B", {}, ("W1", "W2"), {"a": "police"}, ("X",))
FACT = Fact("m1_children", "c", "2024-05", "W1", "a", "X")
BOARD = CellKey("m1_children", "2024FY", "board", "B")


@pytest.mark.parametrize(
    ("shape", "home", "places"),
    [
        (TOWNS, "W2", {("ward", "W2"), ("town", "T1"), ("board", "B")}),
        (TOWNS, "T2", {("ward", "T2-ZZ"), ("town", "T2"), ("board", "B")}),
        (TOWNS, "unknown", {("town", "ZZ"), ("board", "B")}),
        (FLAT, "W2", {("ward", "W2"), ("board", "B")}),
        (FLAT, "T2", {("ward", "ZZ"), ("board", "B")}),
    ],
)
def test_a_child_counts_at_home_and_in_all_that_holds_it(shape: Shape, home: str, places: set[tuple[str, str]]) -> None:
    of = tally([FACT._replace(area=home)], shape)
    assert {(level, area) for _, _, level, area, _, _ in of.sets} == places
    assert shape.has_home(home) == (("town", "ZZ") not in places and ("ward", "ZZ") not in places)


def test_a_home_that_an_earlier_release_settled_stays_for_its_year_and_for_all_agencies() -> None:
    later = FACT._replace(window="2025Q2")
    theirs = FACT._replace(sector="police")
    placed = attribute([FACT, later, theirs], TOWNS, {("c", "2024FY"): "W3"})
    assert {(fact.window, fact.sector): fact.area for fact in placed} == {
        ("2024-05", ""): "W3",
        ("2024-05", "police"): "W1",
        ("2025Q2", ""): "W1",
    }


@pytest.mark.parametrize(
    ("window", "windows"),
    [
        ("2024-05", {"2024-05", "2024Q2", "2024FY", "2023FY2", "2024FY2"}),
        ("2025Q1", {"2025Q1", "2024FY", "2023FY2", "2024FY2"}),
        ("2024FY", {"2024FY", "2023FY2", "2024FY2"}),
    ],
)
def test_a_child_counts_in_every_window_that_holds_the_day(window: str, windows: set[str]) -> None:
    assert {of for _, of, *_ in tally([FACT._replace(window=window)], TOWNS).sets} == windows
    some = tally([FACT._replace(window=window)], TOWNS, windows=["2024FY", "2024Q3"])
    assert {of for _, of, *_ in some.sets} == {"2024FY"}


@pytest.mark.parametrize(
    ("indicator", "counts_under"), [("X", "X"), ("", "none_recorded"), ("NOT_IN_THE_CATALOGUE", "none_recorded")]
)
@pytest.mark.parametrize(("sector", "who"), [("", ANY), ("police", "sector:police")])
def test_a_child_counts_under_its_indicator_and_its_sector(
    indicator: str, counts_under: str, sector: str, who: str
) -> None:
    of = tally([FACT._replace(indicator=indicator, sector=sector)], TOWNS)
    assert {(of_whom, kind) for *_, of_whom, kind in of.sets} == {(who, ANY), (who, counts_under)}
    assert of.children(BOARD._replace(who=who, indicator=counts_under)) == {"c"}
    assert of.measures == {"m1_children"}


@pytest.mark.parametrize("most", [1, 2, 3])
def test_a_child_counts_under_a_few_indicators_and_once_in_all(most: int) -> None:
    """For each window on its own. Which ones is a lot, the same one every time."""
    shape = Shape("B", {}, ("W1",), {"a": "police"}, tuple("UVWXYZ"))
    many = [FACT._replace(indicator=kind) for kind in "UVXYZ"]
    one = [FACT._replace(child="d", indicator=kind) for kind in ("U", "NOT_IN_THE_CATALOGUE")]
    of = tally([*many, *one], shape, most)
    for window in ("2024-05", "2024FY"):
        board = BOARD._replace(window=window)
        assert sum("c" in of.children(board._replace(indicator=kind)) for kind in shape.indicators) == most
        assert of.children(board) == {"c", "d"}
        assert of.children(board._replace(indicator="none_recorded")) == {"d"}
        assert "d" in of.children(board._replace(indicator="U"))


def test_who_knows_a_child_is_who_reported_it_unless_the_fact_says_more() -> None:
    plain = tally([FACT, FACT._replace(child="d", agency="b")], TOWNS)
    assert [plain.known(BOARD, agencies) for agencies in (["a"], ["b"], ["a", "b"], [])] == [1, 1, 2, 0]
    assert plain.known(BOARD._replace(area="elsewhere"), ["a"]) == 0
    more = [FACT._replace(known_to=("a", "b")), FACT._replace(child="d"), FACT._replace(child="e", known_to=())]
    told = tally(more, TOWNS)
    assert [told.known(BOARD, agencies) for agencies in (["a"], ["b"], ["a", "b"])] == [2, 1, 2]
    assert len(told.children(BOARD)) == 3
