"""Anchors: heads of the audit log, one a day, kept in a file elsewhere. The log must still contain each of them.

The owner of the database could rewrite the whole chain of hashes. Heads that are kept where the owner cannot write (on
another machine, in a mailbox, on paper) show that.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from dashboards.errors import DashboardError
from models.service.atomic import disk_words
from models.store.audit import START, AuditEntry, Breach, Head
from models.store.chain import Checkpoint


class AnchorError(DashboardError):
    """An anchor file that cannot be used; the message names the file, and the line if one is wrong."""


class Anchor(NamedTuple):
    """The head of the log at a time."""

    at: datetime
    head: Head

    def __str__(self) -> str:
        return f"{self.at.isoformat(timespec='seconds')} {self.head}"


def read_anchors(path: Path) -> list[Anchor]:
    """The anchors of a file, oldest first; none if there is no file. Raises `AnchorError` on anything else in it."""
    try:
        lines = path.read_text("ascii").splitlines() if path.exists() else []
    except (OSError, UnicodeDecodeError):
        raise AnchorError(f"{path}: cannot be read") from None
    anchors = []
    for number, line in enumerate(lines, 1):
        at, _, head = line.partition(" ")
        try:
            anchors.append(Anchor(datetime.fromisoformat(at), Head.parse(head)))
        except ValueError:
            raise AnchorError(f"{path}: line {number} is not an anchor") from None
    return anchors


def add_anchor(path: Path, anchor: Anchor) -> None:
    """Append an anchor and wait for the disk; raises `AnchorError` if that cannot be done."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
        with os.fdopen(handle, "w") as file:
            end = os.fstat(handle).st_size
            try:
                file.write(f"{anchor}\n")
                file.flush()
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, end)  # half a line is not an anchor
                raise
    except OSError as error:
        raise AnchorError(f"{path}: {disk_words(error)}") from None


class Compared(NamedTuple):
    """Anchors against a log whose chain holds."""

    missing: tuple[Breach, int] | None
    """The first anchor that the log does not contain, as a breach and the number of its row."""
    removed: int
    """Anchors of rows that retention took away. They can no longer be compared."""


def compared(log: Iterable[AuditEntry], anchors: Iterable[Anchor], removed: Checkpoint | None) -> Compared:
    """Look for every anchor in the log; `removed` is what retention took away."""
    last = removed.last if removed else 0
    hashes = {0: START} | {entry.number: entry.hash for entry in log}
    if removed:
        hashes[last] = removed.hash
    gone = [anchor for anchor in anchors if 0 < anchor.head.number < last]
    left = [anchor for anchor in anchors if anchor not in gone]
    missing = [anchor.head.number for anchor in left if hashes.get(anchor.head.number) != anchor.head.hash]
    return Compared((Breach.HEAD, min(missing)) if missing else None, len(gone))
