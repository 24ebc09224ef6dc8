"""Exit codes are in one table: docs/running.md, help texts and the code must agree with it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import click
import pytest

import agencies.__main__
import analysis.__main__
import consumers.__main__
import dashboards.__main__
import models.__main__
import models.store.__main__
import streams.__main__
from models.service.exits import TABLE, exits_of, help_line
from tests.operations.files import ROOT, sources, tables

PROGRAMS: dict[str, click.Group] = {
    "agencies": agencies.__main__.main,
    "analysis": analysis.__main__.main,
    "consumers": consumers.__main__.main,
    "dashboards": dashboards.__main__.main,
    "models": models.__main__.cli,
    "models.store": models.store.__main__.main,
    "streams": streams.__main__.cli,
}


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """A command and all its subcommands, by what follows `python -m`."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, f"{path} {name}")


EVERY = dict(pair for name, program in PROGRAMS.items() for pair in commands(program, name))


def test_the_page_has_the_table() -> None:
    page = (ROOT / "docs" / "running.md").read_text("utf-8")
    shown = [tuple(row) for row in tables(page, "## Exit codes")]
    assert shown == [(row.command or "any", str(row.code), row.meaning, row.what_to_do) for row in TABLE]


def test_every_row_is_about_a_command_that_there_is() -> None:
    assert {row.command for row in TABLE if row.command} - EVERY.keys() == set()
    assert len({(row.command, row.code) for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize("path", sorted(EVERY))
def test_the_help_of_a_command_ends_with_its_codes(path: str) -> None:
    program = path.split(" ")[0]
    if path == program and program in ("analysis", "consumers", "dashboards", "models", "models.store", "streams"):
        return  # a group that only has commands
    text = EVERY[path].get_help(click.Context(EVERY[path]))
    assert " ".join(help_line(path).split()) in " ".join(text.split())


def test_no_help_text_says_a_code_by_itself() -> None:
    said = re.compile(r"\b[Ee]xits? (?:codes? )?[0-9]")
    assert {path for path, command in EVERY.items() if said.search(command.help or "")} == set()


def test_what_is_said_of_a_command_goes_before_what_is_said_of_its_program() -> None:
    assert exits_of("agencies conformance")[1].meaning.startswith("a point of the contract")
    assert exits_of("agencies check")[1].meaning.startswith("some rows were refused")
    assert exits_of("agency")[2].command == ""


ENDING = {"exit", "_exit", "SystemExit", "Exit"}


def test_no_code_ends_a_process_with_a_number_of_its_own() -> None:
    """A child process that is no longer wanted may end with 0: nobody reads that code."""
    found = []
    for path, tree in sources("models", "agencies", "analysis", "consumers", "dashboards", "streams"):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call | ast.Assign | ast.AnnAssign):
                continue
            numbers: list[ast.expr] = []
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ENDING:
                numbers = [one for argument in node.args for one in ast.walk(argument) if isinstance(one, ast.expr)]
            elif not isinstance(node, ast.Call) and "exit_code" in ast.unparse(node).split("=")[0]:
                numbers = [node.value] if node.value is not None else []
            if any(isinstance(one, ast.Constant) and isinstance(one.value, int) and one.value for one in numbers):
                found.append(f"{path.relative_to(ROOT)}: {ast.unparse(node)}")
    assert found == []
