"""`python -m analysis`: the analysis on files, no Kafka needed. Each module of analysis/commands is one command."""

from __future__ import annotations

import importlib
import pkgutil

import click

from analysis import commands


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Analysis of files: protect and audit tables, and what an agency needs to check us.

    Nothing here needs Kafka or a database. Each command says what it reads: some read children's tokens, and are
    for use inside an agency or the ledger's boundary only.
    """


for found in pkgutil.iter_modules(commands.__path__):
    if not found.name.startswith("_"):
        main.add_command(importlib.import_module(f"{commands.__name__}.{found.name}").command)

if __name__ == "__main__":
    main(prog_name="python -m analysis")
