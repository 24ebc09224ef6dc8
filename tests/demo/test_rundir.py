"""Who is given which key, and that a run cannot be swayed by the caller's environment."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from demo.asking import windows_of
from demo.boards import BOARDS, two_boards
from demo.rundir import NOW, RunFolder
from models.register import load_register
from models.service import clock
from models.service.keyfiles import read_key


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    made = RunFolder.make(tmp_path)
    made.make_keys(["police", "health"])
    return made


def test_agencies_share_the_link_key_and_no_other(run: RunFolder) -> None:
    folders = [run.agency(agency) / "keys" for agency in ("police", "health")]
    assert len({read_key(folder / "link-1.key", "link").secret for folder in folders}) == 1
    for name in ("event-id", "local"):
        assert len({read_key(folder / f"{name}.key", name).secret for folder in folders}) == 2


def test_each_process_finds_its_own_keys_only(run: RunFolder) -> None:
    held = {str(path.relative_to(run.path)) for path in run.path.rglob("*.key")}
    assert {name for name in held if name.startswith("keys/intake")} == {"keys/intake/gate-1.key"}
    assert {name for name in held if name.startswith("keys/ledger")} == {
        "keys/ledger/record.key",
        "keys/ledger/rounding.key",
    }
    assert run.of_agency("police")["YPSEM_KEYS"] == str(run.agency("police") / "keys")
    assert "YPSEM_KEYS" not in run.environment("127.0.0.1:1", embedded=True)


def test_nobody_else_on_the_machine_can_read_the_run(run: RunFolder) -> None:
    for path in [run.path, *run.path.rglob("*.key")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_latest_leads_to_the_newest_run(run: RunFolder, tmp_path: Path) -> None:
    assert (tmp_path / "latest").resolve() == run.path
    newer = RunFolder.make(tmp_path)
    assert (tmp_path / "latest").resolve() == newer.path


def test_the_callers_settings_are_left_out_and_the_clock_is_set(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YPSEM_KAFKA_CONFIG", "elsewhere")
    told = run.environment("127.0.0.1:1", embedded=False)
    assert told["YPSEM_KAFKA_CONFIG"] is None
    offset = told["YPSEM_CLOCK_OFFSET_SECONDS"]
    assert offset is not None
    monkeypatch.setenv("YPSEM_CLOCK_OFFSET_SECONDS", offset)
    assert 0 <= (clock.now() - NOW).total_seconds() < 60


def test_every_process_of_a_run_reads_the_register_of_both_boards(run: RunFolder) -> None:
    run.write_register()
    assert run.environment("b:1", embedded=True)["YPSEM_REGISTER"] == str(run.register)
    assert [board.code for board in load_register(run.register).boards] == list(BOARDS)
    assert run.exports_of(BOARDS[0]) != run.exports_of(BOARDS[1])


def test_with_few_children_years_and_pairs_of_years_are_released(run: RunFolder) -> None:
    run.write_register(few=True)
    both = load_register(run.register)
    assert {board.releases for board in both.boards} == {"years_and_pairs_of_years"}
    usual = [board.model_copy(update={"releases": "quarters_and_years"}) for board in both.boards]
    assert usual == list(two_boards().boards)
    assert windows_of(2, both.boards[0].windows) == ["2024FY", "2025FY", "2024FY2"]
    assert windows_of(0, both.boards[0].windows) == ["2025FY"]
