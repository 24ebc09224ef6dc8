"""How the demo publishes what the generator's manifest lists: in order, one file of an agency after the other."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from demo.accounts import RunAccount
from demo.household import Household
from demo.processes import ChildFailed
from demo.publishing import Export, Publishing, read_manifest
from demo.rundir import RunFolder
from tests.support.waiting import poll_until

MANIFEST = {
    "files": [
        {
            "path": "care/Missing.csv", "agency": "care", "format": "ssda903-missing", "mapping": None,
            "options": {"board": "X08000001", "header": "care/Header.csv"}, "rows": 9, "events": 7,
            "expected": {"refused": 1, "duplicates": 1, "warned": 0, "passed_over": 0},
        },
        {
            "path": "police/list.csv", "agency": "police", "format": "mapped-csv", "mapping": "cse-concern.yaml",
            "options": {"complete": "2024-04-01..2025-12-31"}, "rows": 1, "events": 1,
            "expected": {"refused": 0, "duplicates": 0, "warned": 0, "passed_over": 0},
        },
    ]
}  # fmt: skip
NOTHING: dict[str, object] = {
    "rows_read": 1, "rows_refused": 0, "refused": {}, "duplicates": 0, "repeated": 0, "new": 1, "revised": 0,
    "unchanged": 0, "withdrawn": 0, "published": 1, "published_earlier_spool": 0, "spooled": 0,
}  # fmt: skip
PLANTED = {"rows": 1, "refused": 0, "duplicates": 0, "events": 1}
STAND_IN = """
import json, pathlib, sys, time
file = pathlib.Path(sys.argv[2])
with (file.parent / "diary").open("a") as diary:
    print("begin", file.name, file=diary, flush=True)
    time.sleep(0.1)
    print("end", file.name, file=diary, flush=True)
print(file.read_text())
"""


def test_the_manifest_becomes_options_of_the_publish_command(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    care, police = read_manifest(tmp_path)
    assert care.path == tmp_path / "care/Missing.csv"
    assert " ".join(care.options) == (f"--format ssda903-missing --board X08000001 --header {tmp_path}/care/Header.csv")
    assert " ".join(police.options) == (
        "--format mapped-csv --mapping cse-concern.yaml --complete 2024-04-01..2025-12-31"
    )
    assert care.planted == {"rows": 9, "refused": 1, "duplicates": 1, "events": 7}


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of `python -m agencies publish FILE`: notes when it runs, and prints FILE as its receipt."""
    monkeypatch.setattr("demo.publishing.module", lambda _name, *rest: [sys.executable, "-c", STAND_IN, *rest])


def publish(
    folder: Path, receipts: list[tuple[str, str, dict[str, object]]]
) -> tuple[dict[str, RunAccount], list[str]]:
    """Publish files (agency, name, receipt) and return the accounts and the diary of the commands."""
    exports = []
    for agency, name, receipt in receipts:
        (folder / name).write_text(json.dumps(receipt))
        exports.append(Export(folder / name, agency, (), PLANTED))
    accounts = {agency: RunAccount() for agency, _, _ in receipts}
    with Household(folder) as household:
        run = RunFolder.make(folder / "runs")
        publishing = Publishing(household, run, {}, exports, accounts)

        def step() -> bool:
            publishing.step()
            return publishing.finished

        poll_until(step, 30, "all files are published")
    return accounts, (folder / "diary").read_text().splitlines()


@pytest.mark.usefixtures("stand_in")
def test_two_agencies_publish_at_once_and_each_its_files_in_order(tmp_path: Path) -> None:
    files = [(agency, f"{agency}{n}", NOTHING) for agency in "abc" for n in range(3)]
    accounts, diary = publish(tmp_path, files)
    for agency in "abc":
        own = [line for line in diary if line.split()[1].startswith(agency)]
        assert own == [f"{what} {agency}{n}" for n in range(3) for what in ("begin", "end")]
        assert accounts[agency].agency.published == 3
    running = [sum(line.startswith("begin") or -1 for line in diary[:n]) for n in range(len(diary) + 1)]
    assert max(running) == 2


@pytest.mark.usefixtures("stand_in")
def test_a_file_read_otherwise_than_made_is_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accounts, _ = publish(tmp_path, [("a", "a0", NOTHING), ("a", "a1", NOTHING | {"rows_refused": 1})])
    assert accounts["a"].agency.misread == ["a1"]
    assert "a: a1 was made with" in capsys.readouterr().err


@pytest.mark.usefixtures("stand_in")
def test_events_left_in_an_outbox_end_the_demo(tmp_path: Path) -> None:
    with pytest.raises(ChildFailed, match="2 events are still in the outbox"):
        publish(tmp_path, [("a", "a0", NOTHING | {"spooled": 2})])
