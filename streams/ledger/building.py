"""Builds releases in a child process, so that the worker's loop keeps turning for the seconds that it takes.

The job goes in on standard input and the result comes out on standard output; nothing is on the command line or on
disk. The child holds what the ledger holds (keys, tokens) for as long as the build lasts, and ends with its parent.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import orjson

from analysis.beside import beside
from analysis.disclosure.noise import RoundingKeys
from analysis.ledger.row import decode
from analysis.release import board_at, build_releases
from models.register import Register
from models.service.exits import FAULT
from streams.errors import Unfinished, WorkerError
from streams.ledger.homes import Pair, homes_in, record_of

log = logging.getLogger(__name__)

NICER = 5
"""The child gives way to the worker: heartbeats and folding first."""
_ROOT = Path(__file__).parents[2]


class BuildFailed(WorkerError):
    """The child ended without a result; its own line in the log says where."""


@dataclass(frozen=True, slots=True)
class Job:
    """One candidate: windows of a board with one cut-off, and all that their releases are made from."""

    register: Register
    board: str
    windows: tuple[str, ...]
    cut_off: datetime
    keys: RoundingKeys = field(repr=False)
    rows: Sequence[Pair] = field(repr=False)
    """Event id and row, as in the table `events`."""
    homes: Sequence[Pair] = field(repr=False)
    """Records of the table `homes`."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a job came to: bodies by window and new records of homes."""

    bodies: dict[str, bytes] = field(default_factory=dict, repr=False)
    homes: tuple[Pair, ...] = field(default=(), repr=False)


def carry_out(job: Job) -> Result:
    """Do a job, here and now; the same job gives the same bytes."""
    rows = [(key.decode(), decode(value)) for key, value in job.rows]
    held = list(homes_in(job.homes))
    board = job.register.board_by_code[job.board]
    seen = board_at(job.register, board, rows, job.cut_off)
    besides = beside(rows, seen.sector_of, job.cut_off)
    built = build_releases(
        register=job.register,
        board=board,
        windows=job.windows,
        seen=seen,
        keys=job.keys,
        cut_off=job.cut_off,
        held=held,
        besides=besides,
    )
    bodies = {release.window: release.model_dump_json().encode() for release in built.releases}
    return Result(bodies, tuple(record_of(job.board, home) for home in built.homes))


class Builder:
    """Carries out jobs, one at a time, each in a process of its own."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False
        self._turn = asyncio.Lock()

    async def build(self, job: Job) -> Result:
        """The result of a job; raises `Unfinished` once the builder was stopped, `BuildFailed` when the child fails."""
        async with self._turn:
            if self._stopping:
                raise Unfinished("the worker is stopping")
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "streams.ledger.building"),
                cwd=_ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            packed = await asyncio.to_thread(pack_job, job)
            answer, _ = await self._process.communicate(packed)
            code = self._process.returncode
            if self._stopping:
                raise Unfinished("the worker is stopping")
            if code != 0:
                raise BuildFailed(f"the process that builds releases ended with exit code {code}")
            return unpack_result(answer)

    def stop(self) -> None:
        """End the build under way and begin no other; its request is not acknowledged and will be read again."""
        self._stopping = True
        if self._process is not None and self._process.returncode is None:
            self._process.kill()


def pack_job(job: Job) -> bytes:
    """The job as the child reads it."""
    return orjson.dumps(
        {
            "register": job.register.model_dump_json(),
            "board": job.board,
            "windows": job.windows,
            "cut_off": job.cut_off.isoformat(),
            "keys": [job.keys.record.hex(), job.keys.rounding.hex()],
            "rows": [(key.decode(), value.decode()) for key, value in job.rows],
            "homes": [(key.decode(), value.decode()) for key, value in job.homes],
        }
    )


def unpack_job(packed: bytes) -> Job:
    """What `pack_job` packed."""
    given = orjson.loads(packed)
    return Job(
        register=Register.model_validate_json(given["register"]),
        board=given["board"],
        windows=tuple(given["windows"]),
        cut_off=datetime.fromisoformat(given["cut_off"]),
        keys=RoundingKeys(*(bytes.fromhex(key) for key in given["keys"])),
        rows=[(key.encode(), value.encode()) for key, value in given["rows"]],
        homes=[(key.encode(), value.encode()) for key, value in given["homes"]],
    )


def pack_result(result: Result) -> bytes:
    """The result as the parent reads it."""
    return orjson.dumps(
        {
            "bodies": {window: body.decode() for window, body in result.bodies.items()},
            "homes": [(key.decode(), value.decode()) for key, value in result.homes],
        }
    )


def unpack_result(packed: bytes) -> Result:
    """What `pack_result` packed."""
    given = orjson.loads(packed)
    homes = tuple((key.encode(), value.encode()) for key, value in given["homes"])
    return Result({window: body.encode() for window, body in given["bodies"].items()}, homes)


def main() -> None:
    """The child: one job in, one result out. On failure a line says where it broke, never what it held; exit 70."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    os.nice(NICER)
    try:
        result = carry_out(unpack_job(sys.stdin.buffer.read()))
    except BaseException as error:
        frames = traceback.extract_tb(error.__traceback__)
        where = " < ".join(f"{os.path.basename(f.filename)}:{f.lineno} {f.name}" for f in reversed(frames[-6:]))
        sys.stderr.write(f"a release could not be built: {type(error).__name__} at {where}\n")
        sys.stderr.flush()
        os._exit(FAULT)
    sys.stdout.buffer.write(pack_result(result))
    sys.stdout.buffer.flush()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(0)


if __name__ == "__main__":
    main()
