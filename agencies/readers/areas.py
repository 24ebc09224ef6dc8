"""From a ward's code, name or a postcode to an area of the register; the postcode goes no further than this file."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agencies.errors import RowError
from agencies.generalise import floored_area
from agencies.readers.codetables import BLANK_WORDS, UNKNOWN_WORDS, normal
from agencies.readers.reading import UnreadableFile
from models.register import Register, Ward

OUT_OF_AREA = "out_of_area"
ROLES = ("home", "occurred", "missing_from", "found")
_GSS = re.compile(r"^[A-Z][0-9]{8}$")
_OUTSIDE = frozenset({"out of area", "ooa", "outside area", "out of borough", "other authority"})


class UnknownArea(RowError):
    """Text that names no area; `rule` says how."""


@dataclass(frozen=True)
class Gazetteer:
    """Wards and towns by code and name, within one board when one is given."""

    by_code: Mapping[str, Ward]
    towns: frozenset[str]
    by_name: Mapping[str, frozenset[str]]
    board_of: Mapping[str, str]
    """Ward or town code -> board."""
    postcodes: Mapping[str, str] | None = field(default=None, repr=False)
    complete: bool = True
    """False without a register: ward codes are then taken as they are, and names cannot be looked up."""

    def area(self, text: str) -> str | None:
        """An area code, `out_of_area` or `unknown`; None for a blank.

        Raises `UnknownArea` on a name that is not in the register.
        """
        code = text.strip().upper()
        if code in self.by_code or code in self.towns:
            return code
        if _GSS.match(code):
            return OUT_OF_AREA if self.complete else code
        name = normal(text)
        if name in BLANK_WORDS:
            return None
        if name in UNKNOWN_WORDS:
            return "unknown"
        if name in _OUTSIDE:
            return OUT_OF_AREA
        if not self.complete:
            return "unknown"
        codes = self.by_name.get(name, frozenset())
        if len(codes) != 1:
            raise UnknownArea("ambiguous-ward" if codes else "unknown-ward")
        return next(iter(codes))

    def area_of_postcode(self, text: str) -> str | None:
        """The ward a postcode lies in; `unknown` when it is not listed, None for a blank."""
        if normal(text) in BLANK_WORDS:
            return None
        ward = (self.postcodes or {}).get(_compact(text))
        return self.area(ward) if ward else "unknown"

    def settle(self, areas: dict[str, str], prefer: str | None, band: str) -> str | None:
        """The ward the board is found by; changes `areas` in place to what may leave.

        Wards of another board become `out_of_area`; wards with too few children of that age become their town.
        """
        order = ([prefer] if prefer else []) + list(ROLES)
        ward = next((areas[role] for role in order if areas.get(role) in self.by_code), None)
        board = self.board_of.get(ward or "")
        for role, code in areas.items():
            if code in self.board_of and board is not None and self.board_of[code] != board:
                areas[role] = OUT_OF_AREA
            elif code in self.by_code:
                areas[role] = floored_area(self.by_code[code], band)
        return ward


def gazetteer(register: Register | None, board: str | None, postcodes: Path | None = None) -> Gazetteer:
    """All areas of the register, or of one board; wards of other boards are then out of area."""
    boards = [b for b in (register.boards if register else ()) if board in (None, b.code)]
    wards = {ward.code: ward for b in boards for ward in b.wards}
    names: dict[str, set[str]] = {}
    board_of = {ward.code: b.code for b in boards for ward in b.wards}
    for b in boards:
        board_of |= {town.code: b.code for town in b.towns}
        for ward in b.wards:
            names.setdefault(normal(ward.name), set()).add(ward.code)
    for b in boards:
        for town in b.towns:
            if not any(code in wards for code in names.get(normal(town.name), ())):
                names.setdefault(normal(town.name), set()).add(town.code)
    return Gazetteer(
        by_code=wards,
        towns=frozenset(town.code for b in boards for town in b.towns),
        by_name={name: frozenset(codes) for name, codes in names.items()},
        board_of=board_of,
        postcodes=read_postcodes(postcodes) if postcodes else None,
        complete=register is not None,
    )


def read_postcodes(path: Path) -> dict[str, str]:
    """A CSV with columns `postcode,ward`; raises `UnreadableFile` (`bad-postcodes`)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            names = {name.strip().casefold(): name for name in rows.fieldnames or ()}
            if not {"postcode", "ward"} <= names.keys():
                raise UnreadableFile("bad-postcodes", f"{path.name}: it needs the columns postcode and ward")
            return {_compact(row[names["postcode"]] or ""): (row[names["ward"]] or "").strip() for row in rows}
    except (OSError, UnicodeDecodeError, csv.Error):
        raise UnreadableFile("bad-postcodes", f"{path.name}: not a readable CSV of postcode,ward") from None


def _compact(postcode: str) -> str:
    return re.sub(r"\s", "", postcode).upper()
