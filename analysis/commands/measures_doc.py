"""`measures-doc`: writes docs/measures.md anew, or says whether it is in step."""

from __future__ import annotations

import click

from analysis.shown.document import PAGE, document


@click.command(name="measures-doc")
@click.option("--write", is_flag=True, help="Write docs/measures.md; without it, exit 1 if it is out of step.")
def command(write: bool) -> None:
    """Generate docs/measures.md from the definitions, worked examples and catalogue of the measures."""
    text = document()
    if write:
        PAGE.write_text(text, "utf-8")
        click.echo(f"{PAGE.name}: {len(text.splitlines())} lines")
    elif not PAGE.exists() or PAGE.read_text("utf-8") != text:
        raise click.ClickException("docs/measures.md is out of step: run `make measures-doc`")
    else:
        click.echo("docs/measures.md is in step")
