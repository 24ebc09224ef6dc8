"""Worked examples of every measure, as data. The specification test runs them; docs/measures.md lists them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.service.yaml_text import read_yaml


def load(measure: str) -> list[dict[str, Any]]:
    """The worked examples of a measure such as `m7`.

    `events` is the input, `expect` the exact figures, and `released` the number of children that a release counts
    before protection. A key of `released` names a count for the whole board; after a slash it names a sector. A
    count that is not listed has no children. tests/analysis/measures reads these examples.
    """
    path = Path(__file__).parent / f"{measure}.yaml"
    examples: list[dict[str, Any]] = read_yaml(path.read_text("utf-8"))
    return examples
