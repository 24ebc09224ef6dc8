"""`python -m analysis`: the analysis on files, no Kafka needed. Each module of analysis/commands is one command."""

from __future__ import annotations

import importlib
import pkgutil

import click

from analysis import commands
from models.service.commands import Program, tell_exits


class Commands(Program):
    """Imports a command's module when that command is called, so that each starts with what it needs alone."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, from the names of their modules; a folder holds what a command needs."""
        names = (found.name for found in pkgutil.iter_modules(commands.__path__) if not found.ispkg)
        return sorted(name.replace("_", "-") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, if there is one."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        tell_exits(command, f"analysis {cmd_name}")
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Analysis of files: protect and audit tables, and what an agency needs to check us.

    Nothing here needs Kafka or a database. Each command says what it reads: some read children's tokens, and are
    for use inside an agency or the ledger's boundary only.
    """


if __name__ == "__main__":
    main(prog_name="python -m analysis")
