"""Worked examples of every measure, as data: the specification test runs them, docs/measures.md lists them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def load(measure: str) -> list[dict[str, Any]]:
    """The examples of `m7`: `events` in; `expect` are exact figures, `released` the children that a release counts.

    What is released is given before protection, for the whole board, and for a sector after a slash; a count that is
    not listed has nobody. tests/analysis/measures reads them.
    """
    path = Path(__file__).parent / f"{measure}.yaml"
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
    return found
