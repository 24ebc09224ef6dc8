"""docs/mission.md names code, tests and commands that are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "mission.md").read_text("utf-8")
NAMED = re.findall(r"`([^`]+)`", TEXT)


def test_every_file_and_folder_is_there() -> None:
    paths = [name for name in NAMED if "/" in name or name.endswith((".yml", ".py"))]
    assert len(paths) > 40
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [path for path in paths if path.endswith("/") != (ROOT / path).is_dir()] == []


def test_every_command_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for name in NAMED:
        if name.startswith("make "):
            assert f"\n{name.removeprefix('make ')}:" in makefile, name
        elif name.startswith("python -m "):
            package, command = name.split()[2:4]
            sources = "\n".join(path.read_text("utf-8") for path in (ROOT / package).rglob("*.py"))
            assert re.search(rf'(def {command}\b|command\(\s*"{command}"|name="{command}"|"{command}":)', sources), name


def test_every_package_of_the_mission_is_a_dependency() -> None:
    dependencies = (ROOT / "pyproject.toml").read_text("utf-8")
    rows = re.findall(r"^\| ([a-z-]+) \|", TEXT.partition("## Packages")[2], re.MULTILINE)
    assert [row for row in rows if row != "package" and f'"{row}' not in dependencies] == []
    assert len(rows) == 7
