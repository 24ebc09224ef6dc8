"""Names of the files that an export writes beside a release, which whoever takes all JSON files leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

BESIDE = (".csv-metadata.json", ".labelled.json", ".schema.json")
"""How the names of JSON files end that describe a release or repeat it: they are not releases."""


def releases_among(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Those of these files that may be releases, in their order."""
    return tuple(path for path in paths if not path.name.endswith(BESIDE))
