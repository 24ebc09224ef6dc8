"""Reads an agency's export into rows: 903 Missing.csv, any table through a mapping file, or canonical JSON lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal, get_args

from agencies.readers.areas import gazetteer
from agencies.readers.events import read_events
from agencies.readers.mapped import read_mapped
from agencies.readers.mapping import MappingError, load_mapping
from agencies.readers.reading import Reading, UnreadableFile
from agencies.readers.ssda903 import read_ssda903
from models.register import Register
from models.register.dates import accepted_dates

Format = Literal["ssda903-missing", "mapped-csv", "events"]
FORMATS: tuple[str, ...] = get_args(Format)

__all__ = ["FORMATS", "Format", "MappingError", "Reading", "UnreadableFile", "load_mapping", "read"]


def read(
    path: Path,
    format: str,
    *,
    register: Register | None = None,
    mapping: str | Path | None = None,
    header: Path | None = None,
    episodes: Path | None = None,
    previous: Path | None = None,
    collection_year: int | None = None,
    postcodes: Path | None = None,
    board: str | None = None,
    test_identifiers: bool | None = None,
    today: date,
) -> Reading:
    """Every row of a file. Raises `UnreadableFile` or `MappingError`, whose texts hold no value from the file.

    `mapping` is a path or the name of a worked mapping. Without a register wards are not looked up. With `board`, dates
    before its accepted dates are refused and wards of other boards become `out_of_area`; without it there is no
    floor. Events that are canonical already are asked about dates and areas later: when they are minted, or by `check`.
    Test numbers (NHS numbers from 999, UPNs of authority 999) are taken where `test_identifiers` says so; None means
    where the register says that its data are synthetic.
    """
    known = register.board_by_code.get(board) if register and board else None
    if board and known is None:
        raise UnreadableFile("no-board", "there is no such board in the register; check --board and --register")
    accepted = accepted_dates(known, today)
    if format == "events":
        return read_events(path)
    places = gazetteer(register, board, postcodes)
    synthetic = register is not None and register.synthetic
    test_numbers = synthetic if test_identifiers is None else test_identifiers
    if format == "ssda903-missing":
        return read_ssda903(
            path,
            header=header,
            episodes=episodes,
            previous=previous,
            year=collection_year,
            today=today,
            gazetteer=places,
            accepted=accepted,
            test_numbers=test_numbers,
        )
    if format == "mapped-csv":
        if mapping is None:
            raise MappingError("format mapped-csv needs --mapping: a file, or the name of a worked one")
        loaded = load_mapping(mapping)
        return read_mapped(path, loaded, places, accepted, test_numbers)
    raise UnreadableFile("no-format", f"no such format; there are: {', '.join(FORMATS)}")
