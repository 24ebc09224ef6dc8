"""The same seed gives the same bytes, in another process and under another hash seed; another seed does not."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from demo.synthetic.__main__ import generate

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


def digests(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes_in_another_process(tmp_path: Path) -> None:
    generate(tmp_path / "here", seed=5, scale=0.1)
    command = [
        sys.executable,
        "-m",
        "demo.synthetic",
        "--out",
        str(tmp_path / "there"),
        "--seed",
        "5",
        "--scale",
        "0.1",
    ]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "77"}, capture_output=True, text=True, check=True
    )
    assert digests(tmp_path / "here") == digests(tmp_path / "there")
    assert "999" not in done.stdout  # no identifier is printed


def test_another_seed_is_another_borough(tmp_path: Path) -> None:
    generate(tmp_path / "one", seed=5, scale=0.1)
    generate(tmp_path / "two", seed=6, scale=0.1)
    one, two = digests(tmp_path / "one"), digests(tmp_path / "two")
    assert one.keys() == two.keys()
    assert not set(one.values()) & set(two.values())
