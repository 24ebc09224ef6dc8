"""Programs made of commands: a foreseen error ends in one line and its exit code, never in a traceback.

Each service's `__main__` is a `Program`. The help of every command ends with its exit codes, from the one table.
"""

from __future__ import annotations

import os
import sys

import click

from models.service.atomic import disk_words
from models.service.errors import ForeseenError
from models.service.exits import UNUSABLE, help_line


class CommandFailed(click.ClickException):
    """One line on standard error, and an exit code of `models.service.exits`."""

    def __init__(self, message: str, code: int = UNUSABLE) -> None:
        """`message` says what is wrong and what to do next, without a value of an event."""
        super().__init__(message)
        self.exit_code = code


class Program(click.Group):
    """A group of commands. A `ForeseenError` from any of them ends the program with one line and its exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except ForeseenError as error:
            raise CommandFailed(str(error), error.exit_code) from None


class FileProgram(Program):
    """A program that a person runs on their own files, so any error of the disk is foreseen too."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise  # the reader of the output has gone: click ends quietly
        except OSError as error:
            raise CommandFailed(_disk_line(error)) from None


def _disk_line(error: OSError) -> str:
    """A disk error in one line: the file, what is wrong with it, and what to do."""
    if isinstance(error.filename, str):
        return f"{error.filename}: {disk_words(error)}"
    # No file is named, so standard output failed. Send the rest of it nowhere, or it fails again when Python ends.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return f"the output: {disk_words(error)}"


def tell_exits(command: click.Command, path: str) -> None:
    """End the help of a command, and of each below it, with its exit codes; `path` is what follows `python -m`."""
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            tell_exits(below, f"{path} {name}")
    command.epilog = help_line(path)
