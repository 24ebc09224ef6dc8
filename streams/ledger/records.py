"""Reads accepted records; what intake wrote is trusted in form, but a stranger's record must not stop the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import orjson

from analysis.ledger.row import Record
from streams.feed.coalescing import Chunk
from streams.intake.chunk import RAW_HEADER


class NotARecord(ValueError):
    """A record on the accepted topic that intake did not write; the message has no part of it."""


def read(chunk: Chunk) -> Iterator[tuple[int, Record | NotARecord | None]]:
    """(offset, record) for each; None for an erasure's tombstone, `NotARecord` for anything unreadable."""
    for item in chunk:
        if item.value is None:
            yield item.offset, None
            continue
        try:
            document = orjson.loads(item.value)
            data = document["data"]
            event_id, revision = data.pop("event_id"), data.pop("revision")
            partition, _, offset = dict(item.headers)[RAW_HEADER].partition(b":")
            short_type = document["type"].split(".")[1]
            published = int(datetime.fromisoformat(document["time"]).timestamp())
            if not (isinstance(data["agency"], str) and isinstance(data["board"], str)):
                raise TypeError
            yield (
                item.offset,
                Record(event_id, revision, short_type, data, int(partition), int(offset), item.timestamp, published),
            )
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            yield item.offset, NotARecord("not-a-record")
