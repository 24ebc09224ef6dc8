"""What a backup holds: the newest record of every key of the topics that are state; and how it goes back.

Not in it: raw topics, receipts, dead letters and requests, which agencies and people can send again; the ledger's own
rows, which are rebuilt from the accepted topic; the positions, as the topics that they speak of begin anew; and what
ends in a null, so that what was erased is in no backup made after. The marks are in it: they keep what was erased
before from coming back.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import orjson

from analysis.ledger.coordinates import header, place_in, restored
from analysis.ledger.row import decode, encode
from models.contract import topics
from models.operations.topic_specs import TopicSpec
from streams.errors import StreamsError
from streams.intake.chunk import RAW_HEADER
from streams.ledger.accepted import PREFIX, place_of
from streams.ledger.marks import EVENT, is_of_skipped
from streams.ledger.records import KNOWN_HEADER
from streams.outputs import Out

FORMAT = "ypsem-backup-1"


class NotABackup(StreamsError):
    """Something else, or only a part of one."""


def state_topics(specs: Iterable[TopicSpec]) -> list[TopicSpec]:
    """The topics a backup holds."""
    left_out = {topics.LEDGER_CHANGELOG, topics.POSITIONS}
    return [s for s in specs if "compact" in s.config["cleanup.policy"] and s.name not in left_out]


def newest(records: Iterable[Any]) -> list[Any]:
    """The last record of each key and partition, without those that end in a null, in order of offset."""
    last = {(record.partition, record.key): record for record in records}
    kept = [record for record in last.values() if record.value is not None]
    return sorted(kept, key=lambda record: (record.partition, record.offset))


def lines(read: Iterable[tuple[TopicSpec, Iterable[Any]]], tally: Counter[str]) -> Iterator[bytes]:
    """The archive, a line a record (counted by topic), from a line saying what it is to one saying it is whole."""
    yield orjson.dumps([FORMAT]) + b"\n"
    for spec, records in read:
        for record in newest(records):
            tally[spec.name] += 1
            headers = [(name, _text(value)) for name, value in record.headers]
            row = [spec.name, record.partition, _text(record.key), _text(record.value), record.timestamp, headers]
            yield orjson.dumps(row) + b"\n"
    yield orjson.dumps(["end", tally.total()]) + b"\n"


def outs(archive: Iterable[bytes]) -> Iterator[Out]:
    """The records to produce; raises `NotABackup`, at the end at the latest, if it is not whole."""
    rows = (orjson.loads(line) for line in archive)
    if next(rows, None) != [FORMAT]:
        raise NotABackup("this program did not make this backup")
    for n, row in enumerate(rows):
        if row[0] == "end":
            if row[1] != n:
                break
            return
        topic, partition, key, value, timestamp, headers = row
        made = Out(
            topic,
            partition,
            _bytes(key),
            _bytes(value),
            timestamp_ms=timestamp,
            headers=tuple((name, _bytes(text)) for name, text in headers),
        )
        yield _anew(made)
    raise NotABackup("the backup ends too early; take another")


def _anew(made: Out) -> Out:
    """With places that no record to come will have: the raw topics begin anew."""
    if made.topic == topics.ACCEPTED:
        headers = tuple((name, _header(name, value)) for name, value in made.headers)
        return replace(made, headers=headers)
    if made.topic == topics.MARKS_CHANGELOG:
        return _mark_anew(made)
    return made


def _mark_anew(made: Out) -> Out:
    key, value = made.key or b"", made.value
    if key.startswith(f"{EVENT}|".encode()):
        board, agency, records, seen, day = orjson.loads(value or b"")
        value = orjson.dumps([board, agency, records, [[restored(number), at] for number, at in seen], day])
    elif is_of_skipped(key):
        of, _, coordinates = key.rpartition(b"|")
        key = of + b"|" + _shifted(coordinates)
    elif key.startswith(PREFIX):
        place = place_of(key)
        key = place._replace(partition=restored(place.partition)).key
    return replace(made, key=key, value=value)


def _header(name: str, value: bytes) -> bytes:
    if name == RAW_HEADER:
        return _shifted(value)
    if name == KNOWN_HEADER:
        row = decode(value)
        return encode(replace(row, seen={restored(number): offsets for number, offsets in row.seen.items()}))
    return value


def _shifted(coordinates: bytes) -> bytes:
    partition, offset = place_in(coordinates)
    return header((restored(partition), offset))


def _text(value: bytes | None) -> str:
    return base64.b64encode(value or b"").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
