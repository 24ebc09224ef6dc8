"""An agency's own keys: made, rotated and listed here, read by `agencies.mint`; never shown.

`link-<epoch>.key` is shared by all agencies of a linkage (copied in from a file), `event-id.key` and `local.key`
belong to this agency alone. The event-id key never rotates: event ids would change with it.

Epochs overlap for as long as the link key before the newest is still here: events then carry their strongest token
under both, so that a child's earlier events stay linked. Destroying the older key ends that: docs/keys.md.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from models.contract.tokens import derive_key
from models.service.keyfiles import Key, KeyFileError, destroy_key, read_key, write_key

EVENT_ID_FILE = "event-id.key"
LOCAL_FILE = "local.key"
_LINK_FILE = re.compile(r"^link-([1-9][0-9]{0,3})\.key$")


@dataclass(frozen=True, slots=True)
class EpochKeys:
    """The derived keys that make tokens of one epoch."""

    epoch: int
    link: bytes = field(repr=False)
    local: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class AgencyKeys:
    """The derived keys minting works with, one per use; `epoch` is the newest link epoch."""

    epoch: int
    link: bytes = field(repr=False)
    local: bytes = field(repr=False)
    event_id: bytes = field(repr=False)
    record: bytes = field(repr=False)
    """For the outbox's digest of a record's own key, by which a moved event is found."""
    overlap: EpochKeys | None = None
    """The epoch before, while its link key is kept."""


@dataclass(frozen=True, slots=True)
class KeyListing:
    """What may be said about a key file: never the key."""

    file: str
    purpose: str
    epoch: int
    state: str
    """`in use`, `overlap`, or `kept` for older epochs that nothing uses any more."""


def link_files(directory: Path) -> dict[int, Path]:
    """Epoch -> link key file, oldest first; raises `KeyFileError` if others can open the directory."""
    _check(directory)
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
    local = read_key(directory / LOCAL_FILE, "local")
    event_id = read_key(directory / EVENT_ID_FILE, "event-id")
    *before, newest = (_epoch(_read_link(path, epoch), local) for epoch, path in list(links.items())[-2:])
    return AgencyKeys(
        epoch=newest.epoch,
        link=newest.link,
        local=newest.local,
        event_id=derive_key(event_id.secret, "0|event-id|v1"),
        record=derive_key(event_id.secret, "0|record|v1"),
        overlap=before[0] if before else None,
    )


def _epoch(link: Key, local: Key) -> EpochKeys:
    epoch = link.epoch
    return EpochKeys(
        epoch,
        link=derive_key(link.secret, f"{epoch}|link|v1"),
        local=derive_key(local.secret, f"{epoch}|local|v1"),
    )


def create_keys(directory: Path, link_from: Path | None = None) -> list[Path]:
    """Make whichever key files are missing and return them; nothing that exists is touched.

    The link key is copied from `link_from`, or made new for epoch 1. Raises `KeyFileError` when none is missing or one
    that is there cannot be used, and `NotWritten`; what was made until then is whole, and a repetition makes the rest.
    """
    made: list[Path] = []
    there = list_keys(directory)
    links = link_files(directory)
    if not links:
        key = _shared(link_from) if link_from else None
        made.append(_write_link(directory, key.epoch if key else 1, key))
    elif link_from and not (len(there) < 3 and _is_newest(_shared(link_from), links)):
        raise KeyFileError(f"{directory}: there is a link key already; for the next epoch run: keys rotate")
    for name, purpose in ((EVENT_ID_FILE, "event-id"), (LOCAL_FILE, "local")):
        if not (directory / name).exists():
            write_key(directory / name, purpose)
            made.append(directory / name)
    if not made:
        raise KeyFileError(f"{directory}: every key is there already; nothing was made")
    return made


def rotate_link(directory: Path, link_from: Path | None = None) -> Path:
    """Add the link key of the next epoch, copied or made; the one before overlaps until it is destroyed."""
    links = link_files(directory)
    if not links:
        raise KeyFileError(f"{directory}: no link key to rotate; run: keys create")
    newest = max(links)
    key = _shared(link_from) if link_from else None
    epoch = key.epoch if key else newest + 1
    if epoch <= newest:
        raise KeyFileError(f"{link_from}: the key is for epoch {epoch}; epoch {newest} is in use already")
    return _write_link(directory, epoch, key)


def list_keys(directory: Path) -> list[KeyListing]:
    """Every usable key file of the directory; raises `KeyFileError` on one that is unsafe."""
    links = [_read_link(path, epoch) for epoch, path in link_files(directory).items()]
    states = ["kept"] * (len(links) - 2) + ["overlap", "in use"][-len(links) :]
    listed = [
        KeyListing(f"link-{key.epoch}.key", "link", key.epoch, state)
        for key, state in zip(links, states if links else [], strict=True)
    ]
    for name, purpose in ((EVENT_ID_FILE, "event-id"), (LOCAL_FILE, "local")):
        if (directory / name).exists():
            listed.append(KeyListing(name, purpose, read_key(directory / name, purpose).epoch, "in use"))
    return listed


def export_link(directory: Path, out: Path, epoch: int | None = None) -> Key:
    """Copy a link key (the newest unless `epoch` is given) into a new file for another agency; returns what it is."""
    links = link_files(directory)
    wanted = epoch if epoch is not None else max(links, default=0)
    if wanted not in links:
        raise KeyFileError(f"{directory}: no link key of epoch {wanted}" if epoch else f"{directory}: no link key")
    return write_key(out, "link", wanted, _read_link(links[wanted], wanted).secret)


def import_link(directory: Path, link_from: Path) -> Path:
    """Take in a link key that was given by file: as the first one, or as that of the next epoch."""
    if link_files(directory):
        return rotate_link(directory, link_from)
    key = _shared(link_from)
    return _write_link(directory, key.epoch, key)


def destroy(directory: Path, purpose: str, epoch: int) -> Path:
    """Overwrite a key file with random bytes and remove it: every token made with it can then be made no more.

    Raises `KeyFileError` when there is none, and for the newest link key while an older one is there: what is
    published next would go back an epoch. Copies elsewhere (other agencies', backups) are not reached.
    """
    links = link_files(directory)
    path = directory / (f"link-{epoch}.key" if purpose == "link" else f"{purpose}.key")
    if purpose == "link" and len(links) > 1 and epoch == max(links):
        raise KeyFileError(
            f"{path}: this key is in use, and an older one is there; destroy the older ones, or rotate first"
        )
    destroy_key(path, purpose, epoch)
    return path


def _check(directory: Path) -> None:
    if directory.is_dir() and stat.S_IMODE(directory.stat().st_mode) & 0o077:
        raise KeyFileError(f"{directory}: others can open this directory of keys; run: chmod 700 {directory}")


def _shared(path: Path) -> Key:
    key = read_key(path, "link")
    if key.epoch < 1:
        raise KeyFileError(f"{path}: a link key's epoch is 1 or more")
    return key


def _is_newest(key: Key, links: dict[int, Path]) -> bool:
    """Whether this is the newest link key here: a repetition of a command that was interrupted."""
    epoch = max(links)
    return key.epoch == epoch and key.secret == _read_link(links[epoch], epoch).secret


def _read_link(path: Path, epoch: int) -> Key:
    key = read_key(path, "link")
    if key.epoch != epoch:
        raise KeyFileError(f"{path}: the file holds the key of epoch {key.epoch}, but its name says {epoch}")
    return key


def _write_link(directory: Path, epoch: int, key: Key | None) -> Path:
    path = directory / f"link-{epoch}.key"
    write_key(path, "link", epoch, key.secret if key else None)
    return path
