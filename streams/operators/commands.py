"""`python -m streams skip`, `resume` and `redrive`: what operations do about single records and held topics."""

from __future__ import annotations

import logging
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from pydantic import ValidationError

from models.operations.remedies import Hold, Skip, reason_rule
from models.service.clock import now
from models.service.commands import CommandFailed
from models.service.exits import DONE, NOT_ALL
from streams.operators.broker import OperatorsBroker
from streams.operators.doing import reader_of, redrive
from streams.operators.skipping import Done, skip_record
from streams.options import register_of, settings_of
from streams.standing import out

log = logging.getLogger(__name__)
R = TypeVar("R", Hold, Skip)
"""A remedy that a command makes."""

_bootstrap = click.option("--bootstrap", help="Kafka brokers, host:port[,host:port].")
_register = click.option(
    "--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register."
)
_who = click.option("--as", "who", default="operations", show_default=True, help="User name of the person who does it.")


@click.command()
@click.option("--topic", required=True, help="A raw topic, ypsem.accepted.v1 or ypsem.requests.v1.")
@click.option("--partition", type=click.IntRange(0), required=True)
@click.option("--offset", type=click.IntRange(0), required=True)
@click.option(
    "--reason", required=True, help="Why, in a few words that name nobody; kept with the record's coordinates."
)
@_who
@_bootstrap
@_register
def skip(topic: str, partition: int, offset: int, reason: str, who: str, **given: Any) -> None:
    """Make every worker pass over one record, for good: the last resort for a record that stops a worker.

    It is counted, reported to the agency, written to the audit log and shown on the board's page as missing from the
    figures. Undo it with redrive --rule skipped. Safe to repeat: a second time changes nothing.
    """
    settings = settings_of(**given)
    reader = reader_of(topic, register_of(settings))
    if reader is None:
        raise click.UsageError(
            "--topic must be the raw topic of an agency in the register, or a topic that the ledger reads"
        )
    group, agency = reader
    if (rule := reason_rule(reason)) is not None:
        raise click.UsageError(f"the reason holds what looks like an identifier ({rule}); leave that out")
    remedy = _made(
        Skip, topic=topic, partition=partition, offset=offset, rule="skipped", reason=reason, by=who, at=now()
    )
    with OperatorsBroker(settings) as broker:
        done = skip_record(broker, remedy, group, agency)
    if done not in (Done.SKIPPED, Done.ALREADY):
        raise CommandFailed(done.value, NOT_ALL)
    if done is Done.SKIPPED:
        log.warning("skipped: %s partition %d offset %d by %s", topic, partition, offset, who)
    click.echo(f"{topic} partition {partition} offset {offset}: {done.value}")


@click.command()
@click.option("--agency", required=True, help="Whose raw topic is read again.")
@_who
@_bootstrap
@_register
def resume(agency: str, who: str, **given: Any) -> None:
    """Read an agency's raw topic again, after it was held because too much of it was refused. Safe to repeat.

    Reading goes on where it stopped. If the records there are still refused, it is held again.
    """
    settings = settings_of(**given)
    if agency not in register_of(settings).agency_by_id:
        raise click.UsageError("that agency is not in the register")
    with OperatorsBroker(settings) as broker:
        broker.confirm([out(_made(Hold, agency=agency, held=False, by=who, at=now()))])
    log.warning("resumed: the raw topic of %s by %s", agency, who)
    click.echo(f"{agency}: its raw topic is read again")


@click.command("redrive")
@click.option("--rule", required=True, help="The rule under which records were refused, as in docs/rules.md.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Only dead letters of this day or later."
)
@click.option("--agency", help="Only records of this agency's raw topic.")
@click.option("--keys", type=click.Path(path_type=Path), help="Directory of intake's key files.")
@_who
@_bootstrap
@_register
def redrive_command(rule: str, since: datetime, agency: str | None, who: str, **given: Any) -> None:
    """Decide refused records again after a rule, the register or the program was mended, and let through what passes.

    Run it where intake runs: it needs the gate key. Running it twice changes nothing, and intake may run meanwhile.
    Raw topics keep a record for 30 days; dead letters are kept for 14.
    """
    settings = settings_of(**given)
    register = register_of(settings)
    day: date = since.date()
    with OperatorsBroker(settings) as broker:
        done = redrive(broker, settings, register, rule, day, agency, who)
    log.warning("redriven: rule %s since %s by %s", rule, day, who)
    click.echo(
        f"{done.letters} records were refused by {rule} since {day}: {done.forwarded} forwarded, "
        f"{done.refused} still refused, {done.gone} no longer in their topic"
    )
    sys.exit(DONE if done.letters else NOT_ALL)


def _made(kind: type[R], **fields: Any) -> R:
    try:
        return kind(**fields)
    except ValidationError as error:
        names = ", ".join(str(item["loc"][0]) for item in error.errors(include_input=False, include_url=False))
        raise click.UsageError(f"cannot be used: {names}") from None
