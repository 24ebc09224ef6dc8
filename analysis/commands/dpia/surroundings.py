"""Facts about the installation: which key files exist, and which third-party software runs. Never a file's secrets."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.service.yaml_text import read_yaml

Facts = dict[str, Any]

_HEADER = re.compile(rb"ypsem-key v1 ([a-z][a-z-]{1,20}) ([0-9]{1,4}) ")
_LONGEST_HEADER = 48


def key_facts(directories: Iterable[Path]) -> list[Facts]:
    """Purpose, epoch, age and permissions of each key file. No byte of a key is read."""
    facts = []
    for directory in directories:
        mode = stat.S_IMODE(directory.stat().st_mode)
        for path in sorted(directory.glob("*.key")):
            header = _HEADER.fullmatch(_before_the_key(path))
            about = path.stat()
            facts.append(
                {
                    "directory": directory.name,
                    "file": path.name,
                    "purpose": header[1].decode() if header else "not a key file",
                    "epoch": int(header[2]) if header else None,
                    "made": datetime.fromtimestamp(about.st_mtime, UTC).date().isoformat(),
                    "owner_only": not (stat.S_IMODE(about.st_mode) | mode) & 0o077,
                }
            )
    return facts


def _before_the_key(path: Path) -> bytes:
    """The header of a key file: the words before the key, with the space after them."""
    read = b""
    with path.open("rb", buffering=0) as file:
        while read.count(b" ") < 4 and len(read) < _LONGEST_HEADER and (byte := file.read(1)):
            read += byte
    return read


def software_facts(compose: Path) -> Facts:
    """Which software is ours, which is third-party, and which ports are open, from the compose file. No settings."""
    services = read_yaml(compose.read_text("utf-8"))["services"]
    return {
        "ours": sorted(name for name, service in services.items() if "build" in service),
        "third_parties": {
            name: str(service["image"]) for name, service in sorted(services.items()) if "build" not in service
        },
        "open_ports": {
            name: [str(p) for p in service["ports"]] for name, service in sorted(services.items()) if "ports" in service
        },
    }
