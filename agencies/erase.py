"""The command `erase`: takes back for good all that this agency sent about a child (UK GDPR art. 17; ADR 0010).

The operator hands over the child's own rows, in the format they are exported in: from them come the same record keys
and tokens as in publishing, so nobody has to know an event id, and none is ever typed or shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Unpack

import click

from agencies import readers
from agencies.keys import load_keys
from agencies.mint import Minter, content_hash, envelope
from agencies.options import FileOptions, broker_options, file_options, outbox_option, output_options
from agencies.outbox import Outbox
from agencies.outbox.erasures import ErasureOut, ToErase, find, forget_sent, record
from agencies.publish.commands import finish
from agencies.publish.receipt import Receipt
from agencies.publish.run import key_check
from agencies.rows import CanonicalRow, DuplicateRow, Row, SkippedRow, SourceRow
from agencies.settings import load_kafka_settings
from models.contract import tokens as minting
from models.contract.codes import ErasureReason
from models.contract.events import Erasure, type_name
from models.register import load_register
from models.service import clock
from models.service.exits import NOT_ALL

TYPE = type_name("erasure")
MOST_IDS = 500
"""Event ids in one erasure; a message is at most 64 KiB."""
KEPT_DAYS = 37
"""How long an erasure can be sent again: longer than any backup is kept."""
REASONS = [reason.value for reason in ErasureReason]


@dataclass(slots=True)
class NamedRecords:
    """What the file names: records by their keyed digest, and the tokens of each row."""

    digests: set[str] = field(default_factory=set)
    tokens: list[list[dict[str, object]]] = field(default_factory=list, repr=False)
    refused: int = 0


def named_by(rows: Iterable[Row], minter: Minter) -> NamedRecords:
    """Records and tokens of a file's rows, made as in publishing; nothing has to be valid but the keys."""
    named = NamedRecords()
    for row in rows:
        if isinstance(row, SourceRow):
            named.digests.add(minter.digest(row))
            _add(named, minter.tokens_of(row.identifiers))
        elif isinstance(row, CanonicalRow):
            data = row.event.data.model_dump(mode="json")
            named.digests.add(minter.digest_of_canonical(data["event_id"]))
            _add(named, data.get("tokens") or [])
        elif not isinstance(row, DuplicateRow | SkippedRow):
            named.refused += 1
    return named


def _add(named: NamedRecords, tokens: list[dict[str, object]]) -> None:
    if tokens and tokens not in named.tokens:
        named.tokens.append(tokens)


def erasures(
    minter: Minter, found: ToErase, tokens: list[list[dict[str, object]]], reason: str
) -> Iterator[ErasureOut]:
    """The messages: to each board of the agency every token set, and the event ids it was sent."""
    for board in minter.boards:
        ids = sorted(found.event_ids.get(board, ()))
        parts: list[dict[str, object]] = [{"tokens": one} for one in tokens]
        parts += [{"event_ids": ids[at : at + MOST_IDS]} for at in range(0, len(ids), MOST_IDS)]
        for part in parts:
            yield _erasure(minter, board, part | {"reason": reason})


def _erasure(minter: Minter, board: str, part: Mapping[str, object]) -> ErasureOut:
    event_id = minting.event_id(minter.keys.event_id, board, TYPE, content_hash(part).hex())
    data = minter.withdrawal(event_id, board) | dict(part)
    Erasure.model_validate({**data, "revision": 0}, strict=False)
    return ErasureOut(event_id, board, envelope(minter.agency, TYPE, data, 0, clock.now()))


@click.command()
@file_options
@click.option("--agency", required=True, help="Your agency's id in the register.")
@click.option("--records-only", is_flag=True, help="Erase only the records in FILE, not the child's other events.")
@click.option("--reason", type=click.Choice(REASONS), default="request", show_default=True, help="Code of the reason.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--register", "register_dir", type=click.Path(path_type=Path), envvar="YPSEM_REGISTER", required=True,
              help="Directory of the register. [env YPSEM_REGISTER]")  # fmt: skip
@click.option("--keys", "keys_dir", type=click.Path(path_type=Path), envvar="YPSEM_KEYS", required=True,
              help="Directory of your key files. [env YPSEM_KEYS]")  # fmt: skip
@click.option("--wait", type=click.FloatRange(0, 3600), default=0, metavar="SECONDS", help="Wait for receipts.")
@outbox_option
@broker_options
@output_options
def erase(
    file: Path, format_: str, agency: str, records_only: bool, reason: str, yes: bool, register_dir: Path,
    keys_dir: Path, wait: float, outbox_path: Path, bootstrap: str, kafka_config: Path | None, as_json: bool,
    quiet: bool, metrics_file: Path | None, **options: Unpack[FileOptions],
) -> None:  # fmt: skip
    """Erase for good what your agency sent about the child whose rows are in FILE.

    FILE is an export that holds that one child's rows. This erases those records, and every other event of your agency
    that carries one of the child's tokens. They are not published again. Figures released before stay as they are. Safe
    to repeat. Delete FILE afterwards.
    """
    settings = load_kafka_settings(kafka_config)
    today = clock.today()
    register = load_register(register_dir, today)
    minter = Minter(agency, register, load_keys(keys_dir), today, options["board"])
    named = named_by(readers.read(file, format_, register=register, today=today, **options), minter)
    if named.refused:
        click.echo(
            "some rows cannot be read, and nothing was erased; mend them first, so that none is left out", err=True
        )
        raise SystemExit(NOT_ALL)
    if not yes:
        click.confirm(f"Erase {len(named.digests)} records and all that was sent with their tokens?", abort=True)
    tokens = [] if records_only else named.tokens
    with Outbox(outbox_path) as outbox:
        outbox.belongs_to(agency, key_check(minter))
        found = find(outbox, named.digests, {str(one["token"]) for part in tokens for one in part})
        made = list(erasures(minter, found, tokens, reason))
        new = record(outbox, found, made, today)
        receipt = Receipt(agency, withdrawn=new)
        try:
            finish(outbox, receipt, bootstrap, settings, wait=wait, quiet=quiet, as_json=as_json, metrics=metrics_file)
        finally:
            forget_sent(outbox, today - timedelta(days=KEPT_DAYS))
