"""Somebody at a browser: reads, types and presses as people do, by the words that they see or hear."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.pace import patience

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response

PROBE = "<p>Is it on?</p><noscript>JavaScript is off</noscript><script>document.body.textContent = 'it runs'</script>"
_OF_REFUSALS = "Failed to load resource: the server responded with a status of 4"
"""What the browser itself notes of a page that says no."""


@dataclass
class Seen:
    """What went over the wire, and what the browser complained of."""

    posted: list[str] = field(default_factory=list)
    """The address of each form that was sent."""
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


class Walker:
    """One person, in a browser of their own."""

    def __init__(self, context: BrowserContext, url: str, provider: str, seen: Seen) -> None:
        self.context, self._url, self._seen = context, url, seen
        self._known = (f"{url}/", f"{provider}/")
        context.set_default_timeout(1000 * patience(10))
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", self._said)
        self.page: Page = context.new_page()
        self.page.set_content(PROBE)
        self.scripts = self.page.inner_text("body")
        """What a page says that would hide it with a script."""
        self.status = 0
        """Of the page that is shown."""

    # going about

    def open(self, path: str) -> int:
        """Type an address; the status of the answer."""
        self.page.goto(f"{self._url}{path}")
        return self.status

    def press(self, button: str) -> None:
        """Press a button that leads to another page."""
        self.lead(self.page.get_by_role("button", name=button, exact=True))

    def follow(self, link: str) -> None:
        """Follow a link to another page."""
        self.lead(self.page.get_by_role("link", name=link, exact=True))

    def lead(self, to: Locator) -> None:
        """Click what leads to another page, and wait until it is there."""
        with self.page.expect_navigation():
            to.click()

    def back(self) -> None:
        """The browser's back button."""
        self.page.go_back()

    def back_and_send_again(self) -> None:
        """Back to the answer to a form: the browser keeps none, so it asks, and sends the form again on a reload."""
        from playwright.sync_api import Error  # here, because collecting tests should not cost the time

        with contextlib.suppress(Error):
            self.page.go_back()
        self.page.wait_for_url("chrome-error://**")
        self.page.reload()

    def tab(self) -> Walker:
        """Another tab of the same browser, which becomes its own walker."""
        return Walker(self.context, self._url, self._known[1].rstrip("/"), self._seen)

    # filling in

    def type(self, label: str, text: str) -> None:
        """Type into a field."""
        self.page.get_by_label(label, exact=True).fill(text)

    def tick(self, *labels: str) -> None:
        """Choose radio buttons or check boxes."""
        for label in labels:
            self.choice(label).check()

    def pick(self, label: str, option: str) -> None:
        """Choose from a list."""
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def day(self, question: str, day: str) -> None:
        """Type a day, such as 1 6 2026, into its three fields."""
        group = self.page.get_by_role("group", name=question, exact=True)
        for label, part in zip(("Day", "Month", "Year"), day.split(), strict=True):
            group.get_by_label(label, exact=True).fill(part)

    def choice(self, label: str) -> Locator:
        """A radio button or check box; its label may go on with a hint."""
        return self.page.get_by_label(re.compile(f"^{re.escape(label)}"))

    # looking

    @property
    def path(self) -> str:
        """The address of the page, after the host."""
        return self.page.url.removeprefix(self._url)

    @property
    def title(self) -> str:
        """The heading."""
        return self.page.get_by_role("heading", level=1).inner_text()

    @property
    def text(self) -> str:
        """All that the page says, with single spaces."""
        return " ".join(self.page.inner_text("main").split())

    def said(self) -> str:
        """What the page says of what was done just before."""
        return " ".join(self.page.locator("main .done").inner_text().split())

    def links(self, of: str = "main") -> list[str]:
        """The words of the links in a part of the page."""
        return [" ".join(words.split()) for words in self.page.locator(f"{of} a").all_inner_texts()]

    def problems(self) -> list[str]:
        """The summary of what is wrong in a form."""
        return self.page.get_by_role("alert").get_by_role("link").all_inner_texts()

    def value(self, label: str) -> str:
        """What a field holds."""
        return self.page.get_by_label(label, exact=True).input_value()

    # what went on

    def _asked(self, request: Request) -> None:
        if request.method == "POST":
            self._seen.posted.append(request.url.removeprefix(self._url).partition("?")[0])
        if not request.url.startswith((*self._known, "data:", "about:")):
            self._seen.elsewhere.append(request.url)

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.status = response.status
        if response.status >= 500:
            self._seen.complaints.append(f"{response.status} {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_OF_REFUSALS):
            self._seen.complaints.append(message.text)
