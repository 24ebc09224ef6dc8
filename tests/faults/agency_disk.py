"""The agency's own disk: full in the middle of a publish, then read-only."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.contract.topics import raw
from tests.agencies.command_line import Agency
from tests.factories import POLICE
from tests.faults.agency import an_agency, an_export, surroundings, taken_up
from tests.faults.bench import Bench
from tests.faults.registry import NotRun, Turn, fault
from tests.kafka.road import log_end
from tests.support.full_disk import fill, read_only, tiny_disk
from tests.support.pace import patience

UNUSABLE = 2
"""Exit code of a command that could not be done."""


@fault("agency's disk full in a publish, then read-only", times=1, chapter="An agency's disk is full or read-only")
def full_then_read_only(turn: Turn) -> None:
    """The disk fills while messages go out; with room, `drain` sends the rest, and what was sent and not marked."""
    bench = turn.bench
    number = turn.events(600)
    starts = {n: (f"{n % 28 + 1:02}/01/2026", "") for n in range(number)}
    agency = an_agency(bench, bench.bootstrap, "agency-disk")
    path = an_export(agency.folder / "missing.csv", starts)
    with _disk(bench.folder / "agency-disk-space") as disk:
        before = log_end(bench.bootstrap, raw(POLICE))
        with _publishing(agency, bench, path, disk) as process:
            turn.until(
                lambda: log_end(bench.bootstrap, raw(POLICE)) > before or process.poll() is not None, 60, "it publishes"
            )
            filler = fill(disk)
            _, said = process.communicate(timeout=patience(60))
        arrived = taken_up(bench)
        turn.struck(process.returncode == UNUSABLE and 0 < len(arrived) < number)
        turn.see("exit 2, the disk is full", process.returncode == UNUSABLE and "full" in said)
        filler.unlink()
        subprocess.run(["mount", "-o", "remount,size=16m", str(disk)], check=True)
        read_only(disk)
        refused = _run(agency, bench, disk, "drain")
        turn.struck(refused.returncode == UNUSABLE)
        turn.see("exit 2, read-only", refused.returncode == UNUSABLE and "read-only" in refused.stderr)
        read_only(disk, on=False)
        done = _run(agency, bench, disk, "drain", "--json", "--quiet")
        assert done.returncode == 0, done.stderr[-500:]
        assert json.loads(done.stdout)["spooled"] == 0, "the outbox is not empty"
        assert _run(agency, bench, disk, *agency.publish_arguments(path), "--quiet").returncode == 0
    arrived += taken_up(bench)
    turn.row.events += len(arrived)
    found = {json.loads(record.value)["id"] for record in arrived}
    assert len(found) == number, f"{len(found)} of {number} events arrived"
    turn.settle()


def _environment(agency: Agency, bench: Bench, disk: Path) -> dict[str, str]:
    """Small batches, so that the fault can strike at many points."""
    config = agency.folder / "kafka.conf"
    config.write_text("batch=4\n")
    config.chmod(0o600)
    where = {"YPSEM_OUTBOX": str(disk / "outbox.sqlite"), "YPSEM_KAFKA_CONFIG": str(config)}
    return agency.environment(**where, **surroundings(bench))


@contextmanager
def _publishing(agency: Agency, bench: Bench, path: Path, disk: Path) -> Iterator[subprocess.Popen[str]]:
    """A `publish` as a process; it is ended when the context ends."""
    command = [sys.executable, "-m", "agencies", *agency.publish_arguments(path)]
    environment = _environment(agency, bench, disk)
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _run(agency: Agency, bench: Bench, disk: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a process, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "agencies", *arguments], env=_environment(agency, bench, disk), capture_output=True,
        text=True, timeout=patience(120), check=False,
    )  # fmt: skip


@contextmanager
def _disk(at: Path) -> Iterator[Path]:
    """A disk of one megabyte; `NotRun` where none can be mounted."""
    try:
        with tiny_disk(at, "1m") as disk:
            yield disk
    except pytest.skip.Exception as missing:
        raise NotRun(str(missing)) from None
