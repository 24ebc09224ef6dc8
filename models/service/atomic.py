"""Writes files whole or not at all: to a new file beside the target, synced, and then renamed into place.

It also puts disk errors into words, once for all layers: what is wrong, and what to do.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from models.service.errors import ForeseenError

_WORDS = {
    errno.ENOSPC: "the disk is full; free some space and run it again",
    errno.EDQUOT: "the quota of this user is used up; free some space and run it again",
    errno.EFBIG: "it would be larger than this process may write (ulimit -f); raise that limit and run it again",
    errno.EROFS: "the disk is read-only; make it writable, or give a place that is",
    errno.EACCES: "this user may not write there; give another place, or have its rights changed",
    errno.EPERM: "this user may not write there; give another place, or have its rights changed",
    errno.EIO: "the disk fails; look at the machine's log, and replace the disk",
    errno.ENOENT: "a folder of its path is not there; make it, or give another place",
    errno.ENOTDIR: "a folder of its path is a file; give another place",
    errno.EISDIR: "a folder is there; give the name of a file",
}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


class NotWritten(ForeseenError, OSError):
    """A file could not be written, and any earlier file is unchanged; the message says what to do next."""

    def __init__(self, path: Path | str, error: OSError) -> None:
        """`path` is shown; `error` is why."""
        super().__init__(error.errno, disk_words(error))
        self.filename = None
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.strerror}"

    def __reduce__(self) -> tuple[type[NotWritten], tuple[Path | str, OSError]]:
        return NotWritten, (self.path, OSError(self.errno, self.strerror))


def disk_words(error: OSError) -> str:
    """What is wrong with the disk and what to do, in one line without a path."""
    known = _WORDS.get(error.errno or 0)
    return known or f"it cannot be written ({errno.errorcode.get(error.errno or 0, type(error).__name__)})"


@contextlib.contextmanager
def whole(path: Path, *, mode: int = 0o600, replace: bool = True, sync: bool = True) -> Iterator[BinaryIO]:
    """Yield a file to write. It is at `path` once the block ends without an error; otherwise nothing is left of it.

    The file has `mode` before its first byte, whatever the umask. Without `replace`, an existing file is left alone and
    `FileExistsError` is raised. Without `sync`, the file may not survive a power cut. Raises `NotWritten`.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                os.fchmod(handle, mode)
                yield file
                file.flush()
                if sync:
                    os.fsync(handle)
            _into_place(beside, path, replace)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
    except FileExistsError:
        raise
    except NotWritten:
        raise
    except OSError as error:
        raise NotWritten(path, error) from None
    if sync:
        _sync_folder(path.parent)


def write_whole(
    path: Path, content: bytes | str, *, mode: int = 0o600, replace: bool = True, sync: bool = True
) -> None:
    """Write a file as `whole` does; text as UTF-8."""
    with whole(path, mode=mode, replace=replace, sync=sync) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def make_folder(path: Path, *, mode: int = 0o777) -> None:
    """Make a folder and those above it if they are not there; raises `NotWritten`."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=mode)
    except OSError as error:
        raise NotWritten(path, error) from None


def _into_place(beside: Path, path: Path, replace: bool) -> None:
    if replace:
        beside.replace(path)
        return
    try:
        os.link(beside, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A file system without hard links: two commands may both pass this check before either of them renames.
        if path.exists():
            raise FileExistsError(errno.EEXIST, "there already", str(path)) from None
        beside.replace(path)
    else:
        beside.unlink()


def _sync_folder(folder: Path) -> None:
    """Make the name survive a power cut. Systems that cannot sync a folder do not need it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
