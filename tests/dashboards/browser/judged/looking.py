"""One page as a browser shows it: what axe, a small screen, the keyboard and the eye find wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request, Route

WIDTHS = (1280, 320)
"""In CSS pixels. 320 is also what a window of 1280 has left when text is enlarged to 400 %."""
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_OF_TABLES = ("table", "row", "cell", "gridcell", "rowheader", "columnheader")
_PAPER = 718
"""Pixels between the margins of A4."""
_RUN = """async ([rules, seen]) => {
  const but = {'color-contrast': {enabled: seen}};
  const found = await axe.run(document, {resultTypes: ['violations'], preload: false, runOnly: rules, rules: but});
  return found.violations.flatMap(one => one.nodes.map(node => [one.id, node.target.join(' ')]));
}"""


@cache
def _scripts() -> str:
    """Axe and our own questions. They are evaluated from outside, past the content security policy."""
    wheel = find_spec("axe_playwright_python")
    assert wheel is not None
    assert wheel.origin is not None
    axe = Path(wheel.origin).with_name("axe.min.js").read_text("utf-8")
    return f"{axe};{Path(__file__).with_name('look.js').read_text('utf-8')}"


@dataclass
class Findings:
    """What is wrong, by kind: each a line that names the page, the width and the part."""

    axe: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    faint: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)
    texts: int = 0
    """Texts in pictures whose contrast was worked out."""


class Eye:
    """A browser that is shown pages, each as the server sent it, and asks the server for nothing but style sheets."""

    def __init__(self, browser: Browser, url: str) -> None:
        """`url`: of the pages, without a slash at its end."""
        # Scripts are on for axe, which waits for timers. No page has one, and the policy would not let it run.
        self._context = browser.new_context(viewport={"width": WIDTHS[0], "height": 900})
        self._page: Page = self._context.new_page()
        self._url = url
        self._answer: tuple[str, dict[str, str], bytes] = ("", {}, b"")
        self._asked: list[str] = []
        self._page.on("request", self._note)
        self._page.route(lambda address: address == self._answer[0], self._give)
        self.found = Findings()

    def look(self, path: str, headers: dict[str, str], body: bytes, first: bool) -> None:
        """Show a page at both widths, and note what is wrong.

        Axe needs most of its time for the contrast of HTML text. On the small screen it looks at that only for the
        first page of a kind: another measure has other figures there, and no other colours.
        """
        self._show(path, headers, body)
        for width in WIDTHS:
            self._page.set_viewport_size({"width": width, "height": 900})
            at = f"{path} at {width}"
            self.found.axe += self._axe(at, contrast=first or width == WIDTHS[0])
            self.found.wide += self._ask("wide", at)
            self.found.unreached += self._ask("unreached", at)
            self._contrast(at)

    def in_other_colours(self, path: str, headers: dict[str, str], body: bytes) -> None:
        """Show a page dark, in forced colours on light and on dark ground, and on paper."""
        self._page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        self._show(path, headers, body)
        for forced, scheme in (("none", "dark"), ("active", "light"), ("active", "dark")):
            self._page.emulate_media(forced_colors=forced, color_scheme=scheme)  # type: ignore[arg-type]
            at = f"{path}, {scheme}, forced colours: {forced}"
            # Axe reads the colour that the page asked for, not the one that the system forces upon text.
            self.found.axe += self._axe(at, contrast=forced == "none")
            self._contrast(at)
        self._page.emulate_media(media="print", forced_colors="none", color_scheme="light")
        self._page.set_viewport_size({"width": _PAPER, "height": 1000})
        self.found.folded += self._ask("folded", f"{path}, printed")
        self.found.wide += self._ask("wide", f"{path}, printed")
        self._page.emulate_media(media="screen")

    def tables(self, path: str, headers: dict[str, str], body: bytes) -> list[Counter[str]]:
        """At each width, how many tables, rows and cells the browser tells a screen reader of."""
        self._show(path, headers, body)
        told = []
        for width in WIDTHS:
            self._page.set_viewport_size({"width": width, "height": 900})
            nodes = self._context.new_cdp_session(self._page).send("Accessibility.getFullAXTree")["nodes"]
            roles = (node["role"]["value"] for node in nodes if not node["ignored"])
            told.append(Counter(role for role in roles if role in _OF_TABLES))
        return told

    def close(self) -> None:
        """Close it."""
        self._context.close()

    def _show(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self._answer = f"{self._url}{path}", headers, body
        self._asked.clear()
        self._page.goto(f"{self._url}{path}")
        self._page.evaluate(_scripts())
        away = (address for address in self._asked if not address.startswith((f"{self._url}/", "data:")))
        self.found.elsewhere += [f"{path}: {address}" for address in away]

    def _axe(self, at: str, contrast: bool = True) -> Iterator[str]:
        return (f"{rule} {at}: {part}" for rule, part in self._page.evaluate(_RUN, [RULES, contrast]))

    def _ask(self, what: str, at: str) -> Iterator[str]:
        return (f"{at}: {said}" for said in self._page.evaluate(f"look.{what}()"))

    def _contrast(self, at: str) -> None:
        told: dict[str, Any] = self._page.evaluate("look.faint()")
        self.found.texts += told["texts"]
        self.found.faint += [f"{at}: {said}" for said in told["found"]]

    def _note(self, request: Request) -> None:
        self._asked.append(request.url)

    def _give(self, route: Route) -> None:
        _, headers, body = self._answer
        route.fulfill(status=200, headers=headers, body=body)
