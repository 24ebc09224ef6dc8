"""What the pages of measures and training really show, read from their HTML as a browser would get it."""

from __future__ import annotations

import json
import urllib.request
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from demo.rundir import BOARD, REGISTER
from models.register import load_register

SECONDS = 60
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


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


def measures_with_a_figure(url: str) -> list[str]:
    """Ids of the measures that show a figure for the board's newest year."""
    return [row["measure"] for row, figure in Rows(_page(url, "measures")).rows if figure]


def first_need(url: str) -> tuple[str, str] | None:
    """Sector and topic of the need that the training page lists first."""
    needs = [row for row, _ in Rows(_page(url, "training")).rows if "topic" in row]
    return (needs[0]["sector"], needs[0]["topic"]) if needs else None


def planted_need(truth: Path) -> tuple[str, str]:
    """Sector and topic of the planted gap."""
    planted: dict[str, Any] = json.loads(truth.read_text("utf-8"))["planted"]
    sector = load_register(REGISTER).agency_by_id[planted["gap_agency"]].sector
    return str(sector), str(planted["gap_category"])


def _page(url: str, name: str) -> str:
    with _DIRECT.open(f"{url}boards/{BOARD}/{name}", timeout=SECONDS) as answer:
        text: str = answer.read().decode()
    return text
