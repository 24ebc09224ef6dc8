"""The shape of the checkout: one name for each package, tests where they belong, no traces of a machine."""

from __future__ import annotations

import importlib
import re
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ["models", "agencies", "analysis", "streams", "consumers", "dashboards", "demo", "benchmarks"]
FILES = ["docker-compose.yml", "pyproject.toml", "requirements.lock", "Makefile", "README.md", "CHANGELOG.md"]
LONGEST = 400
CODE = {".py", ".sh", ".html", ".css", ".js"}
DATA = {"models/contract/codes.py"}
"""Lists of codes with their labels: long because there are many."""

# In pieces, so that this file does not hold what it looks for.
REGISTRIES = [
    ("pypi", "org"), ("files.pythonhosted", "org"), ("repo1.maven", "org"), ("repo.maven.apache", "org"),
    ("registry.npmjs", "org"), ("crates", "io"), ("proxy.golang", "org"), ("deb.debian", "org"),
]  # fmt: skip
HOMES = [("", "work", ""), ("", "root", ""), ("", "home", ""), ("", "Users", "")]
TRACES = re.compile(
    "|".join([*(re.escape(".".join(h)) for h in REGISTRIES), *(r"(?<![\w.$}])" + "/".join(h) for h in HOMES)])
)


def files() -> list[Path]:
    """Every file of the repository: tracked, or new and not ignored."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: its files cannot be told from what runs leave behind")
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_the_one_of_this_checkout(package: str) -> None:
    file = importlib.import_module(package).__file__
    assert file is not None, f"{package}/__init__.py is missing"
    assert Path(file).parent == ROOT / package


def test_no_installed_distribution_owns_a_name_of_ours() -> None:
    owners = packages_distributions()
    assert {name: owners[name] for name in [*PACKAGES, "tests"] if name in owners} == {}


@pytest.mark.parametrize("name", [*PACKAGES, "tests", "docs", *FILES])
def test_the_folders_and_files_of_the_design_are_there(name: str) -> None:
    assert (ROOT / name).exists()


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {
        folder for path in (ROOT / "tests").rglob("test_*.py") for folder in path.parents if ROOT in folder.parents
    }
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_no_file_holds_a_path_of_a_machine_or_a_registry() -> None:
    found = []
    for path in files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        lines = enumerate(text.splitlines(), 1)
        found += [f"{path.relative_to(ROOT)}:{number}" for number, line in lines if TRACES.search(line)]
    assert found == []


def test_the_search_for_traces_finds_them() -> None:
    for line in ["see " + "/".join(["", "work", "main"]), "at https://" + ".".join(REGISTRIES[0]) + "/simple"]:
        assert TRACES.search(line)


def test_no_file_of_code_is_too_long_to_read() -> None:
    code = [path for path in files() if path.suffix in CODE and str(path.relative_to(ROOT)) not in DATA]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in code}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}
