"""Reads accepted records; what intake wrote is trusted in form, but a stranger's record must not stop the ledger.

The ledger itself writes a record again when compaction would otherwise take something away that only an earlier record
of the same key said (`again`): when the event first came, its copies, which of two contents stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import orjson
from aiokafka import ConsumerRecord

from analysis.ledger.coordinates import place_in
from analysis.ledger.row import Record, Row, decode, encode
from models.contract import topics
from streams.feed.coalescing import Chunk
from streams.intake.chunk import RAW_HEADER
from streams.outputs import Out

KNOWN_HEADER = "known"
"""Header of an accepted record that the ledger wrote again: the event's row, as in the ledger's changelog."""


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
            headers = dict(item.headers)
            place = place_in(headers[RAW_HEADER])
            short_type = document["type"].split(".")[1]
            published = int(datetime.fromisoformat(document["time"]).timestamp())
            if not (isinstance(data["agency"], str) and isinstance(data["board"], str)):
                raise TypeError
            known = _row(headers[KNOWN_HEADER]) if KNOWN_HEADER in headers else None
            yield (
                item.offset,
                Record(
                    event_id=event_id,
                    revision=revision,
                    short_type=short_type,
                    data=data,
                    raw_partition=place[0],
                    raw_offset=place[1],
                    timestamp_ms=item.timestamp,
                    published_s=published,
                    known=known,
                ),
            )
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            yield item.offset, NotARecord("not-a-record")


def again(item: ConsumerRecord, key: bytes, row: Row) -> list[Out]:
    """The same record once more, under its key, with all that its event's row knows.

    An older version wrote records under keys without the agency: what lay there goes, once it stands under the new one.
    """
    headers = tuple((name, value) for name, value in item.headers if name != KNOWN_HEADER)
    known = (*headers, (KNOWN_HEADER, encode(row)))
    outs = [Out(topics.ACCEPTED, item.partition, key, item.value, timestamp_ms=item.timestamp, headers=known)]
    return outs if item.key == key else [*outs, Out(topics.ACCEPTED, item.partition, item.key, None)]


def _row(value: bytes) -> Row:
    """A row from a header, with what is needed of it looked at; raises what `read` takes for "not a record"."""
    row = decode(value)
    if encode(row) != value or not (isinstance(row.agency, str) and isinstance(row.board, str)):
        raise ValueError
    return row
