"""Remembers across crashes which records a worker was handling, so that the third crash on them is the last.

A small file in the working directory says which stretch of which partition is being handled; the end of the work takes
it out. What a new process finds there is where the one before it died: by an exception, out of memory, or killed. The
file is not forced to disk, for it has to survive the process and not the machine. Only the decision is counted, never
the wait for the broker: a broker that is away for an hour is not the record's fault.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NamedTuple

from models.service.atomic import NotWritten, write_whole
from streams.feed.coalescing import Chunk

log = logging.getLogger(__name__)

LIMIT = 3
"""Crashes on one stretch after which its records are handled one by one."""


class RecordPlace(NamedTuple):
    """Coordinates of one record."""

    topic: str
    partition: int
    offset: int


@dataclass
class _Partition:
    first: int
    last: int
    """Where the culprit must be: what every crash in a row was handling."""
    crashes: int = 0
    running: tuple[int, int] | None = None
    alone: bool = False
    """Whether what runs is a record by itself, because it is suspected."""


def own_file(folder: Path) -> tuple[Path, int]:
    """A file that no living process has, and the descriptor that keeps it ours; a dead one's comes first.

    The kernel lets go of it when the process dies, however it dies, so the next one finds what it left behind.
    """
    for number in count():
        handle = os.open(folder / f"attempts-{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
        else:
            return folder / f"attempts-{number}.json", handle
    raise AssertionError


class Attempts:
    """One process's file; every method is safe to repeat."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._partitions: dict[tuple[str, int], _Partition] = {}
        self.condemned: list[RecordPlace] = []
        """Records that ended the process although they were handled alone: for the worker to quarantine."""
        self._unwritten = False
        self._load()

    def pieces(self, chunk: Chunk) -> Iterator[Chunk]:
        """The chunk as it may be handled: whole, or with every suspect record alone."""
        found = self._partitions.get((chunk[0].topic, chunk[0].partition))
        if found is None or found.crashes < LIMIT:
            yield chunk
            return
        for part in (
            [r for r in chunk if r.offset < found.first],
            *([r] for r in chunk if found.first <= r.offset <= found.last),
            [r for r in chunk if r.offset > found.last],
        ):
            if part:
                yield part

    def begin(self, chunk: Chunk) -> None:
        """These records are about to be handled."""
        first, last = chunk[0].offset, chunk[-1].offset
        found = self._partitions.setdefault((chunk[0].topic, chunk[0].partition), _Partition(first, last))
        found.running = (first, last)
        found.alone = found.crashes >= LIMIT and len(chunk) == 1 and found.first <= first <= found.last
        self._save()

    def alone(self, chunk: Chunk) -> bool:
        """Whether what runs is one suspect record by itself."""
        found = self._partitions.get((chunk[0].topic, chunk[0].partition))
        return found is not None and found.alone

    def done(self, chunk: Chunk) -> None:
        """They were handled, or are not this process's any more: none of them is a suspect."""
        key = chunk[0].topic, chunk[0].partition
        found = self._partitions.get(key)
        if found is None:
            return
        found.running, found.alone = None, False
        found.first = max(found.first, chunk[-1].offset + 1)
        if found.first > found.last or not found.crashes:
            del self._partitions[key]
        self._save()

    def _load(self) -> None:
        """Read what the process before left behind, and count its crash."""
        try:
            written = json.loads(self._path.read_text("utf-8"))
            self._partitions = {(topic, number): _Partition(*rest) for topic, number, *rest in written}
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError):
            log.warning("attempts-unreadable: the file of attempts is damaged; counting crashes from zero")
            return
        for (topic, number), found in self._partitions.items():
            if found.running is None:
                continue
            first, last = found.running
            if found.alone:
                self.condemned.append(RecordPlace(topic, number, first))
            if found.crashes and max(first, found.first) <= min(last, found.last):
                first, last = max(first, found.first), min(last, found.last)
                found.crashes += 1
            else:
                found.crashes = 1
            found.first, found.last, found.running, found.alone = first, last, None, False
            log.warning(
                "crashed-on: %s partition %d, offsets %d to %d, %d in a row", topic, number, first, last, found.crashes
            )
        self._save()

    def _save(self) -> None:
        rows = [
            [topic, number, f.first, f.last, f.crashes, f.running, f.alone]
            for (topic, number), f in self._partitions.items()
        ]
        try:
            write_whole(self._path, json.dumps(rows), sync=False)
        except NotWritten as problem:
            # The records are not to blame, and nothing else needs this disk. What is there would accuse the wrong ones.
            if not self._unwritten:
                log.warning(
                    "attempts-not-written: %s; until it can be written, no record is quarantined", problem.strerror
                )
            self._unwritten = True
            with suppress(OSError):
                self._path.unlink()
        else:
            self._unwritten = False
