"""Numbers of the test ranges link only where the data are synthetic, or where the agency says so."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from agencies.__main__ import main
from agencies.readers import read
from agencies.rows import SourceRow
from tests.agencies.readers.support import TODAY
from tests.factories import register

UPN = "K999400123001"
NHS = "9990000018"
WANTED = [(True, None, True), (False, None, False), (None, None, False), (True, False, False), (None, True, True)]
"""Whether the register is synthetic (None: no register), what the option says, whether they are used."""


@pytest.fixture
def returns(tmp_path: Path) -> Path:
    """A Missing file with its Header file, of one child."""
    _write(tmp_path / "Header.csv", {"CHILD": "510001", "SEX": "2", "DOB": "01/02/2011", "ETHNIC": "WBRI", "UPN": UPN})
    _write(tmp_path / "Missing.csv", {"CHILD": "510001", "DOB": "01/02/2011", "MISSING": "M",
                                      "MIS_START": "03/02/2026", "MIS_END": "04/02/2026"})  # fmt: skip
    return tmp_path / "Missing.csv"


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """A case list with an NHS number, and its mapping."""
    mapping = {
        "name": "Synthetic list", "source_system": "spreadsheet", "identifiers": {"nhs": "NHS", "upn": "UPN"},
        "events": [{"type": "cse_concern", "key": ["Ref"], "fields": {"occurred_on": {"date": "Date"}}}],
    }  # fmt: skip
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump(mapping))
    _write(tmp_path / "list.csv", {"Ref": "1", "NHS": NHS, "UPN": UPN, "Date": "03/02/2026"})
    return tmp_path / "list.csv"


def _write(path: Path, row: dict[str, str]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)


def identifiers(path: Path, format: str, synthetic: bool | None, option: bool | None, **more: Any) -> dict[str, str]:
    known = None if synthetic is None else register(synthetic=synthetic)
    [row] = read(path, format, register=known, test_identifiers=option, today=TODAY, **more)
    assert isinstance(row, SourceRow), row
    used = dict(row.identifiers)
    if not used.keys() & {"nhs", "upn"}:
        assert {warning.rule for warning in row.warnings} & {"test-nhs-number", "test-upn"}
    return used


@pytest.mark.parametrize(("synthetic", "option", "used"), WANTED)
def test_of_a_903_return(returns: Path, synthetic: bool | None, option: bool | None, used: bool) -> None:
    found = identifiers(returns, "ssda903-missing", synthetic, option)
    assert found == {"local": "510001"} | ({"upn": UPN} if used else {})


@pytest.mark.parametrize(("synthetic", "option", "used"), WANTED)
def test_of_a_mapped_list(listed: Path, synthetic: bool | None, option: bool | None, used: bool) -> None:
    found = identifiers(listed, "mapped-csv", synthetic, option, mapping=listed.with_name("mapping.yaml"))
    assert found == ({"nhs": NHS, "upn": UPN} if used else {})


@pytest.mark.parametrize(
    ("options", "environment", "warned"),
    [([], {}, True), (["--test-identifiers"], {}, False), ([], {"YPSEM_TEST_IDENTIFIERS": "1"}, False),
     (["--no-test-identifiers"], {"YPSEM_TEST_IDENTIFIERS": "1"}, True)],
)  # fmt: skip
def test_the_setting(listed: Path, options: list[str], environment: dict[str, str], warned: bool) -> None:
    arguments = ["check", str(listed), "--format", "mapped-csv", "--mapping", str(listed.with_name("mapping.yaml"))]
    result = CliRunner().invoke(main, [*arguments, *options], env=environment)
    assert result.exit_code == 0, result.output
    assert ("test-nhs-number" in result.output) is warned
    assert ("test-upn" in result.output) is warned
    assert NHS not in result.output
