"""docs/screens has every page and no other, and every picture that its list names."""

from __future__ import annotations

import re
from pathlib import Path

from tests.screens.shots import WIDTHS, route_of, shots

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
HOW = "make screens"
MOST = 12_000_000
"""Bytes: everybody who clones the repository gets them."""


def test_every_page_has_a_picture_at_each_width() -> None:
    listed = (FOLDER / "README.md").read_text("utf-8")
    wanted = {shot.file(width): shot for shot in shots() for width in WIDTHS}
    lacking = sorted({route_of(shot.address) for file, shot in wanted.items() if f"({file})" not in listed})
    assert not lacking, f"{HOW}: {lacking}"


def test_every_picture_is_listed_and_there() -> None:
    named = set(re.findall(r"\(([a-z0-9-]+\.webp)\)", (FOLDER / "README.md").read_text("utf-8")))
    assert named == {path.name for path in FOLDER.glob("*.webp")}, HOW
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST


def test_no_two_pages_have_one_picture() -> None:
    files = [shot.file(WIDTHS[0]) for shot in shots()]
    assert len(files) == len(set(files))
