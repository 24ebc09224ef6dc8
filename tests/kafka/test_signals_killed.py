"""SIGKILL while signals are judged, stored and told: what is told in the end is what one undisturbed run would tell."""

from __future__ import annotations

import asyncio
import random
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer

from analysis.disclosure.noise import RoundingKeys
from analysis.ledger.row import Row, encode
from models.contract import topics
from models.register import load_register
from models.signals import ANY_SIGNAL, OperationalSignal, RequestScan, Signal
from streams.ledger.app import ROUNDING_EPOCH
from streams.signals.publishing import Signals
from tests.conftest import KafkaCluster
from tests.factories import BOARD, CARE, POLICE, SCHOOLS, event, wire
from tests.kafka.road import INJECTED_NOW, Services, database, ledger_rows, log_end, publish, read_all, settled
from tests.support.waiting import poll_until

WARDS = tuple(f"X0500000{n}" for n in range(1, 4))
RISEN = WARDS[0]
PARTITION = 3
KEYS = RoundingKeys.derive(b"r" * 32, b"s" * 32, ROUNDING_EPOCH)
"""Of the key files that the worker reads."""
TOLD = dict[str, Signal | OperationalSignal]


def messages() -> list[tuple[str, bytes]]:
    """A year and a half of children here and there, then thirty more in one ward, each known to two agencies."""
    draw = random.Random(7)
    sent: list[tuple[str, bytes]] = []

    def seen(agency: str, child: str, day: date, ward: str) -> None:
        body: dict[str, Any] = {
            "areas": {"occurred": ward},
            "occurred_on": str(day),
            "recorded_on": str(day),
            "agency": agency,
        }
        sent.append((agency, wire(event("cse_concern", f"{agency}-{child}", child=child, **body))))

    today = INJECTED_NOW.date()
    for n in range(700):
        seen(draw.choice((POLICE, CARE, SCHOOLS)), f"b{n}", today - timedelta(days=draw.randint(1, 560)), WARDS[n % 3])
    pairs = ((POLICE, CARE), (CARE, SCHOOLS), (SCHOOLS, POLICE))
    for n in range(45):
        for agency in pairs[n % 3]:
            seen(agency, f"r{n}", today - timedelta(days=2 + n % 50), RISEN)
    return sent


def ask(bootstrap: str, number: int) -> RequestScan:
    """Ask for a scan of a day, one day after the other."""
    request = RequestScan(
        request_id=f"scan-{number}", board=BOARD, requested_at=INJECTED_NOW - timedelta(days=3 - number)
    )
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all"})
    producer.produce(topics.REQUESTS, request.model_dump_json().encode(), b"scan", partition=PARTITION)
    assert producer.flush(30) == 0
    return request


def told(bootstrap: str) -> TOLD:
    """The newest state of every signal on the topic; one that is told with another opening raises."""
    newest: TOLD = {}
    for record in read_all(bootstrap, topics.SIGNALS):
        one = ANY_SIGNAL.validate_json(record.value)
        assert newest.setdefault(one.signal_id, one).opened_on == one.opened_on, "a replay dated a signal anew"
        newest[one.signal_id] = one
    return newest


def undisturbed(registers: Path, rows: dict[str, Row], requests: list[RequestScan]) -> TOLD:
    """The same requests over the same rows, in one process that nobody kills."""
    stored = [(key.encode(), encode(row)) for key, row in sorted(rows.items())]
    signals = Signals(load_register(registers), KEYS, {})
    newest: TOLD = {}
    for request in requests:
        judged = asyncio.run(signals.answer(request, stored))
        assert judged is not None
        signals.keep(BOARD, judged)
        for out in signals.emitted(judged, request):
            one = ANY_SIGNAL.validate_json(out.value or b"")
            newest[one.signal_id] = one
    return newest


def grown(bootstrap: str, topic: str, before: int) -> bool:
    return log_end(bootstrap, topic) > before


def answered(bootstrap: str, request: RequestScan) -> bool:
    """Whether the day of the request is published."""
    days = [r.value for r in read_all(bootstrap, topics.SIGNALS_CHANGELOG) if r.key and r.key.startswith(b"day|")]
    return bool(days) and days[-1].decode() >= request.requested_at.date().isoformat()


@pytest.mark.slow
@pytest.mark.batch
def test_signals_survive_a_kill_at_every_step(kafka_cluster: KafkaCluster, tmp_path: Path) -> None:
    bootstrap = kafka_cluster().bootstrap
    services = Services(bootstrap, tmp_path / "run", database(tmp_path))
    path = tmp_path / "run" / "register" / "register-2024-04-01.yaml"
    # All of it is history, known on the days its events say: the broker's clock is not the one that is put back.
    path.write_text(path.read_text("utf-8").replace("2026-05-12T00:00:00", "2099-01-01T00:00:00"), "utf-8")
    sent = messages()
    publish(bootstrap, sent, "lz4")
    with services.start("streams", "worker"):
        settled(bootstrap, len(sent), 120)
    requests: list[RequestScan] = []
    # Lives are stored and not all told; then told, and not committed; then both again, in mid-replay.
    for number, topic in enumerate([topics.SIGNALS_CHANGELOG, topics.SIGNALS, topics.SIGNALS_CHANGELOG]):
        before = log_end(bootstrap, topic)
        requests.append(ask(bootstrap, number))
        with services.start("streams", "worker") as worker:
            poll_until(partial(grown, bootstrap, topic, before), 120, "the moment to kill has come")
            worker.kill()
    with services.start("streams", "worker"):
        poll_until(partial(answered, bootstrap, requests[-1]), 180, "the last request is answered")
        expected = undisturbed(tmp_path / "run" / "register", ledger_rows(bootstrap), requests)
        assert any(isinstance(one, Signal) for one in expected.values()), "nothing was found, so this proves nothing"
        poll_until(lambda: told(bootstrap) == expected, 60, "what is told is what an undisturbed run tells")
