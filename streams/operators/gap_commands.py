"""`python -m streams gaps` and `gaps close`: what was never read, and that it has come again."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import click

from models.service.clock import now
from models.service.commands import CommandFailed
from models.service.exits import NOT_ALL
from streams.operators.broker import OperatorsBroker
from streams.operators.doing import standing_of
from streams.options import settings_of
from streams.standing import out

log = logging.getLogger(__name__)

_bootstrap = click.option("--bootstrap", help="Kafka brokers, host:port[,host:port].")
_register = click.option(
    "--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register."
)


@click.group(invoke_without_command=True)
@_bootstrap
@_register
@click.pass_context
def gaps(context: click.Context, /, **given: Any) -> None:
    """List the gaps that stand open: records that the broker acknowledged and no worker read.

    Until a gap is closed, pages say that the agency's data are incomplete.
    """
    if context.invoked_subcommand is not None:
        context.obj = given
        return
    with OperatorsBroker(settings_of(**given)) as broker:
        standing = standing_of(broker)
    for gap in standing.gaps():
        click.echo(
            f"{gap.topic} {gap.partition} {gap.first}: {gap.last - gap.first + 1} offsets up to {gap.last}, "
            f"{gap.cause}, found {gap.at:%Y-%m-%d %H:%M}"
        )
    click.echo(f"{len(standing.gaps())} gaps stand open")


@gaps.command()
@click.argument("topic")
@click.argument("partition", type=click.IntRange(0))
@click.argument("first", type=click.IntRange(0))
@click.option(
    "--by", "--as", "who", default="operations", show_default=True, help="User name of the person who closes it."
)
@_bootstrap
@_register
@click.pass_context
def close(context: click.Context, /, topic: str, partition: int, first: int, who: str, **given: Any) -> None:
    """Say that what was in a gap has come again, or never will: pages count the agency's data as whole again.

    TOPIC, PARTITION and FIRST as `gaps` lists them. Safe to repeat.
    """
    settings = settings_of(**{name: value if value is not None else context.obj[name] for name, value in given.items()})
    with OperatorsBroker(settings) as broker:
        found = standing_of(broker).open_gap(topic, partition, first)
        if found is None:
            raise CommandFailed("no such gap stands open: python -m streams gaps lists them", NOT_ALL)
        try:
            closed = found.closed_by(who, now())
        except ValueError:
            raise click.UsageError("--by is a user name: lower case letters, digits, dots and dashes") from None
        broker.confirm([out(closed)])
    log.warning("gap-closed: %s partition %d offset %d by %s", topic, partition, first, who)
    click.echo(f"{topic} partition {partition} offsets {first} to {found.last}: closed")
