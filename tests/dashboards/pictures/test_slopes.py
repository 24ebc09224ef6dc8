"""Two years side by side: only changes that are told stand out."""

from __future__ import annotations

from xml.etree import ElementTree

from dashboards.pictures.slopes import PALE, Slope, slopes, undrawn
from dashboards.pictures.svg import POINT

PLACES = (
    Slope("Ashby", "55", "50", 55, 50),
    Slope("Rookhollow", "15", "60", 15, 60, "up 45"),
    Slope("Thornfield", "fewer than 10", "25", None, 25),
    Slope("Gorselode", "20", "65", 20, 65, "up 45"),
)
YEARS = ("2024 to 2025", "2025 to 2026")


def drawn() -> ElementTree.Element:
    return ElementTree.fromstring(str(slopes("s", "Wards", YEARS, PLACES)))  # noqa: S314 - we drew it


def test_only_a_change_that_is_told_is_strong_and_named() -> None:
    picture = drawn()
    strokes = [el.get("stroke") for el in picture.iter("line")]
    assert (strokes.count(POINT), strokes.count(PALE)) == (2, 1)
    said = [el.text for el in picture.iter("text")]
    assert "Rookhollow" in said
    assert "Ashby" not in said
    assert "Thornfield" not in said


def test_every_place_is_in_the_description_with_its_entries() -> None:
    said = drawn().findtext("desc") or ""
    assert said.startswith(
        "Ashby: 55, then 50, no change told; Rookhollow: 15, then 60, up 45; Thornfield: fewer than 10"
    )


def test_names_do_not_lie_on_each_other() -> None:
    heights = [float(el.get("y", "")) for el in drawn().iter("text") if el.get("font-size") == "14"]
    gaps = [later - earlier for earlier, later in zip(sorted(heights), sorted(heights)[1:], strict=False)]
    assert min(gaps) >= 15


def test_places_without_two_figures_are_left_to_words() -> None:
    assert [one.name for one in undrawn(PLACES)] == ["Thornfield"]
    assert slopes("s", "Wards", YEARS, PLACES[2:3]) == ""
