"""A worker notices that another register is in force, and goes on under the old one when the new cannot be read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.register import load_register
from streams import metrics
from streams.register_watch import is_stale
from tests.factories import register

TODAY = date(2026, 5, 11)


def write(folder: Path, version: str, **changes: Any) -> None:
    document = register(version=version, **changes).model_dump(mode="json")
    (folder / f"register-{version}.yaml").write_text(yaml.safe_dump(document))


def gauge() -> float:
    [family] = metrics.REGISTER_STALE.collect()
    return float(family.samples[0].value)


def test_a_new_register_counts_from_its_day(tmp_path: Path) -> None:
    write(tmp_path, "2024-04-01")
    started_with = load_register(tmp_path, TODAY)
    assert started_with.agency_by_id, "a register in use has its indexes"
    assert (is_stale(started_with, tmp_path, TODAY), gauge()) == (False, 0)
    write(tmp_path, "2026-05-12")
    assert not is_stale(started_with, tmp_path, TODAY)
    assert (is_stale(started_with, tmp_path, date(2026, 5, 12)), gauge()) == (True, 1)


def test_an_agency_added_to_the_same_file_is_noticed(tmp_path: Path) -> None:
    write(tmp_path, "2024-04-01")
    started_with = load_register(tmp_path, TODAY)
    agencies = [a.model_dump(mode="json") for a in started_with.agencies]
    write(tmp_path, "2024-04-01", agencies=[*agencies, agencies[0] | {"id": "aldermere-health"}])
    assert is_stale(started_with, tmp_path, TODAY)


def test_one_that_cannot_be_read_is_said_and_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path, "2024-04-01")
    started_with = load_register(tmp_path, TODAY)
    (tmp_path / "register-2026-05-01.yaml").write_text("boards: [")
    assert (is_stale(started_with, tmp_path, TODAY), gauge()) == (False, 1)
    assert "register-unreadable" in caplog.text
