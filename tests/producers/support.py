"""What the tests of producers share: the golden vectors, their key files, and what intake says of a topic."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from agencies.conformance.vectors import FILE

VECTORS: dict[str, Any] = json.loads(FILE.read_text("utf-8"))


def key_files(folder: Path) -> Path:
    """The vectors' keys as an agency would have them."""
    folder.mkdir(exist_ok=True)
    for key in VECTORS["keys"]:
        (folder / file_name(key)).write_text(key["file"] + "\n", "ascii")
    return folder


def file_name(key: dict[str, str]) -> str:
    """`link-1.key` and so on."""
    _, _, purpose, epoch, _ = key["file"].split()
    return f"link-{epoch}.key" if purpose == "link" else f"{purpose}.key"


def questions() -> list[str]:
    """The vectors as lines that a worked producer's `--vectors` reads."""
    lines = [["key", file_name(key), key["info"]] for key in VECTORS["keys"]]
    lines += [["event_id", one["board"], one["source_type"], one["record_key"]] for one in VECTORS["event_ids"]]
    for one in VECTORS["tokens"]:
        given = one["input"]
        lines.append(["token", one["kind"], *(given.values() if isinstance(given, dict) else [given])])
    return ["\t".join(line) for line in lines]


def answers() -> list[str]:
    """What it should print."""
    found = [key["key"] for key in VECTORS["keys"]]
    found += [one["event_id"] for one in VECTORS["event_ids"]]
    return found + [one.get("token", "-") for one in VECTORS["tokens"]]
