"""`python -m streams backup` and `restore`: for the day when the brokers' disks are lost."""

from __future__ import annotations

import logging
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import click

from models.operations.retention import LONGEST_BACKUP_DAYS
from models.operations.topic_specs import all_topics
from models.service.atomic import make_folder
from models.service.clock import now
from models.service.commands import CommandFailed
from models.service.exits import NOT_ALL
from streams.backup import metrics_file as backup_metrics
from streams.backup.archive import lines, outs, state_topics
from streams.backup.seal import seal, unseal
from streams.errors import StreamsError
from streams.operators.broker import NoBroker, OperatorsBroker
from streams.options import register_of, settings_of

log = logging.getLogger(__name__)

NAME = re.compile(r"^ypsem-backup-(\d{8}T\d{6}Z)\.cms$")
AT_ONCE = 500
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)

_bootstrap = click.option("--bootstrap", help="Kafka brokers, host:port[,host:port].")
_register = click.option(
    "--register", "register_dir", type=click.Path(path_type=Path), help="Directory of the register."
)


@click.command()
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder on another host."
)
@click.option(
    "--certificate", type=_FILE, required=True, help="Certificate of whoever may open the backup: PEM, RSA or EC."
)
@click.option(
    "--keep-days",
    type=click.IntRange(1, LONGEST_BACKUP_DAYS),
    default=LONGEST_BACKUP_DAYS,
    show_default=True,
    help="Older backups are deleted.",
)
@click.option(
    "--metrics-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="After success, also write a .prom file for node_exporter's textfile collector.",
)
@_bootstrap
@_register
def backup(folder: Path, certificate: Path, keep_days: int, metrics_file: Path | None, **given: Any) -> None:
    """Write an encrypted backup of the ledger's state, and delete those that are older than erasure allows.

    Run it daily, with the workers running. What was erased before is not in it.
    """
    settings = settings_of(**given)
    specs = state_topics(all_topics([agency.id for agency in register_of(settings).agencies]))
    tally: Counter[str] = Counter()
    path = folder / f"ypsem-backup-{now():%Y%m%dT%H%M%SZ}.cms"
    make_folder(folder, mode=0o700)
    with OperatorsBroker(settings) as broker:
        seal(lines(((spec, broker.read(spec.name)) for spec in specs), tally), path, certificate)
    gone = [old for old in sorted(folder.iterdir()) if _older(old, now() - timedelta(days=keep_days))]
    for old in gone:
        old.unlink()
    log.info("backup: %s written, %d older deleted", path.name, len(gone))
    if metrics_file is not None:
        try:
            backup_metrics.write(metrics_file, now().timestamp(), tally.total(), path.stat().st_size)
        except OSError:
            raise StreamsError(
                f"{path.name} is written and complete, but the metrics file could not be written: {metrics_file}"
            ) from None
    click.echo(f"{path}: {tally.total()} records of {len(tally)} topics; {len(gone)} older deleted")


@click.command()
@click.option("--from", "path", type=_FILE, required=True, help="The newest backup.")
@click.option("--certificate", type=_FILE, required=True, help="The certificate that it was made for.")
@click.option(
    "--key",
    type=_FILE,
    required=True,
    help="The key of that certificate. Keep it away from the brokers and from the backups.",
)
@_bootstrap
@_register
def restore(path: Path, certificate: Path, key: Path, **given: Any) -> None:
    """Bring a backup back into empty topics: after `topics --apply`, and before any worker is started.

    Then every agency runs `drain --resend-all`: what came after the backup comes again, erasures too.
    """
    settings = settings_of(**given)
    specs = state_topics(all_topics([agency.id for agency in register_of(settings).agencies]))
    written: Counter[str] = Counter()
    with OperatorsBroker(settings) as broker:
        for spec in specs:
            limits = [broker.limits(spec.name, number) for number in range(spec.partitions)]
            if any(one is None for one in limits):
                raise NoBroker(f"topic {spec.name} is not there: run topics --apply first")
            if any(one is not None and one[1] for one in limits):
                raise CommandFailed(f"topic {spec.name} is not empty: nothing was restored", NOT_ALL)
        records = outs(unseal(path, certificate, key))
        while part := list(islice(records, AT_ONCE)):
            broker.confirm(part)
            written.update(out.topic for out in part)
    log.warning("restored: %s", path.name)
    click.echo(f"{written.total()} records of {len(written)} topics restored")


def _older(path: Path, than: datetime) -> bool:
    found = NAME.match(path.name)
    return found is not None and datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) < than
