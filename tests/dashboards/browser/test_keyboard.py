"""A journey without a mouse: Tab, Shift+Tab, Enter, Space and typing, with the focus in sight at every step."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from demo.boards import LARGE
from models.store import ActionRow
from tests.dashboards.browser.conftest import Arrive
from tests.dashboards.browser.served import Served
from tests.dashboards.browser.walker import Walker

_FOCUS = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect(), style = getComputedStyle(it);
  const labels = Array.from(it.labels || []).map(label => label.innerText);
  const middle = (from, to, most) => (Math.max(from, 0) + Math.min(to, most)) / 2;
  const at = document.elementFromPoint(
    middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight));
  return {
    tag: it.tagName.toLowerCase(), name: (labels.join(' ') || it.innerText || it.value || '').trim(),
    outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    inView: box.width > 1 && box.height > 1 && box.bottom > 0 && box.right > 0
      && box.top < innerHeight && box.left < innerWidth,
    onTop: !!at && (at === it || it.contains(at) || at.contains(it)),
  };
}"""
"""Read from outside the page, where no script runs."""


@dataclass(frozen=True)
class Focus:
    """What has the focus."""

    tag: str
    name: str
    outlined: bool
    inView: bool
    onTop: bool

    @property
    def seen(self) -> bool:
        """Whether somebody who looks at the page sees where they are."""
        return self.outlined and self.inView and self.onTop


MOST = 150
"""More steps than any page here takes."""


class Keys:
    """Somebody who has a keyboard and no mouse."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self._keyboard = walker, walker.page.keyboard

    @property
    def focus(self) -> Focus:
        """What has the focus."""
        return Focus(**self.walker.page.evaluate(_FOCUS))

    def step(self, key: str = "Tab") -> Focus:
        """One step; whatever has the focus is in sight."""
        self._keyboard.press(key)
        now = self.focus
        assert now.tag == "body" or now.seen, now
        return now

    def to(self, name: str, key: str = "Tab") -> Focus:
        """Step until something of that name has the focus."""
        for _ in range(MOST):
            now = self.step(key)
            if now.name.startswith(name):
                return now
        pytest.fail(f"{name!r} is not to be reached by {key}")

    def enter(self) -> None:
        """Follow the link, or press the button, that has the focus."""
        with self.walker.page.expect_navigation():
            self._keyboard.press("Enter")

    def space(self) -> None:
        """Choose what has the focus."""
        self._keyboard.press("Space")

    def type(self, text: str) -> None:
        """Type into what has the focus, over what it holds."""
        self._keyboard.press("Control+a")
        self._keyboard.type(text)


def test_from_sign_in_to_sign_out_by_keyboard_alone(arrive: Arrive, pages: Served) -> None:
    walker = arrive()
    keys = Keys(walker)
    walker.open(f"/boards/{LARGE}/actions")
    keys.to("Sign in with your organisation's account")
    keys.enter()
    keys.to("Chris Chair")
    keys.enter()

    assert keys.step().name == "Skip to main content"
    walker.page.keyboard.press("Enter")
    assert keys.focus.tag == "main"
    assert keys.step().name == "Add an action", "the next step is in the page, after all that is on every page"
    keys.enter()

    keys.to("Continue")
    keys.enter()
    assert walker.page.evaluate("document.activeElement.className") == "problems"
    assert keys.focus.seen
    assert keys.step().name == "Say what is to be done"
    walker.page.keyboard.press("Enter")
    assert keys.focus.tag == "textarea", "the error leads to its question"
    keys.type("Roll out the screening tool")
    assert keys.step().name == "Which agency owes it?"
    walker.page.keyboard.type("Aldermere Health")
    keys.to("YPSEM group")
    walker.page.keyboard.press("ArrowDown")
    keys.step()
    keys.step("Shift+Tab")
    assert walker.choice("Case audit").is_checked()
    for part in ("Day", "Month", "Year", "Day", "Month", "Year"):
        keys.to(part)
        if walker.page.evaluate("document.activeElement.id").startswith("due-"):
            keys.type({"Day": "1", "Month": "6", "Year": "2026"}[part])
    keys.to("Aldermere Police")
    keys.space()
    keys.to("Continue")
    keys.enter()
    assert walker.title == "Check your answers"
    keys.to("Add this action")
    keys.enter()
    assert walker.said() == "The action was added."
    assert pages.rows(ActionRow, "owner", "source") == [("aldermere-health", "audit")]

    keys.to("Sign out")
    with walker.page.expect_navigation(url="**/signed-out"):
        walker.page.keyboard.press("Enter")
    assert walker.title == "You are signed out"


PAGES = (
    "/", "/account", f"/boards/{LARGE}", f"/boards/{LARGE}/audit", f"/boards/{LARGE}/actions/add",
)  # fmt: skip


@pytest.mark.parametrize("width", [1280, 320])
def test_no_page_hides_the_focus_or_traps_it(width: int, arrive: Arrive, pages: Served) -> None:
    walker = arrive("all", "information-governance:*", "operations:*", f"chair:{LARGE}", width=width)
    keys = Keys(walker)
    for path in PAGES:
        assert walker.open(path) == 200
        forth = _walk(keys, "Tab", MOST)
        assert forth[0] == "Skip to main content", path
        assert len(forth) < MOST, f"{path} keeps the focus"
        assert _walk(keys, "Shift+Tab", len(forth)) == forth[::-1], path


def _walk(keys: Keys, key: str, most: int) -> list[str]:
    """The names of what has the focus one after the other, until it leaves the page."""
    names: list[str] = []
    while len(names) < most:
        now = keys.step(key)
        if now.tag == "body":
            break
        names.append(now.name)
    return names
