"""Command line of the stream tier: `python -m streams worker`, `python -m streams topics`."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import click

from models.operations.topic_specs import all_topics
from models.register import Register
from models.register.types import DEFAULT_MONTHS
from models.service import certificates as certificate_dates
from models.service.commands import Program, tell_exits
from models.service.exits import DONE, NOT_ALL
from models.service.health import serve
from models.service.logs import log_to_stderr
from streams.access.commands import access, certificates
from streams.backup.commands import backup, restore
from streams.balances.commands import balances_command
from streams.errors import StreamsError
from streams.keys import keys
from streams.operators.commands import redrive_command, resume, skip
from streams.operators.gap_commands import gaps
from streams.operators.service import operations
from streams.options import register_of, settings_of
from streams.settings import StreamSettings

ROLES = ("intake", "ledger", "all")


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """The stream tier: intake checks and re-keys what agencies publish, the ledger keeps and counts it.

    Every option is also an environment variable, YPSEM_ and its name: --bootstrap is YPSEM_BOOTSTRAP.
    """


@cli.command()
@click.option("--role", type=click.Choice(ROLES), default="all", show_default=True, help="all: both, as two processes.")
@click.option("--bootstrap", help="Kafka brokers, host:port[,host:port].")
@click.option("--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register.")
@click.option("--keys", type=click.Path(path_type=Path), help="Directory of this process's key files.")
@click.option("--datadir", type=click.Path(path_type=Path), help="Working directory.")
@click.option("--metrics-port", type=int, help="Port of /metrics, /live, /ready; 0 for none.")
def worker(role: str, **given: Any) -> None:
    """Run intake, ledger or both until stopped (SIGTERM or Ctrl-C).

    Restart it whenever it ends. What it did not acknowledge is read again, so nothing is lost.
    """
    settings = settings_of(**given)
    register = register_of(settings)
    if role == "all":
        from streams.supervise import run_both

        sys.exit(run_both(settings))
    _run(role, settings, register)


def _run(role: str, settings: StreamSettings, register: Register) -> None:
    # Faust is imported late: `topics` and `--help` stay quick, and Faust reads its environment on import.
    from streams import health
    from streams.intake import app as intake_app
    from streams.ledger import app as ledger_app
    from streams.worker import QuietWorker, stopped_for

    app = (intake_app if role == "intake" else ledger_app).build(settings, register)
    settings.datadir.mkdir(parents=True, exist_ok=True, mode=0o700)
    certificate_dates.watch(settings.certificates())
    serve(health.PULSE, settings.metrics_host, settings.metrics_port)
    logging.getLogger("streams").info("%s: starting", role)
    try:
        QuietWorker(role, app).execute_from_commandline()
    finally:
        if stopped_for:
            sys.exit(stopped_for[0])


@cli.command()
@click.option("--bootstrap", help="Kafka brokers, host:port[,host:port].")
@click.option("--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register.")
@click.option("--replication", type=click.IntRange(1, 5), help="Replicas of new topics.")
@click.option("--apply", "apply_", is_flag=True, help="Make the changes; without it they are only shown.")
def topics(apply_: bool, **given: Any) -> None:
    """Show how the cluster's topics differ from what the service needs; create and set them with --apply.

    Run it as often as you like.
    """
    from kafka.admin import KafkaAdminClient
    from kafka.errors import KafkaError

    from streams.topics import apply, plan

    settings = settings_of(**given)
    register = register_of(settings)
    months = max((board.retention_months for board in register.boards), default=DEFAULT_MONTHS)
    wanted = all_topics([agency.id for agency in register.agencies], months)
    try:
        admin = KafkaAdminClient(bootstrap_servers=settings.bootstrap, client_id="ypsem-topics", **settings.client())
    except KafkaError as error:
        raise StreamsError(f"no broker answers at {settings.bootstrap} ({type(error).__name__})") from None
    changes = plan(admin, wanted)
    for change in changes:
        click.echo(f"{change.spec.name}: {change.text}")
    if apply_ and changes:
        apply(admin, changes, settings.replication)
        changes = [c for c in plan(admin, wanted) if c.kind != "set" or c.text in {k.text for k in changes}]
    admin.close()
    left = len(changes)
    click.echo(f"{len(wanted)} topics wanted; " + ("nothing to change" if not left else f"{left} changes left"))
    if left and not apply_:
        click.echo("run again with --apply to make them")
    sys.exit(NOT_ALL if left else DONE)


for command in (
    keys, balances_command, operations, skip, resume, redrive_command, gaps, backup, restore, access, certificates,
):  # fmt: skip
    cli.add_command(command)
tell_exits(cli, "streams")

if __name__ == "__main__":
    log_to_stderr("streams")
    cli(prog_name="python -m streams")
