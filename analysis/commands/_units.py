"""Reads UNITS.csv: one row for each child, area, period, agency and indicator that counts."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from analysis.commands._errors import Unusable
from analysis.disclosure.cells import ANY, ELSEWHERE, NONE_RECORDED, Shape
from analysis.disclosure.counting import Fact
from models.contract.periods import bounds, kind_of, month_of, quarter_of, quarters_between, windows_between

NEEDED = ("child", "area", "period", "agency", "indicator")
OPTIONAL = ("measure", "town", "sector")
DEFAULT_MEASURE = "m1_children"
_NAME = re.compile(r"[^|:+\x00-\x1f]{1,99}")
_NOWHERE = frozenset({"", "out_of_area", "unknown", "not_recorded", "ZZ"})


@dataclass(frozen=True, slots=True)
class Units:
    """The content of the file: facts, and what its columns say about the shape of the board."""

    facts: list[Fact]
    towns: dict[str, str]
    """Ward -> town."""
    sectors: dict[str, str]
    """Agency -> sector. An agency without a sector is a sector of its own."""

    def shape(self, board: str) -> Shape:
        """The shape of the board from the areas, agencies and indicators that occur."""
        wards = sorted({fact.area for fact in self.facts} - _NOWHERE)
        towns = {
            town: tuple(w for w in wards if self.towns.get(w) == town) for town in sorted(set(self.towns.values()))
        }
        indicators = tuple(sorted({fact.indicator for fact in self.facts} - {""}))
        return Shape(board, towns, tuple(wards), dict(sorted(self.sectors.items())), indicators)

    def windows(self) -> list[str]:
        """Every quarter from the first to the last fact, and every whole financial year within them."""
        days = [day for fact in self.facts for day in bounds(fact.window)]
        if not days:
            return []
        if all(kind_of(fact.window) == "year" for fact in self.facts):
            return windows_between(min(days), max(days), {"year"})
        # A quarter is included if it has a fact at either end; a year only if facts reach from its start to its end.
        quarters = quarters_between(min(days), bounds(quarter_of(max(days) - timedelta(days=1)))[1])
        years = [y for y in windows_between(min(days), max(days), {"year"}) if min(days) <= bounds(y)[0]]
        return sorted([*quarters, *years])


def read_units(path: Path) -> Units:
    """Read the file. Raises `Unusable` with the line and column, never with a value."""
    facts: list[Fact] = []
    towns: dict[str, str] = {}
    sectors: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = [name.strip().lower() for name in reader.fieldnames or ()]
            reader.fieldnames = columns
            if missing := [name for name in NEEDED if name not in columns]:
                raise Unusable(f"{path}: no column {', '.join(missing)}; needed: {', '.join(NEEDED)}")
            for number, row in enumerate(reader, start=2):
                cell = {name: (row.get(name) or "").strip() for name in (*NEEDED, *OPTIONAL)}
                _require(path, number, cell, ("child", "period", "agency"))
                _names(path, number, cell)
                area = "" if cell["area"] in _NOWHERE else cell["area"]
                window = _window(path, number, cell["period"])
                measure = cell["measure"] or DEFAULT_MEASURE
                facts.append(Fact(measure, cell["child"], window, area, cell["agency"], cell["indicator"]))
                if area and cell["town"]:
                    _same(path, number, "town", towns, area, cell["town"])
                _same(path, number, "sector", sectors, cell["agency"], cell["sector"] or cell["agency"])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Unusable(f"{path}: not a readable UTF-8 CSV file ({type(error).__name__})") from None
    if not facts:
        raise Unusable(f"{path}: no rows")
    if clash := set(towns.values()) & {fact.area for fact in facts}:
        raise Unusable(f"{path}: {len(clash)} names are used for both an area and a town")
    return Units(facts, towns, sectors)


def _require(path: Path, number: int, cell: dict[str, str], names: Iterable[str]) -> None:
    for name in names:
        if not cell[name]:
            raise Unusable(f"{path}, line {number}: column {name} is empty")


def _names(path: Path, number: int, cell: dict[str, str]) -> None:
    """Refuse names that would make cell labels ambiguous, or that have another meaning in a release."""
    for column in ("area", "agency", "indicator", "town", "sector"):
        name = cell[column]
        if column == "area" and name in _NOWHERE:
            continue
        if name and (not _NAME.fullmatch(name) or name in (ANY, NONE_RECORDED) or name.endswith(ELSEWHERE)):
            raise Unusable(
                f"{path}, line {number}: column {column} is no plain name: give up to 99 characters without | : "
                f"or +, not {ANY} or {NONE_RECORDED}, and not ending in {ELSEWHERE}"
            )


def _window(path: Path, number: int, text: str) -> str:
    try:
        if len(text) == 10:
            return month_of(date.fromisoformat(text))
        if kind_of(text) == "pair":  # a child may have two homes in it, so its home and year would be unknown
            raise ValueError
    except ValueError:
        raise Unusable(f"{path}, line {number}: column period is none of 2025-05-31, 2025-05, 2025Q2, 2025FY") from None
    return text


def _same(path: Path, number: int, column: str, known: dict[str, str], name: str, value: str) -> None:
    if known.setdefault(name, value) != value:
        raise Unusable(f"{path}, line {number}: column {column} differs from an earlier line")
