"""The commands `publish`, `drain` and `receipts`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Unpack

import click

from agencies import readers
from agencies.keys import load_keys
from agencies.metrics import write_metrics
from agencies.mint import Minter
from agencies.options import FileOptions, broker_options, file_options, outbox_option, output_options, show
from agencies.outbox import Outbox
from agencies.publish.broker import BrokerProblem
from agencies.publish.plan import Plan
from agencies.publish.receipt import Receipt
from agencies.publish.run import Complete, publish_rows
from agencies.publish.session import drain, follow_receipts
from agencies.settings import KafkaSettings, load_kafka_settings
from models.register import load_register
from models.service import clock
from models.service.atomic import NotWritten
from models.service.exits import DONE, NOT_ALL, UNUSABLE


def parse_period(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Complete | None:
    """`2025-04-01..2026-03-31`, both days included."""
    if value is None:
        return None
    try:
        first, last = (date.fromisoformat(part) for part in value.split(".."))
    except ValueError:
        raise click.BadParameter("give two days, for example 2025-04-01..2026-03-31") from None
    if last < first:
        raise click.BadParameter("the first day is after the last")
    return Complete(first, last)


@click.command()
@file_options
@click.option("--agency", required=True, help="Your agency's id in the register.")
@click.option(
    "--complete", callback=parse_period, metavar="FROM..TO",
    help="FILE is complete for these days: what it no longer holds is shown, then withdrawn.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Withdraw even when it is more than 10 % or uncertain.")
@click.option("--register", "register_dir", type=click.Path(path_type=Path), envvar="YPSEM_REGISTER", required=True,
              help="Directory of the register. [env YPSEM_REGISTER]")  # fmt: skip
@click.option("--keys", "keys_dir", type=click.Path(path_type=Path), envvar="YPSEM_KEYS", required=True,
              help="Directory of your key files. [env YPSEM_KEYS]")  # fmt: skip
@click.option("--wait", type=click.FloatRange(0, 3600), default=0, metavar="SECONDS",
              help="How long to wait for the intake's and the ledger's receipts.")  # fmt: skip
@outbox_option
@broker_options
@output_options
def publish(
    file: Path, format_: str, agency: str, complete: Complete | None, yes: bool, register_dir: Path, keys_dir: Path,
    wait: float, outbox_path: Path, bootstrap: str, kafka_config: Path | None, as_json: bool, quiet: bool,
    metrics_file: Path | None, **options: Unpack[FileOptions],
) -> None:  # fmt: skip
    """Publish an export FILE: what is new or changed goes out, the rest is left alone.

    Safe to repeat. While the broker is away everything waits in the outbox. Ends with a receipt.
    """
    settings = load_kafka_settings(kafka_config)
    today, mapping, board = clock.today(), options["mapping"], options["board"]
    register = load_register(register_dir, today)
    minter = Minter(agency, register, load_keys(keys_dir), today, board)
    receipt = Receipt(agency, format_, mapping)
    source = f"{format_}/{Path(mapping).stem}" if mapping else format_
    with Outbox(outbox_path) as outbox:
        rows = readers.read(file, format_, register=register, today=today, **options)
        publish_rows(rows, minter, outbox, receipt, source=source, complete=complete, yes=yes, show=show_withdrawals)
        finish(outbox, receipt, bootstrap, settings, wait=wait, quiet=quiet, as_json=as_json, metrics=metrics_file)


def show_withdrawals(plan: Plan) -> None:
    """How many will be withdrawn, by type and month; never which."""
    if plan.moved:
        click.echo(f"{len(plan.moved)} events are now another board's: withdrawn there, published here", err=True)
    if plan.gone:
        click.echo(f"{len(plan.gone)} of {plan.in_scope} events are no longer in the file: withdrawn", err=True)
        for kind, month, n in plan.gone_by_type_and_month():
            click.echo(f"  {kind} {month}: {n}", err=True)


def finish(
    outbox: Outbox, receipt: Receipt, bootstrap: str, settings: KafkaSettings, *, wait: float, quiet: bool,
    as_json: bool, metrics: Path | None,
) -> None:  # fmt: skip
    """Deliver, follow the receipts, print, and leave with the right exit code."""
    earlier = outbox.pending() - receipt.new - receipt.revised - receipt.withdrawn
    delivery = drain(outbox, bootstrap, settings, quiet)
    receipt.published_earlier_spool = min(earlier, delivery.acknowledged)
    receipt.published = delivery.acknowledged - receipt.published_earlier_spool
    receipt.spooled, receipt.published_again = delivery.left, delivery.again
    receipt.broker = None if delivery.problem is None else str(delivery.problem)
    code = NOT_ALL if receipt.rows_refused else DONE
    if delivery.problem is None and wait:
        try:
            followed = follow_receipts(outbox, bootstrap, settings, wait, quiet=quiet)
            receipt.intake = replace(followed, published_again=followed.published_again + delivery.again)
            receipt.published_again = receipt.intake.published_again
            receipt.spooled, receipt.broker = outbox.pending(), followed.not_sent
            code = NOT_ALL if receipt.intake.refused else code
        except BrokerProblem as problem:
            receipt.broker = str(problem)
    if delivery.problem is not None and delivery.problem.refused:
        code = UNUSABLE
    show(receipt.as_dict(), "\n".join(receipt.lines() if receipt.format else receipt.delivery_lines()), as_json)
    if metrics is not None:
        try:
            write_metrics(metrics, receipt.spooled, code)
        except NotWritten as problem:
            # What the command is for is done; the file's age tells whoever watches it.
            click.echo(f"the metrics file was not written: {problem}", err=True)
    raise SystemExit(code)


@click.command("drain")
@click.option("--resend-all", is_flag=True, help="Send every latest revision again: for a broker that lost its data.")
@click.option("--wait", type=click.FloatRange(0, 3600), default=0, metavar="SECONDS", help="Wait for receipts.")
@outbox_option
@broker_options
@output_options
def drain_command(
    resend_all: bool, wait: float, outbox_path: Path, bootstrap: str, kafka_config: Path | None, as_json: bool,
    quiet: bool, metrics_file: Path | None,
) -> None:  # fmt: skip
    """Send what is waiting in the outbox. Safe to repeat."""
    settings = load_kafka_settings(kafka_config)
    with Outbox(outbox_path) as outbox:
        receipt = Receipt(outbox.agency)
        if resend_all:
            outbox.resend_all()
        finish(outbox, receipt, bootstrap, settings, wait=wait, quiet=quiet, as_json=as_json, metrics=metrics_file)


@click.command("receipts")
@click.option("--wait", type=click.FloatRange(0, 3600), default=0, metavar="SECONDS",
              help="How long to wait until all is accounted for.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@outbox_option
@broker_options
def receipts_command(wait: float, as_json: bool, outbox_path: Path, bootstrap: str, kafka_config: Path | None) -> None:
    """Show what the intake and the ledger made of your published events."""
    settings = load_kafka_settings(kafka_config)
    with Outbox(outbox_path) as outbox:
        followed = follow_receipts(outbox, bootstrap, settings, wait)
        show(followed.as_dict(), "\n".join(followed.lines()), as_json)
        raise SystemExit(NOT_ALL if followed.refused else DONE)
