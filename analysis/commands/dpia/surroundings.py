"""Facts of the installation: which keys lie where, and whose software runs beside ours. Never what a file holds."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

Facts = dict[str, Any]

_HEADER = re.compile(rb"ypsem-key v1 ([a-z][a-z-]{1,20}) ([0-9]{1,4}) ")
_LONGEST_HEADER = 48


def key_facts(directories: Iterable[Path]) -> list[Facts]:
    """Purpose, epoch, age and permissions of each key file. Not one byte of a key is read."""
    found = []
    for directory in directories:
        mode = stat.S_IMODE(directory.stat().st_mode)
        for path in sorted(directory.glob("*.key")):
            header = _HEADER.fullmatch(_before_the_key(path))
            about = path.stat()
            found.append(
                {
                    "directory": directory.name,
                    "file": path.name,
                    "purpose": header[1].decode() if header else "not a key file",
                    "epoch": int(header[2]) if header else None,
                    "made": datetime.fromtimestamp(about.st_mtime, UTC).date().isoformat(),
                    "owner_only": not (stat.S_IMODE(about.st_mode) | mode) & 0o077,
                }
            )
    return found


def _before_the_key(path: Path) -> bytes:
    """The words of a key file that stand before the key, with the space behind them."""
    read = b""
    with path.open("rb", buffering=0) as file:
        while read.count(b" ") < 4 and len(read) < _LONGEST_HEADER and (one := file.read(1)):
            read += one
    return read


def software_facts(compose: Path) -> Facts:
    """Who makes what runs, and which addresses are open, from the compose file: images and ports, no settings."""
    services = yaml.safe_load(compose.read_text("utf-8"))["services"]
    return {
        "ours": sorted(name for name, service in services.items() if "build" in service),
        "third_parties": {name: str(one["image"]) for name, one in sorted(services.items()) if "build" not in one},
        "open_ports": {
            name: [str(p) for p in one["ports"]] for name, one in sorted(services.items()) if "ports" in one
        },
    }
