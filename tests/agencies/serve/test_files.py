"""Inside one agency: an uploaded export becomes what `publish` would have made of it; identifiers stay here."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agencies.keys import create_keys
from demo.processes import free_port
from tests.agencies.serve.support import JSON, Gateway, on_topic
from tests.agencies.serve.test_multipart import form
from tests.factories import BOARD, CARE, POLICE, event, register, wire
from tests.support.waiting import poll_until

pytestmark = [pytest.mark.embedded, pytest.mark.slow]

EXPORT = b"CHILD,DOB,MISSING,MIS_START,MIS_END\r\nKANARIE7731,01/02/2011,M,03/03/2026,04/03/2026\r\n"
DIRTY = EXPORT + b"KANARIE7732,01/02/2011,M,31/02/2026,\r\n"
UNSERVED = "X08000002"
"""A board of the register, not of this agency's."""
FIELDS = {"format": "ssda903-missing", "board": BOARD}


@pytest.fixture
def inside(tmp_path: Path, fresh_embedded_broker: str) -> Iterator[Gateway]:
    made = start(tmp_path, fresh_embedded_broker)
    made.make_topics()
    with made:
        yield made


def start(folder: Path, bootstrap: str) -> Gateway:
    create_keys(folder / "keys")
    environment = {
        "YPSEM_KAFKA_IDEMPOTENCE": "false", "YPSEM_KAFKA_CONNECT_SECONDS": "2", "YPSEM_KEYS": str(folder / "keys"),
        "YPSEM_OUTBOX": str(folder / "outbox.sqlite"),
    }  # fmt: skip
    agencies = tuple(one.model_copy(update={"boards": (BOARD,)}) for one in register().agencies)
    agreements = tuple(one.model_copy(update={"boards": (BOARD,)}) for one in register().agreements)
    served = register().model_copy(update={"agencies": agencies, "agreements": agreements})
    made = Gateway(folder, bootstrap, served, environment)
    made.start("--agency", POLICE)
    return made


def upload(gateway: Gateway, content: bytes, agency: str = POLICE, **fields: str) -> Any:
    content_type, body = form(("file", "Missing.csv", content), *((n, None, v.encode()) for n, v in fields.items()))
    return gateway.send("/v1/files", body, content_type, agency)


def test_an_export_is_published_without_its_identifiers(inside: Gateway) -> None:
    answer = upload(inside, DIRTY, **FIELDS)
    assert answer.status == 202, answer.body
    receipt = answer.json()["receipt"]
    assert (receipt["rows_read"], receipt["rows_refused"], receipt["new"]) == (2, 1, 1)
    (record,) = poll_until(lambda: on_topic(inside.bootstrap, POLICE), 20)
    assert json.loads(record.value)["data"]["occurred_on"] == "2026-03-03"
    again = upload(inside, DIRTY, **FIELDS).json()["receipt"]
    assert (again["new"], again["unchanged"]) == (0, 1)
    metrics = inside.watched("/metrics").body
    for text in (answer.body, record.value, inside.log().encode(), metrics):
        assert b"KANARIE" not in text
        assert b"2011" not in text
    left = [path for path in inside.folder.rglob("*") if path.is_file() and b"KANARIE" in path.read_bytes()]
    assert left == [], "an upload was left behind"
    assert inside.send("/v1/files", b"", "text/csv").status == 415
    assert inside.send("/v1/events", wire(event()), JSON).status == 404
    assert upload(inside, EXPORT, CARE, **FIELDS).status == 403
    for content, fields, status in [
        (b"Kanarienvogel", FIELDS, 422),
        (EXPORT, {"format": "mapped-csv", "mapping": "/etc/passwd"}, 400),
        (DIRTY.splitlines()[0] + b"\r\n" + DIRTY.splitlines()[2], FIELDS, 422),
        (EXPORT, FIELDS | {"board": "X99900001"}, 422),
        (EXPORT, FIELDS | {"board": UNSERVED}, 422),
    ]:
        answer = upload(inside, content, **fields)
        assert answer.status == status, answer.body
        assert b"anari" not in answer.body.lower()
        assert not {b"X99900001", UNSERVED.encode()} & set(re.findall(rb"X[0-9]{8}", answer.body))
        assert b"X99900001" not in inside.log().encode()


def test_while_the_broker_is_away_events_wait_on_disk_and_outlive_a_kill(tmp_path: Path) -> None:
    gateway = start(tmp_path, f"127.0.0.1:{free_port()}")
    with gateway:
        answer = upload(gateway, EXPORT, **FIELDS)
        assert (answer.status, answer.json()["receipt"]["spooled"]) == (202, 1)
        poll_until(lambda: gateway.watched("/ready").status == 200, 10)
        assert gateway.child is not None
        gateway.child.kill()
        gateway.start("--agency", POLICE)
        assert upload(gateway, EXPORT, **FIELDS).json()["receipt"]["spooled"] == 1
        gateway.child.send(signal.SIGTERM)
        assert gateway.child.wait(40) == 0
