"""What the pages really show of a board, read from their HTML as a browser would get it."""

from __future__ import annotations

import re
import urllib.request
from html.parser import HTMLParser

from demo.planted import Planted
from models.register import Register

SECONDS = 60
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_BOARD = re.compile(r'href="/boards/([A-Z][0-9]{8})"')
_RANK = "Rank"


class Rows(HTMLParser):
    """The table rows that are marked with their measure or need, in order, and whether each shows a figure.

    `cells` has the labelled cells of each row, by label.
    """

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.rows: list[tuple[dict[str, str], bool]] = []
        self.cells: list[dict[str, str]] = []
        self._row: dict[str, str] | None = None
        self._figure = False
        self._cells: dict[str, str] = {}
        self._label = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "tr":
            self._row = {name.removeprefix("data-"): v for name, v in given.items() if name.startswith("data-")}
            self._figure, self._cells = False, {}
        elif "figure" in given.get("class", "").split():
            self._figure = True
        if tag in ("td", "th"):
            self._label = given.get("data-label", "")

    def handle_data(self, data: str) -> None:
        if self._label:
            self._cells[self._label] = self._cells.get(self._label, "") + data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._label = ""
        if tag == "tr" and self._row:
            self.rows.append((self._row, self._figure))
            self.cells.append(self._cells)
            self._row = None


def boards_listed(url: str) -> list[str]:
    """Codes of the boards that the first page links to, in order."""
    return list(dict.fromkeys(_BOARD.findall(_get(url))))


def measures_with_a_figure(url: str, board: str) -> list[str]:
    """Ids of the measures that show a figure for the board's newest year."""
    return [row["measure"] for row, figure in Rows(_page(url, board, "measures")).rows if figure]


def first_needs(markup: str) -> list[tuple[str, str]]:
    """Sector and topic of the needs that share the first rank; any of them may be listed first."""
    read = Rows(markup)
    needs = [
        ((row["sector"], row["topic"]), cells.get(_RANK, ""))
        for (row, _), cells in zip(read.rows, read.cells, strict=True)
        if "topic" in row
    ]
    # Without ranks on the page nothing ties.
    return [need for n, (need, rank) in enumerate(needs) if n == 0 or (rank and rank == needs[0][1])]


def training_page(url: str, board: str) -> str:
    """The markup of a board's page on training."""
    return _page(url, board, "training")


def planted_need(planted: Planted, register: Register) -> tuple[str, str]:
    """Sector and topic of the planted gap."""
    sector = register.agency_by_id[planted["gap_agency"]].sector
    return str(sector), str(planted["gap_category"])


def _page(url: str, board: str, name: str) -> str:
    return _get(f"{url}boards/{board}/{name}")


def _get(address: str) -> str:
    with _DIRECT.open(address, timeout=SECONDS) as answer:
        text: str = answer.read().decode()
    return text
