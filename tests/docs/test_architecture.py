"""docs/architecture.md is true: what it names exists, every room is on it, and rooms import what it says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.operations.files import ROOT, tables
from tests.operations.test_exit_codes import EVERY

TEXT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
NAMED = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL))
PACKAGES = ("models", "agencies", "analysis", "streams", "consumers", "dashboards", "demo", "benchmarks")
SERVICES = PACKAGES[:6]
CHANGES = tables(TEXT, "## Where do I change ...")
FILE = re.compile(r"[\w.-]+(/[\w.-]+)+/?|[\w-]+/|[\w-]+\.(md|toml|lock|yml)")


def names_in(cell: str) -> list[str]:
    """The names in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def is_file(name: str) -> bool:
    """Whether it is a path from the root; `errors.py` alone is no path."""
    return bool(FILE.fullmatch(name.partition("::")[0]))


def missing(name: str) -> bool:
    """Whether a file, a folder, or a test in a file, is not there. Folders end with a slash."""
    path, _, test = name.partition("::")
    place = ROOT / path
    if not place.exists() or path.endswith("/") != place.is_dir():
        return True
    return bool(test) and f"\ndef {test}(" not in place.read_text("utf-8")


def test_every_file_folder_and_test_is_there() -> None:
    files = [name for name in NAMED if is_file(name)]
    assert len(files) > 200
    assert [name for name in files if missing(name)] == []


def unknown(command: str) -> bool:
    """Whether there is no such `make` or `python -m`, or it lacks one of the options given."""
    words = command.split()
    if words[0] == "make":
        return f"\n{words[1]}:" not in (ROOT / "Makefile").read_text("utf-8")
    path = " ".join(words[2:4])
    known = {name for option in EVERY[path].params for name in option.opts} if path in EVERY else set()
    return path not in EVERY or not {word for word in words[4:] if word.startswith("--")} <= known


def test_every_command_is_there() -> None:
    commands = [name for name in NAMED if name.startswith(("make ", "python -m "))]
    assert len(commands) > 30
    assert [command for command in commands if unknown(command)] == []


@pytest.mark.parametrize(
    "name", ["nowhere/no_such.py", "analysis/measures", "tests/docs/test_architecture.py::test_no_such"]
)
def test_a_file_that_is_not_there_is_found(name: str) -> None:
    assert is_file(name)
    assert missing(name)


@pytest.mark.parametrize("command", ["make nothing", "python -m streams nothing", "python -m streams topics --nothing"])
def test_a_command_that_is_not_there_is_found(command: str) -> None:
    assert unknown(command)


@pytest.mark.parametrize("row", CHANGES, ids=lambda row: row[0])
def test_a_change_has_its_files_and_a_test_that_notices(row: list[str]) -> None:
    """Every change but one names files and a test; for a message nobody can say which."""
    _, files, noticed, _ = row
    assert names_in(files) or "where it is written" in files
    assert all(is_file(name) or name.isidentifier() or name == "errors.py" for name in names_in(files))
    assert any(name.startswith("tests/") for name in names_in(noticed))


def test_the_likeliest_changes_are_all_there() -> None:
    assert len(CHANGES) >= 30
    assert len({row[0] for row in CHANGES}) == len(CHANGES)


@cache
def imports(package: str) -> dict[str, set[str]]:
    """Folder of a package -> the folders of the same package that it imports."""
    folders = {folder.name: folder for folder in (ROOT / package).iterdir() if folder.is_dir()}
    found = {}
    for name, folder in folders.items():
        modules = {module for path in folder.rglob("*.py") for module in imported(path)}
        parts = [module.split(".") for module in modules]
        siblings = {part[1] for part in parts if part[0] == package and len(part) > 1}
        found[name] = (siblings & folders.keys()) - {name}
    return {name: leans for name, leans in found.items() if any(f for f in folders[name].rglob("*") if is_source(f))}


def is_source(path: Path) -> bool:
    """Whether it is a source file, not something that a run left behind."""
    return path.is_file() and "__pycache__" not in path.parts


def imported(path: Path) -> Iterator[str]:
    """The dotted names that a file imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms() -> dict[str, set[str]]:
    """`analysis/measures` -> the folders that the page says it leans on."""
    headings = re.findall(r"^### .*$", TEXT, re.MULTILINE)
    rows = [row for heading in headings for row in tables(TEXT, heading)]
    return {row[0].strip("`/"): set(names_in(row[2])) for row in rows}


def test_every_room_stands_on_the_page_and_leans_on_what_it_says() -> None:
    real = {f"{package}/{name}": leans for package in PACKAGES for name, leans in imports(package).items()}
    page = rooms()
    assert page.keys() == real.keys()
    assert {room: sorted(leans) for room, leans in page.items()} == {room: sorted(real[room]) for room in page}


@pytest.mark.parametrize("package", SERVICES)
def test_every_module_beside_the_rooms_is_named(package: str) -> None:
    modules = {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__", "__main__"}
    if not modules:
        return
    section = TEXT.partition(f"### `{package}/`\n")[2].partition("\n### ")[0].partition("\n|")[0]
    assert modules - set(names_in(section)) == set()


def test_a_package_imports_what_the_page_lets_it() -> None:
    """The rows name packages; import-linter checks the details."""
    for row in tables(TEXT, "## Packages"):
        package = row[0].strip("`/")
        if package not in PACKAGES or row[2] == "all":
            continue
        allowed = {name.strip("/").split("/")[0] for name in names_in(row[2].split("; no ")[0])} | {package}
        modules = {module.split(".")[0] for path in (ROOT / package).rglob("*.py") for module in imported(path)}
        assert modules & set(PACKAGES) <= allowed, package
