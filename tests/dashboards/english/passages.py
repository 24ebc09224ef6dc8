"""The words of a page as a reader meets them: passages of text, each with the element that it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

_INLINE = {"a", "strong", "em", "b", "i", "abbr", "q", "cite", "time", "tspan", "code", "span"}
"""Elements that do not end a passage."""
_LINES = {"note-below", "change", "hint", "range"}
"""Classes of a `span` that stands on a line of its own."""
_UNREAD = {"head", "script", "style"}
_VOID = {"meta", "link", "br", "img", "hr", "input", "line", "rect", "circle", "path", "polygon", "polyline", "use"}
PROSE = {"p", "li", "dd", "td", "div", "summary", "figcaption", "strong"}
"""Elements whose text is read in sentences; others hold names and headings."""
_LEAST_WORDS = 5
"""Shorter passages are entries, not sentences."""


@dataclass(frozen=True)
class Passage:
    """Text without a break in it, with single spaces, and the element around it. `main`: within the page's own part."""

    element: str
    text: str
    main: bool

    @property
    def prose(self) -> bool:
        """Whether people read it as sentences: neither heading nor an entry of a table."""
        return self.element in PROSE and len(words(self.text)) >= _LEAST_WORDS


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Passage] = []
        self._open: list[tuple[str, bool]] = []
        self._text = ""

    def _end(self) -> None:
        text = " ".join(self._text.split())
        self._text = ""
        tags = [tag for tag, _ in self._open]
        if text and not _UNREAD & set(tags):
            around = next((tag for tag, breaks in reversed(self._open) if breaks), "")
            self.found.append(Passage(around, text, "main" in tags))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = set((dict(attrs).get("class") or "").split())
        breaks = tag not in _INLINE or bool(classes & _LINES)
        if breaks or tag == "br":
            self._end()
        if tag not in _VOID:
            self._open.append((tag, breaks))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE:
            self._end()

    def handle_endtag(self, tag: str) -> None:
        while any(opened == tag for opened, _ in self._open):
            last, breaks = self._open[-1]
            if breaks:
                self._end()
            self._open.pop()
            if last == tag:
                return

    def handle_data(self, data: str) -> None:
        self._text += data


def passages(markup: str) -> list[Passage]:
    """Every passage of a page in its order, what is folded and what only screen readers say included."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.found


def sentences(text: str) -> list[str]:
    """The sentences of a passage: each ends with a full stop, a question mark or an exclamation mark."""
    return [part for part in re.split(r"(?<=[.!?])[\"')]*\s+(?=[\"'(A-Z0-9])", text) if part]


def words(text: str) -> list[str]:
    """The words with a letter in them: figures and signs are left out, and parts of `10-17` and `re-screen` are one."""
    return re.findall(r"[A-Za-z][A-Za-z'’]*(?:-[A-Za-z]+)*", text)
