"""What the pages really show of a board, read from their HTML as a browser would get it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

from demo.planted import Planted
from models.register import Register

Read = Callable[[str], str]
"""The markup of a page by its path, without a slash before it: `Visitor.read`."""
_BOARD = re.compile(r'href="/boards/([A-Z][0-9]{8})"')


class Rows(HTMLParser):
    """The table rows that are marked with their measure or need, in order, and whether each shows a figure."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.rows: list[tuple[dict[str, str], bool]] = []
        self._row: dict[str, str] | None = None
        self._figure = False
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "tr":
            self._row = {name.removeprefix("data-"): v for name, v in given.items() if name.startswith("data-")}
            self._figure = False
        elif "figure" in given.get("class", "").split():
            self._figure = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr" and self._row:
            self.rows.append((self._row, self._figure))
            self._row = None


def boards_listed(read: Read) -> list[str]:
    """Codes of the boards that the first page links to, in order."""
    return list(dict.fromkeys(_BOARD.findall(read(""))))


def measures_with_a_figure(read: Read, board: str) -> list[str]:
    """Ids of the measures that show a figure for the board's newest year."""
    return [row["measure"] for row, figure in Rows(_page(read, board, "measures")).rows if figure]


def themes_with_a_figure(markup: str) -> list[str]:
    """The themes for which the page of voices shows a figure of any voice."""
    return [row["theme"] for row, figure in Rows(markup).rows if figure and "theme" in row]


def voices_page(read: Read, board: str) -> str:
    """The markup of a board's page on what children and others say."""
    return _page(read, board, "voices")


def needs_shown(markup: str) -> dict[tuple[str, str], str]:
    """Sector and topic of every need that the training page lists -> `likely` or `worth-asking`."""
    rows = [row for row, _ in Rows(markup).rows if "topic" in row]
    return {(row["sector"], row["topic"]): row["standing"] for row in rows}


def training_page(read: Read, board: str) -> str:
    """The markup of a board's page on training."""
    return _page(read, board, "training")


def planted_needs(planted: Planted, register: Register) -> set[tuple[str, str]]:
    """Sector and topic of everything planted that is a need: the gap, the late recogniser, the under-reporter."""

    def sector(name: str) -> str:
        return str(register.agency_by_id[planted[name]].sector)

    general = {(sector(name), "general") for name in ("late_recogniser", "under_reporter")}
    return {(sector("gap_agency"), str(planted["gap_category"])), *general}


def _page(read: Read, board: str, name: str) -> str:
    return read(f"boards/{board}/{name}")
