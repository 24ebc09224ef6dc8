"""Key files: one key each, readable by their owner only, never printed.

Format, one line: `ypsem-key v1 <purpose> <epoch> <64 hex digits>`.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from models.service.atomic import make_folder, write_whole
from models.service.errors import ForeseenError

_LINE = re.compile(r"^ypsem-key v1 ([a-z][a-z-]{1,20}) ([0-9]{1,4}) ([0-9a-f]{64})\n?$")


class KeyFileError(ForeseenError):
    """A key file that is missing, malformed or open to others; the message names the file, never the key."""


@dataclass(frozen=True, slots=True)
class Key:
    """One secret with what it is for and its epoch (0 where epochs do not apply)."""

    purpose: str
    epoch: int
    secret: bytes = field(repr=False)


def write_key(path: Path, purpose: str, epoch: int = 0, secret: bytes | None = None) -> Key:
    """Create a key file with mode 0600, whole or not at all.

    Raises `KeyFileError` if one is already there, and `models.service.atomic.NotWritten`.
    """
    key = Key(purpose, epoch, secret or secrets.token_bytes(32))
    make_folder(path.parent, mode=0o700)
    try:
        write_whole(path, f"ypsem-key v1 {purpose} {epoch} {key.secret.hex()}\n", mode=0o600, replace=False)
    except FileExistsError:
        read_key(path, purpose)  # raises its own error for a file that cannot be used
        raise KeyFileError(f"{path}: a key file is already here; it is never overwritten") from None
    return key


def read_key(path: Path, purpose: str) -> Key:
    """Read a key file; raises `KeyFileError` if it is missing, readable by others, or for another purpose."""
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        raise KeyFileError(f"{path}: no readable key file; create it with the process's `keys` command") from None
    if stat.S_IMODE(mode) & 0o077:
        raise KeyFileError(f"{path}: others can read this key file; run: chmod 600 {path}")
    match = _LINE.match(text)
    if match is None:
        raise KeyFileError(f"{path}: {_what_it_is(text)}")
    if match[1] != purpose:
        raise KeyFileError(f"{path}: a key for {match[1]}, where one for {purpose} is needed")
    return Key(match[1], int(match[2]), bytes.fromhex(match[3]))


def _what_it_is(text: str) -> str:
    """What is wrong with a file that holds no key; a full disk or a power cut may have cut its writing short."""
    if text.strip() and not text.startswith("ypsem-key"):
        return "not a key file"
    what = "cut short" if text.strip() else "empty"
    return (
        f"this key file is {what}: its writing was interrupted, for instance by a full disk. Restore it from its "
        "backup; if no key was ever in it, delete it and make the keys again"
    )


def destroy_key(path: Path, purpose: str, epoch: int) -> None:
    """Overwrite a key file with random bytes and remove it; raises `KeyFileError` if it is not this key's.

    Copies elsewhere (backups, other holders, what a disk writes twice) are not reached.
    """
    if read_key(path, purpose).epoch != epoch:
        raise KeyFileError(f"{path}: not the key of epoch {epoch}")
    with path.open("r+b", buffering=0) as file:
        file.write(secrets.token_bytes(path.stat().st_size))
        os.fsync(file.fileno())
    path.unlink()
