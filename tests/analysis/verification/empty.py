"""Runs a kit's checker as its receiver would: unpacked, with Python alone, and nothing of ours to import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]


class Checked(NamedTuple):
    """How a check ended."""

    code: int
    verdicts: list[Json]
    text: str


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python without site-packages, user settings or this checkout; a warning is an error."""
    command = [sys.executable, "-I", "-S", "-W", "error", *arguments]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, timeout=120, check=False)


def check(folder: Path, *arguments: str) -> Checked:
    """`python check.py … --json` in a folder."""
    done = python(folder, "check.py", *arguments, "--json")
    assert done.stderr == ""
    found = json.loads(done.stdout)["verdicts"] if done.returncode < 3 else []
    return Checked(done.returncode, found, done.stdout)
