"""The borough's two years made into ten years of twenty boards: other codes, other years, other figures. Pure."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from demo.boards import LARGE, content
from models.contract.periods import bounds, financial_year_of, kind_of
from models.contract.topics import PARTITIONS
from models.releases import Release

_Day = TypeVar("_Day", bound=date)
SPAN = 2
"""Financial years of the releases that are copied."""


def code_of(number: int) -> str:
    """The code of a board; they count from 1."""
    return f"X08000{number:03d}"


def of_board(text: str, number: int) -> str:
    """A text about the demo's large board as one about another board: its codes of places, and its agencies."""
    renamed = text.replace("aldermere-", f"board{number}-").replace("Aldermere", f"Board {number}")
    return renamed.replace(LARGE, code_of(number)).replace("X05000", f"X05{number:03d}")


def register(boards: int) -> dict[str, Any]:
    """A register of so many boards, each a copy of the demo's large one, as YAML has it."""
    both = content()
    own = {
        "boards": [one for one in both["boards"] if one["code"] == LARGE],
        "agencies": [one | {"boards": [LARGE]} for one in both["agencies"] if LARGE in one["boards"]],
        "agreements": [one | {"boards": [LARGE]} for one in both["agreements"] if LARGE in one["boards"]],
    }
    made: dict[str, Any] = both | {part: [] for part in own}
    for number in range(1, boards + 1):
        copy = json.loads(of_board(json.dumps(own, default=str), number))
        copy["boards"][0]["partition"] = number % PARTITIONS
        for part in own:
            made[part] += copy[part]
    return made


def releases(two_years: Sequence[Release], number: int, years: int) -> Iterator[Release]:
    """Every release of one board over so many years, the newest of them the newest that were built."""
    newest = max(int(release.window[:4]) for release in two_years if kind_of(release.window) == "year")
    for back in range(0, years, SPAN):
        draw = random.Random(f"{number} {back}")
        for release in two_years:
            year = int(financial_year_of(release.starts_on)[:4])
            if year - back > newest - years:
                yield _copy(release, number, back, draw)


def _copy(release: Release, number: int, back: int, draw: random.Random) -> Release:
    window = f"{int(release.window[:4]) - back}{release.window[4:]}"
    start, end = bounds(window)
    body = release.model_dump(mode="json")
    factor = draw.uniform(0.8, 1.4)
    for cell in body["cells"]:
        if cell["value"] is not None:
            cell["value"] = max(10, 5 * round((factor * cell["value"] + draw.randint(-5, 5)) / 5))
    for session in body["training"]:
        session["held_on"] = _earlier(date.fromisoformat(session["held_on"]), back).isoformat()
    body["counted_from"] = {
        name: _earlier(date.fromisoformat(day), back).isoformat() for name, day in body["counted_from"].items()
    }
    if body["records_from"]:
        body["records_from"] = _earlier(date.fromisoformat(body["records_from"]), back).isoformat()
    cut_off = datetime.fromisoformat(body["cut_off"])
    body |= {
        "release_id": body["release_id"].replace(release.window, window),
        "window": window,
        "starts_on": start.isoformat(),
        "ends_before": end.isoformat(),
        "cut_off": _earlier(cut_off, back).isoformat(),
    }
    return Release.model_validate_json(of_board(json.dumps(body), number))


def _earlier(day: _Day, years: int) -> _Day:
    """The same day so many years earlier; 28 February for a 29th that is not there."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
