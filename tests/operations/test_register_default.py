"""Nothing outside the demo starts with the demo's register unless somebody asks for it."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from tests.operations.files import ROOT, SETTINGS, sources, tables, variables
from tests.operations.test_exit_codes import EVERY

DEMO = re.compile(r"demo[/.]register")


@pytest.mark.parametrize("package", sorted(SETTINGS))
def test_every_service_has_the_same_default(package: str) -> None:
    assert variables(SETTINGS[package])["YPSEM_REGISTER"] == Path("register")


def test_no_code_of_a_service_knows_the_demos_register() -> None:
    packages = ("models", "agencies", "analysis", "streams", "consumers", "dashboards")
    texts = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path, _ in sources(*packages)}
    assert {name for name, text in texts.items() if DEMO.search(text)} == set()


def test_no_option_of_a_command_has_it_as_its_default() -> None:
    found = {
        (path, option.name)
        for path, command in EVERY.items()
        for option in command.params
        if isinstance(option, click.Option) and DEMO.search(str(option.default))
    }
    assert found == set()


@pytest.mark.parametrize(
    "file", ["docker-compose.yml", "docker-compose.gateway.yml", "Dockerfile", "Dockerfile.gateway"]
)
def test_no_file_that_deploys_has_it(file: str) -> None:
    assert DEMO.search((ROOT / file).read_text("utf-8")) is None


def test_no_table_of_settings_has_it() -> None:
    page = (ROOT / "docs" / "running.md").read_text("utf-8")
    assert [row for row in tables(page, "## Settings") if DEMO.search(" ".join(row))] == []
