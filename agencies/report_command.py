"""The command `report`."""

from __future__ import annotations

from pathlib import Path

import click

from agencies.options import READABLE, outbox_option, show
from agencies.outbox import Outbox
from agencies.publish.broker import BrokerProblem
from agencies.publish.session import read_receipts
from agencies.report import make_report
from agencies.settings import load_kafka_settings
from models.service.commands import CommandFailed


@click.command()
@outbox_option
@click.option("--bootstrap", metavar="HOST:PORT", help="Also read new receipts from this broker first, if it answers.")
@click.option(
    "--kafka-config",
    type=READABLE,
    envvar="YPSEM_KAFKA_CONFIG",
    help="Settings file, as for publish. [env YPSEM_KAFKA_CONFIG]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def report(outbox_path: Path, bootstrap: str | None, kafka_config: Path | None, as_json: bool) -> None:
    """Show your own exact figures, by type, quarter and state. They are for your agency only.

    `pending`: waiting for the broker; `sent`: the broker has it; `confirmed` or `refused`: by the intake, as far as
    receipts have been read; `withdrawn`: taken back.
    """
    if not outbox_path.exists():
        raise CommandFailed(f"{outbox_path}: no outbox here; give --outbox, or publish first")
    with Outbox(outbox_path) as outbox:
        if bootstrap is not None:
            try:
                read_receipts(outbox, bootstrap, load_kafka_settings(kafka_config))
            except BrokerProblem as problem:
                click.echo(f"receipts not read: {problem}", err=True)
        made = make_report(outbox)
    show(made.as_dict(), "\n".join(made.text()), as_json)
