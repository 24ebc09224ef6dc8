"""manifest.json: what the demo needs to publish each file, and what a reader must make of its planted lines.

`expected` counts lines: `duplicates` and `refused` are exact, `warned` are lines with an identifier that is left
out, `passed_over` are lines about something else.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

from demo.synthetic.borough import BOARD
from demo.synthetic.table import ExportFile

WARNED = frozenset({"nhs-check-digit"})
PASSED_OVER = frozenset({"not-ours"})


def manifest(files: list[ExportFile], seed: int, scale: float, board: str = BOARD) -> dict[str, object]:
    """The manifest as JSON values; companions of a 903 return are options of its Missing.csv."""
    return {
        "synthetic": True,
        "note": "Invented children and records; no real place, person or body.",
        "seed": seed,
        "scale": scale,
        "board": board,
        "clock": "2026-05-11",
        "files": [_entry(file, board) for file in files if file.format != "companion"],
    }


def _entry(file: ExportFile, board: str) -> dict[str, object]:
    options: dict[str, str] = {"board": board} if file.board else {}
    if file.complete is not None:
        options["complete"] = _range(*file.complete)
    options |= {option: f"{file.agency}/{name}" for option, name in file.companions.items()}
    options |= file.settings
    planted = planted_lines(file)
    return {
        "path": file.path,
        "agency": file.agency,
        "order": file.order,
        "format": file.format,
        "mapping": file.mapping,
        "options": options,
        "rows": len(file.lines),
        "events": file.events,
        "planted": dict(sorted(planted.items())),
        "expected": expected(file),
    }


def planted_lines(file: ExportFile) -> Counter[str]:
    """Kind of dirt -> lines."""
    return Counter(line.planted for line in file.lines if line.planted is not None)


def expected(file: ExportFile) -> dict[str, int]:
    """How many lines a reader refuses, finds to be duplicates, warns of for an identifier, and passes over."""
    planted = planted_lines(file)
    duplicates = planted.pop("duplicate", 0)
    warned = sum(planted.pop(kind, 0) for kind in WARNED)
    passed_over = sum(planted.pop(kind, 0) for kind in PASSED_OVER)
    return {
        "refused": planted.total(),
        "duplicates": duplicates,
        "warned": warned,
        "passed_over": passed_over,
    }


def _range(first: date, last: date) -> str:
    return f"{first.isoformat()}..{last.isoformat()}"
