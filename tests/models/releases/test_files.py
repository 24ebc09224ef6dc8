"""What an export writes beside a release is no release, and whoever takes all JSON files of a folder leaves it out."""

from __future__ import annotations

from pathlib import Path

from dashboards.exports.formats import FOR_PROGRAMS
from models.releases.files import BESIDE, releases_among


def test_only_releases_are_taken_from_a_folder() -> None:
    names = ["X08000001.2025FY.l5.json", *(f"X08000001.2025FY.l5.{suffix}" for suffix in FOR_PROGRAMS), "mine.json"]
    assert [path.name for path in releases_among(map(Path, names))] == ["X08000001.2025FY.l5.json", "mine.json"]


def test_every_kind_that_an_export_writes_is_known() -> None:
    written = {suffix for suffix in FOR_PROGRAMS if suffix.endswith(".json")}
    assert all(f".{suffix}".endswith(BESIDE) for suffix in written)
