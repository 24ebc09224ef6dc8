"""The readers make of every file exactly what was planted, and publishing both editions revises and withdraws."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agencies.keys import AgencyKeys, create_keys, load_keys
from agencies.mint import Minter
from agencies.outbox import Outbox
from agencies.publish.receipt import Receipt
from agencies.publish.run import Complete, publish_rows
from agencies.rows import DuplicateRow, RefusedRow, SkippedRow, SourceRow
from demo.boards import BOARDS, two_boards
from demo.synthetic.__main__ import generate
from demo.synthetic.borough import AGENCIES
from models.register import Register
from tests.demo.synthetic.support import TODAY, reading

NHS_WARNING = "bad-nhs-number"


@pytest.fixture(scope="module")
def register() -> Register:
    return two_boards()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> AgencyKeys:
    directory = tmp_path_factory.mktemp("keys")
    create_keys(directory)
    return load_keys(directory)


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("scale", [0.15, pytest.param(1.0, marks=pytest.mark.slow)])
def test_every_file_is_read_with_exactly_what_was_planted(
    tmp_path: Path, register: Register, scale: float, board: str
) -> None:
    exports = tmp_path
    generate(exports, scale=scale, board=board)
    manifest = json.loads((exports / "manifest.json").read_text("utf-8"))
    found, planted = {}, {}
    for file in manifest["files"]:
        rows = list(reading(exports, file, register))
        kinds = Counter(type(row) for row in rows)
        warned = [row for row in rows if isinstance(row, SourceRow) and _mistyped(row)]
        found[file["path"]] = {
            "lines": len({row.number for row in rows}),
            "events": kinds[SourceRow],
            "refused": kinds[RefusedRow],
            "duplicates": kinds[DuplicateRow],
            "passed_over": kinds[SkippedRow],
            "warned": len(warned),
        }
        planted[file["path"]] = {"lines": file["rows"], "events": file["events"]} | file["expected"]
    assert found == planted


def _mistyped(row: SourceRow) -> bool:
    return any(warning.rule == NHS_WARNING for warning in row.warnings)


def test_each_903_rule_that_refuses_is_broken_once(exports: Path, manifest: dict[str, Any], register: Register) -> None:
    returns = [file for file in manifest["files"] if file["format"] == "ssda903-missing"]
    assert len(returns) == 2
    for file in returns:
        rows = list(reading(exports, file, register))
        refused = Counter(refusal.rule for row in rows if isinstance(row, RefusedRow) for refusal in row.refusals)
        assert set(refused) == {"1004", "1005", "1006", "564", "565", "566", "567", "570", "586", "INT04"}
        assert not [row for row in rows if isinstance(row, SourceRow) and row.warnings]


@pytest.mark.slow
@pytest.mark.parametrize("agency", AGENCIES)
def test_publishing_in_order_needs_no_yes_and_refuses_only_what_was_planted(
    exports: Path, manifest: dict[str, Any], register: Register, keys: AgencyKeys, tmp_path: Path, agency: str
) -> None:
    receipts: dict[str, Receipt] = {}
    with Outbox(tmp_path / "outbox.db") as outbox:
        for file in (file for file in manifest["files"] if file["agency"] == agency):
            options = file["options"]
            receipt = receipts[file["path"]] = Receipt(agency, file["format"], file["mapping"])
            complete = None
            if "complete" in options:
                complete = Complete(*(date.fromisoformat(day) for day in options["complete"].split("..")))
            minter = Minter(agency, register, keys, TODAY, options.get("board"))
            source = f"{file['format']}/{Path(file['mapping']).stem}" if file["mapping"] else file["format"]
            rows = reading(exports, file, register)
            publish_rows(rows, minter, outbox, receipt, source=source, complete=complete, yes=False)
    for file in manifest["files"]:
        if file["agency"] == agency:
            receipt = receipts[file["path"]]
            assert (receipt.rows_read, receipt.rows_refused) == (file["rows"], file["expected"]["refused"])
            assert receipt.new + receipt.revised + receipt.unchanged == file["events"]
            if "-to-2026-03-31" in file["path"]:
                assert receipt.revised >= 50
                assert 5 <= receipt.withdrawn <= 0.05 * file["events"]
