"""Reads generated files as `python -m agencies` does, with the options their manifest gives."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from agencies import readers
from models.register import Register

TODAY = date(2026, 5, 11)
REGISTER = Path(__file__).parents[3] / "demo" / "register"
EARLIER_EDITIONS = {"1-missing-to-2025-12-31.csv", "1-lcs-missing-to-2025-12-31.csv"}


def reading(exports: Path, file: dict[str, Any], register: Register) -> readers.Reading:
    """One file of the manifest, read."""
    options = file["options"]
    return readers.read(
        exports / file["path"],
        file["format"],
        register=register,
        mapping=file["mapping"],
        header=exports / options["header"] if "header" in options else None,
        episodes=exports / options["episodes"] if "episodes" in options else None,
        collection_year=int(options["collection-year"]) if "collection-year" in options else None,
        board=options.get("board"),
        today=TODAY,
    )
