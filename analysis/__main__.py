"""`python -m analysis`: the analysis on files, without Kafka. Each module of analysis/commands is one command."""

from __future__ import annotations

import importlib
import pkgutil

import click

from analysis import commands
from models.service.commands import Program, tell_exits


class Commands(Program):
    """Imports the module of a command only when the command is called, so that each command starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, from the names of their modules. A folder is not a command."""
        names = (module.name for module in pkgutil.iter_modules(commands.__path__) if not module.ispkg)
        return sorted(name.replace("_", "-") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name; None if there is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        tell_exits(command, f"analysis {cmd_name}")
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Analysis of files: protect and audit tables, compute measures, and check this service as an agency.

    No command needs Kafka or a database. Each says what it reads. Some read children's tokens: use those only inside
    an agency or the ledger's boundary.
    """


if __name__ == "__main__":
    main(prog_name="python -m analysis")
