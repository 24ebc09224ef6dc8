"""One place among the others: nobody has a name or a rank in the picture."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

from dashboards.pictures.among import LEFT, STACK, Among, among
from dashboards.pictures.svg import POINT, QUIET

ROWS = (
    Among("Apr 2024 to Mar 2025", "fewer than 10", None, None, True, (15, 15, 25), 2),
    Among("Apr 2025 to Mar 2026", "55", 55, (48, 62), False, (15, 20, 20), 0),
)


def parsed(rows: tuple[Among, ...]) -> ElementTree.Element:
    return ElementTree.fromstring(str(among("k", "Children", rows)))  # noqa: S314 - we drew it


def test_every_other_place_is_a_point_at_its_figure_and_few_are_in_the_hatching() -> None:
    picture = parsed(ROWS)
    dots = Counter(float(c.get("cx", "")) for c in picture.iter("circle") if c.get("fill") == QUIET)
    (own,) = [float(c.get("cx", "")) for c in picture.iter("circle") if c.get("fill") == POINT]
    scale = (own - LEFT) / 55
    assert {round((x - LEFT) / scale): number for x, number in dots.items()} == {5: 2, 15: 3, 20: 2, 25: 1}
    described = picture.findtext("desc") or ""
    assert "Apr 2024 to Mar 2025: fewer than 10; 3 others between 15 and 25, 2 others fewer than 10" in described
    assert "Apr 2025 to Mar 2026: 55, likely 48 to 62; 3 others between 15 and 20" in described


def test_the_order_of_the_others_says_nothing() -> None:
    turned = tuple(row.__class__(**{**row.__dict__, "others": row.others[::-1]}) for row in ROWS)
    assert among("k", "x", turned) == among("k", "x", ROWS)


def test_many_alike_do_not_run_into_the_row_above() -> None:
    many = Among("Apr 2025 to Mar 2026", "15", 15, (8, 22), False, (15,) * 60, 0)
    heights = [float(c.get("cy", "")) for c in parsed((many,)).iter("circle") if c.get("fill") == QUIET]
    assert max(heights) - min(heights) <= STACK


def test_without_a_figure_there_is_no_picture() -> None:
    assert among("k", "x", (Among("Apr 2025 to Mar 2026", "no return", None, None, False, (), 3),)) == ""
