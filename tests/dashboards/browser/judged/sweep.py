"""Goes through the pages as everybody, and has each looked at once: what differs in a name alone is the same page."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.dashboards.browser.judged.filled import fill
from tests.dashboards.browser.judged.looking import Eye, Findings
from tests.dashboards.browser.served import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_ONCE = re.compile(r"(?<=\")(?:[0-9a-f]{64}|[a-z]{24})(?=\")")
"""What is another at every look: the token of a form, and the number by which it is sent once."""
_PARTS = re.compile(r"<(header|main|footer)\b.*?</\1>", re.DOTALL)
_SHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What the server sent."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def markup(self) -> str:
        """As text."""
        return self.body.decode()


def ask(url: str, cookie: str = "", form: bytes | None = None) -> Answer:
    """Ask the server as somebody with this session; a redirect is followed, and a refusal is an answer."""
    request = Request(url, form, {"Cookie": f"ypsem={cookie}"} if cookie else {})  # noqa: S310
    try:
        with urlopen(request) as answer:  # noqa: S310 - our own server on this machine
            return Answer(answer.status, dict(answer.headers), answer.read())
    except HTTPError as error:
        return Answer(error.code, dict(error.headers), error.read())


@dataclass
class Sweep:
    """All pages that were seen, and what is wrong with them."""

    url: str
    _eye: Eye
    seen: dict[str, str] = field(default_factory=dict)
    """Page and whose -> its HTML, of each page that was looked at."""
    refused: list[str] = field(default_factory=list)
    """Pages that did not come, or came as something else than HTML."""
    weights: dict[str, int] = field(default_factory=dict)
    """Page -> bytes of its HTML and style sheets, compressed."""
    _known: set[str] = field(default_factory=set)
    _kinds: set[str] = field(default_factory=set)
    _sheets: dict[str, bytes] = field(default_factory=dict)

    @property
    def found(self) -> Findings:
        """What is wrong in the browser."""
        return self._eye.found

    def go(self, whose: str, cookie: str, paths: Iterable[str], status: int = 200) -> None:
        """Ask for pages as somebody, and look at whatever part was not seen before."""
        for path in paths:
            self.judge(whose, path, ask(f"{self.url}{path}", cookie), status)

    def judge(self, whose: str, path: str, answer: Answer, status: int = 200) -> None:
        """Look at one page, unless all its parts were seen before."""
        kind = answer.headers.get("content-type", "")
        if answer.status != status or not kind.startswith("text/html"):
            self.refused.append(f"{path} as {whose}: {answer.status} {kind}")
            return
        parts = {_ONCE.sub("", part[0]) for part in _PARTS.finditer(answer.markup)}
        assert len(parts) == 3, f"{path} has not one header, main part and foot"
        if parts <= self._known:
            return
        self._known |= parts
        self.seen[f"{path} as {whose}"] = answer.markup
        self.weights[f"{path} as {whose}"] = self._weight(answer)
        kind_of = re.sub(r"[0-9]+", "", path.partition("?")[0])
        self._eye.look(path, answer.headers, answer.body, first=kind_of not in self._kinds)
        self._kinds.add(kind_of)

    def in_other_colours(self, cookie: str, paths: Iterable[str]) -> None:
        """Look at pages dark, in forced colours, and printed."""
        for path in paths:
            answer = ask(f"{self.url}{path}", cookie)
            self._eye.in_other_colours(path, answer.headers, answer.body)

    def tables(self, cookie: str, path: str) -> list[Counter[str]]:
        """What of a page's tables a screen reader is told, at each width."""
        answer = ask(f"{self.url}{path}", cookie)
        return self._eye.tables(path, answer.headers, answer.body)

    def _weight(self, answer: Answer) -> int:
        return len(gzip.compress(answer.body)) + sum(map(len, self._styles(answer.markup)))

    def _styles(self, markup: str) -> Iterator[bytes]:
        for address in _SHEET.findall(markup):
            if address not in self._sheets:
                self._sheets[address] = gzip.compress(ask(f"{self.url}{address}").body)
            yield self._sheets[address]


@contextmanager
def sweeping(served: Served, browser: Browser) -> Iterator[Sweep]:
    """A sweep over the filled database, with a window of its own."""
    served.begin_anew()
    fill(served.engine)
    eye = Eye(browser, served.url)
    try:
        yield Sweep(served.url, eye)
    finally:
        eye.close()
