"""What was planted is for scoring alone: nothing of the product could read it, or tries to."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from demo.planted import FILE, put_back, take
from demo.rundir import ROOT

PRODUCT = ("models", "agencies", "analysis", "streams", "consumers", "dashboards")


def test_a_run_takes_it_off_the_disk_and_puts_it_back_at_the_end(tmp_path: Path) -> None:
    content = {"synthetic": True, "planted": {"rise_ward": "X05000018"}}
    (tmp_path / FILE).write_text(json.dumps(content), "utf-8")
    assert take(tmp_path) == content
    assert list(tmp_path.iterdir()) == []
    put_back(tmp_path, content)
    assert json.loads((tmp_path / FILE).read_text("utf-8")) == content


@pytest.mark.parametrize("package", PRODUCT)
def test_no_file_of_the_product_names_it_or_what_made_it(package: str) -> None:
    sources = [path for path in (ROOT / package).rglob("*") if path.suffix in (".py", ".yaml", ".yml", ".html")]
    assert len(sources) > 10
    for path in sources:
        text = path.read_text("utf-8")
        assert FILE not in text, path
        if path.suffix == ".py":
            assert not {name for name in imported(text) if name.split(".")[0] in ("demo", "tests")}, path


def imported(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found
