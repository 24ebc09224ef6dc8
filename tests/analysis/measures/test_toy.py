"""Adding a measure touches its file, its examples and the list of measures: a toy one is added, and all has it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOY = Path(__file__).parent / "toy"
LIST = Path("analysis/measures/registry.py")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with one measure more: two files of its own, and its name twice on the list."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copytree(ROOT / "analysis", folder / "analysis", ignore=shutil.ignore_patterns("__pycache__"))
    for other in ROOT.iterdir():
        if other.name not in ("analysis", "docs", ".git"):
            (folder / other.name).symlink_to(other)
    (folder / "docs").mkdir()
    shutil.copy(TOY / "m22.py", folder / "analysis" / "measures" / "m22.py")
    shutil.copy(TOY / "m22.yaml", folder / "analysis" / "measures" / "examples" / "m22.yaml")
    text = (folder / LIST).read_text("utf-8")
    for named, more in (("    m21,\n", "    m21,\n    m22,\n"), ("m20, m21)", "m20, m21, m22)")):
        assert text.count(named) == 1
        text = text.replace(named, more)
    (folder / LIST).write_text(text, "utf-8")
    return folder


def run(tree: Path, *arguments: str) -> str:
    """The output of a command in that tree."""
    done = subprocess.run([sys.executable, *arguments], cwd=tree, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def asked(tree: Path) -> dict[str, Any]:
    """What every room makes of it."""
    answers: dict[str, Any] = json.loads(run(tree, "-m", "tests.analysis.measures.toy.asked"))
    return answers


def test_its_worked_examples_run_exact_and_released(tree: Path) -> None:
    tests = [f"tests/analysis/measures/test_{name}.py" for name in ("specification", "released")]
    told = run(tree, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", *tests, "-k", "m22")
    assert "4 passed" in told


def test_its_exact_figures_and_what_is_released_of_it_are_one_count(asked: dict[str, Any]) -> None:
    whole, *sectors = asked["exact"]
    assert whole == {"split": "all", "group": "all", "counts": {"online": 30, "children": 70}, "value": 0.428571}
    assert {line["group"]: line["counts"]["online"] for line in sectors}["police"] == asked["of police"] == 30
    assert asked["counted"] == 30
    assert abs(asked["released"] - 30) <= 17


def test_it_has_a_page_and_words(asked: dict[str, Any]) -> None:
    assert asked["words"] == asked["columns"][0] == asked["headline"][0]
    assert asked["columns"][1] == "Share of children of concern"
    assert asked["page"][0][0] == str(asked["released"])
    assert asked["page"][0][1].endswith("%")
    assert "Police" in asked["sectors"]
    assert asked["unknowns"] == ["late", "not recorded", "not returned", "unlinked"]


def test_it_is_in_the_document_of_measures(tree: Path, asked: dict[str, Any]) -> None:
    for part in ("Online exploitation", "m22_online in m1_children", "a release counts m22_online 1"):
        assert part in " ".join(asked["document"].split())
    run(tree, "-m", "analysis", "measures-doc", "--write")
    assert asked["document"] in (tree / "docs" / "measures.md").read_text("utf-8")


def test_its_agencies_know_of_it_and_a_sector_that_sends_no_such_record_is_not_recorded(asked: dict[str, Any]) -> None:
    assert asked["known"] == 30
    assert asked["stated"] == ["not_recorded"]
