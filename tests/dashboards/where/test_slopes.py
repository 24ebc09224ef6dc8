"""Slopes of places: what the table shows in two windows, and only told changes stand out."""

from __future__ import annotations

from xml.etree import ElementTree

from dashboards import states
from dashboards.pictures.slopes import PALE
from dashboards.pictures.svg import POINT
from dashboards.where.entries import PlaceRow
from dashboards.where.slopes import slopes_of
from models.releases import CellState


def cell(value: int | None) -> states.ReleasedCell:
    return states.ReleasedCell(CellState.LOW if value is None else CellState.FIGURE, value)


def place(name: str, past: int | None, now: int | None, change: str = "no clear change") -> PlaceRow:
    shown, then = states.show(cell(now)), states.show(cell(past))
    return PlaceRow(name, name, "", 100, cell(now), shown, "", then, change, None, "", "", cell(past))


ROWS = (place("Ashby", 55, 50), place("Rookhollow", 15, 60, "up 45"), place("Thornfield", None, 25, "up from few"))


def test_lines_are_the_entries_of_the_table_and_only_a_told_change_is_strong() -> None:
    found = slopes_of(ROWS, "Wards", "2025FY")
    assert found is not None
    picture = ElementTree.fromstring(str(found.picture))  # noqa: S314 - we drew it
    strokes = [el.get("stroke") for el in picture.iter("line")]
    assert (strokes.count(POINT), strokes.count(PALE)) == (1, 1)
    said = picture.findtext("desc") or ""
    assert said.startswith("Ashby: 55, then 50, no change told; Rookhollow: 15, then 60, up 45; Thornfield: fewer")
    assert "Apr 2024 to Mar 2025" in [el.text for el in picture.iter("text")]
    assert found.left == "No line, because one of the two has no figure: Thornfield."


def test_where_windows_may_not_be_compared_there_is_no_picture() -> None:
    apart = PlaceRow("A", "A", "", 100, cell(50), states.show(cell(50)), "", None, "", None, "", "")
    assert slopes_of((apart, apart), "Wards", "2025FY") is None
    assert slopes_of(ROWS[:1], "Wards", "2025FY") is None, "one line is quicker read in the table"
