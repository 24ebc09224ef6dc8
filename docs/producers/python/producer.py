"""A producer in Python with kafka-python: a missing episode, its end, and its withdrawal. Synthetic.

KEYS=keys BOOTSTRAP=host:9094 python producer.py [--binary]     publishes the three and prints where they lie
KEYS=keys python producer.py --print 2026-05-01T10:00:00Z       prints what it would send at that time
KEYS=keys python producer.py --vectors < lines                  ids and tokens of docs/producers/vectors.json
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ids import Ids, read_key

AGENCY = os.environ.get("AGENCY", "aldermere-police")
BOARD = os.environ.get("BOARD", "X08000001")
AGREEMENT = os.environ.get("AGREEMENT", f"dsa-{AGENCY}")
TOPIC = f"cse.events.{AGENCY}.v1"
CHILD = {
    "nhs": ("999 000 0018",),
    "upn": ("K999400123001",),
    "demog": ("O'Sample-Test", "Zoë", "2010-02-01", "F"),
    "local": ("p  77",),
}
"""An invented child. Identifiers are hashed here and never sent."""


def canonical(value: object) -> bytes:
    """Sorted keys, no spaces: its hash without `revision` tells whether the content has changed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def event(kind: str, revision: int, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    """A CloudEvent."""
    return {
        "specversion": "1.0",
        "id": f"{data['event_id']}.{revision}",
        "source": f"/agencies/{AGENCY}",
        "type": f"ypsem.{kind}.v1",
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "datacontenttype": "application/json",
        "data": data | {"revision": revision},
    }


def steps(ids: Ids, at: datetime) -> list[dict[str, Any]]:
    """The episode as it opens, as it closes, and taken back: three revisions of one event."""
    event_id = ids.event_id(BOARD, "ypsem.missing_episode.v1|niche", "MISPER/2026/1")
    mine = {"event_id": event_id, "agency": AGENCY, "board": BOARD, "agreement_id": AGREEMENT}
    opened = mine | {
        "source_system": "niche",
        "recorded_on": str(at.date()),
        "occurred_on": str(at.date() - timedelta(days=2)),
        "hour_band": "18-24",
        "age_band": "14-15",
        "sex": "F",
        "areas": {"home": "X05000001"},
        "scheme": "police_app_2017",
        "status": "missing",
        "missing_from": "care",
        "tokens": ids.tokens(CHILD),
    }
    ended = {"ended_on": str(at.date() - timedelta(days=1)), "ended_hour_band": "06-12", "duration_band": "6_24h"}
    return [
        event("missing_episode", 0, at, opened),
        event("missing_episode", 1, at, opened | ended),
        event("withdrawal", 2, at, mine),
    ]


def record(whole: dict[str, Any], binary: bool) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Value and headers, in structured or in binary mode."""
    if not binary:
        return canonical(whole), [("content-type", b"application/cloudevents+json")]
    attributes = [(f"ce_{name}", whole[name].encode()) for name in ("specversion", "id", "source", "type", "time")]
    return canonical(whole["data"]), [("content-type", b"application/json"), *attributes]


def connection() -> dict[str, Any]:
    """Address and login; in clear without KAFKA_USER, for a broker on this machine alone."""
    clear = {"bootstrap_servers": os.environ["BOOTSTRAP"].split(",")}
    if "KAFKA_USER" not in os.environ:
        return clear
    return clear | {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": os.environ["KAFKA_USER"],
        "sasl_plain_password": Path(os.environ["KAFKA_PASSWORD_FILE"]).read_text("ascii").strip(),
        "ssl_cafile": os.environ["KAFKA_CA"],
    }


def publish(records: list[tuple[bytes, list[tuple[str, bytes]]]]) -> None:
    """Send, and print where each record lies: that goes into your outbox, until a receipt covers it."""
    from kafka import KafkaProducer

    producer = KafkaProducer(**connection(), acks="all", enable_idempotence=True, compression_type="gzip")
    sent = [producer.send(TOPIC, value=value, key=BOARD.encode(), headers=headers) for value, headers in records]
    producer.flush()
    for at in (future.get(timeout=30) for future in sent):
        print(json.dumps({"partition": at.partition, "offset": at.offset}))
    producer.close()


def vectors(folder: Path) -> None:
    """One answer a line: `key`, `event_id` and `token` with tab-separated input."""
    ids = Ids(folder)
    for line in sys.stdin:
        what, *given = line.rstrip("\n").split("\t")
        if what == "key":
            print(read_key(folder / given[0], given[1]).hex())
        else:
            print((ids.event_id(*given) if what == "event_id" else ids.token(*given)) or "-")


if __name__ == "__main__":
    keys = Path(os.environ["KEYS"])
    if "--vectors" in sys.argv:
        vectors(keys)
        sys.exit()
    given = sys.argv[sys.argv.index("--print") + 1] if "--print" in sys.argv else None
    found = steps(Ids(keys), datetime.fromisoformat(given) if given else datetime.now(UTC))
    if given:
        print("\n".join(canonical(one).decode() for one in found))
    else:
        publish([record(one, "--binary" in sys.argv) for one in found])
