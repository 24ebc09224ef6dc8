"""Who may speak to the HTTP intake: one bearer credential or more for each agency, kept as salted hashes in one file.

A credential is `ypsem_<id>_<secret>`: the id finds its line, the secret is 256 random bits, so one round of a keyed
hash is enough: there is nothing to guess. The file is readable by its owner only, is replaced in one step, and is
read again when it changes: a revoked credential ends with the next request.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import re
import secrets
import stat
import string
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import orjson
from pydantic import TypeAdapter, ValidationError

from agencies.errors import AgencyError
from models.service import clock
from models.service.atomic import make_folder, write_whole

_FORM = re.compile(r"^ypsem_([a-z]{12})_([A-Za-z0-9_-]{43})$")
_LETTERS = string.ascii_lowercase


class CredentialError(AgencyError):
    """A credentials file that cannot be used, or a change that cannot be made; never quotes a credential."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What is kept of a credential: enough to know it again, not enough to use it."""

    id: str
    agency: str
    salt: str = field(repr=False)
    hash: str = field(repr=False)
    created: datetime
    expires: datetime | None = None
    """Set when it was rotated out: until then both work."""


_FILE: TypeAdapter[tuple[Credential, ...]] = TypeAdapter(tuple[Credential, ...])


def issue(agency: str, at: datetime) -> tuple[Credential, str]:
    """A new credential and the text that its holder is given once."""
    ident = "".join(secrets.choice(_LETTERS) for _ in range(12))
    secret = secrets.token_urlsafe(32)
    salt = secrets.token_hex(16)
    return Credential(ident, agency, salt, _hash(salt, secret), at), f"ypsem_{ident}_{secret}"


def _hash(salt: str, secret: str) -> str:
    return hmac.digest(bytes.fromhex(salt), b"ypsem/http/v1\x1f" + secret.encode(), hashlib.sha256).hex()


def read(path: Path) -> tuple[Credential, ...]:
    """Every credential of the file; raises `CredentialError` if it is unreadable or open to others."""
    try:
        mode, content = path.stat().st_mode, path.read_bytes()
    except OSError:
        raise CredentialError(f"{path}: no readable credentials file; make one with serve-token create") from None
    if stat.S_IMODE(mode) & 0o077:
        raise CredentialError(f"{path}: others can read this credentials file; run: chmod 600 {path}")
    try:
        return _FILE.validate_json(content)
    except ValidationError:
        raise CredentialError(f"{path}: not a credentials file") from None


def write(path: Path, credentials: Iterable[Credential]) -> None:
    """Replace the file in one step, mode 600 from its first byte; raises `models.service.atomic.NotWritten`."""
    make_folder(path.parent, mode=0o700)
    write_whole(path, orjson.dumps(list(credentials), option=orjson.OPT_INDENT_2) + b"\n")


@contextmanager
def _alone(path: Path) -> Iterator[tuple[Credential, ...]]:
    """The credentials, while no other command changes them."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield read(path) if path.exists() else ()
    finally:
        os.close(handle)


def create(path: Path, agency: str) -> str:
    """Add a credential and return its text; the others of the agency go on working."""
    with _alone(path) as known:
        made, text = issue(agency, clock.now())
        write(path, (*known, made))
    return text


def rotate(path: Path, agency: str, until: datetime) -> str:
    """Add a credential; those the agency has expire at `until`. Raises `CredentialError` if it has none."""
    with _alone(path) as known:
        if not any(one.agency == agency for one in known):
            raise CredentialError(f"{agency} has no credential to rotate; run: serve-token create")
        ending = (replace(one, expires=_earlier(one.expires, until)) if one.agency == agency else one for one in known)
        made, text = issue(agency, clock.now())
        write(path, (*ending, made))
    return text


def revoke(path: Path, gone: Callable[[Credential], bool]) -> int:
    """Take credentials out and return how many."""
    with _alone(path) as known:
        kept = [one for one in known if not gone(one)]
        write(path, kept)
    return len(known) - len(kept)


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)


class Doorkeeper:
    """Tells an agency by its `Authorization` header; reads the file again when it has changed."""

    def __init__(self, path: Path) -> None:
        """Raises `CredentialError` when the file cannot be used."""
        self._path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._by_id: dict[str, Credential] = {}
        # Compared with when the id is unknown, so that the answer takes as long.
        self._nobody, _ = issue("nobody", clock.now())
        self._load()

    def _load(self) -> None:
        status = self._path.stat() if self._path.exists() else None
        seen = None if status is None else (status.st_ctime_ns, status.st_ino, status.st_mode)
        with self._lock:
            if seen is None or seen != self._seen:
                self._by_id = {one.id: one for one in read(self._path)}
                self._seen = seen

    def agency(self, header: str | None) -> str | None:
        """The agency that this header proves, or None; raises `CredentialError` when the file became unusable."""
        self._load()
        scheme, _, token = (header or "").partition(" ")
        found = _FORM.match(token.strip()) if scheme.lower() == "bearer" else None
        if found is None:
            return None
        credential = self._by_id.get(found[1], self._nobody)
        same = hmac.compare_digest(_hash(credential.salt, found[2]), credential.hash)
        if not same or credential is self._nobody:
            return None
        if credential.expires is not None and credential.expires <= clock.now():
            return None
        return credential.agency
