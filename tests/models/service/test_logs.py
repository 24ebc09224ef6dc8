"""Every service logs in one form, set up in one place, and the page for operations shows that form."""

from __future__ import annotations

import ast
import logging
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.service.logs import CHATTER

ROOT = Path(__file__).parents[3]
PACKAGES = ("models", "agencies", "analysis", "streams", "consumers", "dashboards")
SERVICES = {
    "agencies": "agencies/serve/command.py",
    "consumers": "consumers/__main__.py",
    "dashboards": "dashboards/__main__.py",
    "streams": "streams/__main__.py",
}
"""Service -> where it begins."""
LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (INFO|WARNING|ERROR|CRITICAL) ([a-z][a-z_.]*): (\S.*)")


def calls(source: str, *names: str) -> list[ast.Call]:
    """The calls of these functions, by the last part of their name."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call for call in found if ast.unparse(call.func).rpartition(".")[2] in names]


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_each_service_sets_its_log_up_as_the_others_do(service: str) -> None:
    [call] = calls((ROOT / SERVICES[service]).read_text("utf-8"), "log_to_stderr")
    assert ast.literal_eval(call.args[0]) == service


def test_nothing_else_sets_a_log_up() -> None:
    setting_up = ("basicConfig", "dictConfig", "fileConfig", "StreamHandler", "FileHandler", "setFormatter")
    found = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if calls(path.read_text("utf-8"), *setting_up)
    }
    assert found == {"models/service/logs.py"}


def test_a_line_has_the_time_in_utc_a_level_a_logger_and_a_message() -> None:
    program = (
        "import logging\nfrom models.service.logs import log_to_stderr\nlog_to_stderr('streams')\n"
        "logging.getLogger('streams.worker').warning('two\\nlines')\n"
        "logging.getLogger('kafka.conn').info('chatter')"
    )
    environment = os.environ | {"TZ": "Asia/Tokyo"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    [line] = done.stderr.splitlines()
    found = LINE.fullmatch(line)
    assert found is not None, line
    assert found.groups()[1:] == ("WARNING", "streams.worker", "two | lines")
    said = datetime.fromisoformat(found[1])
    assert abs((datetime.now(UTC) - said).total_seconds()) < 120


def test_what_of_a_library_is_left_out_has_a_reason() -> None:
    for name, (level, reason) in CHATTER.items():
        assert level >= logging.WARNING, name
        assert len(reason.split()) > 4, name


def test_the_page_for_operations_shows_a_line() -> None:
    section = (ROOT / "docs" / "running.md").read_text("utf-8").split("\n## Logs\n")[1].split("\n## ")[0]
    [example] = re.findall(r"```\n(.*?)\n```", section, re.DOTALL)
    assert all(LINE.fullmatch(line) for line in example.splitlines())
    assert all(f"`{name}`" in section for name in CHATTER)
