"""A picture says what its table says, and nothing else."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.pictures.series import COLUMN, SeriesPoint, series
from dashboards.pictures.svg import INK, QUIET, RANGE

POINTS = (
    SeriesPoint("Jan to Mar 2025", "45", 45, 38, 52),
    SeriesPoint("Apr to Jun 2025", "fewer than 10", few=True),
    SeriesPoint("Jul to Sep 2025", "no return"),
    SeriesPoint("Oct to Dec 2025", "85", 85, 78, 92, broken=True),
    SeriesPoint("Jan to Mar 2026", "90", 90, 83, 97),
)


def parsed(points: tuple[SeriesPoint, ...], title: str = "Children with a concern") -> ElementTree.Element:
    """The picture as XML, which a fault in escaping would break."""
    return ElementTree.fromstring(str(series("m1", title, points)))  # noqa: S314 - we drew it


def texts(picture: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in picture.iter("text")]


def test_every_period_has_its_entry_and_its_name_in_order() -> None:
    picture = parsed(POINTS)
    said = " ".join(texts(picture))
    for point in POINTS:
        assert point.text.split()[0] in said
    assert [t for t in texts(picture) if t.startswith("20")] == ["2025", "2025", "2025", "2025", "2026"]
    described = picture.findtext("desc") or ""
    assert described.startswith("Jan to Mar 2025: 45; Apr to Jun 2025: fewer than 10; Jul to Sep 2025: no return; ")
    assert "Oct to Dec 2025: 85, break in series" in described


def test_heights_are_those_of_the_figures_and_nothing_else_has_one() -> None:
    picture = parsed(POINTS)
    circles = [(float(c.get("cx", "")), float(c.get("cy", ""))) for c in picture.iter("circle")]
    assert [round(x / COLUMN - 0.5) for x, _ in circles] == [0, 3, 4], "a period without a figure has no point"
    ground = float(next(picture.iter("line")).get("y1", ""))
    heights = [ground - y for _, y in circles]
    assert [h / heights[0] for h in heights] == pytest.approx([1, 85 / 45, 2], rel=0.02)


def test_few_looks_alike_whatever_was_behind_it() -> None:
    """The state is all that the picture gets; this holds that nothing else of a point is drawn for it."""
    one = series("m1", "x", (POINTS[0], SeriesPoint("Apr to Jun 2025", "fewer than 10", few=True)))
    other = series("m1", "x", (POINTS[0], SeriesPoint("Apr to Jun 2025", "fewer than 10", None, 2, 9, few=True)))
    assert one == other


def test_no_line_goes_across_a_break_or_a_period_without_a_figure() -> None:
    solid = [el for el in parsed(POINTS).iter("line") if el.get("stroke-dasharray") is None][1:]
    assert [(float(el.get("x1", "")), float(el.get("x2", ""))) for el in solid] == [(COLUMN * 3.5, COLUMN * 4.5)]
    dashed = [el for el in parsed(POINTS).iter("line") if el.get("stroke-dasharray")]
    assert [float(el.get("x1", "")) for el in dashed] == [COLUMN * 3]


def test_without_a_figure_there_is_no_picture() -> None:
    assert series("m1", "x", POINTS[1:3]) == ""


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40), st.text("<>&\"'a ", max_size=12))
def test_no_word_becomes_an_element(title: str, period: str) -> None:
    points = (POINTS[0], SeriesPoint(f"{period} 2025", "no return"))
    picture = parsed(points, title)
    assert {el.tag for el in picture.iter()} <= {"svg", "title", "desc", "line", "rect", "circle", "text", "path"}
    assert (picture.findtext("title") or "") == title


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("colour", "least"), [(INK, 4.5), (QUIET, 4.5)])
def test_text_and_lines_stand_out_from_white(colour: str, least: float) -> None:
    assert 1.05 / (luminance(colour) + 0.05) >= least


def test_every_text_has_a_colour_that_stands_out() -> None:
    assert {el.get("fill") for el in parsed(POINTS).iter("text")} <= {INK, QUIET}
    assert RANGE not in {el.get("fill") for el in parsed(POINTS).iter("text")}
