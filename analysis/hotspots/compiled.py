"""Compiles the inner loops with numba, and keeps the machine code where it may be kept.

The first call of a kernel costs a second or two of compiling; later processes load it in milliseconds. Numba writes
beside the source by default, which a read-only checkout forbids, and it then refuses to import the module at all.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])

CHECKOUT = Path(__file__).parents[2]


def version_of_kernels(folder: Path) -> str:
    """A digest of all kernels' source: numba notices a change in a kernel's own file, not in one that it calls."""
    sources = (source.read_bytes() for source in sorted(folder.glob("*.py")))
    return hashlib.sha256(b"".join(source for source in sources if b"@compiled" in source)).hexdigest()[:16]


def cache_place(checkout: Path) -> Path:
    """Where compiled code is kept: `var/numba` of the checkout (git-ignored), else a private folder in the temp dir.

    Cached code is executed when loaded, so a shared folder of another owner is never used: then a fresh folder is.
    """
    inside = checkout / "var" / "numba"
    if _usable(inside):
        return inside
    own = Path(tempfile.gettempdir()) / f"ypsem-numba-{os.getuid()}"
    if _usable(own) and own.stat().st_uid == os.getuid() and not own.is_symlink() and own.stat().st_mode & 0o022 == 0:
        return own
    return Path(tempfile.mkdtemp(prefix="ypsem-numba-"))


def _usable(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


# NUMBA_CACHE_DIR, which numba reads into this setting, has precedence.
_settings: Any = numba.config
if not _settings.CACHE_DIR:
    _settings.CACHE_DIR = str(cache_place(CHECKOUT) / version_of_kernels(Path(__file__).parent))


def compiled(function: F) -> F:
    """A kernel: compiled on first call, cached on disk, and run without the interpreter's lock (threads help)."""
    return cast(F, numba.njit(cache=True, nogil=True)(function))
