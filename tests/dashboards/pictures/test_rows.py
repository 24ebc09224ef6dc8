"""Pictures of rows: what is drawn is what is given, in the order given, and nothing else can be read from it."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from dashboards.pictures.before_after import Group, Moment, before_after
from dashboards.pictures.dots import dots, row
from dashboards.pictures.flow import Step, count_bars, flow
from dashboards.pictures.needs import NeedPoint, needs_picture
from dashboards.pictures.rows import MARGIN, SHARES, counts
from dashboards.pictures.svg import INK, QUIET, RANGE

ROWS = (
    row("Police", "65% (likely 58% to 72%)", 0.65, 0.58, 0.72, usual=(0.6, 0.8)),
    row("Health", "not shown (0% to 20%)", None, 0.0, 0.2),
    row("Housing", "no return"),
    row("Education", "30%", 0.3, 0.25, 0.35),
)


def parsed(picture: Markup) -> ElementTree.Element:
    """The picture as XML, which a fault in escaping would break."""
    return ElementTree.fromstring(str(picture))  # noqa: S314 - we drew it


def texts(picture: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in picture.iter("text")]


def percent(element: ElementTree.Element, name: str) -> float:
    return float(element.get(name, "").removesuffix("%"))


def share_at(of: float) -> float:
    return MARGIN + (100 - 2 * MARGIN) * of


def test_rows_keep_their_order_and_every_one_has_its_entry() -> None:
    picture = parsed(dots("d", "Recorded too", ROWS))
    said = texts(picture)
    names = [text for text in said if text in ("Police", "Health", "Housing", "Education")]
    assert names == ["Police", "Health", "Housing", "Education"], "never by figure"
    for one in ROWS:
        assert one.text in said
    assert (picture.findtext("desc") or "").startswith("Police: 65% (likely 58% to 72%); Health: not shown (0% to 20%)")
    assert picture.get("aria-labelledby") == "d-title d-desc"


def test_points_and_ranges_lie_where_their_figures_say() -> None:
    picture = parsed(dots("d", "Recorded too", ROWS))
    assert [percent(c, "cx") for c in picture.iter("circle")] == pytest.approx([share_at(0.65), share_at(0.3)])
    ranges = [el for el in picture.iter("rect") if el.get("fill") == RANGE]
    assert [percent(el, "x") for el in ranges] == pytest.approx([share_at(0.58), share_at(0.25)], abs=0.01)
    (hatched,) = [el for el in picture.iter("rect") if el.get("fill") == "url(#d-few)"]
    assert (percent(hatched, "x"), percent(hatched, "width")) == pytest.approx((share_at(0), 0.2 * 96), abs=0.01)


def test_few_looks_alike_whatever_was_behind_it() -> None:
    one = flow("f", "x", [Step("A", "60", 60, 53, 67), Step("B", "fewer than 10", few=True)])
    other = flow("f", "x", [Step("A", "60", 60, 53, 67), Step("B", "fewer than 10", None, 2, 9, few=True)])
    assert one == other


def test_steps_are_numbered_and_counts_of_anything_else_are_not() -> None:
    steps = [Step("With a sign", "60", 60, 53, 67), Step("With a plan", "not recorded")]
    assert "1. With a sign" in texts(parsed(flow("f", "x", steps)))
    assert "With a sign" in texts(parsed(count_bars("f", "x", steps)))


def test_a_need_is_drawn_against_what_is_expected_and_a_fifth_less() -> None:
    picture = parsed(
        needs_picture("n", "Needs", [NeedPoint("Education: raising concerns", "57% less", 0.43, 0.35, 0.52)], 0.8)
    )
    said = texts(picture)
    assert "20% less" in said
    assert "as expected" in said
    upright = [el for el in picture.iter("line") if el.get("x1") == el.get("x2") and el.get("stroke") == INK]
    assert {round(percent(el, "x1"), 1) for el in upright} == {round(share_at(of / 1.5), 1) for of in (0.8, 1.0)}


def test_a_wide_range_does_not_squeeze_the_others() -> None:
    wide = NeedPoint("Health", "unsure", 0.9, 0.1, 40.0)
    (drawn,) = parsed(needs_picture("n", "x", [wide], 0.8)).iter("rect")
    assert percent(drawn, "x") + percent(drawn, "width") == pytest.approx(100 - MARGIN)


def test_before_and_after_stand_under_each_other_and_a_state_keeps_its_words() -> None:
    groups = (
        Group("Youth justice", Moment("18%", 0.18, 0.13, 0.24), Moment("45%", 0.45, 0.4, 0.5), trained=True),
        Group("Police", Moment("not recorded"), Moment("not shown", None, 0.0, 0.06)),
    )
    picture = parsed(before_after("b", "Relationships", groups))
    said = texts(picture)
    assert said[:3] == ["Youth justice, trained", "before: 18%", "after: 45%"]
    assert said[3:6] == ["Police, not trained", "before: not recorded", "after: not shown"]
    assert "Youth justice, trained: before: 18%, after: 45%; Police" in (picture.findtext("desc") or "")
    fills = [circle.get("fill") for circle in picture.iter("circle")]
    assert fills[0] != fills[1], "a ring, and a point"


def test_without_anything_to_draw_there_is_no_picture() -> None:
    assert dots("d", "x", ROWS[2:3]) == ""
    assert needs_picture("n", "x", [], 0.8) == ""
    assert before_after("b", "x", [Group("Police", Moment("no return"), Moment("no return"))]) == ""


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=90), st.floats(-1, 3), st.floats(-1, 3))
def test_no_word_becomes_an_element_and_nothing_is_drawn_outside(label: str, one: float, other: float) -> None:
    picture = parsed(dots("d", label, [row(label, label, (one + other) / 2, min(one, other), max(one, other))], SHARES))
    assert {el.tag for el in picture.iter()} <= {"svg", "title", "desc", "line", "rect", "circle", "text"}
    assert (picture.findtext("title") or "") == label
    for el in picture.iter("rect"):
        assert 0 <= percent(el, "x") <= percent(el, "x") + percent(el, "width") <= 100.5


@pytest.mark.parametrize(("most", "top"), [(None, 10), (7, 10), (45, 50), (1018, 1200), (52, 60)])
def test_a_scale_of_counts_ends_at_a_round_number(most: float | None, top: float) -> None:
    assert counts([most]).top == top


def test_every_text_stands_out_from_white() -> None:
    assert {el.get("fill") for el in parsed(dots("d", "x", ROWS)).iter("text")} <= {INK, QUIET}
