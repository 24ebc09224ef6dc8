"""Reads the receipts topics of all agencies into their accounts, as they come."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from kafka import KafkaConsumer, TopicPartition
from pydantic import TypeAdapter

from demo.accounts import RunAccount
from models.contract.receipts import Receipt
from models.contract.topics import receipts

_RECEIPT: TypeAdapter[Receipt] = TypeAdapter(Receipt)


class ReceiptReader:
    """Follows every agency's receipts from the beginning, without a consumer group; a context manager."""

    def __init__(self, bootstrap: str, accounts: Mapping[str, RunAccount]) -> None:
        self._accounts = {receipts(agency): account for agency, account in accounts.items()}
        self._consumer: Any = KafkaConsumer(
            bootstrap_servers=bootstrap.split(","),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            client_id="ypsem-demo",
        )
        self._consumer.assign([TopicPartition(topic, 0) for topic in self._accounts])

    def read(self, wait_ms: int = 500) -> int:
        """Read the receipts that have come, and return how many; waits up to `wait_ms` for the first."""
        count = 0
        for partition, records in self._consumer.poll(timeout_ms=wait_ms, max_records=5000).items():
            for record in records:
                self._accounts[partition.topic].add(_RECEIPT.validate_json(record.value))
                count += 1
        return count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()
