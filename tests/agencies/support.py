"""Rows as a reader would give them, keys, and a broker's log in memory. All synthetic."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from agencies.keys import AgencyKeys, load_keys
from agencies.mint import Minter
from agencies.outbox import Outbox, Queued, Sent
from agencies.publish.broker import BrokerProblem
from agencies.publish.deliver import deliver
from agencies.publish.receipt import Receipt
from agencies.publish.run import Complete, publish_rows
from agencies.rows import Row, SourceRow
from models.contract.events import EVENT
from models.service.keyfiles import write_key
from tests.factories import POLICE, register

TODAY = date(2026, 5, 11)
WARD, OTHER_WARD = "X05000001", "X05100001"
SOURCE = "mapped-csv/test"
YEAR = Complete(date(2025, 4, 1), date(2026, 3, 31))


def make_keys(folder: Path, epochs: Sequence[int] = (1,)) -> AgencyKeys:
    """Key files of an agency with fixed secrets, and the keys read back from them."""
    for epoch in epochs:
        write_key(folder / f"link-{epoch}.key", "link", epoch, bytes([epoch]) * 32)
    if not (folder / "local.key").exists():
        write_key(folder / "local.key", "local", 0, b"o" * 32)
        write_key(folder / "event-id.key", "event-id", 0, b"e" * 32)
    return load_keys(folder)


def minter(folder: Path, **changes: Any) -> Minter:
    """A minter of the synthetic police with keys in `folder`."""
    keys = changes.pop("keys", None) or make_keys(folder)
    return Minter(POLICE, register(), keys, TODAY, **changes)


def row(key: str = "1", number: int = 2, ward: str | None = WARD, **changes: Any) -> SourceRow:
    """A missing episode of record `key`; other keyword arguments are its event fields."""
    about = changes.pop("about", None)
    identifiers = changes.pop("identifiers", {"nhs": f"99900000{key:0>2}", "local": f"case-{key}"})
    event_type = changes.pop("event_type", "ypsem.missing_episode.v1")
    fields: dict[str, object] = {"occurred_on": "2026-02-03", "source_system": "compact", "status": "missing"}
    return SourceRow(number, event_type, key, fields | changes, identifiers, ward, about)


@dataclass
class Log:
    """What a broker holds, and how it behaves: it takes `takes` messages of a batch and loses the rest."""

    values: list[tuple[bytes, bytes]] = field(default_factory=list)
    takes: int | None = None

    def send(self, batch: Sequence[Queued]) -> tuple[list[Sent], BrokerProblem | None]:
        """Append, as `agencies.publish.broker.Sender` asks."""
        taken = batch if self.takes is None else batch[: self.takes]
        sent = []
        for queued in taken:
            self.values.append((queued.board.encode(), queued.payload))
            sent.append(Sent(queued.seq, 0, len(self.values) - 1))
        return sent, None if len(taken) == len(batch) else BrokerProblem("no acknowledgement")

    def events(self) -> list[dict[str, Any]]:
        """Every message, in the order of the topic; each one valid by the contract."""
        for _, value in self.values:
            EVENT.validate_json(value)
        return [json.loads(value) for _, value in self.values]

    def live(self) -> dict[str, dict[str, Any]]:
        """Event id -> data of the newest revision, withdrawn ones left out: what the ledger will hold."""
        newest: dict[str, dict[str, Any]] = {}
        for event in self.events():
            data = event["data"]
            if data["event_id"] not in newest or newest[data["event_id"]]["data"]["revision"] < data["revision"]:
                newest[data["event_id"]] = event
        return {key: e["data"] for key, e in newest.items() if e["type"] != "ypsem.withdrawal.v1"}


def publish(
    outbox: Outbox, log: Log, rows: Iterable[Row], by: Minter, complete: Complete | None = None, **options: Any
) -> Receipt:
    """Publish rows as the command does; the receipt's delivery part included."""
    receipt = Receipt(by.agency, "mapped-csv")
    publish_rows(rows, by, outbox, receipt, source=SOURCE, complete=complete, **options)
    delivery = deliver(outbox, log, batch=100)
    receipt.published, receipt.spooled = delivery.acknowledged, delivery.left
    return receipt
