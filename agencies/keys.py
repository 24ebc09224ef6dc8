"""An agency's own keys: made, rotated and listed here, read by `agencies.mint`; never shown.

`link-<epoch>.key` is shared by all agencies of a linkage (copied in from a file), `event-id.key` and `local.key`
belong to this agency alone. The event-id key never rotates: event ids would change with it (decision 3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from models.contract.keyfiles import Key, KeyFileError, read_key, write_key
from models.contract.tokens import derive_key

EVENT_ID_FILE = "event-id.key"
LOCAL_FILE = "local.key"
_LINK_FILE = re.compile(r"^link-([1-9][0-9]{0,3})\.key$")


@dataclass(frozen=True, slots=True)
class AgencyKeys:
    """The derived keys minting works with, one per use; `epoch` is the newest link epoch."""

    epoch: int
    link: bytes = field(repr=False)
    local: bytes = field(repr=False)
    event_id: bytes = field(repr=False)
    record: bytes = field(repr=False)
    """For the outbox's digest of a record's own key, by which a moved event is found."""


@dataclass(frozen=True, slots=True)
class KeyListing:
    """What may be said about a key file: never the key."""

    file: str
    purpose: str
    epoch: int


def link_files(directory: Path) -> dict[int, Path]:
    """Epoch -> link key file, oldest first."""
    found = {
        int(match[1]): path
        for path in (directory.iterdir() if directory.is_dir() else ())
        if (match := _LINK_FILE.match(path.name))
    }
    return dict(sorted(found.items()))


def load_keys(directory: Path) -> AgencyKeys:
    """Keys of the newest link epoch; raises `KeyFileError` naming the file that is missing or unsafe.

    Local tokens are derived under the link epoch too, though never from the link key: the intake re-keys every
    token under the gate key of its epoch, and that key is destroyed when the epoch ends.
    """
    links = link_files(directory)
    if not links:
        raise KeyFileError(f"{directory}: no link key; run: python -m agencies keys create --keys {directory}")
    epoch, path = list(links.items())[-1]
    link = _read_link(path, epoch)
    local = read_key(directory / LOCAL_FILE, "local")
    event_id = read_key(directory / EVENT_ID_FILE, "event-id")
    return AgencyKeys(
        epoch=epoch,
        link=derive_key(link.secret, f"{epoch}|link|v1"),
        local=derive_key(local.secret, f"{epoch}|local|v1"),
        event_id=derive_key(event_id.secret, "0|event-id|v1"),
        record=derive_key(event_id.secret, "0|record|v1"),
    )


def create_keys(directory: Path, link_from: Path | None = None) -> list[Path]:
    """Make whichever key files are missing and return them; nothing that exists is touched.

    The link key is copied from `link_from`, or made new for epoch 1. Raises `KeyFileError` when none is missing.
    """
    made: list[Path] = []
    if not link_files(directory):
        key = _shared(link_from) if link_from else None
        made.append(_write_link(directory, key.epoch if key else 1, key))
    elif link_from:
        raise KeyFileError(f"{directory}: there is a link key already; for the next epoch run: keys rotate")
    for name, purpose in ((EVENT_ID_FILE, "event-id"), (LOCAL_FILE, "local")):
        if not (directory / name).exists():
            write_key(directory / name, purpose)
            made.append(directory / name)
    if not made:
        raise KeyFileError(f"{directory}: every key is there already; nothing was made")
    return made


def rotate_link(directory: Path, link_from: Path | None = None) -> Path:
    """Add the link key of the next epoch, copied or made; older ones stay until they are destroyed by hand."""
    links = link_files(directory)
    if not links:
        raise KeyFileError(f"{directory}: no link key to rotate; run: keys create")
    newest = max(links)
    key = _shared(link_from) if link_from else None
    epoch = key.epoch if key else newest + 1
    if epoch <= newest:
        raise KeyFileError(f"{link_from}: it is for epoch {epoch}; epoch {newest} is in use already")
    return _write_link(directory, epoch, key)


def list_keys(directory: Path) -> list[KeyListing]:
    """Every usable key file of the directory; raises `KeyFileError` on one that is unsafe."""
    listed = [
        KeyListing(path.name, "link", _read_link(path, epoch).epoch) for epoch, path in link_files(directory).items()
    ]
    for name, purpose in ((EVENT_ID_FILE, "event-id"), (LOCAL_FILE, "local")):
        if (directory / name).exists():
            listed.append(KeyListing(name, purpose, read_key(directory / name, purpose).epoch))
    return listed


def _shared(path: Path) -> Key:
    key = read_key(path, "link")
    if key.epoch < 1:
        raise KeyFileError(f"{path}: a link key's epoch is 1 or more")
    return key


def _read_link(path: Path, epoch: int) -> Key:
    key = read_key(path, "link")
    if key.epoch != epoch:
        raise KeyFileError(f"{path}: it holds the key of epoch {key.epoch}, its name says {epoch}")
    return key


def _write_link(directory: Path, epoch: int, key: Key | None) -> Path:
    path = directory / f"link-{epoch}.key"
    write_key(path, "link", epoch, key.secret if key else None)
    return path
