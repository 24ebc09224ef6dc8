"""Reads YAML: plain data only, never objects."""

from __future__ import annotations

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Safe either way; libyaml's, ten times as fast, where PyYAML was built with it."""


def read_yaml(text: str) -> Any:
    """The data of a YAML text. Raises `yaml.YAMLError`."""
    return yaml.load(text, _LOADER)  # noqa: S506 - a safe loader, which ruff knows only by its name
