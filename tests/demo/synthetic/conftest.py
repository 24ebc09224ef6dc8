"""One generated borough for all tests of this folder, at full scale (about two seconds)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.ledger.row import Row
from demo.synthetic.__main__ import DEFAULT_SEED, generate
from demo.synthetic.world import World, make_world
from tests.support.synthetic_ledger import synthetic_rows


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with everything the generator writes."""
    directory = tmp_path_factory.mktemp("exports")
    generate(directory)
    return directory


@pytest.fixture(scope="session")
def world() -> World:
    """The world those exports were written from."""
    return make_world(DEFAULT_SEED, 1.0)


@pytest.fixture(scope="session")
def manifest(exports: Path) -> dict[str, Any]:
    """manifest.json as a publisher reads it."""
    content: dict[str, Any] = json.loads((exports / "manifest.json").read_text("utf-8"))
    return content


@pytest.fixture(scope="session")
def truth(exports: Path) -> dict[str, Any]:
    """truth.json as an analysis reads it."""
    content: dict[str, Any] = json.loads((exports / "truth.json").read_text("utf-8"))
    return content


@pytest.fixture(scope="session")
def ledger_rows(exports: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """Those exports as the ledger would hold them, without Kafka (about seven seconds)."""
    return synthetic_rows(exports, tmp_path_factory.mktemp("keys"))
