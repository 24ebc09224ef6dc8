"""`measures-doc`: writes docs/measures.md, or says whether it is in step with the code."""

from __future__ import annotations

import click

from analysis.shown.document import PAGE, document
from models.service.commands import CommandFailed
from models.service.exits import NOT_ALL


@click.command(name="measures-doc")
@click.option("--write", is_flag=True, help="Write docs/measures.md; without this, only compare.")
def command(write: bool) -> None:
    """Generate docs/measures.md from the definitions, worked examples and catalogue of the measures."""
    text = document()
    if write:
        PAGE.write_text(text, "utf-8")
        click.echo(f"{PAGE.name}: {len(text.splitlines())} lines")
    elif not PAGE.exists() or PAGE.read_text("utf-8") != text:
        raise CommandFailed("docs/measures.md is out of step: run `make measures-doc`", NOT_ALL)
    else:
        click.echo("docs/measures.md is in step")
