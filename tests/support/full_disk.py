"""A disk of a few pages that is really full or read-only: a tmpfs, mounted as root.

Where mounting is not permitted there can be no real full disk, and the test is skipped with a message.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def tiny_disk(at: Path, size: str) -> Iterator[Path]:
    """A tmpfs of so many bytes (`64k`) at a folder."""
    at.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(at)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("no tmpfs can be mounted here (it takes root): NOT tried on a real full disk")
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


def fill(disk: Path, leave: int = 0) -> Path:
    """Write until the disk is full, then remove the last `leave` bytes; returns the file that fills it."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        size = 0
        try:
            while True:
                size += file.write(b"x" * 4096)
        except OSError:
            pass
        file.truncate(max(0, size - leave))
    return filler


def read_only(disk: Path, on: bool = True) -> None:
    """Remount a tiny disk read-only, or writable again."""
    subprocess.run(["mount", "-o", f"remount,{'ro' if on else 'rw'}", str(disk)], check=True)
