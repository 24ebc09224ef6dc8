"""What was planted on each board: off the disk before any service starts, and put back at the end.

So no service can have read it, and the run can still be scored against it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = "truth.json"

Planted = Mapping[str, Any]
"""What truth.json says under `planted`: agencies, wards, days."""


def take(folder: Path) -> dict[str, Any]:
    """Delete a board's truth file and return its content."""
    path = folder / FILE
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    path.unlink()
    return content


def put_back(folder: Path, content: Mapping[str, Any]) -> None:
    """Write it again, for people who look at the files of a run."""
    (folder / FILE).write_text(json.dumps(content, indent=1) + "\n", "utf-8")
