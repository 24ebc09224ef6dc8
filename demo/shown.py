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
    """The rows that say which measure or need they are, in order, and whether a figure stands in each."""

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


def needs_shown(url: str) -> dict[tuple[str, str], str]:
    """Sector and topic of every need that the training page lists -> `likely` or `worth-asking`."""
    rows = [row for row, _ in Rows(_page(url, "training")).rows if "topic" in row]
    return {(row["sector"], row["topic"]): row["standing"] for row in rows}


def planted_needs(truth: Path) -> set[tuple[str, str]]:
    """Sector and topic of everything planted that is a need: the gap, the late recogniser, the under-reporter."""
    planted: dict[str, Any] = json.loads(truth.read_text("utf-8"))["planted"]
    agencies = load_register(REGISTER).agency_by_id

    def sector(name: str) -> str:
        return str(agencies[planted[name]].sector)

    general = {(sector(name), "general") for name in ("late_recogniser", "under_reporter")}
    return {(sector("gap_agency"), str(planted["gap_category"])), *general}


def _page(url: str, name: str) -> str:
    with _DIRECT.open(f"{url}boards/{BOARD}/{name}", timeout=SECONDS) as answer:
        text: str = answer.read().decode()
    return text
