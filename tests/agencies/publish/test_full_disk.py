"""Every command on a disk that is really full or read-only, as a process: one line that says what to do, exit code 2,
and the next run, with room, ends as if nothing had been."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agencies.keys import list_keys
from demo.processes import free_port
from tests.agencies.command_line import Agency
from tests.factories import BOARD
from tests.support.full_disk import fill, read_only, tiny_disk

pytestmark = pytest.mark.slow

STARTS = [f"{day:02}/03/2026" for day in range(1, 29)] * 20
FULL = "the disk is full|the disk fails or is full"
"""As the system says it, and as SQLite does where a file of its own cannot grow."""
READ_ONLY = "read-only"
Run = subprocess.CompletedProcess[str]


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    """An agency whose broker is away: everything stays in its outbox."""
    folder = tmp_path / "agency"
    folder.mkdir()
    return Agency.found(folder, f"127.0.0.1:{free_port()}", topics=False)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with tiny_disk(tmp_path / "disk", "256k") as at:
        yield at


def run(agency: Agency, *arguments: str, stdout: Path | None = None, **environment: str) -> Run:
    """A command of the tool in a process of its own."""
    change = {"YPSEM_KAFKA_CONNECT_SECONDS": "0.5"} | environment
    command = [sys.executable, "-m", "agencies", *arguments]
    with (stdout or Path("/dev/null")).open("w") as out:
        return subprocess.run(
            command, env=agency.environment(**change), stdout=out if stdout else subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=120, check=False,
        )  # fmt: skip


def one_line(done: Run, *says: str) -> None:
    """It ended with 2 and one line that says all of this."""
    assert done.returncode == 2, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert all(any(one in lines[0] for one in either.split("|")) for either in says), lines[0]


@pytest.mark.parametrize("left", [0, 40960, 81920])
def test_publish_keeps_all_or_nothing_and_ends_well_once_there_is_room(agency: Agency, disk: Path, left: int) -> None:
    outbox = disk / "outbox.sqlite"
    filler = fill(disk, leave=left)
    path = agency.export(STARTS)
    full = run(agency, *agency.publish_arguments(path), YPSEM_OUTBOX=str(outbox))
    one_line(full, FULL, str(outbox), "run it again")
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=16m", str(disk)], check=True)
    done = run(agency, *agency.publish_arguments(path, "--json"), YPSEM_OUTBOX=str(outbox))
    assert done.returncode == 0, done.stderr
    receipt = json.loads(done.stdout)
    assert (receipt["new"], receipt["spooled"]) == (len(STARTS), len(STARTS))


@pytest.mark.parametrize("command", ["publish", "drain", "receipts", "report", "erase"])
def test_a_read_only_outbox(agency: Agency, disk: Path, command: str) -> None:
    subprocess.run(["mount", "-o", "remount,size=16m", str(disk)], check=True)
    outbox, path = disk / "outbox.sqlite", agency.export(STARTS)
    assert run(agency, *agency.publish_arguments(path), YPSEM_OUTBOX=str(outbox)).returncode == 0
    read_only(disk)
    arguments = {
        "publish": agency.publish_arguments(path),
        "erase": ["erase", str(path), "--agency", agency.id, "--format", "ssda903-missing", "--board", BOARD, "--yes"],
    }.get(command, [command])
    one_line(run(agency, *arguments, YPSEM_OUTBOX=str(outbox)), READ_ONLY, str(outbox))


def test_erase_on_a_full_disk(agency: Agency, disk: Path) -> None:
    outbox, path = disk / "outbox.sqlite", agency.export(STARTS[:28])
    assert run(agency, *agency.publish_arguments(path), YPSEM_OUTBOX=str(outbox)).returncode == 0
    fill(disk)
    given = ["--agency", agency.id, "--format", "ssda903-missing", "--board", BOARD, "--yes"]
    one_line(run(agency, "erase", str(path), *given, YPSEM_OUTBOX=str(outbox)), FULL, str(outbox))


def test_keys_are_whole_or_not_there(agency: Agency, disk: Path) -> None:
    keys = disk / "keys"
    filler = fill(disk)
    one_line(run(agency, "keys", "create", YPSEM_KEYS=str(keys)), FULL, str(disk), "free some space")
    assert not list(keys.glob("*.key"))
    filler.unlink()
    filler = fill(disk, leave=8192)  # the folder and one key
    keys.mkdir(mode=0o700, exist_ok=True)
    some = run(agency, "keys", "create", YPSEM_KEYS=str(keys))
    one_line(some, FULL)
    made = sorted(path.name for path in keys.iterdir())
    assert all(path.stat().st_size > 80 for path in keys.iterdir()), made
    assert all(name in some.stderr for name in made)
    filler.unlink()
    assert run(agency, "keys", "create", YPSEM_KEYS=str(keys)).returncode == 0
    assert [key.purpose for key in list_keys(keys)] == ["link", "event-id", "local"]
    assert {path.name for path in keys.iterdir()} == {"link-1.key", "event-id.key", "local.key"}
    read_only(disk)
    one_line(run(agency, "keys", "rotate", YPSEM_KEYS=str(keys)), READ_ONLY, "link-2.key")


@pytest.mark.parametrize("content", ["", "ypsem-key v1 event-id 0 ab", "\n"])
def test_a_key_file_that_was_cut_short_is_refused(agency: Agency, content: str) -> None:
    path = agency.folder / "keys" / "event-id.key"
    path.write_text(content)
    for arguments in (["keys", "create"], ["keys", "list"], agency.publish_arguments(agency.export(STARTS[:3]))):
        one_line(run(agency, *arguments), "interrupted", str(path), "backup")
    (agency.folder / "keys" / "local.key").unlink()
    one_line(run(agency, "keys", "create"), "interrupted")


def test_output_that_finds_no_room(agency: Agency) -> None:
    path = agency.export(STARTS[:3])
    check = ["check", str(path), "--format", "ssda903-missing"]
    for arguments in (check, agency.publish_arguments(path), ["report"]):
        one_line(run(agency, *arguments, stdout=Path("/dev/full")), "the output", FULL)


def test_a_metrics_file_that_finds_no_room_is_said_and_changes_no_exit_code(agency: Agency, disk: Path) -> None:
    fill(disk)
    done = run(agency, *agency.publish_arguments(agency.export(STARTS[:3]), "--metrics-file", str(disk / "y.prom")))
    assert done.returncode == 0
    assert "metrics file was not written" in done.stderr
    assert "the disk is full" in done.stderr
    assert "3 new" in done.stdout
    assert [path.name for path in disk.iterdir()] == ["filler"]


def test_credentials_stay_as_they_are(agency: Agency, disk: Path) -> None:
    path = disk / "credentials.json"
    given = ["--agency", agency.id, "--credentials", str(path)]
    assert run(agency, "serve-token", "create", *given, "--print").returncode == 0
    before = path.read_bytes()
    fill(disk)
    one_line(run(agency, "serve-token", "create", *given, "--print"), FULL, str(path))
    assert path.read_bytes() == before
    assert sorted(one.name for one in disk.iterdir()) == ["credentials.json", "credentials.json.lock", "filler"]
