"""The map by keyboard and on a small screen: every ward is reached, and the ring of the focus is seen inside it."""

from __future__ import annotations

import pytest

from demo.boards import LARGE, SMALL
from models.register import load_register
from tests.dashboards.browser.conftest import Arrive
from tests.dashboards.browser.served import Served
from tests.dashboards.conftest import REGISTER, store
from tests.dashboards.where.test_map_page import by_ward

WHERE = f"/boards/{LARGE}/where"
WARDS = {ward.name: ward for ward in load_register(REGISTER).boards[0].wards}
_AT = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect();
  const rings = it.matches('.area') ? [...it.querySelectorAll('.ring')] : [];
  return {link: it.getAttribute('href') || '', name: it.getAttribute('aria-label') || it.innerText || '',
          rings: rings.map(ring => getComputedStyle(ring).visibility),
          seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth};
}"""


@pytest.fixture(autouse=True)
def released(arrive: Arrive, pages: Served) -> None:
    """A year by ward. It comes after `arrive`, which empties the database."""
    store(pages.engine, by_ward("2025FY", {"X05000018": 55}))


@pytest.mark.parametrize(("width", "kind"), [(1280, "outlines"), (320, "hexagons")])
def test_every_ward_is_reached_and_seen_by_keyboard(width: int, kind: str, arrive: Arrive) -> None:
    walker = arrive("reader", f"chair:{LARGE}", width=width)
    assert walker.open(f"{WHERE}?map={kind}") == 200
    walker.page.get_by_role("link", name="Skip the map").focus()
    reached = []
    for _ in range(len(WARDS) + 2):
        walker.page.keyboard.press("Tab")
        at = walker.page.evaluate(_AT)
        if not at["rings"]:
            continue
        assert at["rings"] == ["visible", "visible"]
        assert at["seen"], at
        assert at["name"].startswith(next(n for n, ward in WARDS.items() if at["link"].endswith(ward.code)))
        reached.append(at["link"])
    assert sorted(reached) == sorted(f"/boards/{LARGE}/places/{ward.code}" for ward in WARDS.values())
    with walker.page.expect_navigation():
        walker.page.keyboard.press("Shift+Tab")
        walker.page.keyboard.press("Enter")
    assert walker.title in WARDS


def test_the_map_can_be_skipped(arrive: Arrive) -> None:
    walker = arrive("reader", f"chair:{LARGE}")
    walker.open(WHERE)
    walker.page.get_by_role("link", name="Skip the map").focus()
    walker.page.keyboard.press("Enter")
    walker.page.keyboard.press("Tab")
    assert walker.page.evaluate("document.activeElement.closest('table.places') !== null")


@pytest.mark.parametrize(
    "path",
    [WHERE, f"{WHERE}?show=town.2025FY", f"{WHERE}?show=ward.2025FY&measure=m10_children",
     f"/boards/{LARGE}/places/X05000018", f"/boards/{LARGE}/places/{LARGE}-T5", f"/boards/{SMALL}/where"],
)  # fmt: skip
def test_no_page_is_wider_than_a_small_screen(path: str, arrive: Arrive) -> None:
    walker = arrive("reader", "chair:*", width=320)
    assert walker.open(path) == 200
    assert walker.page.evaluate("document.documentElement.scrollWidth") <= 320


def test_each_area_is_drawn_with_what_is_under_the_pointer(arrive: Arrive) -> None:
    walker = arrive("reader", f"chair:{LARGE}")
    walker.open(WHERE)
    area = walker.page.get_by_role("link", name="Rookhollow: 55")
    with walker.page.expect_navigation():
        area.click()
    assert walker.title == "Rookhollow"
