"""Command line of the stream tier: `python -m streams worker`, `python -m streams topics`."""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from models.contract.clock import today
from models.contract.keyfiles import KeyFileError, write_key
from models.contract.topics import all_topics
from models.register import Register, RegisterError, load_register
from streams.settings import StreamSettings

ROLES = ("intake", "ledger", "all")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """The stream tier: intake checks and re-keys what agencies publish, the ledger keeps and counts it.

    Every option is also an environment variable, YPSEM_ and its name: --bootstrap is YPSEM_BOOTSTRAP.
    """


def _settings(**given: Any) -> StreamSettings:
    try:
        return StreamSettings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, item["loc"])) for item in error.errors(include_input=False))
        raise click.UsageError(
            f"settings that cannot be used: {fields}; see `python -m streams worker --help`"
        ) from None


def _register(settings: StreamSettings) -> Register:
    try:
        return load_register(settings.register_dir, today())
    except RegisterError as error:
        raise click.ClickException(str(error)) from None


@cli.command()
@click.option("--role", type=click.Choice(ROLES), default="all", show_default=True, help="all: both, as two processes.")
@click.option("--bootstrap", help="Kafka brokers, host:port[,host:port].")
@click.option("--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register.")
@click.option("--keys", type=click.Path(path_type=Path), help="Directory of this process's key files.")
@click.option("--datadir", type=click.Path(path_type=Path), help="Working directory.")
@click.option("--metrics-port", type=int, help="Port of /metrics, /live, /ready; 0 for none.")
def worker(role: str, **given: Any) -> None:
    """Run intake, ledger or both until stopped (SIGTERM or Ctrl-C).

    Exit 70 means that it stopped loudly on an error without acknowledging its input: restart it, nothing is lost.
    """
    settings = _settings(**given)
    register = _register(settings)
    if role == "all":
        from streams.supervise import run_both

        sys.exit(run_both(settings))
    _run(role, settings, register)


def _run(role: str, settings: StreamSettings, register: Register) -> None:
    # Faust is imported late: `topics` and `--help` stay quick, and Faust reads its environment on import.
    from streams import health
    from streams.intake import app as intake_app
    from streams.ledger import app as ledger_app
    from streams.worker import QuietWorker

    try:
        app = (intake_app if role == "intake" else ledger_app).build(settings, register)
    except KeyFileError as error:
        raise click.ClickException(str(error)) from None
    settings.datadir.mkdir(parents=True, exist_ok=True, mode=0o700)
    health.serve(settings.metrics_port, settings.metrics_host)
    logging.getLogger("streams").info("%s: starting", role)
    QuietWorker(role, app).execute_from_commandline()


def _log_to_stderr() -> None:
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)sZ %(levelname)s %(name)s: %(message)s"
    )
    logging.Formatter.converter = time.gmtime
    # aiokafka's debug records hold keys and values; building them also costs a tenth of the CPU (streams.md 1.14).
    for name in ("aiokafka", "faust", "kafka", "mode"):
        logging.getLogger(name).setLevel(logging.WARNING)


@cli.command()
@click.option("--role", type=click.Choice(("intake", "ledger")), required=True, help="Whose keys.")
@click.option("--epoch", type=click.IntRange(1, 9999), default=1, show_default=True, help="Of the gate key.")
@click.option("--keys", type=click.Path(path_type=Path), help="Directory of that role's key files.")
def keys(role: str, epoch: int, **given: Any) -> None:
    """Make the key files of intake or ledger, each in its own directory and custody. Nothing shows or overwrites them.

    Losing the gate key starts every child anew in the figures; losing the ledger's keys changes the rounding of
    figures not yet released. Back them up, apart from each other and from the data.
    """
    directory = _settings(**given).keys
    wanted = (
        [(f"gate-{epoch}.key", "gate", epoch)]
        if role == "intake"
        else [("record.key", "record", 0), ("rounding.key", "rounding", 0)]
    )
    for name, purpose, epoch in wanted:
        try:
            write_key(directory / name, purpose, epoch)
        except KeyFileError as error:
            raise click.ClickException(str(error)) from None
        click.echo(f"{directory / name}: made")


@cli.command()
@click.option("--bootstrap", help="Kafka brokers, host:port[,host:port].")
@click.option("--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register.")
@click.option("--replication", type=click.IntRange(1, 5), help="Replicas of new topics.")
@click.option("--apply", "apply_", is_flag=True, help="Make the changes; without it they are only shown.")
def topics(apply_: bool, **given: Any) -> None:
    """Show how the cluster's topics differ from what the service needs; create and set them with --apply.

    Run it as often as you like. Exit 0 when nothing is left to change, 1 when something is, 2 when no broker answers.
    """
    from kafka.admin import KafkaAdminClient
    from kafka.errors import KafkaError

    from streams.topics import apply, plan

    settings = _settings(**given)
    register = _register(settings)
    months = max((board.retention_months for board in register.boards), default=28)
    wanted = all_topics([agency.id for agency in register.agencies], months)
    try:
        admin = KafkaAdminClient(bootstrap_servers=settings.bootstrap, client_id="ypsem-topics")
    except KafkaError as error:
        click.echo(f"no broker answers at {settings.bootstrap} ({type(error).__name__})", err=True)
        sys.exit(2)
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
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    _log_to_stderr()
    cli(prog_name="python -m streams")
